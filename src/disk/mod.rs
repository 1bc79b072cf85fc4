//! Writing to disk so that a kill, a full disk or a second process leaves no partial file.
//!
//! - An [`AtomicFile`] appears in its place when it is complete, or not at all.
//! - [`lock`], [`rename`], [`sync`] and the other functions are the single steps of stores. Their errors are those of the system.
//!
//! Every step calls [`step`] first, so that tests can make each of them fail, or end the process before it (`fault`).

mod atomic_file;
#[cfg(debug_assertions)]
mod fault;
mod step;
mod steps;

pub use atomic_file::AtomicFile;
#[cfg(debug_assertions)]
pub use fault::arm;
pub use step::Step;
pub use steps::{
    create_folder, end_of_links, folder_of, inherit, lock, remove, rename, step, sync, sync_folder, write_all,
};
