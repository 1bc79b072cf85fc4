//! The program and its library, from outside.
//!
//! Most tests drive the real binary in a project of their own, through a [`workbench::Workbench`]: a temporary folder, a
//! cleared environment, and what the program wrote. A test that needs more than the system offers (another user, a
//! device that is full) says so and passes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, also in its helpers")]

// Risk logs of production: the deployed analyzer's metrics, and honest ones.
mod analyze;
// Who may import whom, how long files are, how they open.
mod architecture;
// Inputs that cannot be used: each with its location, exit 4, and nothing written.
mod bad_input;
// `corridor check`.
mod check;
// Names of corpora that collide on some file system.
mod collision;
// Which outcomes were compared with golden, and what the output says about it.
mod compared;
// Completions, as a shell asks for them.
mod completions;
// One cap on texts from outside, wherever they are shown.
mod capped;
// Compressed inputs, recognised by their bytes; damaged archives.
mod compressed;
// The corpora that are shipped: valid, labelled, in their roles, and as golden has them.
mod corpora;
// Output files never replace a file of the project or an input of the command.
mod destination;
// Documents: every command in them is run, every link leads somewhere.
mod documentation;
// Edges of every rule, worked out from the documentation.
mod edge_cases;
// Every exit code, the help texts, closed pipes.
mod exit_codes;
// Every step on disk fails once, or is the last step.
mod fault;
// Production's risk logs against a stored replay.
mod fidelity;
// `decide` as a filter: one line in, one line out.
mod filter;
// Decisions of another implementation in place of our own.
mod foreign;
// From evidence to a verdict: replay, production, receipts, formats.
mod gate;
// Generated corpora, decided.
mod generate;
// The life of a change: pending, accepted, rejected, killed half-way.
mod golden;
// Damaged runs.
mod intact;
// Corpora that are declared and not there, files that are not read.
mod left_out;
// Limits of the machine: files, threads, disks, deleted folders.
mod limits;
// The recorded decisions of the deployed system.
mod parity;
// Commands that are printed: a shell takes them as they are.
mod pasted;
// `corridor preflight`: each finding, files of variables, presets, secrets.
mod preflight;
// No raw text where none belongs.
mod privacy;
// Properties of every input.
mod properties;
// Recordings for tests, made of small pieces.
mod recording;
// Lines that are set aside.
mod rejects;
// Fixed faults.
mod regression;
// Replays: selection, stored runs, environment.
mod replay;
// `corridor diff` and `corridor report`, in every format.
mod report;
// Groups of golden changes: listed, and settled by name or on a terminal.
mod review;
// The runbook agrees with the program on variables, limits, rules and reasons.
mod runbook;
// Settlements: refused, interrupted, completed, undone.
mod settlement;
// Selectors of several values, of which one matches nothing.
mod selected;
// Where runs are stored, and which one is the latest.
mod store;
// The same item in another spelling.
mod spelling;
// Captured recordings that are older than the project allows.
mod stale;
// Standard streams that are closed or full.
mod streams;
// Several budgets and rule sets side by side, from one reading.
mod sweep;
// Messages that repeat no private text.
mod unquoted;
// `corridor verify`: verdicts, parts, the report, protected files.
mod verify;
// A project in a temporary folder, and the program in it.
mod workbench;
