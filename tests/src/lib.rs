//! What the attacks stand on: a sandbox in an empty folder, calls with small limits, a worker
//! that is spoken to directly, and the figures that a run leaves behind.
//!
//! Read [`house`] first. Nothing here decides what is right: the tests in `tests/` do.

pub mod figures;
pub mod house;
pub mod process;
pub mod raw_worker;
pub mod soak;

pub use figures::Figure;
pub use house::House;
