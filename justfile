# The common commands. `.ci/run` is everything that a change has to pass.

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

# Replay the shipped corpora and compare them with golden, or replay with these arguments
replay *arguments:
    cargo run --locked --release --quiet -- replay "$@"

# Test the acceptance criteria
verify *arguments:
    cargo run --locked --release --quiet -- verify "$@"

# Test the HTML page of a report in Chromium; pages and screenshots are left in target/browser
browser:
    cargo build --locked --release
    tests/browser/run target/release/corridor

# Run the benchmarks
bench *arguments:
    cargo bench --locked --profile dist "$@"

# Read the diff before you commit it. Golden files are accepted by `corridor accept`, in a commit of their own.
# Accept the insta snapshots of the tests, and generate the runbook's tables
bless:
    INSTA_UPDATE=always cargo test --locked

# Build the documentation, with warnings as errors
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps
