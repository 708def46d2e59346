//! What servers do to those who talk with them: one idea a file, each a small function.
//!
//! - [`echo`]: hands back what it was sent, anywhere, in any writing
//! - [`store`]: hands it back on another request; [`range`]: in slices
//! - [`redirect`]: sends elsewhere
//! - [`coding`]: compresses what should not be, and bombs
//! - [`framing`]: leaves open where a message ends; [`desync`]: begins the next one unasked
//! - [`heads`]: heads that are too many or too large; [`endless`]: what never ends; [`slow`]: what takes for ever
//! - [`broken`]: resets, stalls and closes, at each stage of an exchange
//! - [`foreign`]: speaks something else than HTTP/1.1
//! - [`sized`]: honest, and large

pub mod broken;
pub mod coding;
pub mod desync;
pub mod echo;
pub mod endless;
pub mod foreign;
pub mod framing;
pub mod heads;
pub mod range;
pub mod redirect;
pub mod sized;
pub mod slow;
pub mod store;
