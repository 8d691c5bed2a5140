//! Messages as ProtoJSON: text that is read, and text that is written.

pub mod escape;
pub mod read;
mod read_base64;
mod read_number;
mod read_scalar;
mod scan;
mod seen;
pub mod sink;
mod skip;
pub mod write;
mod write_base64;
mod write_number;
