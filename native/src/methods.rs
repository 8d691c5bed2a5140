//! Public methods of messages as builtins, which spares a call in Python.

use std::ffi::CStr;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyType};

use crate::binary::decode::decode;
use crate::binary::encode::encode;
use crate::json::read::read;
use crate::object::{self, Method, Object};
use crate::odd::{Odd, Usual};
use crate::table::{Table, known_table};

/// Above so many bytes, or characters, a Python function is called, which pauses the collector.
pub const LARGE: usize = 100_000;

struct FromBytes;

impl Method for FromBytes {
    const NAME: &CStr = c"from_bytes";
    const DOC: &CStr = c"from_bytes(data, /, *, max_depth=100, max_messages=None)
--

Decode a message from binary format.

`max_depth` is how many levels of messages are read, `max_messages` how many messages the
message may contain at all levels. That limits memory: two bytes can be a message that takes
hundreds. By default there is no limit. Raises DecodeError, with path and byte offset, for invalid
bytes.";
    const ARGUMENTS: usize = 1;

    fn call<'py>(class: &Object<'py>, data: Option<&Object<'py>>) -> Usual<Object<'py>> {
        let bytes = object::as_bytes(data.ok_or(Odd)?)?;
        if bytes.len() > LARGE {
            return Err(Odd);
        }
        decode(class.py(), known_table(class).ok_or(Odd)?, bytes, usize::MAX)
    }

    fn python<'py>(class: &Object<'py>) -> Usual<Object<'py>> {
        let function = known_table(class).and_then(|table| table.from_bytes.get());
        Ok(function.ok_or(Odd)?.bind(class.py()).clone())
    }
}

struct FromJson;

impl Method for FromJson {
    const NAME: &CStr = c"from_json";
    const DOC: &CStr =
        c"from_json(text, /, *, ignore_unknown=False, max_depth=100, max_size=None, \
registry=None)
--

Parse ProtoJSON text.

`ignore_unknown` skips names that the schema does not have. `max_depth` limits how deeply values
nest, and `max_size` the length of the text (characters of a str, bytes of bytes). A limit may be
larger than what the interpreter recurses. `registry` is that of `to_json`. Raises JsonError, with
line, column and path.";
    const ARGUMENTS: usize = 1;

    // Apart, so that the Python function is not called on top of what a parser has on the stack.
    #[inline(never)]
    fn call<'py>(class: &Object<'py>, text: Option<&Object<'py>>) -> Usual<Object<'py>> {
        let text = text.filter(|text| is_short(text)).ok_or(Odd)?;
        read(known_table(class).ok_or(Odd)?, text, false)
    }

    fn python<'py>(class: &Object<'py>) -> Usual<Object<'py>> {
        let function = known_table(class).and_then(|table| table.from_json.get());
        Ok(function.ok_or(Odd)?.bind(class.py()).clone())
    }
}

/// Whether the collector is not paused while JSON is read: what is a str or bytes, and not large.
pub fn is_short(text: &Object<'_>) -> bool {
    let usual = text.is_exact_instance_of::<PyString>() || text.is_exact_instance_of::<PyBytes>();
    usual && text.len().is_ok_and(|length| length <= LARGE)
}

struct ToBytes;

impl Method for ToBytes {
    const NAME: &CStr = c"to_bytes";
    const DOC: &CStr = c"to_bytes($self, /, *, deterministic=False)
--

Encode the message in binary format.

`deterministic=True` sorts map entries by key, so that equal messages have equal bytes within one
version of the schema. Raises EncodeError, with the path of the field, for a value that its field
cannot hold and for a required field that is not set.";
    const ARGUMENTS: usize = 0;

    fn call<'py>(message: &Object<'py>, _: Option<&Object<'py>>) -> Usual<Object<'py>> {
        encode(message, known_table(&message.get_type()).ok_or(Odd)?)
    }

    fn python<'py>(message: &Object<'py>) -> Usual<Object<'py>> {
        let function = known_table(&message.get_type()).and_then(|table| table.to_bytes.get());
        Ok(function.ok_or(Odd)?.bind(message.py()).clone())
    }
}

/// A public method by its name, for a class, with what does its other calls; None for another name.
pub fn of<'py>(
    name: &str,
    class: &Bound<'py, PyType>,
    table: &'static Table,
    python: Py<PyAny>,
) -> Usual<Option<Object<'py>>> {
    let (kept, made) = match name {
        "from_bytes" => (&table.from_bytes, object::class_method::<FromBytes>(class)?),
        "from_json" => (&table.from_json, object::class_method::<FromJson>(class)?),
        "to_bytes" => (&table.to_bytes, object::method::<ToBytes>(class)?),
        _ => return Ok(None),
    };
    let _ = kept.set(python); // the same each time
    Ok(Some(made))
}
