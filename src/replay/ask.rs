//! The commands of a batch put to a decider, and the outcomes of its answers.

use crate::decide::{Asked, Decider, Failure, Undecided, Unusable};
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
    let (mut lacking, mut answers) = (None, 0);
    decider.decide(batch, &mut |asked, answer| {
        answers += 1;
        let outcome = match answer {
            Ok(found) => Outcome::new(&asked.recording, asked.digest, found),
            Err(Failure::Panicked) => Outcome::panicked(&asked.recording, asked.digest),
            Err(Failure::Undecided(found)) => return keep_smallest(&mut lacking, Some(found)),
        };
        take(asked, outcome);
    })?;
    if answers == batch.len() {
        return Ok(lacking);
    }
    let problem = format!("gave {answers} answers to {} commands", batch.len());
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

    /// Gives the same answer to each command, or as many as `answers` says.
    struct Fake {
        identity: Identity,
        answer: fn(&Asked) -> Failure,
        answers: usize,
    }

    impl Decider for Fake {
        fn identity(&self) -> &Identity {
            &self.identity
        }

        fn abilities(&self) -> Abilities {
            Abilities { explains: false }
        }

        fn decide(&self, batch: &[Asked], take: &mut dyn FnMut(&Asked, Answer)) -> Result<(), Unusable> {
            batch.iter().cycle().take(self.answers).for_each(|asked| take(asked, Err((self.answer)(asked))));
            Ok(())
        }

        fn finish(&self, _is_whole: bool) -> Result<(), Unusable> {
            Ok(())
        }
    }

    fn fake(answers: usize, answer: fn(&Asked) -> Failure) -> Fake {
        let identity = Identity { decisions: Decisions::Foreign, name: "theirs".to_owned(), digest: None };
        Fake { identity, answer, answers }
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
        let lacking = outcomes(&fake(3, |_| Failure::Panicked), &batch(), |asked, outcome| {
            broken.push((asked.number, outcome.broken.is_some(), outcome.decided.is_none()));
        });
        assert!(matches!(lacking, Ok(None)));
        assert_eq!(broken, [(1, true, true), (2, true, true), (3, true, true)]);
    }

    #[test]
    fn the_smallest_lack_of_a_batch_is_returned_and_none_of_them_is_an_outcome() {
        let lacking = outcomes(&fake(3, undecided), &batch(), |_, _| panic!("there is no decision"));
        assert_eq!(lacking.unwrap().unwrap().line, Some(7));
    }

    #[test]
    fn answers_that_are_missing_or_too_many_make_a_decider_unusable() {
        for (answers, said) in
            [(2, "theirs: gave 2 answers to 3 commands"), (4, "theirs: gave 4 answers to 3 commands")]
        {
            let found = outcomes(&fake(answers, |_| Failure::Panicked), &batch(), |_, _| {});
            assert_eq!(found.unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn one_command_without_a_decision_is_an_error() {
        let one = || batch().remove(0);
        let said = |fake: &Fake| decide_one(fake, one(), |_| ()).unwrap_err().to_string();
        assert_eq!(said(&fake(1, undecided)), "theirs:9: no");
        assert_eq!(said(&fake(0, undecided)), "theirs: gave 0 answers to 1 commands");
        assert!(decide_one(&fake(1, |_| Failure::Panicked), one(), |outcome| outcome.decided.is_none()).unwrap());
    }
}
