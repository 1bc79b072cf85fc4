//! The commands of a batch put to a decider, and the outcomes of its answers.

use crate::decide::{Answer, Asked, Decider, Failure, Undecided, Unusable};
use crate::outcome::Outcome;

/// Has `decider` decide the commands of a batch and gives `take` the outcomes, in their order. A panic is an outcome, too. A
/// command without a usable decision has no outcome: the smallest of these lacks is returned.
///
/// # Errors
///
/// [`Unusable`] where the decider can decide nothing more.
pub(super) fn outcomes(
    decider: &dyn Decider,
    batch: &[Asked],
    mut take: impl FnMut(&Asked, Outcome),
) -> Result<Option<Undecided>, Unusable> {
    let mut lacking = None;
    answers(decider, batch, &mut |asked, answer| {
        let outcome = match answer {
            Ok(found) => Outcome::new(&asked.recording, asked.digest, found),
            Err(Failure::Panicked) => Outcome::panicked(&asked.recording, asked.digest),
            Err(Failure::Undecided(found)) => return keep_smallest(&mut lacking, Some(found)),
        };
        take(asked, outcome);
    })?;
    Ok(lacking)
}

/// Has `decider` decide the commands of a batch, and makes sure that it answers each of them once, in their order. `take` gets no
/// answer after one that is out of order.
///
/// # Errors
///
/// [`Unusable`] where the decider can decide nothing more, or broke this promise.
pub(super) fn answers(
    decider: &dyn Decider,
    batch: &[Asked],
    take: &mut dyn FnMut(&Asked, Answer),
) -> Result<(), Unusable> {
    let (mut answered, mut in_order) = (0, true);
    decider.decide(batch, &mut |asked, answer| {
        in_order &= batch.get(answered).is_some_and(|next| next.number == asked.number);
        answered += 1;
        if in_order {
            take(asked, answer);
        }
    })?;
    if in_order && answered == batch.len() {
        return Ok(());
    }
    let order = if in_order { "" } else { ", not in their order" };
    let problem = format!("gave {answered} answers to {} commands{order}", batch.len());
    Err(decider.identity().unusable(Undecided { line: None, problem }))
}

/// Has `decider` decide one command, and gives what `take` makes of the outcome, which borrows from the answer.
///
/// # Errors
///
/// [`Unusable`] where there is no usable decision.
pub fn decide_one<T>(decider: &dyn Decider, asked: Asked, mut take: impl FnMut(&Outcome) -> T) -> Result<T, Unusable> {
    // Replaced below: `outcomes` makes sure that there is one answer.
    let mut taken = Err(Undecided { line: None, problem: "gave no decision".to_owned() });
    if let Some(lacking) = outcomes(decider, &[asked], |_, outcome| taken = Ok(take(&outcome)))? {
        taken = Err(lacking);
    }
    taken.map_err(|lacking| decider.identity().unusable(lacking))
}

/// Keeps the smaller of two lacks: which one is reported must not depend on the order of the commands.
pub(super) fn keep_smallest(kept: &mut Option<Undecided>, found: Option<Undecided>) {
    *kept = kept.take().into_iter().chain(found).min();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::parse_line;
    use crate::decide::{Abilities, Answer, Identity};
    use crate::model::Decisions;

    /// Places of commands in a batch of this length.
    type Order = fn(usize) -> Vec<usize>;

    /// Answers the commands of a batch in the order that it is given, by their places.
    struct Fake {
        identity: Identity,
        answer: fn(&Asked) -> Failure,
        order: Order,
    }

    impl Decider for Fake {
        fn identity(&self) -> &Identity {
            &self.identity
        }

        fn abilities(&self) -> Abilities {
            Abilities { explains: false }
        }

        fn decide(&self, batch: &[Asked], take: &mut dyn FnMut(&Asked, Answer)) -> Result<(), Unusable> {
            for place in (self.order)(batch.len()) {
                take(&batch[place], Err((self.answer)(&batch[place])));
            }
            Ok(())
        }

        fn finish(&self, _is_whole: bool) -> Result<(), Unusable> {
            Ok(())
        }
    }

    fn whole(commands: usize) -> Vec<usize> {
        (0..commands).collect()
    }

    fn fake(order: Order, answer: fn(&Asked) -> Failure) -> Fake {
        let identity = Identity { decisions: Decisions::Foreign, name: "theirs".to_owned(), digest: None };
        Fake { identity, answer, order }
    }

    /// Three commands.
    fn batch() -> Vec<Asked<'static>> {
        let corpus = include_bytes!("../../corpora/llm-faults.jsonl");
        let lines = corpus.split(|byte| *byte == b'\n').take(3);
        (1..).zip(lines).map(|(number, line)| Asked::new(number, parse_line(line).unwrap())).collect()
    }

    fn undecided(asked: &Asked) -> Failure {
        Failure::Undecided(Undecided { line: Some(10 - asked.number), problem: "no".to_owned() })
    }

    #[test]
    fn a_panic_is_an_outcome_of_its_command() {
        let mut broken = Vec::new();
        let lacking = outcomes(&fake(whole, |_| Failure::Panicked), &batch(), |asked, outcome| {
            broken.push((asked.number, outcome.broken.is_some(), outcome.decided.is_none()));
        });
        assert!(matches!(lacking, Ok(None)));
        assert_eq!(broken, [(1, true, true), (2, true, true), (3, true, true)]);
    }

    #[test]
    fn the_smallest_lack_of_a_batch_is_returned_and_none_of_them_is_an_outcome() {
        let lacking = outcomes(&fake(whole, undecided), &batch(), |_, _| panic!("there is no decision"));
        assert_eq!(lacking.unwrap().unwrap().line, Some(7));
    }

    #[test]
    fn answers_that_are_missing_too_many_or_out_of_order_make_a_decider_unusable() {
        let cases: [(Order, &str); 4] = [
            (|_| vec![0, 1], "theirs: gave 2 answers to 3 commands"),
            (|_| vec![0, 1, 2, 0], "theirs: gave 4 answers to 3 commands, not in their order"),
            (|_| vec![0, 0, 1], "theirs: gave 3 answers to 3 commands, not in their order"),
            (|_| vec![0, 2, 1], "theirs: gave 3 answers to 3 commands, not in their order"),
        ];
        for (order, said) in cases {
            let found = outcomes(&fake(order, |_| Failure::Panicked), &batch(), |_, _| {});
            assert_eq!(found.unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn one_command_without_a_decision_is_an_error() {
        let one = || batch().remove(0);
        let said = |fake: &Fake| decide_one(fake, one(), |_| ()).unwrap_err().to_string();
        assert_eq!(said(&fake(whole, undecided)), "theirs:9: no");
        assert_eq!(said(&fake(|_| Vec::new(), undecided)), "theirs: gave 0 answers to 1 commands");
        assert!(decide_one(&fake(whole, |_| Failure::Panicked), one(), |outcome| outcome.decided.is_none()).unwrap());
    }
}
