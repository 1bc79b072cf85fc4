//! What an environment would do in production, before it is deployed.
//!
//! Input: a [`Deployment`], which holds the variables with their origins and the facts around them. Output: a [`Preflight`], which
//! holds the effective value of each variable and the findings, each with its consequence and the fix. Values are read by
//! [`Settings`], the code that decides, and by no other rules. Everything is pure, and the output holds no secret.

mod address;
mod corridor;
mod credential;
mod deployment;
mod digest;
mod endpoint;
mod finding;
mod key;
mod origin;
mod policy;
mod preset;
mod random;
mod secret;
mod spelling;
mod subject;
mod syntax;
#[cfg(test)]
mod tests;
mod variable;
mod view;
mod writing;

use crate::decide::Settings;
pub use deployment::{Deployment, Given, Repeated, RiskLog, Stranger};
pub use finding::{Finding, FindingId, Hazard, Level};
pub use origin::Origin;
pub use preset::Preset;
pub use secret::{Written, quoted};
pub use spelling::{intended, is_watched};
use subject::Subject;
pub use syntax::Syntax;
pub use variable::{VARIABLE_TABLE, Variable, VariableType};
pub use view::{Preflight, VariableView};

/// Says what a deployment would do.
#[must_use]
pub fn inspect(deployment: &Deployment) -> Preflight {
    let settings = Settings::from_environment(&deployment.environment(), &deployment.policy);
    let subject = Subject { deployment, settings };
    let mut findings: Vec<_> =
        [policy::check(&subject), corridor::check(&subject), endpoint::check(&subject), writing::check(&subject)]
            .concat();
    let origins = deployment.origins();
    for finding in &mut findings {
        finding.origin = finding.variable.as_deref().and_then(|name| origins.get(name).copied()).cloned();
    }
    // Stable: findings of one kind stay in the order of the variables.
    findings.sort_by_key(|finding| (finding.level, finding.id));
    Preflight {
        name: deployment.name.clone(),
        rules: deployment.rules,
        variables: VARIABLE_TABLE.iter().map(|variable| VariableView::of(variable, &subject)).collect(),
        findings,
    }
}
