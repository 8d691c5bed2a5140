//! Values of fields from JSON, but for messages.

use pyo3::prelude::*;

use crate::field::{Field, Kind};
use crate::json::read::Reader;
use crate::json::read_base64;
use crate::json::read_number::{Whole, double, named_double, single};
use crate::json::scan::{Text, unescape};
use crate::json::skip::plain;
use crate::object::{self, Object};
use crate::odd::{Odd, Usual};
use crate::short;

/// The exact parser refuses longer text for a whole number.
const LONGEST_WHOLE: usize = 400;

impl<'py> Reader<'_, 'py> {
    /// A value of a scalar field.
    pub fn scalar(&mut self, field: &'static Field) -> Usual<Object<'py>> {
        let py = self.py;
        match field.kind {
            Kind::String => self.text(field),
            Kind::Bool => self.boolean(),
            Kind::Bytes => self.bytes(),
            Kind::Double => shared_nan(py, self.float()?),
            Kind::Float => shared_nan(py, self.float32()?),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
                object::long(py, self.whole()?.signed(32)?)
            }
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                object::long(py, self.whole()?.signed(64)?)
            }
            Kind::Uint32 | Kind::Fixed32 => object::unsigned(py, self.whole()?.unsigned(32)?),
            Kind::Uint64 | Kind::Fixed64 => object::unsigned(py, self.whole()?.unsigned(64)?),
            Kind::Enum | Kind::Message => Err(Odd),
        }
    }

    /// The key of a map, from the string that a name is.
    pub fn key(&mut self, field: &'static Field) -> Usual<Object<'py>> {
        if field.kind != Kind::Bool {
            // Whole numbers and text are read from strings alike, wherever they are.
            return match self.scanner.peek()? {
                b'"' => self.scalar(field),
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

    fn text(&mut self, field: &Field) -> Usual<Object<'py>> {
        let py = self.py;
        let text = self.scanner.string()?;
        if text.escaped {
            object::text(py, self.unescaped(text)?)
        } else if field.redact {
            object::text(py, text.raw)
        } else {
            short::text(py, text.raw)
        }
    }

    /// A member of an enum; None for an unknown name where those are ignored.
    pub fn member(&mut self, field: &'static Field) -> Usual<Option<Object<'py>>> {
        let (py, class) = (self.py, field.enumeration()?);
        let number = match self.scanner.peek()? {
            b'"' => {
                let name = self.scanner.string()?;
                let found = class.member_named(py, self.plain(name)?);
                return if found.is_some() || self.ignore { Ok(found) } else { Err(Odd) };
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
        object::bytes(self.py, read_base64::decode(&text, &mut self.spare)?)
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
        if number.is_finite() { single(number) } else { Ok(number) }
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
        if text.escaped { self.unescaped(text) } else { Ok(text.raw) }
    }

    /// What a string with escapes stands for; until the next one is read.
    #[inline(never)]
    pub fn unescaped(&mut self, text: Text) -> Usual<&[u8]> {
        self.spare.clear();
        unescape(text, &mut self.spare)?;
        Ok(&self.spare)
    }
}

/// A float, where NaN is the object `math.nan`, as the exact parser has it: messages that hold the
/// same object are equal.
#[inline(never)]
fn shared_nan<'py>(py: Python<'py>, number: f64) -> Usual<Object<'py>> {
    if number.is_nan() {
        return Ok(py.import("math")?.getattr("nan")?);
    }
    object::float(py, number)
}
