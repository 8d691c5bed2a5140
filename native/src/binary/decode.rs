//! Reads messages from binary format.
//!
//! Nothing is made before the input that it needs was seen to be there, so the work is linear. What
//! encoders do not write is refused: the parts of a singular message in several records, tags longer
//! than they need be, groups, map entries in another form than key and value.

use pyo3::prelude::*;

use crate::field::{Field, Kind, Many};
use crate::object::{self, Object};
use crate::odd::{Odd, Usual};
use crate::short;
use crate::slots::Draft;
use crate::spare::Spare;
use crate::table::{MAX_DEPTH, Table};

/// The stack of items of the last reader, empty.
static ITEMS: Spare<Py<PyAny>> = Spare::new(10_000);

/// A message of a table's class from its bytes, with at most `most` messages inside.
pub fn decode<'py>(
    py: Python<'py>,
    table: &'static Table,
    data: &[u8],
    most: usize,
) -> Usual<Object<'py>> {
    let mut reader = Reader { py, left: most.saturating_add(1), items: ITEMS.take(py) };
    reader.message(table, &mut Input { data, at: 0 }, MAX_DEPTH)
}

/// The bytes of one message, and how many of them were read.
struct Input<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn byte(&mut self) -> Usual<u8> {
        let byte = *self.data.get(self.at).ok_or(Odd)?;
        self.at += 1;
        Ok(byte)
    }

    #[inline]
    fn varint(&mut self) -> Usual<u64> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(first.into());
        }
        self.long_varint(first)
    }

    /// A varint of up to ten bytes; what 64 bits do not hold is dropped.
    fn long_varint(&mut self, first: u8) -> Usual<u64> {
        let mut value = u64::from(first & 0x7f);
        for shift in (7..70).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Odd)
    }

    /// A tag in its shortest form.
    #[inline]
    fn tag(&mut self) -> Usual<u32> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(first.into());
        }
        let tag = self.long_varint(first)?;
        if self.data[self.at - 1] == 0 {
            return Err(Odd);
        }
        u32::try_from(tag).map_err(|_| Odd)
    }

    fn take(&mut self, length: usize) -> Usual<&'a [u8]> {
        let taken = self.data[self.at..].get(..length).ok_or(Odd)?;
        self.at += length;
        Ok(taken)
    }

    fn delimited(&mut self) -> Usual<&'a [u8]> {
        let length = self.varint()?;
        self.take(usize::try_from(length).map_err(|_| Odd)?)
    }

    fn fixed<const N: usize>(&mut self) -> Usual<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| Odd)
    }

    fn ends(&self) -> bool {
        self.at == self.data.len()
    }

    /// Whether the next bytes are a field's tag; they are read if they are.
    #[inline]
    fn follows(&mut self, field: &Field) -> bool {
        let tag = field.tag.bytes();
        let rest = &self.data[self.at..];
        let found = rest.first() == tag.first() && (tag.len() == 1 || rest.starts_with(tag));
        if found {
            self.at += tag.len();
        }
        found
    }

    /// Pass over the value of an unknown field.
    fn skip(&mut self, wire_type: u32) -> Usual<()> {
        match wire_type {
            0 => drop(self.varint()?),
            1 => drop(self.take(8)?),
            2 => drop(self.delimited()?),
            5 => drop(self.take(4)?),
            _ => return Err(Odd),
        }
        Ok(())
    }
}

struct Reader<'py> {
    py: Python<'py>,
    /// How many messages may still be made.
    left: usize,
    /// Items of the lists that are being read, those of inner messages behind.
    items: Vec<Py<PyAny>>,
}

impl Drop for Reader<'_> {
    fn drop(&mut self) {
        self.items.drain(..).for_each(|item| drop(item.into_bound(self.py)));
        ITEMS.give(self.py, std::mem::take(&mut self.items));
    }
}

impl<'py> Reader<'py> {
    fn message(
        &mut self,
        table: &'static Table,
        input: &mut Input<'_>,
        depth: usize,
    ) -> Usual<Object<'py>> {
        self.left = self.left.checked_sub(1).ok_or(Odd)?;
        let depth = depth.checked_sub(1).ok_or(Odd)?;
        let mut draft = Draft::new(self.py, &table.shape)?;
        let mut unknown = Vec::new();
        while !input.ends() {
            let start = input.at;
            let tag = input.tag()?;
            match table.by_number(tag >> 3) {
                Some(at) => {
                    let field = &table.fields[at];
                    if field.tag.code != tag {
                        return Err(Odd);
                    }
                    self.field(&mut draft, at, field, input, depth)?;
                }
                None if tag >> 3 == 0 => return Err(Odd),
                None => {
                    input.skip(tag & 7)?;
                    unknown.extend_from_slice(&input.data[start..input.at]);
                }
            }
        }
        if !unknown.is_empty() {
            draft.set_unknown(object::bytes(self.py, &unknown)?);
        }
        draft.finish()
    }

    #[inline]
    fn field(
        &mut self,
        draft: &mut Draft<'py>,
        at: usize,
        field: &Field,
        input: &mut Input<'_>,
        depth: usize,
    ) -> Usual<()> {
        match field.many {
            Many::One => {
                if field.kind == Kind::Message && draft.is_set(at) {
                    return Err(Odd); // its parts are to be merged
                }
                let value = self.value(field, input, depth)?;
                draft.set(at, value);
                Ok(())
            }
            Many::Map => self.entry(draft, at, field, input, depth),
            Many::List => {
                let first = self.items.len();
                loop {
                    let value = self.value(field, input, depth)?;
                    self.items.push(value.unbind());
                    if !input.follows(field) {
                        break;
                    }
                }
                let (py, items) = (self.py, self.items.drain(first..));
                draft.extend(at, items.map(|item| item.into_bound(py)))
            }
            Many::Packed => {
                let first = self.items.len();
                let mut packed = Input { data: input.delimited()?, at: 0 };
                while !packed.ends() {
                    let value = self.value(field, &mut packed, depth)?;
                    self.items.push(value.unbind());
                }
                let (py, items) = (self.py, self.items.drain(first..));
                draft.extend(at, items.map(|item| item.into_bound(py)))
            }
        }
    }

    fn entry(
        &mut self,
        draft: &mut Draft<'py>,
        at: usize,
        field: &Field,
        input: &mut Input<'_>,
        depth: usize,
    ) -> Usual<()> {
        let (Some(key), Some(value)) = (&field.key, &field.value) else {
            return Err(Odd);
        };
        let mut entry = Input { data: input.delimited()?, at: 0 };
        if !entry.follows(key) {
            return Err(Odd);
        }
        let found_key = self.value(key, &mut entry, depth)?;
        if !entry.follows(value) {
            return Err(Odd);
        }
        let found = self.value(value, &mut entry, depth)?;
        if !entry.ends() {
            return Err(Odd);
        }
        object::insert(&draft.dict(at)?, &found_key, &found)
    }

    #[inline]
    fn value(&mut self, field: &Field, input: &mut Input<'_>, depth: usize) -> Usual<Object<'py>> {
        let py = self.py;
        match field.kind {
            Kind::String => {
                let text = input.delimited()?;
                if field.redact { object::text(py, text) } else { short::text(py, text) }
            }
            Kind::Message => {
                let mut inner = Input { data: input.delimited()?, at: 0 };
                self.message(field.message(py)?, &mut inner, depth)
            }
            Kind::Bytes => object::bytes(py, input.delimited()?),
            Kind::Enum => field.enumeration()?.member(py, input.varint()? as i32),
            Kind::Bool => Ok(object::boolean(py, input.varint()? != 0)),
            Kind::Int32 => object::long(py, (input.varint()? as i32).into()),
            Kind::Int64 => object::long(py, input.varint()? as i64),
            Kind::Uint32 => object::long(py, (input.varint()? as u32).into()),
            Kind::Uint64 => object::unsigned(py, input.varint()?),
            Kind::Sint32 => {
                let value = input.varint()? as u32;
                object::long(py, ((value >> 1) as i32 ^ -((value & 1) as i32)).into())
            }
            Kind::Sint64 => {
                let value = input.varint()?;
                object::long(py, (value >> 1) as i64 ^ -((value & 1) as i64))
            }
            Kind::Fixed32 => object::long(py, u32::from_le_bytes(input.fixed()?).into()),
            Kind::Fixed64 => object::unsigned(py, u64::from_le_bytes(input.fixed()?)),
            Kind::Sfixed32 => object::long(py, i32::from_le_bytes(input.fixed()?).into()),
            Kind::Sfixed64 => object::long(py, i64::from_le_bytes(input.fixed()?)),
            Kind::Float => object::float(py, widened(u32::from_le_bytes(input.fixed()?))?),
            Kind::Double => object::float(py, f64::from_le_bytes(input.fixed()?)),
        }
    }
}

/// A float of 32 bits as one of 64, from its bits.
///
/// A NaN keeps its sign and payload. What becomes of one that signals depends on the version of
/// Python, so it is refused.
fn widened(bits: u32) -> Usual<f64> {
    const IS_QUIET: u32 = 1 << 22;
    let number = f32::from_bits(bits);
    if !number.is_nan() {
        return Ok(number.into());
    }
    if bits & IS_QUIET == 0 {
        return Err(Odd);
    }
    let (sign, payload) = (u64::from(bits >> 31), u64::from(bits & 0x007f_ffff));
    Ok(f64::from_bits(sign << 63 | 0x7ff << 52 | payload << 29))
}
