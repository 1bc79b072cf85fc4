//! `corridor pending`, `accept`, `reject` and `review`: settling golden changes.

mod accept;
mod interrupted;
mod missing;
mod new;
mod pending;
mod plan;
mod review;
mod selection;
mod uncompared;

pub(super) use accept::{accept, reject};
pub(super) use interrupted::{note as note_interrupted, refused as refuse_interrupted};
pub(super) use pending::pending;
pub(super) use review::review;
