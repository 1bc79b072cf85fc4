//! explain
pub(super) fn run(
    _: &super::args::ExplainArgs,
    _: &super::project::Project,
    _: &super::output::Output,
) -> Result<super::exit::Exit, super::exit::Failure> {
    Err(super::exit::Failure::usage("x"))
}
