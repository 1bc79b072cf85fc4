# What people do here. Everything that a change has to pass: `.ci/run`.

set positional-arguments

# List the recipes
default:
    @just --list

# Format and lints
check:
    cargo fmt --check
    cargo clippy --locked --all-targets -- -D warnings

# All tests, or those whose name contains the argument
test *arguments:
    cargo test --locked "$@"

# Replay the shipped corpora against the golden snapshots, or do what the arguments say
replay *arguments:
    cargo run --locked --release --quiet -- replay "$@"

# The acceptance criteria by execution, and the report about them
verify *arguments:
    cargo run --locked --release --quiet -- verify "$@"

# The HTML page of a report in Chromium; pages and pictures are left in target/browser
browser:
    cargo build --locked --release
    tests/browser/run target/release/corridor

# Benchmarks
bench *arguments:
    cargo bench --locked --profile dist "$@"

# Accepts the rendered output that tests compare with (insta snapshots; read the diff before you commit it).
# Golden files are never accepted here: `corridor accept --reason` does that, in a commit of its own.
# Accept rendered-output snapshots of the tests and the runbook's tables (never golden files: `corridor accept`)
bless:
    INSTA_UPDATE=always cargo test --locked

# Documentation, with warnings as errors
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
