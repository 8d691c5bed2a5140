//! Tables: the fields of message classes, and where to find them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::construct::Remembered;
use crate::describe;
use crate::field::Field;
use crate::names::Names;
use crate::object::{Global, Object};
use crate::odd::{Odd, Usual};
use crate::slots::{Place, Shape};

/// How many levels of messages are read and written, in either format.
pub const MAX_DEPTH: usize = 100;

/// The fields of one message class.
pub struct Table {
    /// Whether there are extensions of it.
    pub extended: bool,
    /// The functions of a well-known type: message → JSON; JSON, ignore, depth → message.
    pub json: Option<(Py<PyAny>, Py<PyAny>)>,
    /// The fields in the order of their numbers, which is that of the wire.
    pub fields: Vec<Field>,
    /// Indexes into `fields` in the order of declaration.
    pub declared: Vec<u16>,
    /// Where messages have the fields; it has the same indexes.
    pub shape: Shape,
    /// The Python functions behind the methods of `methods`.
    pub from_bytes: OnceLock<Py<PyAny>>,
    /// As above.
    pub from_json: OnceLock<Py<PyAny>>,
    /// As above.
    pub to_bytes: OnceLock<Py<PyAny>>,
    /// What `construct` remembers.
    pub remembered: Global<Vec<Remembered>>,
    near: Vec<u16>,
    by_json: Names<u16>,
}

const FAR: u32 = 256;
const NOTHING: u16 = u16::MAX;

/// What `describe` knows of a class.
pub struct Description {
    /// Whether there are extensions of it.
    pub extended: bool,
    /// The functions of a well-known type.
    pub json: Option<(Py<PyAny>, Py<PyAny>)>,
    /// The descriptor of the slot for unknown fields.
    pub unknown: Py<PyAny>,
    /// The fields with their places and their names in JSON, in the order of declaration.
    pub fields: Vec<(Field, Place, Vec<String>)>,
    /// The descriptors of the slots of each oneof: the case, the value.
    pub oneofs: Vec<(Py<PyAny>, Py<PyAny>)>,
}

impl Table {
    /// The table of a class. A refusal says that its instances are not laid out as expected.
    pub fn new(class: &Bound<'_, PyType>, description: Description) -> Usual<Table> {
        if description.fields.len() >= usize::from(NOTHING) {
            return Err(Odd);
        }
        let mut order: Vec<_> = description.fields.into_iter().enumerate().collect();
        order.sort_by_key(|(_, (field, ..))| field.number);
        let (mut fields, mut places) = (Vec::new(), Vec::new());
        let mut declared = vec![0; order.len()];
        let mut by_json: Vec<(Box<[u8]>, u16)> = Vec::new();
        for (at, (before, (field, place, names))) in (0..).zip(order) {
            declared[before] = at;
            by_json.extend(names.into_iter().map(|name| (name.into_bytes().into(), at)));
            fields.push(field);
            places.push(place);
        }
        Ok(Table {
            extended: description.extended,
            json: description.json,
            near: near(&fields),
            fields,
            declared,
            shape: Shape::new(class, &description.unknown, &description.oneofs, places)?,
            from_bytes: OnceLock::new(),
            from_json: OnceLock::new(),
            to_bytes: OnceLock::new(),
            remembered: Global::new(Vec::new()),
            by_json: by_json.into_iter().collect(),
        })
    }

    /// The index of the field with a number.
    #[inline]
    pub fn by_number(&self, number: u32) -> Option<usize> {
        if number < FAR {
            let at = *self.near.get(number as usize)?;
            return (at != NOTHING).then_some(usize::from(at));
        }
        self.fields.binary_search_by_key(&number, |field| field.number).ok()
    }

    /// The index of the field with a name in JSON.
    #[inline]
    pub fn by_json(&self, name: &[u8]) -> Option<usize> {
        self.by_json.get(name).copied().map(usize::from)
    }
}

/// The indexes of fields by their numbers, for the low ones.
fn near(fields: &[Field]) -> Vec<u16> {
    let mut near = Vec::new();
    for (at, field) in (0..).zip(fields) {
        if field.number < FAR {
            let number = field.number as usize;
            near.resize(number + 1, NOTHING);
            near[number] = at;
        }
    }
    near
}

/// A quick hash of addresses, which nobody can choose.
#[derive(Default)]
struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64((*byte).into());
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

type Tables = HashMap<usize, Option<&'static Table>, BuildHasherDefault<Quick>>;

/// By the address of the class, which is kept alive. None is for classes without support.
static TABLES: Global<Option<Tables>> = Global::new(None);

/// The table of a class that has one already.
pub fn known_table(class: &Object<'_>) -> Option<&'static Table> {
    known(class.py(), class.as_ptr() as usize).flatten()
}

fn known(py: Python<'_>, address: usize) -> Option<Option<&'static Table>> {
    TABLES.with(py, |tables| tables.as_ref()?.get(&address).copied())
}

/// The table of a class, made when it is first asked for by the glue's function `describe`; None
/// if the class is not supported.
pub fn table_of(class: &Bound<'_, PyType>, describe: &Object<'_>) -> Usual<Option<&'static Table>> {
    let py = class.py();
    let address = class.as_ptr() as usize;
    if let Some(found) = known(py, address) {
        return Ok(found);
    }
    let made = match describe::description(class, describe)? {
        None => None,
        Some(description) => match Table::new(class, description) {
            Ok(table) => Some(&*Box::leak(Box::new(table))),
            Err(Odd) if PyErr::occurred(py) => return Err(Odd),
            Err(Odd) => None,
        },
    };
    if made.is_none() {
        std::mem::forget(class.clone()); // or another class might come to have its address
    }
    // Another thread may have been faster.
    Ok(TABLES.with(py, |tables| *tables.get_or_insert_default().entry(address).or_insert(made)))
}
