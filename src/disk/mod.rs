//! Writing to disk so that a kill, a full disk or a second process leaves nothing half-done.
//!
//! - A [`AtomicFile`] is a file in the making. It takes its place when it is whole, and nothing is left of it otherwise.
//! - [`lock`], [`rename`], [`sync`] and the other functions are the single steps that stores are made of.
//!
//! Every step announces itself with [`step`], so that a build with debug assertions can make any one of them fail, or be
//! the last thing that the process does (`fault`). That is how the tests go through all of them.

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
    create_folder, end_of_links, folder_of, inherit, lock, remove, rename, step, sync, sync_folder, sync_name,
    write_all,
};
