//! `corridor preflight`: checks what an environment would do in production.

use super::args::{Format, PreflightArgs};
use super::dotenv;
use super::exit::{Exit, Failure};
use super::output::Output;
use super::project::Project;
use crate::decide::PolicySource;
use crate::model::VARIABLES;
use crate::preflight::{Deployment, Level, Origin, Preflight, Repeated, RiskLog, Stranger, inspect, is_watched};
use crate::report::{write_preflights, write_preflights_json};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

/// Runs the subcommand. `process` gives the watched variables of the process; it is called only if neither a file nor a
/// preset is named.
pub(super) fn run(
    args: &PreflightArgs,
    project: &Project,
    output: &Output,
    process: &dyn Fn() -> Vec<(String, OsString)>,
) -> Result<Exit, Failure> {
    let preflights: Vec<_> = match args.preset {
        Some(preset) => preset.deployments(args.rules, &project.stages).iter().map(inspect).collect(),
        None => vec![inspect(&deployment(args, project, process)?)],
    };
    match args.format {
        Format::Text => output.report(|out| write_preflights(&preflights, output.layout(), out))?,
        Format::Json => output.report(|out| write_preflights_json(&preflights, out))?,
    }
    let warnings =
        || preflights.iter().flat_map(|preflight| &preflight.findings).filter(|found| found.level == Level::Warning);
    for allowed in args.allowed.iter().filter(|allowed| warnings().all(|found| found.id != **allowed)) {
        output.note(&format!("note: --allow {allowed}: there is no such warning here"));
    }
    Ok(if preflights.iter().any(|preflight| is_refused(preflight, args)) { Exit::Found } else { Exit::Clean })
}

fn is_refused(preflight: &Preflight, args: &PreflightArgs) -> bool {
    preflight.findings.iter().any(|finding| match finding.level {
        Level::Error => true,
        Level::Warning => args.deny_warnings && !args.allowed.contains(&finding.id),
    })
}

fn deployment(
    args: &PreflightArgs,
    project: &Project,
    process: &dyn Fn() -> Vec<(String, OsString)>,
) -> Result<Deployment, Failure> {
    let mut deployment = Deployment::new("environment of this process", args.rules, &project.stages);
    if let Some(path) = &args.env_file {
        from_file(&mut deployment, path)?;
    } else {
        from_process(&mut deployment, process())?;
    }
    if let Some(path) = &args.policy {
        deployment.set("LLM_POLICY_PATH", path.to_string_lossy(), Origin::Argument);
    }
    let path = args.policy.as_deref().or_else(|| deployment.value("LLM_POLICY_PATH").map(Path::new));
    deployment.policy = path.map_or(PolicySource::BuiltIn, policy);
    deployment.risk_log = risk_log(deployment.risk_log_path());
    Ok(deployment)
}

fn from_process(deployment: &mut Deployment, variables: Vec<(String, OsString)>) -> Result<(), Failure> {
    for (name, value) in variables {
        if !VARIABLES.contains(&name.as_str()) {
            deployment.strangers.push(Stranger { name, origin: Origin::Process });
            continue;
        }
        let value = value
            .into_string()
            .map_err(|_| Failure::input(format!("the value of {name} is not UTF-8")).with_help("set it again"))?;
        deployment.set(&name, value, Origin::Process);
    }
    // The order of a process's variables is arbitrary.
    deployment.strangers.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(())
}

fn from_file(deployment: &mut Deployment, path: &Path) -> Result<(), Failure> {
    let file = dotenv::read(path)?;
    let shown = path.display().to_string();
    deployment.elsewhere = true;
    deployment.has_carriage_returns = file.has_carriage_returns;
    deployment.has_byte_order_mark = file.has_byte_order_mark;
    let mut lines: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for entry in file.entries.into_iter().filter(|entry| is_watched(&entry.name)) {
        let origin = Origin::File { path: shown.clone(), line: entry.line };
        let places = lines.entry(entry.name.clone()).or_default();
        places.push(entry.line);
        if VARIABLES.contains(&entry.name.as_str()) {
            deployment.syntax.insert(entry.name.clone(), entry.syntax);
            deployment.set(&entry.name, entry.value, origin);
        } else if places.len() == 1 {
            deployment.strangers.push(Stranger { name: entry.name, origin });
        }
    }
    lines.retain(|_, lines| lines.len() > 1);
    deployment.repeated = lines.into_iter().map(|(name, lines)| Repeated { name, lines }).collect();
    deployment.name = shown;
    Ok(())
}

/// The policy at a path. Unlike in a replay, the path may name anything: only a short regular file is read.
fn policy(path: &Path) -> PolicySource {
    match dotenv::read_short(path).map(String::from_utf8) {
        Ok(Ok(text)) => PolicySource::Text(text),
        Ok(Err(_)) => PolicySource::Unreadable("not UTF-8".to_owned()),
        Err(reason) => PolicySource::Unreadable(format!("cannot read {}: {reason}", path.display())),
    }
}

/// Whether a line could be appended, without appending one or making the file.
fn risk_log(path: &str) -> RiskLog {
    let refused = |reason: &str| RiskLog::Refused(reason.to_owned());
    if path.is_empty() {
        return refused("the path is empty");
    }
    if path.ends_with('/') {
        return refused("the path is that of a folder");
    }
    let path = Path::new(path);
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => refused("it is a folder"),
        Ok(found) if found.is_file() => match OpenOptions::new().append(true).open(path) {
            Ok(_) => RiskLog::Writable,
            Err(error) => refused(&error.kind().to_string()),
        },
        // Opening a pipe or a device has side effects.
        Ok(_) => RiskLog::NotLookedAt,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            if !folder.is_dir() {
                return RiskLog::FolderMissing;
            }
            // Creating a temporary file is the only sure test: permission bits do not say everything.
            match tempfile::tempfile_in(folder) {
                Ok(_) => RiskLog::Writable,
                Err(error) => refused(&format!("a file cannot be made in its folder: {}", error.kind())),
            }
        }
        Err(error) => refused(&error.kind().to_string()),
    }
}
