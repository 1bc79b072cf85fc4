//! Ordered parallel work in bounded memory: items in, results out in the same order, on any number of threads.
//!
//! One thread feeds, the workers work, the caller's thread takes the results in order. Not more items are under way
//! than a few per worker, however slow one of them is. With one thread there is no other thread at all.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Items under way per worker.
const IN_FLIGHT: usize = 3;

/// Maps `items` through `work` on `threads` threads and gives the results to `sink` in the order of the items.
///
/// # Errors
///
/// The first error of `items` or `sink`, in order; nothing after it reaches `sink`.
pub fn ordered<I, R, E>(
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
    if threads <= 1 {
        while let Some(item) = items()? {
            sink(work(item))?;
        }
        return Ok(());
    }
    thread::scope(|scope| {
        // A token stands for a place under way; the feeder waits for one before it reads on.
        let (give_token, tokens) = sync_channel::<()>(threads * IN_FLIGHT);
        for _ in 0..threads * IN_FLIGHT {
            let _ = give_token.send(());
        }
        let (feed, queue) = channel::<(u64, Result<I, E>)>();
        let (report, results) = channel::<(u64, thread::Result<Result<R, E>>)>();
        scope.spawn(move || {
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
        });
        let queue = Arc::new(Mutex::new(queue));
        let work = &work;
        for _ in 0..threads {
            let (queue, report) = (Arc::clone(&queue), report.clone());
            scope.spawn(move || {
                while let Some((number, item)) = take(&queue) {
                    // A panic has to reach the caller: without this result it would wait for ever.
                    let result = catch_unwind(AssertUnwindSafe(|| item.map(work)));
                    if report.send((number, result)).is_err() {
                        return;
                    }
                }
            });
        }
        drop((queue, report));
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&next) {
                sink(result.unwrap_or_else(|panic| resume_unwind(panic))?)?;
                next += 1;
                // The feeder may be gone already; then there is nobody to wait.
                let _ = give_token.send(());
            }
        }
        Ok(())
    })
}

fn take<T>(queue: &Mutex<Receiver<T>>) -> Option<T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize, fail_at: Option<u32>) -> (Result<(), u32>, Vec<u32>) {
        let mut numbers = 0..200;
        let mut seen = Vec::new();
        let outcome = ordered(
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
    fn the_first_error_ends_it_after_everything_before_it() {
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
