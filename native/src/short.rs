//! Short texts that were made before: ids, names and words come again and again.

use pyo3::prelude::*;

use crate::names::{self, Ends};
use crate::object::{self, Global, Object};
use crate::odd::Usual;

const SHORTEST: usize = 2;
const LONGEST: usize = names::WHOLE;
const ENTRIES: usize = 1024;

/// Short texts seen last, each where the hash of its bytes says.
static SHORT: Global<[Option<Short>; ENTRIES]> = Global::new([const { None }; ENTRIES]);

struct Short {
    ends: Ends,
    text: Py<PyAny>,
}

/// A str from UTF-8, as `object::text`; of a few bytes, it may be one that was made before.
///
/// What goes through here may stay alive for long, so nothing that a schema marks as sensitive may.
pub fn text<'py>(py: Python<'py>, value: &[u8]) -> Usual<Object<'py>> {
    if !(SHORTEST..=LONGEST).contains(&value.len()) || !value.is_ascii() {
        return object::text(py, value);
    }
    let ends = Ends::of(value);
    let at = (ends.hash() >> 54) as usize % ENTRIES;
    let found = SHORT.with(py, |entries| {
        entries[at]
            .as_ref()
            .filter(|entry| entry.ends == ends)
            .map(|entry| entry.text.clone_ref(py))
    });
    if let Some(found) = found {
        return Ok(found.into_bound(py));
    }
    let text = object::text(py, value)?;
    let entry = Short { ends, text: text.clone().unbind() };
    drop_entry(py, SHORT.with(py, |entries| entries[at].replace(entry)));
    Ok(text)
}

/// A reference without the token of the GIL would ask for it when it is dropped.
fn drop_entry(py: Python<'_>, entry: Option<Short>) {
    drop(entry.map(|entry| entry.text.into_bound(py)));
}
