//! Messages as ProtoJSON, with the default options: https://protobuf.dev/programming-guides/json.
//!
//! One pass writes forward into one buffer. Each field writes `,"key":` and its value; the first
//! comma of a message becomes its `{`.

use crate::field::{Field, Kind, Many, Presence};
use crate::json::escape::put_string;
use crate::json::sink::Sink;
use crate::json::write_base64::put_base64;
use crate::json::write_number::{put_double, put_float, put_signed, put_unsigned};
use crate::object::{self, Object};
use crate::odd::{Odd, Usual};
use crate::slots::View;
use crate::spare::Spare;
use crate::table::{MAX_DEPTH, Table};
use pyo3::prelude::*;

static BUFFER: Spare<u8> = Spare::new(1 << 18);

/// The ProtoJSON text of a message.
pub fn to_json<'py>(message: &Object<'py>, table: &'static Table) -> Usual<Object<'py>> {
    let py = message.py();
    let out = Sink::reusing(BUFFER.take(py));
    let mut printer = Printer { py, out, spare: Vec::new() };
    let printed = printer.message(message, table, MAX_DEPTH);
    let text = printed.and_then(|()| object::text(py, printer.out.text()));
    BUFFER.give(py, printer.out.into_buffer());
    text
}

struct Printer<'py> {
    py: Python<'py>,
    out: Sink,
    /// For text outside ASCII, in UTF-8.
    spare: Vec<u8>,
}

impl<'py> Printer<'py> {
    /// Print a message that may have so many levels, itself included.
    fn message(&mut self, message: &Object<'py>, table: &'static Table, depth: usize) -> Usual<()> {
        let depth = depth.checked_sub(1).ok_or(Odd)?;
        let view = View::of(message, &table.shape)?;
        if let Some(json) = &table.json {
            return self.well_known(message, &json.0);
        }
        if table.extended && !object::as_bytes(&view.unknown()?)?.is_empty() {
            return Err(Odd); // extensions are fields, too
        }
        let start = self.out.len();
        for &at in &table.declared {
            let field = &table.fields[usize::from(at)];
            match view.get(usize::from(at))? {
                Some(value) => self.field(field, &value, depth)?,
                None if field.presence == Presence::Required => return Err(Odd),
                None => (),
            }
        }
        if self.out.len() == start {
            return self.out.put(b"{}");
        }
        self.out.replace(start, b'{');
        self.out.push(b'}')
    }

    /// Print a type whose form the exact codec knows. That runs Python code.
    fn well_known(&mut self, message: &Object<'py>, to_json: &Py<PyAny>) -> Usual<()> {
        let text = to_json.bind(self.py).call1((message,))?;
        self.out.put(object::utf8(&text, &mut self.spare)?)
    }

    fn field(&mut self, field: &Field, value: &Object<'py>, depth: usize) -> Usual<()> {
        match field.many {
            Many::One => self.one(field, value, depth),
            Many::List | Many::Packed => self.list(field, value, depth),
            Many::Map => self.map(field, value, depth),
        }
    }

    fn one(&mut self, field: &Field, value: &Object<'py>, depth: usize) -> Usual<()> {
        let start = self.out.len();
        self.out.put(&field.json_key)?;
        let zero = self.value(field, value, depth)?;
        if zero && field.presence == Presence::Implicit {
            self.out.cut(start);
        }
        Ok(())
    }

    fn list(&mut self, field: &Field, list: &Object<'py>, depth: usize) -> Usual<()> {
        if !object::is_list(list) {
            return Err(Odd);
        }
        let count = object::length(list);
        if count == 0 {
            return Ok(());
        }
        self.out.put(&field.json_key)?;
        let mut before = b'[';
        for at in 0..count {
            self.out.push(before)?;
            self.value(field, &object::item(list, at)?, depth)?;
            before = b',';
        }
        // Python code may have run since, and made it longer.
        if object::length(list) != count {
            return Err(Odd);
        }
        self.out.push(b']')
    }

    fn map(&mut self, field: &Field, dict: &Object<'py>, depth: usize) -> Usual<()> {
        if !object::is_dict(dict) {
            return Err(Odd);
        }
        let count = object::dict_length(dict);
        if count == 0 {
            return Ok(());
        }
        let (Some(key_field), Some(value_field)) = (&field.key, &field.value) else {
            return Err(Odd);
        };
        self.out.put(&field.json_key)?;
        let mut before = b'{';
        let mut place = 0;
        let mut left = count;
        while let Some((key, value)) = object::entry(dict, &mut place) {
            left = left.checked_sub(1).ok_or(Odd)?;
            self.out.push(before)?;
            self.key(key_field, &key)?;
            self.out.push(b':')?;
            self.value(value_field, &value, depth)?;
            before = b',';
        }
        if left != 0 || object::dict_length(dict) != count {
            return Err(Odd);
        }
        self.out.push(b'}')
    }

    /// Print the key of a map as text.
    fn key(&mut self, field: &Field, key: &Object<'py>) -> Usual<()> {
        if is_text(field.kind) {
            return self.value(field, key, 0).map(drop);
        }
        self.out.push(b'"')?;
        self.value(field, key, 0)?;
        self.out.push(b'"')
    }

    /// Print one value; returns whether it is the zero of its type.
    #[inline]
    fn value(&mut self, field: &Field, value: &Object<'py>, depth: usize) -> Usual<bool> {
        match field.kind {
            Kind::String => {
                let text = object::utf8(value, &mut self.spare)?;
                put_string(&mut self.out, text)?;
                Ok(text.is_empty())
            }
            Kind::Message => {
                self.message(value, field.message(self.py)?, depth)?;
                Ok(false)
            }
            Kind::Enum => self.member(field, value),
            Kind::Bool => {
                let value = object::as_bool(value)?;
                self.out.put(if value { b"true" } else { b"false" })?;
                Ok(!value)
            }
            Kind::Bytes => {
                let data = object::as_bytes(value)?;
                self.out.push(b'"')?;
                put_base64(&mut self.out, data)?;
                self.out.push(b'"')?;
                Ok(data.is_empty())
            }
            Kind::Float | Kind::Double => self.float(field.kind, object::as_float(value)?),
            Kind::Uint64 | Kind::Fixed64 => self.digits(object::as_u64(value)?, put_unsigned),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                self.digits(object::as_i64(value)?, put_signed)
            }
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                let number = i32::try_from(object::as_i64(value)?).map_err(|_| Odd)?;
                put_signed(&mut self.out, number.into())?;
                Ok(number == 0)
            }
            Kind::Uint32 | Kind::Fixed32 => {
                let number = u32::try_from(object::as_i64(value)?).map_err(|_| Odd)?;
                put_unsigned(&mut self.out, number.into())?;
                Ok(number == 0)
            }
        }
    }

    /// Print a number of 64 bits, which is text, for JSON's numbers are doubles to most readers.
    fn digits<T: Copy + Default + PartialEq>(
        &mut self,
        number: T,
        put: impl Fn(&mut Sink, T) -> Usual<()>,
    ) -> Usual<bool> {
        self.out.push(b'"')?;
        put(&mut self.out, number)?;
        self.out.push(b'"')?;
        Ok(number == T::default())
    }

    fn float(&mut self, kind: Kind, number: f64) -> Usual<bool> {
        if kind == Kind::Float {
            put_float(&mut self.out, self.py, number)?;
        } else {
            put_double(&mut self.out, self.py, number)?;
        }
        Ok(number == 0.0 && number.is_sign_positive())
    }

    fn member(&mut self, field: &Field, value: &Object<'py>) -> Usual<bool> {
        let members = field.enumeration()?;
        let number = members.number(value)?;
        if field.null {
            self.out.put(b"null")?;
        } else if let Some(name) = members.name(number) {
            self.out.put(name)?;
        } else {
            put_signed(&mut self.out, number.into())?;
        }
        Ok(number == 0)
    }
}

/// Whether the key of a map is text without more quotes.
fn is_text(kind: Kind) -> bool {
    use Kind::{Fixed64, Int64, Sfixed64, Sint64, String, Uint64};
    matches!(kind, String | Int64 | Uint64 | Sint64 | Fixed64 | Sfixed64)
}
