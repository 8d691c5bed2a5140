//! ProtoJSON to messages, with the default options.
//!
//! Whatever is unusual is refused; see `runtime/core/json`, which defines what is right. Depth is
//! counted as there: a message at the bottom has no level left for its fields.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::base64_in;
use crate::field::{Field, Kind, Many};
use crate::number_in::{Whole, double, named_double, single};
use crate::object::{self, Object};
use crate::odd::{Odd, Usual};
use crate::scan::{Scanner, Text, unescape};
use crate::skip::{Distinct, plain, skip};
use crate::slots::Draft;
use crate::table::Table;

/// Levels of messages, and levels of objects and arrays in a value that is skipped.
const DEPTH: usize = 100;
/// The exact parser refuses longer text for a whole number.
const LONGEST_WHOLE: usize = 400;

/// A message from the text of a JSON value, as str or UTF-8 bytes; `ignore` skips unknown names.
pub fn read<'py>(table: &'static Table, text: &Object<'py>, ignore: bool) -> Usual<Object<'py>> {
    let mut spare = Vec::new();
    let bytes = if text.is_exact_instance_of::<PyString>() {
        object::utf8(text, &mut spare)?
    } else {
        let bytes = object::as_bytes(text)?;
        std::str::from_utf8(bytes).map_err(|_| Odd)?;
        bytes
    };
    let mut reader = Reader {
        py: text.py(),
        scanner: Scanner::new(bytes),
        ignore,
        items: Vec::new(),
        spare: Vec::new(),
    };
    let message = reader.message(table, DEPTH)?;
    reader.scanner.end()?;
    Ok(message)
}

struct Reader<'a, 'py> {
    py: Python<'py>,
    scanner: Scanner<'a>,
    ignore: bool,
    /// Items of lists that are being read, the inner ones last.
    items: Vec<Object<'py>>,
    spare: Vec<u8>,
}

/// Which fields an object had.
#[derive(Default)]
struct Seen {
    first: u64,
    more: Vec<u64>,
}

impl Seen {
    /// Add a field. Refuses one that is there.
    #[inline]
    fn add(&mut self, field: usize) -> Usual<()> {
        let word = if field < 64 {
            &mut self.first
        } else {
            self.more.resize(self.more.len().max(field / 64), 0);
            &mut self.more[field / 64 - 1]
        };
        let bit = 1 << (field % 64);
        if *word & bit != 0 {
            return Err(Odd);
        }
        *word |= bit;
        Ok(())
    }
}

impl<'a, 'py> Reader<'a, 'py> {
    fn message(&mut self, table: &'static Table, depth: usize) -> Usual<Object<'py>> {
        if depth == 0 {
            return Err(Odd);
        }
        match &table.json {
            None => self.object(table, depth - 1),
            Some((_, from_json)) => self.special(from_json, depth),
        }
    }

    /// A message of a well-known type, by Python code.
    #[inline(never)]
    fn special(&mut self, from_json: &Py<PyAny>, depth: usize) -> Usual<Object<'py>> {
        let start = self.scanner.start()?;
        skip(&mut self.scanner, DEPTH)?;
        let text = object::text(self.py, self.scanner.since(start))?;
        Ok(from_json.bind(self.py).call1((text, self.ignore, depth))?)
    }

    fn object(&mut self, table: &'static Table, depth: usize) -> Usual<Object<'py>> {
        self.scanner.expect(b'{')?;
        let mut draft = Draft::new(self.py, &table.shape)?;
        if self.scanner.passes(b'}')? {
            return draft.finish();
        }
        let mut seen = Seen::default();
        let mut unknown = Distinct::default();
        loop {
            let name = self.scanner.string()?;
            self.scanner.expect(b':')?;
            match self.find(table, name)? {
                Some(index) => {
                    seen.add(index)?;
                    self.field(&mut draft, index, &table.fields[index], depth)?;
                }
                None => self.unknown(name, &mut unknown)?,
            }
            if !self.scanner.goes_on(b'}')? {
                return draft.finish();
            }
        }
    }

    #[inline]
    fn find(&mut self, table: &'static Table, name: Text<'a>) -> Usual<Option<usize>> {
        if name.escaped {
            return Ok(table.by_json(self.unescaped(name)?));
        }
        Ok(table.by_json(name.raw))
    }

    #[inline(never)]
    fn unknown(&mut self, name: Text<'a>, names: &mut Distinct<'a>) -> Usual<()> {
        let name: Cow<[u8]> = plain(name)?;
        // It may be an extension.
        if !self.ignore || name.first() == Some(&b'[') {
            return Err(Odd);
        }
        names.add(name)?;
        skip(&mut self.scanner, DEPTH)
    }

    #[inline]
    fn field(
        &mut self,
        draft: &mut Draft<'py>,
        index: usize,
        field: &'static Field,
        depth: usize,
    ) -> Usual<()> {
        let takes_null = field.null && field.many == Many::One;
        if !takes_null && self.scanner.peek()? == b'n' {
            return self.scanner.word(b"null");
        }
        match field.many {
            Many::One => {
                if field.oneof.is_some() && draft.oneof_taken(index) {
                    return Err(Odd);
                }
                if let Some(value) = self.value(field, depth)? {
                    draft.set(index, value);
                } else if field.oneof.is_some() {
                    return Err(Odd); // the member counts, though it has no value
                }
                Ok(())
            }
            Many::List | Many::Packed => self.list(draft, index, field, depth),
            Many::Map => self.map(draft, index, field, depth),
        }
    }

    #[inline(never)]
    fn list(
        &mut self,
        draft: &mut Draft<'py>,
        index: usize,
        field: &'static Field,
        depth: usize,
    ) -> Usual<()> {
        self.scanner.expect(b'[')?;
        if self.scanner.passes(b']')? {
            return Ok(());
        }
        let start = self.items.len();
        loop {
            let item = self.value(field, depth)?;
            self.items.extend(item);
            if !self.scanner.goes_on(b']')? {
                return draft.extend(index, self.items.drain(start..));
            }
        }
    }

    #[inline(never)]
    fn map(
        &mut self,
        draft: &mut Draft<'py>,
        index: usize,
        field: &'static Field,
        depth: usize,
    ) -> Usual<()> {
        let (Some(key_field), Some(value_field)) = (&field.key, &field.value) else {
            return Err(Odd);
        };
        self.scanner.expect(b'{')?;
        if self.scanner.passes(b'}')? {
            return Ok(());
        }
        let mut count = 0;
        loop {
            let key = self.key(key_field)?;
            self.scanner.expect(b':')?;
            let value = self.value(value_field, depth)?.ok_or(Odd)?;
            object::insert(&draft.dict(index)?, &key, &value)?;
            count += 1;
            if !self.scanner.goes_on(b'}')? {
                break;
            }
        }
        // Fewer, if a key came twice.
        if object::dict_length(&draft.dict(index)?) == count {
            Ok(())
        } else {
            Err(Odd)
        }
    }

    fn key(&mut self, field: &'static Field) -> Usual<Object<'py>> {
        if field.kind != Kind::Bool {
            // Whole numbers and text are read from strings alike, wherever they are.
            return match self.scanner.peek()? {
                b'"' => self.value(field, 0)?.ok_or(Odd),
                _ => Err(Odd),
            };
        }
        let py = self.py;
        let text = self.scanner.string()?;
        match self.plain(text)? {
            b"true" => Ok(object::boolean(py, true)),
            b"false" => Ok(object::boolean(py, false)),
            _ => Err(Odd),
        }
    }

    /// One value of a field, and null only where that is one; None for an unknown name of an enum
    /// where unknown names are ignored.
    #[inline]
    fn value(&mut self, field: &'static Field, depth: usize) -> Usual<Option<Object<'py>>> {
        let py = self.py;
        let value = match field.kind {
            Kind::Message => self.message(field.message(py)?, depth),
            Kind::String => self.text(field),
            Kind::Enum => return self.member(field),
            Kind::Bool => self.boolean(),
            Kind::Bytes => self.bytes(),
            Kind::Double => object::float(py, self.float()?),
            Kind::Float => object::float(py, self.float32()?),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                object::long(py, self.whole()?.signed(32)?)
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                object::long(py, self.whole()?.signed(64)?)
            }
            Kind::Uint32 | Kind::Fixed32 => object::unsigned(py, self.whole()?.unsigned(32)?),
            Kind::Uint64 | Kind::Fixed64 => object::unsigned(py, self.whole()?.unsigned(64)?),
        };
        value.map(Some)
    }

    fn text(&mut self, field: &Field) -> Usual<Object<'py>> {
        let py = self.py;
        let text = self.scanner.string()?;
        if text.escaped {
            object::text(py, self.unescaped(text)?)
        } else if field.redact {
            object::text(py, text.raw)
        } else {
            object::short_text(py, text.raw)
        }
    }

    fn member(&mut self, field: &'static Field) -> Usual<Option<Object<'py>>> {
        let (py, class) = (self.py, field.enumeration()?);
        let number = match self.scanner.peek()? {
            b'"' => {
                let name = self.scanner.string()?;
                let found = class.member_named(py, self.plain(name)?);
                return if found.is_some() || self.ignore {
                    Ok(found)
                } else {
                    Err(Odd)
                };
            }
            b'n' if field.null => {
                self.scanner.word(b"null")?;
                0
            }
            _ => self.scanner.whole()?.signed(32)?,
        };
        let number = i32::try_from(number).map_err(|_| Odd)?;
        class.member(py, number).map(Some)
    }

    fn boolean(&mut self) -> Usual<Object<'py>> {
        let value = self.scanner.peek()? == b't';
        self.scanner.word(if value { b"true" } else { b"false" })?;
        Ok(object::boolean(self.py, value))
    }

    fn bytes(&mut self) -> Usual<Object<'py>> {
        let text = self.scanner.string()?;
        let text = plain(text)?;
        object::bytes(self.py, base64_in::decode(&text, &mut self.spare)?)
    }

    fn float(&mut self) -> Usual<f64> {
        if self.scanner.peek()? != b'"' {
            return double(self.scanner.number()?);
        }
        let text = self.scanner.string()?;
        named_double(self.plain(text)?)
    }

    fn float32(&mut self) -> Usual<f64> {
        let number = self.float()?;
        if number.is_finite() {
            single(number)
        } else {
            Ok(number)
        }
    }

    #[inline]
    fn whole(&mut self) -> Usual<Whole> {
        if self.scanner.peek()? != b'"' {
            return self.scanner.whole();
        }
        let text = self.scanner.string()?;
        let text = self.plain(text)?;
        if text.len() > LONGEST_WHOLE {
            return Err(Odd);
        }
        Whole::of(text)
    }

    /// What a string stands for; until the next one is read.
    #[inline]
    fn plain<'s>(&'s mut self, text: Text<'s>) -> Usual<&'s [u8]> {
        if text.escaped {
            self.unescaped(text)
        } else {
            Ok(text.raw)
        }
    }

    #[inline(never)]
    fn unescaped(&mut self, text: Text) -> Usual<&[u8]> {
        self.spare.clear();
        unescape(text, &mut self.spare)?;
        Ok(&self.spare)
    }
}
