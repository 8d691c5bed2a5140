//! ProtoJSON to messages, with the default options.
//!
//! Whatever is unusual is refused; see `runtime/core/json`, which defines what is right. Depth is
//! counted as there: a message at the bottom has no level left for its fields.

use std::borrow::Cow;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::field::{Field, Kind, Many};
use crate::json::scan::{Scanner, Text};
use crate::json::seen::Seen;
use crate::json::skip::{plain, skip};
use crate::object::{self, Object};
use crate::odd::{Odd, Usual};
use crate::slots::Draft;
use crate::table::{MAX_DEPTH, Table};

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
    let message = reader.message(table, MAX_DEPTH)?;
    reader.scanner.end()?;
    Ok(message)
}

/// Reads one text.
pub struct Reader<'a, 'py> {
    pub py: Python<'py>,
    pub scanner: Scanner<'a>,
    /// Whether to skip unknown names.
    pub ignore: bool,
    /// Items of lists that are being read, the inner ones last.
    items: Vec<Object<'py>>,
    /// For what a string stands for, if that is not what is written.
    pub spare: Vec<u8>,
}

impl<'a, 'py> Reader<'a, 'py> {
    fn message(&mut self, table: &'static Table, depth: usize) -> Usual<Object<'py>> {
        match &table.json {
            None => self.object(table, depth.checked_sub(1).ok_or(Odd)?),
            Some((_, from_json)) => self.special(from_json, depth),
        }
    }

    /// A message of a well-known type, by Python code.
    #[inline(never)]
    fn special(&mut self, from_json: &Py<PyAny>, depth: usize) -> Usual<Object<'py>> {
        let start = self.scanner.start()?;
        skip(&mut self.scanner, MAX_DEPTH)?;
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
        loop {
            let name = self.scanner.string()?;
            self.scanner.expect(b':')?;
            match self.find(table, name)? {
                Some(index) => {
                    seen.field(index)?;
                    self.field(&mut draft, index, &table.fields[index], depth)?;
                }
                None => self.unknown(name, &mut seen)?,
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
    fn unknown(&mut self, name: Text<'a>, seen: &mut Seen<'a>) -> Usual<()> {
        let name: Cow<[u8]> = plain(name)?;
        // It may be an extension.
        if !self.ignore || name.first() == Some(&b'[') {
            return Err(Odd);
        }
        seen.name(name)?;
        skip(&mut self.scanner, MAX_DEPTH)
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
        if object::dict_length(&draft.dict(index)?) == count { Ok(()) } else { Err(Odd) }
    }

    /// One value of a field, and null only where that is one; None for an unknown name of an enum
    /// where unknown names are ignored.
    #[inline(always)]
    fn value(&mut self, field: &'static Field, depth: usize) -> Usual<Option<Object<'py>>> {
        match field.kind {
            // Here, so that a level of messages takes less of the stack.
            Kind::Message => self.message(field.message(self.py)?, depth).map(Some),
            Kind::Enum => self.member(field),
            _ => self.scalar(field).map(Some),
        }
    }
}
