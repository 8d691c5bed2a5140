//! What the glue in Python says of a message class, as a `Description` for its table.
//!
//! The glue's function returns tuples, whose items are read here in their order; the other side is
//! `runtime/core/native/describe.py`. `TABLE_CONTRACT` is the version of both, and of all that the
//! runtime's module `table` says of messages.

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
    let name = items.object()?.cast_into::<PyString>()?.into_any().unbind();
    let number: u32 = items.next()?;
    let kind = kind(&items.next::<String>()?)?;
    let (many, presence) = form(&items.next::<String>()?, items.next()?);
    let mut made = Field::new(number, kind, many, presence);
    (made.utf8, made.redact, made.null) = (items.next()?, items.next()?, items.next()?);
    let default = items.optional()?.map(Bound::unbind);
    made.json_key = json_key(&items.next::<String>()?)?;
    let json_names = items.next()?;
    let descriptor = items.optional()?.map(Bound::unbind);
    made.oneof = items.next()?;
    made.types = types(kind, items.optional()?, describe)?;
    (made.key, made.value) = (part(&mut items, describe)?, part(&mut items, describe)?);
    if let Some(value) = &made.value {
        made.kind = value.kind;
    }
    made.tag = tag(&made);
    // The default of explicit presence is None, which the glue does not say.
    let none = many == Many::One && default.is_none();
    let default = if none { Some(found.py().None()) } else { default };
    let required = presence == Presence::Required;
    let place = Place { name, descriptor, oneof: made.oneof, many, required, default };
    Ok((made, place, json_names))
}

/// How many values a field has, and what it means that it has none.
fn form(presence: &str, packed: bool) -> (Many, Presence) {
    match presence {
        "map" => (Many::Map, Presence::Implicit),
        "repeated" if packed => (Many::Packed, Presence::Implicit),
        "repeated" => (Many::List, Presence::Implicit),
        "explicit" => (Many::One, Presence::Explicit),
        "required" => (Many::One, Presence::Required),
        _ => (Many::One, Presence::Implicit),
    }
}

/// The key or the value of a map.
fn part(items: &mut Items<'_>, describe: &Object<'_>) -> PyResult<Option<Box<Field>>> {
    let Some(found) = items.optional()? else {
        return Ok(None);
    };
    let mut part = field(&found, describe)?.0;
    part.omits_zero = false; // entries have both parts
    Ok(Some(Box::new(part)))
}

fn types(kind: Kind, found: Option<Object<'_>>, describe: &Object<'_>) -> PyResult<Types> {
    Ok(match found {
        None => Types::None,
        Some(found) if kind == Kind::Message => {
            let class = found.cast_into::<PyType>()?.unbind();
            Types::Message(Box::new(Link::new(class, describe.clone().unbind())))
        }
        Some(found) => Types::Enum(Box::new(enumeration(&found)?)),
    })
}

fn tag(field: &Field) -> Tag {
    let delimited = matches!(field.many, Many::Packed | Many::Map);
    let wire_type = if delimited { 2 } else { wire_type(field.kind) };
    Tag::new(field.number << 3 | wire_type)
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
    let mut names = Vec::new();
    for (name, member) in items.object()?.cast::<PyDict>()? {
        let name: String = name.extract()?;
        names.push((name.into_bytes().into(), member.unbind()));
    }
    Ok(Enum::new(class, closed, members, names.into_iter().collect()))
}

/// The wire type of a value.
fn wire_type(kind: Kind) -> u32 {
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
        "map" => Kind::Message, // until that of its values is known
        "enum" => Kind::Enum,
        _ => {
            return Err(PyValueError::new_err(format!("a field cannot be of kind {name:?}")));
        }
    })
}
