//! The program on a pseudo-terminal: what a person sees, and the keys they press.

use crate::workbench::Workbench;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long something may take to appear; machines are shared.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running program and its screen.
pub(super) struct Terminal {
    child: Child,
    keyboard: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    /// Starts the program in a project, on a terminal of 100 columns.
    pub(super) fn start(workbench: &Workbench, arguments: &[&str]) -> Self {
        let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&controller).unwrap();
        unlockpt(&controller).unwrap();
        let size = Winsize { ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&controller, size).unwrap();
        let name = ptsname(&controller, Vec::new()).unwrap();
        let open = || OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
        let mut command = workbench.command(arguments);
        command.env("TERM", "xterm-256color").env("CORRIDOR_USER", "mara");
        command.stdin(Stdio::from(open())).stdout(Stdio::from(open())).stderr(Stdio::from(open()));
        let child = command.spawn().unwrap();
        // The only ends that are left are the program's: when it ends, so does what is read.
        drop(command);
        let keyboard = File::from(controller);
        let mut output = keyboard.try_clone().unwrap();
        let (sender, screen) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { child, keyboard, screen, seen: String::new() }
    }

    /// Waits until `text` is on the screen, behind what was waited for before.
    #[expect(clippy::disallowed_methods, reason = "a program that hangs must not hang the tests")]
    pub(super) fn expect(&mut self, text: &str) -> String {
        let begin = Instant::now();
        loop {
            if let Some(place) = self.seen.find(text) {
                let rest = self.seen.split_off(place + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            let left = PATIENCE.saturating_sub(begin.elapsed());
            match self.screen.recv_timeout(left) {
                Ok(bytes) => self.seen += &String::from_utf8_lossy(&bytes),
                Err(error) => panic!("{text:?} did not appear ({error}); the screen says: {}", self.seen),
            }
        }
    }

    /// Presses keys, once the program reads them one by one. Before that, an interrupt would be the system's to deliver, and
    /// this is nobody's controlling terminal.
    pub(super) fn press(&mut self, keys: &str) {
        let is_line_by_line = || tcgetattr(&self.keyboard).unwrap().local_modes.contains(LocalModes::ICANON);
        for _ in 0..12_000 {
            if !is_line_by_line() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits for the end: the exit code, and what else was on the screen. No code for a program that was interrupted.
    pub(super) fn end(mut self) -> (Option<i32>, String) {
        while let Ok(bytes) = self.screen.recv_timeout(PATIENCE) {
            self.seen += &String::from_utf8_lossy(&bytes);
        }
        if self.child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_secs(1));
            // One that does not end must not keep the tests from ending.
            let _ = self.child.kill();
        }
        (self.child.wait().unwrap().code(), self.seen)
    }
}
