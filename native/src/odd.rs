//! Refusal: how everything here says that a message is for the exact codec.

use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;

/// Something unusual, or an error of Python that is set and goes to the caller as it is.
///
/// It has no content, so that a result is as large as a pointer.
#[derive(Debug)]
pub struct Odd;

/// What was made of usual input, or a refusal.
pub type Usual<T> = Result<T, Odd>;

impl From<PyErr> for Odd {
    fn from(error: PyErr) -> Self {
        Python::attach(|py| error.restore(py));
        Odd
    }
}

impl From<Odd> for PyErr {
    fn from(odd: Odd) -> Self {
        Python::attach(|py| odd.into_error(py))
    }
}

impl Odd {
    /// The error that Python sees: the one that is set, or a plain ValueError.
    #[cold]
    pub fn into_error(self, py: Python<'_>) -> PyErr {
        PyErr::take(py).unwrap_or_else(|| PyValueError::new_err("for the exact codec"))
    }
}

/// Sets an AttributeError: an object has no `what`, as in "attribute", of this name.
#[cold]
pub fn has_no(what: &str, name: &Bound<'_, PyAny>, object: &Bound<'_, PyAny>) {
    let class = object.get_type();
    let class = class.name().map_or_else(|_| String::new(), |name| name.to_string());
    let text = format!("'{class}' object has no {what} '{name}'");
    PyAttributeError::new_err(text).restore(object.py());
}
