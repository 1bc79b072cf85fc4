//! Large amounts of data in bounded memory: an ordered pipeline over batches on all cores, partitions and sorting on disk, and
//! digests of streams.

mod digest;
mod ordered;
mod smallest;
mod sorter;
mod spill;

pub use digest::{Hashing, digest, sha256_of};
pub use ordered::{ordered, spawned};
pub use smallest::Smallest;
pub use sorter::{SortKey, Sorted, Sorter};
pub use spill::{Partitions, Spill};
