//! The plan of a replay: everything that is determined before any corpus is read.

use super::args::ReplayArgs;
use super::corpora::{Asked, Corpus};
use super::decider;
use super::destination::Protected;
use super::environment::Effective;
use super::exit::Failure;
use super::output::Output;
use super::process::threads;
use super::project::Project;
use super::snapshot::{Golden, GoldenPolicy};
use super::standard;
use super::store::StoreFolder;
use crate::corpus::CorpusInput;
use crate::decide::{Decider, RuleSet};
use crate::golden::Scope;
use crate::report;
use crate::report::shell::{REASON, command};
use crate::run::{CorpusInputs, RUN_FORMAT, RunInputs, SampleSize, Selection, Selector};
use crate::summary::{CoverageContext, Decisions, Repeated, SUMMARY_FORMAT, Sampling, Summary};
use std::path::Path;

/// The plan of a replay.
pub(super) struct Plan<'a> {
    pub(super) args: &'a ReplayArgs,
    pub(super) project: &'a Project,
    pub(super) effective: Effective,
    pub(super) rules: Vec<RuleSet>,
    pub(super) rates: Vec<f64>,
    pub(super) selection: Selection,
    pub(super) selector: Selector,
    pub(super) corpora: Vec<Corpus>,
    /// One for each rule set; they differ in nothing else.
    pub(super) deciders: Vec<Box<dyn Decider>>,
    pub(super) threads: usize,
    pub(super) runs: &'a StoreFolder,
}

/// The input of foreign decisions. Standard input cannot be both corpus and decisions.
fn decisions(path: &Path, args: &ReplayArgs) -> Result<CorpusInput, Failure> {
    if path != Path::new("-") {
        return Ok(CorpusInput::File(path.to_owned()));
    }
    if args.corpora.iter().any(|corpus| corpus == "-") {
        let message = "recordings and decisions cannot both come from standard input";
        return Err(Failure::usage(message).with_help("name a file in place of one `-`"));
    }
    standard::input()
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        args: &'a ReplayArgs,
        project: &'a Project,
        runs: &'a StoreFolder,
        output: &Output,
    ) -> Result<Self, Failure> {
        let effective = Effective::new(&project.environment, &args.environment);
        let mut rules = project.rule_sets(&args.rules);
        let sample = args.sample.map(|size| SampleSize { size, seed: args.seed });
        let selection = Selection { filters: args.filters.clone(), sample };
        let selector = Selector::new(selection.clone());
        let asked = Asked {
            corpora: &args.corpora,
            name: args.name.as_deref(),
            reads_twice: args.sample.is_some() || args.keep_going,
            spool: runs.path(),
        };
        let corpora = Corpus::all(&asked, project, output)?;
        let deciders = match args.decisions.as_deref() {
            None => rules.iter().map(|rules| decider::ours(&effective, *rules)).collect(),
            Some(path) => {
                let input = decisions(path, args)?;
                let file = decider::of_file(&input, runs.path(), &effective.settings);
                let file = file.map_err(|error| runs.note(error))?;
                if corpora.len() != 1 {
                    return Err(Failure::usage("--decisions goes with exactly one corpus: name it"));
                }
                // Foreign decisions do not depend on the rule set: it is only the name under which they are stored.
                rules = vec![args.rules.first().copied().unwrap_or(RuleSet::Reference)];
                vec![file]
            }
        };
        let rates = project.stages.iter().copied().chain([1.0]).collect();
        let threads = threads(args.threads);
        Ok(Self { args, project, effective, rules, rates, selection, selector, corpora, deciders, threads, runs })
    }

    /// Notes which golden files have no corpus. Missing declared corpora are an error before this.
    pub(super) fn tell_unclaimed(
        &self,
        golden: &Golden,
        summaries: &[Summary],
        output: &Output,
    ) -> Result<(), Failure> {
        let options = format!("{} --prune{REASON}", self.project.carried(self.args.golden.as_deref()));
        for summary in summaries {
            let names: Vec<&str> = summary.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
            for name in golden.unclaimed(summary.rules, &names)? {
                let removing = command("accept", &[&name], &options);
                let text = format!("note: golden {}/{name} belongs to no corpus of this project", summary.rules);
                output.note(&format!("{}; to remove it: {removing}", report::escape::visible(&text)));
            }
        }
        Ok(())
    }

    /// The files that a list of rejects must not replace.
    pub(super) fn protected(&self) -> Protected {
        let mut protected = Protected::of(self.project, None, self.args.golden.as_deref());
        protected.inputs(self.corpora.iter().map(|corpus| &corpus.input), "the corpus");
        protected.policy(&self.effective.variables);
        if let Some(path) = &self.args.decisions {
            protected.file(path, "the decisions");
        }
        protected
    }

    #[expect(clippy::expect_used, reason = "a project has at least one rule set, and each has a decider")]
    fn decider(&self) -> &dyn Decider {
        self.deciders.first().expect("there is a decider").as_ref()
    }

    /// Whose decisions are replayed.
    pub(super) fn decisions(&self) -> Decisions {
        self.decider().identity().decisions
    }

    pub(super) fn golden_policy(&self, under_ci: bool) -> GoldenPolicy {
        let has_own_folder = self.args.golden.is_some();
        let skip = if self.decisions() == Decisions::Foreign && !has_own_folder {
            Some("foreign decisions have golden in a folder of their own: --golden DIR")
        } else if self.effective.sampling == Sampling::AsDeployed && !has_own_folder {
            Some("golden holds forced replays, and this one samples as deployed")
        } else {
            None
        };
        GoldenPolicy {
            decisions: self.decisions(),
            carried: self.project.carried(self.args.golden.as_deref()),
            skip,
            may_write: !(under_ci || self.args.check),
            new: self.args.new,
            check: self.args.check,
            scope: if self.selection.is_everything() { Scope::Whole } else { Scope::Selection },
        }
    }

    pub(super) fn empty_summary(&self, rules: RuleSet) -> Summary {
        Summary {
            format: SUMMARY_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rules,
            decisions: self.decisions(),
            sampling: self.effective.sampling,
            seed: self.selection.sample.map(|sample| sample.seed),
            incomplete_because: Vec::new(),
            notes: match self.decisions() {
                Decisions::Ours => self.effective.notes.clone(),
                Decisions::Foreign => Vec::new(),
            },
            unclaimed_golden: Vec::new(),
            repeated: Repeated::default(),
            corpora: Vec::new(),
            roles: Vec::new(),
            coverage: Vec::new(),
        }
    }

    pub(super) fn finish(&self, summaries: &mut [Summary]) {
        for summary in summaries {
            let set_aside: u64 = summary.corpora.iter().map(|corpus| corpus.set_aside).sum();
            let mut because = Vec::new();
            if !self.selection.filters.is_empty() {
                because.push("it was filtered".to_owned());
            }
            if let Some(SampleSize { size, seed }) = self.selection.sample {
                because.push(format!("{size} recordings of each corpus were sampled with seed {seed}"));
            }
            if self.effective.what_if {
                because.push("its environment is not the project's".to_owned());
            }
            if self.effective.sampling == Sampling::AsDeployed {
                because.push("it sampled as deployed".to_owned());
            }
            if self.corpora.iter().any(|corpus| !corpus.named) {
                because.push("standard input has no name".to_owned());
            }
            match set_aside {
                0 => {}
                1 => because.push("1 bad line was set aside".to_owned()),
                more => because.push(format!("{more} bad lines were set aside")),
            }
            summary.incomplete_because = because;
            let context = CoverageContext {
                rules: summary.rules,
                settings: &self.effective.settings,
                foreign: !self.decider().abilities().explains || self.effective.recorded,
            };
            summary.add_up(context);
        }
    }

    pub(super) fn run_inputs(&self, rules: RuleSet, corpora: Vec<CorpusInputs>) -> RunInputs {
        RunInputs {
            format: RUN_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            rules,
            decisions: self.decisions(),
            sampling: self.effective.sampling,
            recorded_environment: self.effective.recorded,
            environment: self.effective.variables.clone(),
            policy: self.effective.policy.clone(),
            foreign: self.decider().identity().digest.clone(),
            selection: self.selection.clone(),
            stages: self.project.stages.clone(),
            corpora,
        }
    }
}
