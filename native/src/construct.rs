//! Construction of messages: what the written `__init__` of a class does with keywords.
//!
//! Values are stored as they are given; nothing is checked or converted here. Whatever `__init__`
//! refuses is refused, and so are positional arguments: the caller then runs `__init__`.
//!
//! A call passes its keywords as a tuple of names, and the same place of a program passes the same
//! tuple each time. So a class remembers the fields that some tuples stand for.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use pyo3::Borrowed;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use crate::object::{Global, Object, is_shared, same_text};
use crate::odd::{Odd, Usual};
use crate::table::{Draft, Quick, Table};

/// How many tuples of names a class remembers.
const REMEMBERED: usize = 8;

type Constructors = HashMap<usize, &'static Constructor, BuildHasherDefault<Quick>>;

/// The constructors by the address of their class, which its table keeps alive.
static CONSTRUCTORS: Global<Option<Constructors>> = Global::new(None);

/// The constructor of one class.
struct Constructor {
    table: &'static Table,
    remembered: Global<Vec<Remembered>>,
}

/// The fields that a tuple of names stands for, as indexes into `Table::fields`.
struct Remembered {
    names: Py<PyTuple>,
    fields: Vec<u16>,
}

/// Remembers the table that messages of a class are made by.
pub fn register(py: Python<'_>, table: &'static Table) {
    let address = table.class(py).as_ptr() as usize;
    CONSTRUCTORS.with(py, |all| {
        let all = all.get_or_insert_default();
        all.entry(address).or_insert_with(|| {
            Box::leak(Box::new(Constructor {
                table,
                remembered: Global::new(Vec::new()),
            }))
        });
    });
}

/// A message of a registered class with these values, by the names of its fields.
pub fn construct<'py>(
    class: Borrowed<'_, 'py, PyType>,
    names: Option<&Bound<'py, PyTuple>>,
    values: &[Borrowed<'_, 'py, PyAny>],
) -> Usual<Object<'py>> {
    let py = class.py();
    let address = class.as_ptr() as usize;
    let found = CONSTRUCTORS.with(py, |all| all.as_ref()?.get(&address).copied());
    let Constructor { table, remembered } = found.ok_or(Odd)?;
    // Making an object may run the collector, so nothing is borrowed from `remembered` yet.
    let mut draft = Draft::new(py, table)?;
    if let Some(names) = names {
        if names.len() != values.len() {
            return Err(Odd); // there are positional arguments, too
        }
        remembered.with(py, |all| fill(&mut draft, fields_of(all, table, names)?, values))?;
    } else if !values.is_empty() {
        return Err(Odd);
    }
    draft.finish()
}

/// Sets fields of a message, unless two of them are members of one oneof.
fn fill<'py>(
    draft: &mut Draft<'py>,
    fields: &[u16],
    values: &[Borrowed<'_, 'py, PyAny>],
) -> Usual<()> {
    for (at, value) in fields.iter().zip(values) {
        let at = usize::from(*at);
        if draft.table().fields[at].oneof.is_some() {
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
    let known = all
        .iter()
        .position(|each| each.names.as_ptr() == names.as_ptr());
    let at = match known {
        Some(at) => at,
        None => remember(all, table, names)?,
    };
    Ok(&all[at].fields)
}

/// Remembers a tuple of names, and returns where.
fn remember(
    all: &mut Vec<Remembered>,
    table: &Table,
    names: &Bound<'_, PyTuple>,
) -> Usual<usize> {
    let made = Remembered {
        fields: resolve(table, names)?,
        names: names.clone().unbind(),
    };
    if all.len() < REMEMBERED {
        all.push(made);
        return Ok(all.len() - 1);
    }
    // A tuple that nobody else has any more was made for one call, as `Room(**values)` does.
    let at = all
        .iter()
        .position(|each| !is_shared(each.names.bind(names.py())))
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
    let attribute = |at: &usize| &table.fields[*at].attribute;
    let order = (first..table.fields.len()).chain(0..first);
    order
        .clone()
        .find(|at| attribute(at).as_ptr() == name.as_ptr())
        .or_else(|| {
            let mut order = order;
            order.find(|at| same_text(attribute(at).bind(name.py()), name))
        })
}
