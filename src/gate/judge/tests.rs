//! Rules at their limits.
