//! Ordered parallel work in bounded memory: items in, results out in the same order, on any number of threads.
//!
//! One thread feeds the items, workers map them, and the caller's thread consumes the results in order. At most a few items per worker
//! are in flight, however slow one of them is. With one thread everything runs on the caller's, and where the system gives fewer
//! threads than were requested, those do all the work.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};

/// Items in flight per worker.
const IN_FLIGHT: usize = 3;

/// A thread of `scope`; `None` where the system refuses one (a limit of the user or the container).
#[must_use]
pub fn spawned<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    thread::Builder::new().spawn_scoped(scope, work).ok()
}

/// Maps `items` through `work` on up to `threads` threads, and gives the results to `sink` in the order of the items.
///
/// # Errors
///
/// The first error of `items` or `sink`, in order; nothing after it reaches `sink`.
pub fn ordered<I, R, E>(
    items: impl FnMut() -> Result<Option<I>, E> + Send,
    threads: usize,
    work: impl Fn(I) -> R + Sync,
    sink: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    I: Send,
    R: Send,
    E: Send,
{
    ordered_where(&|| true, items, threads, work, sink)
}

/// [`ordered`], with `is_granted` to let tests refuse a thread.
fn ordered_where<I, R, E>(
    is_granted: &dyn Fn() -> bool,
    mut items: impl FnMut() -> Result<Option<I>, E> + Send,
    threads: usize,
    work: impl Fn(I) -> R + Sync,
    mut sink: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E>
where
    I: Send,
    R: Send,
    E: Send,
{
    if threads > 1
        && let Some(outcome) = on_threads(is_granted, &mut items, threads, &work, &mut sink)
    {
        return outcome;
    }
    while let Some(item) = items()? {
        sink(work(item))?;
    }
    Ok(())
}

/// `None` where the system refuses a thread for the feeder or the first worker: `items` is untouched then.
fn on_threads<I, R, E>(
    is_granted: &dyn Fn() -> bool,
    items: &mut (impl FnMut() -> Result<Option<I>, E> + Send),
    threads: usize,
    work: &(impl Fn(I) -> R + Sync),
    sink: &mut impl FnMut(R) -> Result<(), E>,
) -> Option<Result<(), E>>
where
    I: Send,
    R: Send,
    E: Send,
{
    thread::scope(|scope| {
        let (feed, queue) = channel::<(u64, Result<I, E>)>();
        let (report, results) = channel::<(u64, thread::Result<Result<R, E>>)>();
        let queue = Arc::new(Mutex::new(queue));
        let worker = || {
            let (queue, report) = (Arc::clone(&queue), report.clone());
            is_granted().then_some(())?;
            spawned(scope, move || {
                while let Some((number, item)) = take(&queue) {
                    // Without a result for this item the caller would wait for ever, so a panic is sent as one.
                    let result = catch_unwind(AssertUnwindSafe(|| item.map(work)));
                    if report.send((number, result)).is_err() {
                        return;
                    }
                }
            })
        };
        worker()?;
        // The feeder needs a token for each item in flight.
        let (give_token, tokens) = sync_channel::<()>(threads * IN_FLIGHT);
        is_granted().then_some(())?;
        spawned(scope, move || {
            for number in 0.. {
                // No token and no receiver: the sink has stopped.
                if tokens.recv().is_err() {
                    return;
                }
                let item = match items() {
                    Ok(Some(item)) => Ok(item),
                    Ok(None) => return,
                    Err(error) => Err(error),
                };
                let is_last = item.is_err();
                if feed.send((number, item)).is_err() || is_last {
                    return;
                }
            }
        })?;
        let workers = 1 + (1..threads).map_while(|_| worker()).count();
        for _ in 0..workers * IN_FLIGHT {
            let _ = give_token.send(());
        }
        drop((queue, report));
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&next) {
                let given = result.unwrap_or_else(|panic| resume_unwind(panic)).and_then(&mut *sink);
                if given.is_err() {
                    return Some(given);
                }
                next += 1;
                // Fails where the feeder has ended, which needs no token.
                let _ = give_token.send(());
            }
        }
        Some(Ok(()))
    })
}

fn take<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn squares(threads: usize, fail_at: Option<u32>) -> (Result<(), u32>, Vec<u32>) {
        squares_within(usize::MAX, threads, fail_at)
    }

    /// With `available` threads granted.
    fn squares_within(available: usize, threads: usize, fail_at: Option<u32>) -> (Result<(), u32>, Vec<u32>) {
        let mut numbers = 0..200;
        let mut seen = Vec::new();
        let given = Cell::new(0);
        let outcome = ordered_where(
            &|| given.replace(given.get() + 1) < available,
            || match numbers.next() {
                Some(number) if Some(number) == fail_at => Err(number),
                number => Ok(number),
            },
            threads,
            |number| number * number,
            |square| {
                seen.push(square);
                Ok(())
            },
        );
        (outcome, seen)
    }

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in [1, 2, 8] {
            let (outcome, seen) = squares(threads, None);
            assert_eq!(outcome, Ok(()));
            assert!(seen.iter().copied().eq((0..200).map(|number| number * number)));
        }
    }

    #[test]
    fn fewer_threads_than_requested_give_the_same_results() {
        for (available, threads) in [(0, 2), (0, 8), (1, 8), (2, 8), (3, 8), (8, 8)] {
            assert_eq!(squares_within(available, threads, None), squares(1, None), "{available} of {threads}");
            assert_eq!(
                squares_within(available, threads, Some(100)),
                squares(1, Some(100)),
                "{available} of {threads}"
            );
        }
    }

    #[test]
    fn the_first_error_ends_the_pipeline_after_all_results_before_it() {
        for threads in [1, 2, 8] {
            let (outcome, seen) = squares(threads, Some(100));
            assert_eq!(outcome, Err(100));
            assert_eq!(seen.len(), 100);
        }
    }

    #[test]
    #[should_panic(expected = "item 7")]
    fn a_panic_of_a_worker_reaches_the_caller() {
        let mut numbers = 0..1000;
        let _ = ordered(|| Ok::<_, ()>(numbers.next()), 2, |number| assert!(number != 7, "item {number}"), |()| Ok(()));
    }

    #[test]
    fn a_failing_sink_stops_the_feeder() {
        for threads in [1, 2, 8] {
            let mut count = 0_u64;
            let outcome = ordered(
                || Ok(Some(())),
                threads,
                |()| (),
                |()| {
                    count += 1;
                    if count == 50 { Err("full") } else { Ok(()) }
                },
            );
            assert_eq!(outcome, Err("full"));
        }
    }
}
