//! `corridor generate`: synthetic recordings from a seed.

use super::args::GenerateArgs;
use super::destination::{Content, Protected};
use super::exit::{Exit, Failure};
use super::file;
use super::output::{Output, not_written};
use crate::corpus::generate::{Knob, KnobSetting, Preset, Recipe};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Approximate size of a recording, bytes: enough for the progress bar to estimate the time that is left.
const BYTES_A_RECORDING: u64 = 1000;

/// Runs the subcommand.
pub(super) fn run(
    args: &GenerateArgs,
    protected: impl FnOnce() -> Protected,
    output: &Output,
) -> Result<Exit, Failure> {
    let preset: Preset = args.preset.parse().map_err(|error| Failure::usage(format!("--preset: {error}")))?;
    let mut recipe = Recipe::new(preset, args.seed);
    recipe.label = !args.unlabelled;
    let settings = args.settings.iter().map(|setting| setting.parse::<KnobSetting>());
    let settings = settings.collect::<Result<Vec<_>, _>>();
    let applied = settings.and_then(|settings| recipe.apply(&settings));
    applied.map_err(|error| {
        Failure::usage(format!("--set: {error}")).with_help("`corridor generate --list` shows the knobs")
    })?;
    if args.list {
        output.result(&listing(preset, &recipe))?;
        return Ok(Exit::Clean);
    }
    if let Some(path) = args.file() {
        protected().refuse("--output", path, Content::Recordings)?;
        write_file(&recipe, args.count, path, output)?;
    } else {
        let stdout = BufWriter::with_capacity(1 << 16, io::stdout().lock());
        match write_all(&recipe, args.count, stdout, &|| ()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => return Err(not_written(&error)),
            Ok(_) => {}
        }
    }
    Ok(Exit::Clean)
}

fn listing(preset: Preset, recipe: &Recipe) -> String {
    let mut text = format!("knobs of preset {preset} (rates 0..=1; set one with --set KNOB=RATE)\n");
    for knob in Knob::ALL {
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {:<20} {:<6} {}", knob.as_str(), recipe.rate(*knob), knob.description());
    }
    text
}

fn write_all<W: Write>(recipe: &Recipe, count: u64, mut writer: W, step: &dyn Fn()) -> io::Result<W> {
    for recording in recipe.recordings(0..count) {
        serde_json::to_writer(&mut writer, &recording)?;
        writer.write_all(b"\n")?;
        step();
    }
    writer.flush()?;
    Ok(writer)
}

fn write_file(recipe: &Recipe, count: u64, path: &Path, output: &Output) -> Result<(), Failure> {
    let bar = output.bar(count.saturating_mul(BYTES_A_RECORDING));
    let step = || bar.inc(BYTES_A_RECORDING);
    let written = file::replace(path, |out| {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("gz") => drop(write_all(recipe, count, GzEncoder::new(out, Compression::default()), &step)?.finish()?),
            Some("zst") => drop(write_all(recipe, count, zstd::Encoder::new(out, 0)?, &step)?.finish()?),
            Some(_) | None => drop(write_all(recipe, count, out, &step)?),
        }
        Ok(())
    });
    bar.finish_and_clear();
    written.map_err(|failure| failure.or_help("leave --output out to write to standard output"))
}
