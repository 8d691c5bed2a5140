//! The description of a field, with the class of its values.

use std::collections::HashMap;
use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::PyType;

use crate::binary::Few;
use crate::names::Names;
use crate::object::{self, Object};
use crate::odd::{Odd, Usual};
use crate::table::{Table, table_of};

/// Scalar types of protobuf, and the two that have a class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Kind {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
    Message,
    Enum,
}

/// How many values a field has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Many {
    /// One, or none.
    One,
    /// A list, with a record for each item.
    List,
    /// A list, with all items in one record.
    Packed,
    /// A dict.
    Map,
}

/// What it means that a field with one value has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Presence {
    /// It has the zero value, which is not written.
    Implicit,
    /// It is None.
    Explicit,
    /// It is None, and the message cannot be written.
    Required,
}

/// The encoded tag of a field: its bytes, and their number.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    bytes: [u8; 5],
    length: u8,
    /// The tag as a number.
    pub code: u32,
    /// The same bytes, as the encoder writes them.
    pub few: Few,
}

impl Tag {
    /// The tag with a code.
    pub fn new(code: u32) -> Self {
        let (mut bytes, mut length, mut rest) = ([0; 5], 0, code);
        loop {
            let more = rest >= 0x80;
            bytes[length] = rest as u8 & 0x7f | u8::from(more) << 7;
            length += 1;
            rest >>= 7;
            if !more {
                return Tag { bytes, length: length as u8, code, few: Few::tag(code) };
            }
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// The class of a field's values, if they have one.
pub enum Types {
    /// They are scalars, or the field is a map.
    None,
    /// They are messages.
    Message(Box<Link>),
    /// They are members of an enum.
    Enum(Box<Enum>),
}

/// The description of a field, as `Field` in the runtime's `table`.
pub struct Field {
    /// The field number.
    pub number: u32,
    /// The proto type; of maps it is that of the value.
    pub kind: Kind,
    /// How many values it has.
    pub many: Many,
    /// What it means that there is no value.
    pub presence: Presence,
    /// Whether a zero value is not written, as it is that of an unset field.
    pub omits_zero: bool,
    /// Whether a string has to be valid UTF-8.
    pub utf8: bool,
    /// Whether the schema marks it as sensitive: then nothing may keep its values.
    pub redact: bool,
    /// Whether null is a value in JSON.
    pub null: bool,
    /// Tag of a record.
    pub tag: Tag,
    /// `,"name":`, as JSON has it before a value.
    pub json_key: Vec<u8>,
    /// The number of its oneof.
    pub oneof: Option<u16>,
    /// The class of its values.
    pub types: Types,
    /// The key of a map.
    pub key: Option<Box<Field>>,
    /// The value of a map.
    pub value: Option<Box<Field>>,
}

impl Field {
    /// A field; what is not given here is as most fields have it.
    pub fn new(number: u32, kind: Kind, many: Many, presence: Presence) -> Self {
        Field {
            number,
            kind,
            many,
            presence,
            omits_zero: many == Many::One && presence == Presence::Implicit,
            utf8: true,
            redact: false,
            null: false,
            tag: Tag::new(0),
            json_key: Vec::new(),
            oneof: None,
            types: Types::None,
            key: None,
            value: None,
        }
    }

    /// The enum of its values.
    pub fn enumeration(&self) -> Usual<&Enum> {
        match &self.types {
            Types::Enum(found) => Ok(found),
            _ => Err(Odd),
        }
    }

    /// The table of its messages.
    pub fn message(&self, py: Python<'_>) -> Usual<&'static Table> {
        match &self.types {
            Types::Message(link) => link.table(py),
            _ => Err(Odd),
        }
    }
}

/// The class of a field's messages, with its table once there is one.
pub struct Link {
    class: Py<PyType>,
    describe: Py<PyAny>,
    found: OnceLock<&'static Table>,
}

impl Link {
    /// A link to a class; `describe` is the glue's function.
    pub fn new(class: Py<PyType>, describe: Py<PyAny>) -> Self {
        Link { class, describe, found: OnceLock::new() }
    }

    /// The table of the class. On first use this runs Python code.
    pub fn table(&self, py: Python<'_>) -> Usual<&'static Table> {
        if let Some(found) = self.found.get() {
            return Ok(found);
        }
        let found = table_of(self.class.bind(py), self.describe.bind(py))?.ok_or(Odd)?;
        Ok(self.found.get_or_init(|| found))
    }
}

/// The members of an enum.
pub struct Enum {
    class: Py<PyType>,
    closed: bool,
    /// By number, from 0.
    first: Vec<Option<Named>>,
    others: HashMap<i32, Named>,
    by_name: Names<Py<PyAny>>,
}

/// A member that has a name.
pub struct Named {
    /// The member.
    pub member: Py<PyAny>,
    /// Its name, in quotes.
    pub quoted: Vec<u8>,
}

impl Enum {
    /// An enum with its named members by number, and by all names.
    pub fn new(
        class: Py<PyType>,
        closed: bool,
        members: Vec<(i32, Named)>,
        by_name: Names<Py<PyAny>>,
    ) -> Self {
        let (mut first, mut others) = (Vec::new(), HashMap::new());
        for (number, named) in members {
            match usize::try_from(number) {
                Ok(at) if at < 1024 => {
                    if first.len() <= at {
                        first.resize_with(at + 1, || None);
                    }
                    first[at] = Some(named);
                }
                _ => drop(others.insert(number, named)),
            }
        }
        Enum { class, closed, first, others, by_name }
    }

    fn named(&self, number: i32) -> Option<&Named> {
        match self.first.get(number as usize) {
            Some(found) => found.as_ref(),
            None => self.others.get(&number),
        }
    }

    /// The member with a number. One without a name is made by the class, which runs Python code.
    pub fn member<'py>(&self, py: Python<'py>, number: i32) -> Usual<Object<'py>> {
        if let Some(found) = self.named(number) {
            return Ok(found.member.bind(py).clone());
        }
        if self.closed {
            return Err(Odd);
        }
        Ok(self.class.bind(py).call1((number,))?)
    }

    /// The member with a name.
    pub fn member_named<'py>(&self, py: Python<'py>, name: &[u8]) -> Option<Object<'py>> {
        self.by_name.get(name).map(|member| member.bind(py).clone())
    }

    /// The number of a member or of exactly an int; of a closed enum, only one that has a name.
    pub fn number(&self, value: &Object<'_>) -> Usual<i32> {
        let number = if object::is_exactly(value, &self.class) {
            object::member_value(value)?
        } else {
            object::as_i64(value)?
        };
        let number = i32::try_from(number).map_err(|_| Odd)?;
        if self.closed && self.named(number).is_none() { Err(Odd) } else { Ok(number) }
    }

    /// The name of a number, in quotes.
    pub fn name(&self, number: i32) -> Option<&[u8]> {
        self.named(number).map(|named| &named.quoted[..])
    }
}
