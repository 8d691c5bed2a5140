//! What the glue in Python says of a message class, as a `Description` for its table.
//!
//! The glue's function returns tuples, whose items are read here in their order; the other side is
//! `_runtime/native/describe.py`. `TABLE_CONTRACT` is the version of both, and of all that the
//! runtime's module `table` says of messages.

use std::collections::HashMap;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::field::{Enum, Field, Kind, Link, Many, Named, Presence, Tag, Types};
use crate::json::escape::put_string;
use crate::json::sink::Sink;
use crate::object::Object;
use crate::odd::Usual;
use crate::slots::Place;
use crate::table::Description;

/// The version of the contract with the runtime's module `table`.
pub const TABLE_CONTRACT: u32 = 1;

/// Items of a tuple, one after the other.
struct Items<'py>(Bound<'py, PyTuple>, usize);

impl<'py> Items<'py> {
    fn of(tuple: &Object<'py>) -> PyResult<Self> {
        Ok(Items(tuple.cast::<PyTuple>()?.clone(), 0))
    }

    fn object(&mut self) -> PyResult<Object<'py>> {
        self.1 += 1;
        self.0.get_item(self.1 - 1)
    }

    fn next<T>(&mut self) -> PyResult<T>
    where
        T: for<'a> FromPyObject<'a, 'py, Error = PyErr>,
    {
        self.object()?.extract()
    }

    fn optional(&mut self) -> PyResult<Option<Object<'py>>> {
        Ok(Some(self.object()?).filter(|object| !object.is_none()))
    }
}

/// The description of a class by the glue's function; None if it does not support the class.
pub fn description(class: &Bound<'_, PyType>, describe: &Object<'_>) -> Usual<Option<Description>> {
    let found = describe.call1((class,))?;
    if found.is_none() {
        return Ok(None);
    }
    Ok(Some(read(&found, describe)?))
}

fn read(found: &Object<'_>, describe: &Object<'_>) -> PyResult<Description> {
    let mut items = Items::of(found)?;
    let extended = items.next()?;
    let json = match items.optional()? {
        None => None,
        Some(pair) => Some(pair.extract::<(Py<PyAny>, Py<PyAny>)>()?),
    };
    let unknown = items.object()?.unbind();
    let mut fields = Vec::new();
    for each in items.object()?.try_iter()? {
        fields.push(field(&each?, describe)?);
    }
    let mut oneofs = Vec::new();
    for each in items.object()?.try_iter()? {
        oneofs.push(each?.extract::<(Py<PyAny>, Py<PyAny>)>()?);
    }
    Ok(Description { extended, json, unknown, fields, oneofs })
}

fn field(found: &Object<'_>, describe: &Object<'_>) -> PyResult<(Field, Place, Vec<String>)> {
    let mut items = Items::of(found)?;
    let attribute: Bound<'_, PyString> = items.object()?.cast_into::<PyString>()?;
    let number: u32 = items.next()?;
    let kind_name: String = items.next()?;
    let presence: String = items.next()?;
    let packed: bool = items.next()?;
    let (utf8, redact, null): (bool, bool, bool) = (items.next()?, items.next()?, items.next()?);
    let default = items.optional()?.map(Bound::unbind);
    let json_name: String = items.next()?;
    let json_names: Vec<String> = items.next()?;
    let slot = items.optional()?.map(Bound::unbind);
    let oneof: Option<u16> = items.next()?;
    let types = items.optional()?;
    let (key, value) = (items.optional()?, items.optional()?);

    let many = match presence.as_str() {
        "map" => Many::Map,
        "repeated" if packed => Many::Packed,
        "repeated" => Many::List,
        _ => Many::One,
    };
    let held = match presence.as_str() {
        "explicit" => Presence::Explicit,
        "required" => Presence::Required,
        _ => Presence::Implicit,
    };
    let part = |part: Option<Object<'_>>| -> PyResult<Option<Box<Field>>> {
        let written = |part| -> PyResult<_> {
            let mut part = field(&part, describe)?.0;
            part.omits_zero = false; // entries have both parts
            Ok(Box::new(part))
        };
        part.map(written).transpose()
    };
    let (key, value) = (part(key)?, part(value)?);
    let kind = match &value {
        Some(value) => value.kind,
        None => kind(&kind_name)?,
    };
    let mut made = Field::new(number, kind, many, held);
    let wire_type = if matches!(many, Many::Packed | Many::Map) { 2 } else { wire_type(kind) };
    made.tag = Tag::new(number << 3 | wire_type);
    (made.utf8, made.redact, made.null) = (utf8, redact, null);
    made.json_key = json_key(&json_name).map_err(|odd| odd.into_error(found.py()))?;
    made.oneof = oneof;
    (made.key, made.value) = (key, value);
    made.types = match types {
        None => Types::None,
        Some(found) if kind == Kind::Message => {
            let class = found.cast_into::<PyType>()?.unbind();
            Types::Message(Box::new(Link::new(class, describe.clone().unbind())))
        }
        Some(found) => Types::Enum(Box::new(enumeration(&found)?)),
    };
    // The default of explicit presence is None, which the glue does not say.
    let none = made.many == Many::One && default.is_none();
    let default = if none { Some(found.py().None()) } else { default };
    let place = Place {
        name: attribute.into_any().unbind(),
        descriptor: slot,
        oneof: made.oneof,
        many,
        required: held == Presence::Required,
        default,
    };
    Ok((made, place, json_names))
}

/// `,"name":`, escaped as other text is.
fn json_key(name: &str) -> Usual<Vec<u8>> {
    let mut key = Sink::default();
    key.push(b',')?;
    put_string(&mut key, name.as_bytes())?;
    key.push(b':')?;
    Ok(key.text().to_vec())
}

fn enumeration(found: &Object<'_>) -> PyResult<Enum> {
    let mut items = Items::of(found)?;
    let class = items.object()?.cast_into::<PyType>()?.unbind();
    let closed: bool = items.next()?;
    let mut members = Vec::new();
    for (number, member) in items.object()?.cast::<PyDict>()? {
        let name: String = member.getattr("_name_")?.extract()?;
        let quoted = format!("\"{name}\"").into_bytes();
        members.push((number.extract()?, Named { member: member.unbind(), quoted }));
    }
    let mut names = HashMap::new();
    for (name, member) in items.object()?.cast::<PyDict>()? {
        names.insert(name.extract::<String>()?, member.unbind());
    }
    Ok(Enum::new(class, closed, members, names.into_iter().collect()))
}

/// The wire type of a value.
pub fn wire_type(kind: Kind) -> u32 {
    match kind {
        Kind::Double | Kind::Fixed64 | Kind::Sfixed64 => 1,
        Kind::String | Kind::Bytes | Kind::Message => 2,
        Kind::Float | Kind::Fixed32 | Kind::Sfixed32 => 5,
        _ => 0,
    }
}

fn kind(name: &str) -> PyResult<Kind> {
    Ok(match name {
        "double" => Kind::Double,
        "float" => Kind::Float,
        "int32" => Kind::Int32,
        "int64" => Kind::Int64,
        "uint32" => Kind::Uint32,
        "uint64" => Kind::Uint64,
        "sint32" => Kind::Sint32,
        "sint64" => Kind::Sint64,
        "fixed32" => Kind::Fixed32,
        "fixed64" => Kind::Fixed64,
        "sfixed32" => Kind::Sfixed32,
        "sfixed64" => Kind::Sfixed64,
        "bool" => Kind::Bool,
        "string" => Kind::String,
        "bytes" => Kind::Bytes,
        "message" => Kind::Message,
        "enum" => Kind::Enum,
        _ => {
            return Err(PyValueError::new_err(format!("a field cannot be of kind {name:?}")));
        }
    })
}
