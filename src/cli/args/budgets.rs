//! Parses budgets: whole milliseconds, as a list or as ranges with a step.

use std::collections::BTreeSet;
use std::str::FromStr;

/// The largest budget, ms: a minute.
const MAX_MS: u32 = 60_000;

/// Budgets in ms, 1..=60,000, ascending and each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Budgets(BTreeSet<u32>);

impl Budgets {
    /// Ascending.
    pub(in crate::cli) fn iter(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(|budget| u64::from(*budget))
    }
}

impl FromStr for Budgets {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut budgets = BTreeSet::new();
        for part in text.split(',') {
            match part.split_once("..") {
                None => drop(budgets.insert(budget(part)?)),
                Some((from, rest)) => budgets.extend(range(from, rest)?),
            }
        }
        Ok(Self(budgets))
    }
}

/// A range `FROM` .. `TO:STEP`, from FROM in steps up to TO at most.
fn range(from: &str, rest: &str) -> Result<impl Iterator<Item = u32>, String> {
    let Some((to, step)) = rest.split_once(':') else {
        return Err(format!("a range is FROM..TO:STEP, and `{from}..{rest}` names no step: {from}..{rest}:50"));
    };
    let (from, to) = (budget(from)?, budget(to)?);
    let step = step.parse::<u32>().ok().filter(|step| *step > 0);
    let step = step.ok_or("the step of a range is a whole number of ms of 1 or more")?;
    if from > to {
        return Err(format!("a range goes upwards, and {from} is more than {to}"));
    }
    Ok((from..=to).step_by(usize::try_from(step).unwrap_or(usize::MAX)))
}

fn budget(text: &str) -> Result<u32, String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let budget = text.parse().ok().filter(|budget| digits && (1..=MAX_MS).contains(budget));
    budget.ok_or_else(|| {
        format!(
            "a budget is a whole number of ms from 1 to {MAX_MS}: list them as 100,200 or give a range as 50..500:50"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<u64> {
        text.parse::<Budgets>().unwrap().iter().collect()
    }

    #[test]
    fn budgets_are_lists_and_inclusive_ranges() {
        assert_eq!(read("200"), [200]);
        assert_eq!(read("500,100,200,100"), [100, 200, 500]);
        assert_eq!(read("50..200:50"), [50, 100, 150, 200]);
        assert_eq!(read("50..190:50"), [50, 100, 150]);
        assert_eq!(read("7..7:3"), [7]);
        assert_eq!(read("300,50..100:25,75"), [50, 75, 100, 300]);
        assert_eq!(read("1..60000:59999"), [1, 60_000]);
        assert_eq!(read("1..60000:4294967295"), [1]);
    }

    #[test]
    fn an_invalid_budget_is_refused_with_what_is_valid() {
        for (text, why) in [
            ("", "from 1 to 60000"),
            ("0", "from 1 to 60000"),
            ("60001", "from 1 to 60000"),
            ("+5", "from 1 to 60000"),
            ("-5", "from 1 to 60000"),
            ("100ms", "from 1 to 60000"),
            ("1.5", "from 1 to 60000"),
            ("100,", "from 1 to 60000"),
            ("100, 200", "from 1 to 60000"),
            ("50..500", "names no step"),
            ("..500:50", "from 1 to 60000"),
            ("50..:50", "from 1 to 60000"),
            ("50..500:0", "the step"),
            ("50..500:", "the step"),
            ("50..500:x", "the step"),
            ("500..50:50", "goes upwards"),
            ("50..=500:50", "from 1 to 60000"),
        ] {
            let error = text.parse::<Budgets>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
