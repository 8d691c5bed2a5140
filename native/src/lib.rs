//! A compiled codec for the messages of lkproto.
#![deny(unsafe_code)]

use pyo3::prelude::*;

/// The version of the table contract; the same as `table.CONTRACT` of the runtime.
pub const TABLE_CONTRACT: u32 = 1;

#[pymodule(gil_used = true)]
fn lkproto_native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("TABLE_CONTRACT", TABLE_CONTRACT)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
