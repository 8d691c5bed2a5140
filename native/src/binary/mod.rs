//! Messages in binary format.

mod backwards;
pub mod decode;
pub mod encode;

pub use backwards::Few;
