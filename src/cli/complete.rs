//! Completions: the script for a shell, and the candidates for which the script asks the program.
//!
//! A static script cannot know the corpora and runs of a project, so it calls the program with [`ASKED`] set. The program
//! then lists candidates. It writes no files, and errors are silent, because the shell is in the middle of a command line.

use super::args::Cli;
use super::exit::Failure;
use super::process::variable;
use clap::CommandFactory;
use clap_complete::env::{CompleteEnv, Shells};
use std::panic::{catch_unwind, set_hook};
use std::path::Path;

/// The variable that a script sets to the name of its shell when it asks for candidates.
const ASKED: &str = "CORRIDOR_COMPLETE";

/// Prints candidates if a script asks for them; otherwise `false`.
pub(super) fn answer() -> bool {
    if variable(ASKED).is_none_or(|shell| shell.is_empty()) {
        return false;
    }
    set_hook(Box::new(|_| ()));
    #[expect(clippy::disallowed_methods, reason = "the command line that is to be completed")]
    let arguments = std::env::args_os();
    let answered = catch_unwind(|| CompleteEnv::with_factory(Cli::command).var(ASKED).try_complete(arguments, None));
    !matches!(answered, Ok(Ok(false)))
}

/// The script for a shell. It calls the program by the path by which this process was called.
pub(super) fn script(shell: clap_complete::Shell) -> Result<String, Failure> {
    #[expect(clippy::disallowed_methods, reason = "how the program was called")]
    let called = std::env::args_os().next().unwrap_or_default();
    let called = Path::new(&called);
    let program = match called.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(_) => std::path::absolute(called).unwrap_or_else(|_| called.to_owned()).display().to_string(),
        None => "corridor".to_owned(),
    };
    let cannot = |error: std::io::Error| Failure::input(format!("cannot make a script for {shell}: {error}"));
    let shells = Shells::builtins();
    let completer = shells.completer(&shell.to_string());
    let completer = completer.ok_or_else(|| Failure::usage(format!("there is no script for {shell}")))?;
    let mut script = Vec::new();
    completer.write_registration(ASKED, "corridor", "corridor", &program, &mut script).map_err(cannot)?;
    let script = String::from_utf8_lossy(&script).into_owned();
    Ok(if shell == clap_complete::Shell::Bash { with_whole_words(&script) } else { script })
}

/// Extends the script for Bash, which splits words at `=`. The addition joins the parts of a word such as `class=regressed`
/// before it asks (after an option the `=` is dropped), and strips from each candidate the part that Bash keeps.
fn with_whole_words(script: &str) -> String {
    const ASKS: &str = "    COMPREPLY=( $( \\\n";
    const ENDS: &str = "compopt -o nospace\n    fi\n";
    const JOINS: &str = r#"    local whole=() at last=-1 glued="" strip=""
    for ((at = 0; at < ${#words[@]}; at++)); do
        if ((last > 0 && at <= COMP_CWORD)) && [[ ${COMP_WORDS[at]} == "=" ]]; then
            if [[ ${whole[last]} != --* || ${whole[last]} == *=* ]]; then
                whole[last]+="="
                glued=yes
                ((at == COMP_CWORD)) && strip="${whole[last]}"
                continue
            fi
            ((at == COMP_CWORD)) || continue
        elif [[ $glued ]]; then
            ((at == COMP_CWORD)) && strip="${whole[last]}"
            whole[last]+="${words[at]}"
            glued=""
            continue
        fi
        whole[++last]="${words[at]}"
    done
    ((COMP_CWORD < ${#words[@]})) && words=("${whole[@]}") && _CLAP_COMPLETE_INDEX=$last
"#;
    const STRIPS: &str = "    COMPREPLY=(\"${COMPREPLY[@]#\"$strip\"}\")\n";
    script.replacen(ASKS, &format!("{JOINS}{ASKS}"), 1).replacen(ENDS, &format!("{ENDS}{STRIPS}"), 1)
}
