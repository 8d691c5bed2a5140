//! Construction of messages: what the written `__init__` of a class does with keywords.
//!
//! Values are stored as they are given; nothing is checked or converted here. Whatever `__init__`
//! refuses is refused, and so are positional arguments: the caller then runs `__init__`.
//!
//! A call passes its keywords as a tuple of names, and the same place of a program passes the same
//! tuple each time. So a class remembers the fields that some tuples stand for.

use pyo3::Borrowed;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::object::{self, Construct, Object, same_text};
use crate::odd::{Odd, Usual};
use crate::slots::Draft;
use crate::table::{Table, known_table};

/// How many tuples of names a class remembers.
const REMEMBERED: usize = 8;

/// The fields that a tuple of names stands for, as indexes into `Table::fields`.
pub struct Remembered {
    names: Py<PyTuple>,
    fields: Vec<u16>,
}

/// Makes calls of a class that has a table construct its messages here.
pub fn construct_natively(class: &Bound<'_, PyType>) -> Usual<()> {
    object::call_natively::<Messages>(class)
}

struct Messages;

impl Construct for Messages {
    fn construct<'py>(
        class: &Object<'py>,
        names: Option<&Bound<'py, PyTuple>>,
        values: &[Borrowed<'_, 'py, PyAny>],
    ) -> Usual<Object<'py>> {
        let py = class.py();
        let table = known_table(class).ok_or(Odd)?;
        if names.map_or(0, |names| names.len()) != values.len() {
            return Err(Odd); // there are positional arguments
        }
        // Making an object may run the collector, so nothing is borrowed before.
        let mut draft = Draft::new(py, &table.shape)?;
        if let Some(names) = names {
            table
                .remembered
                .with(py, |all| fill(&mut draft, table, fields_of(all, table, names)?, values))?;
        }
        draft.finish()
    }

    fn otherwise<'py>(
        class: &Object<'py>,
        positional: &[Borrowed<'_, 'py, PyAny>],
        names: Option<&Bound<'py, PyTuple>>,
        values: &[Borrowed<'_, 'py, PyAny>],
    ) -> Usual<Object<'py>> {
        let py = class.py();
        let all = std::iter::once(class.as_borrowed()).chain(positional.iter().copied());
        let named = PyDict::new(py);
        for (name, value) in names.into_iter().flatten().zip(values) {
            named.set_item(name, value)?;
        }
        let call = py.get_type::<PyType>().getattr("__call__")?;
        Ok(call.call(PyTuple::new(py, all.collect::<Vec<_>>())?, Some(&named))?)
    }
}

/// Sets fields of a message, unless two of them are members of one oneof.
fn fill<'py>(
    draft: &mut Draft<'py>,
    table: &Table,
    fields: &[u16],
    values: &[Borrowed<'_, 'py, PyAny>],
) -> Usual<()> {
    for (at, value) in fields.iter().zip(values) {
        let at = usize::from(*at);
        if table.fields[at].oneof.is_some() {
            if value.is_none() {
                continue;
            }
            if draft.oneof_taken(at) {
                return Err(Odd);
            }
        }
        draft.set(at, (**value).clone());
    }
    Ok(())
}

/// The fields that a tuple of names stands for; a refusal if one is not the name of a field.
fn fields_of<'a>(
    all: &'a mut Vec<Remembered>,
    table: &Table,
    names: &Bound<'_, PyTuple>,
) -> Usual<&'a [u16]> {
    let known = all.iter().position(|each| each.names.as_ptr() == names.as_ptr());
    let at = match known {
        Some(at) => at,
        None => remember(all, table, names)?,
    };
    Ok(&all[at].fields)
}

/// Remembers a tuple of names, and returns where.
fn remember(all: &mut Vec<Remembered>, table: &Table, names: &Bound<'_, PyTuple>) -> Usual<usize> {
    let made = Remembered { fields: resolve(table, names)?, names: names.clone().unbind() };
    if all.len() < REMEMBERED {
        all.push(made);
        return Ok(all.len() - 1);
    }
    // A tuple that nobody else has any more was made for one call, as `Room(**values)` does.
    let at = all
        .iter()
        .position(|each| !object::is_shared(each.names.bind(names.py())))
        .unwrap_or(REMEMBERED - 1);
    let before = std::mem::replace(&mut all[at], made);
    drop(before.names.into_bound(names.py()));
    Ok(at)
}

fn resolve(table: &Table, names: &Bound<'_, PyTuple>) -> Usual<Vec<u16>> {
    let mut next = 0;
    names
        .iter()
        .map(|name| {
            let at = index_of(table, &name, next).ok_or(Odd)?;
            next = at + 1;
            u16::try_from(at).map_err(|_| Odd)
        })
        .collect()
}

/// The index of the field with a name. The search begins at `first`, because most callers name
/// fields in their order.
fn index_of(table: &Table, name: &Object<'_>, first: usize) -> Option<usize> {
    let attribute = |at: &usize| table.shape.name(name.py(), *at);
    let mut order = (first..table.fields.len()).chain(0..first);
    order
        .clone()
        .find(|at| attribute(at).is(name))
        .or_else(|| order.find(|at| same_text(attribute(at), name)))
}
