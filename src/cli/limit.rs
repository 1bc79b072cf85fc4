//! Limits of the machine: help for system errors such as a full disk, too many open files or no memory.

use std::error::Error;
use std::io::{self, ErrorKind};

/// Help for the first system error in `error` or its sources that is a limit of the machine.
pub(super) fn help(error: &(dyn Error + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        let found = error.downcast_ref::<io::Error>().and_then(of_system);
        if found.is_some() {
            return found;
        }
        next = error.source();
    }
    None
}

/// Help for each limit.
const LIMITS: [(ErrorKind, &str); 6] = [
    (ErrorKind::StorageFull, "the disk is full: make room there, or use another place"),
    (ErrorKind::QuotaExceeded, "the quota of this disk is used up: make room there, or use another place"),
    (ErrorKind::FileTooLarge, "a file may not grow that large here: raise the limit (`ulimit -f`)"),
    (ErrorKind::ReadOnlyFilesystem, "the file system is read-only: use another place"),
    (ErrorKind::OutOfMemory, "there is no memory left: raise the limit (`ulimit -v`, or that of the container)"),
    (
        ErrorKind::WouldBlock,
        "the system has no process or thread to give: raise the limit (`ulimit -u`, `pids.max` of the container)",
    ),
];

/// Help for a system error that is a limit of the machine.
fn of_system(error: &io::Error) -> Option<&'static str> {
    if is_too_many_files(error) {
        return Some("too many files are open at once: raise the limit (`ulimit -n`)");
    }
    let known = LIMITS.iter().find(|(kind, _)| *kind == error.kind()).map(|(_, help)| *help);
    known.or_else(|| error.get_ref().and_then(|inner| help(inner as &(dyn Error + 'static))))
}

#[cfg(unix)]
fn is_too_many_files(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let code = error.raw_os_error();
    [Errno::MFILE, Errno::NFILE].into_iter().any(|errno| code == Some(errno.raw_os_error()))
}

#[cfg(not(unix))]
fn is_too_many_files(_error: &io::Error) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_limit_is_found_wherever_it_is_wrapped() {
        let full = || io::Error::from(ErrorKind::StorageFull);
        assert!(help(&full()).unwrap().contains("disk is full"));
        assert!(help(&io::Error::other(full())).unwrap().contains("disk is full"));
        let wrapped = crate::run::RunError::Io { action: "write", path: "x".into(), source: full() };
        assert!(help(&wrapped).unwrap().contains("disk is full"));
        assert_eq!(help(&io::Error::from(ErrorKind::NotFound)), None);
        let missing = tempfile::tempfile_in(Path::new("no-such-folder")).unwrap_err();
        assert_eq!(help(&missing), None);
    }

    #[cfg(unix)]
    #[test]
    fn too_many_open_files_are_a_limit() {
        let error = io::Error::from_raw_os_error(rustix::io::Errno::MFILE.raw_os_error());
        assert!(help(&error).unwrap().contains("ulimit -n"));
    }
}
