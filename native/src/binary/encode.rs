//! Messages to binary format.
//!
//! Everything is written backwards: unknown fields, then the fields by descending number, items of
//! lists from the last one on, and of each field its content, its length and its tag. What comes
//! out is byte for byte what the exact codec writes. A value whose class is not exactly that of its
//! field, or which is out of range, is refused; so is a message of more than `MAX_DEPTH` levels.

use pyo3::exceptions::PyRecursionError;

use crate::binary::backwards::{Backwards, Few};
use crate::field::{Field, Kind, Many};
use crate::object::{
    Object, as_bool, as_bytes, as_float, as_i64, as_u64, bytes, dict_length, entry, is_dict,
    is_list, item, length, utf8,
};
use crate::odd::{Odd, Usual};
use crate::slots::View;
use crate::spare::Spare;
use crate::table::{MAX_DEPTH, Table};

static BUFFER: Spare<u8> = Spare::new(1 << 16);

/// Encodes a message of the table's class; refuses any other object.
pub fn encode<'py>(message: &Object<'py>, table: &'static Table) -> Usual<Object<'py>> {
    let out = Backwards::reusing(BUFFER.take(message.py()))?;
    let mut encoder = Encoder { out, spare: Vec::new() };
    let done = encoder.message(message, table, MAX_DEPTH);
    let encoded = done.and_then(|()| bytes(message.py(), encoder.out.written()));
    BUFFER.give(message.py(), encoder.out.into_buffer());
    encoded
}

/// A message that is being encoded.
struct Encoder {
    out: Backwards,
    /// UTF-8 of text that is not ASCII.
    spare: Vec<u8>,
}

impl Encoder {
    /// Writes a message without tag and length; it may have `depth` levels.
    fn message(&mut self, message: &Object<'_>, table: &'static Table, depth: usize) -> Usual<()> {
        // Not a plain refusal: the straight-line codec has no limit of its own (`NativeCodec.encoder`).
        let inside = depth.checked_sub(1).ok_or_else(|| PyRecursionError::new_err("too deep"))?;
        let view = View::of(message, &table.shape)?;
        let unknown = view.unknown()?;
        let unknown = as_bytes(&unknown)?;
        if !unknown.is_empty() {
            self.out.put(unknown)?;
        }
        view.each_backwards(&table.fields, |field, value| self.field(field, &value, inside))
    }

    /// Writes a field whose slot does not hold the very object that an unset field has.
    #[inline(always)]
    fn field(&mut self, field: &'static Field, value: &Object<'_>, depth: usize) -> Usual<()> {
        match field.many {
            Many::One => self.record(field, field.tag.few, value, depth),
            Many::List => self.list(field, value, depth),
            Many::Packed => self.packed(field, value, depth),
            Many::Map => self.map(field, value, depth),
        }
    }

    fn list(&mut self, field: &'static Field, values: &Object<'_>, depth: usize) -> Usual<()> {
        if !is_list(values) {
            return Err(Odd);
        }
        for at in (0..length(values)).rev() {
            self.item(field, field.tag.few, &item(values, at)?, depth)?;
        }
        Ok(())
    }

    fn packed(&mut self, field: &'static Field, values: &Object<'_>, depth: usize) -> Usual<()> {
        if !is_list(values) {
            return Err(Odd);
        }
        let before = self.out.len();
        for at in (0..length(values)).rev() {
            self.item(field, Few::NONE, &item(values, at)?, depth)?;
        }
        if self.out.len() == before {
            return Ok(());
        }
        self.out.size_since(field.tag.few, before)
    }

    /// Writes the entries of a map, the last one first, because Python lists them forwards only.
    fn map(&mut self, field: &'static Field, values: &Object<'_>, depth: usize) -> Usual<()> {
        let (Some(key_field), Some(value_field)) = (&field.key, &field.value) else {
            return Err(Odd);
        };
        if !is_dict(values) {
            return Err(Odd);
        }
        let mut entries = Vec::with_capacity(dict_length(values));
        let mut place = 0;
        while let Some(each) = entry(values, &mut place) {
            entries.push(each);
        }
        for (key, value) in entries.iter().rev() {
            let before = self.out.len();
            self.item(value_field, value_field.tag.few, value, depth)?;
            self.item(key_field, key_field.tag.few, key, depth)?;
            self.out.size_since(field.tag.few, before)?;
        }
        Ok(())
    }

    /// Writes a value that is one of many: a copy of `record` that is not inlined in each loop.
    fn item(
        &mut self,
        field: &'static Field,
        tag: Few,
        value: &Object<'_>,
        depth: usize,
    ) -> Usual<()> {
        self.record(field, tag, value, depth)
    }

    /// Writes a value after a tag; nothing if it is zero and the field is one that then is unset.
    #[inline(always)]
    fn record(
        &mut self,
        field: &'static Field,
        tag: Few,
        value: &Object<'_>,
        depth: usize,
    ) -> Usual<()> {
        let number = match field.kind {
            Kind::String => {
                let text = utf8(value, &mut self.spare)?;
                return delimited(&mut self.out, field, tag, text);
            }
            Kind::Message => return self.sub_message(field, tag, value, depth),
            Kind::Bytes => return delimited(&mut self.out, field, tag, as_bytes(value)?),
            Kind::Double | Kind::Float => return self.float(field, tag, value),
            Kind::Fixed32 | Kind::Fixed64 | Kind::Sfixed32 | Kind::Sfixed64 => {
                return self.fixed(field, tag, value);
            }
            Kind::Uint32 => uint32(value)?,
            Kind::Uint64 => as_u64(value)?,
            Kind::Int32 => int32(value)?,
            Kind::Int64 => as_i64(value)? as u64,
            Kind::Sint32 => zigzag(int32(value)? as i64),
            Kind::Sint64 => zigzag(as_i64(value)?),
            Kind::Bool => as_bool(value)?.into(),
            Kind::Enum => i64::from(field.enumeration()?.number(value)?) as u64,
        };
        if number == 0 && field.omits_zero {
            return Ok(());
        }
        self.out.varint(tag, number)
    }

    fn sub_message(
        &mut self,
        field: &'static Field,
        tag: Few,
        value: &Object<'_>,
        depth: usize,
    ) -> Usual<()> {
        let before = self.out.len();
        self.message(value, field.message(value.py())?, depth)?;
        self.out.size_since(tag, before)
    }

    /// Writes a whole number of fixed width.
    fn fixed(&mut self, field: &Field, tag: Few, value: &Object<'_>) -> Usual<()> {
        let (number, width) = match field.kind {
            Kind::Fixed32 => (uint32(value)?, 4),
            Kind::Sfixed32 => (int32(value)?, 4),
            Kind::Fixed64 => (as_u64(value)?, 8),
            _ => (as_i64(value)? as u64, 8),
        };
        if number == 0 && field.omits_zero {
            return Ok(());
        }
        self.out.put(&number.to_le_bytes()[..width])?;
        self.out.few(tag)
    }

    /// Writes a number of a field that holds floats, and may hold an int as well.
    fn float(&mut self, field: &Field, tag: Few, value: &Object<'_>) -> Usual<()> {
        let number = as_float(value).or_else(|_| as_i64(value).map(|number| number as f64))?;
        // The sign of -0.0 is kept.
        if number.to_bits() == 0 && field.omits_zero {
            return Ok(());
        }
        if field.kind == Kind::Double {
            self.out.put(&number.to_le_bytes())?;
        } else {
            self.out.put(&single(number)?.to_le_bytes())?;
        }
        self.out.few(tag)
    }
}

/// Writes text or bytes.
#[inline(always)]
fn delimited(out: &mut Backwards, field: &Field, tag: Few, content: &[u8]) -> Usual<()> {
    if content.is_empty() && field.omits_zero {
        return Ok(());
    }
    out.put(content)?;
    out.varint(tag, content.len() as u64)
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// The bits of a number as a float of 32 bits; refuses what is out of its range.
///
/// What becomes of a NaN that signals depends on the version of Python, so it is refused.
fn single(number: f64) -> Usual<u32> {
    if number.is_nan() {
        return quiet(number.to_bits()).ok_or(Odd);
    }
    let single = number as f32;
    if single.is_infinite() && number.is_finite() {
        return Err(Odd);
    }
    Ok(single.to_bits())
}

/// A quiet NaN of 64 bits as one of 32, with its sign and as much of its payload as fits.
fn quiet(bits: u64) -> Option<u32> {
    const IS_QUIET: u64 = 1 << 51;
    const INFINITY: u32 = 0x7f80_0000;
    let sign = (bits >> 63) as u32;
    let payload = (bits >> 29) as u32 & 0x007f_ffff;
    (bits & IS_QUIET != 0).then_some(sign << 31 | INFINITY | payload)
}

#[inline(always)]
fn int32(value: &Object<'_>) -> Usual<u64> {
    let number = as_i64(value)?;
    i32::try_from(number).map_or(Err(Odd), |_| Ok(number as u64))
}

#[inline(always)]
fn uint32(value: &Object<'_>) -> Usual<u64> {
    let number = as_i64(value)?;
    u32::try_from(number).map_or(Err(Odd), |_| Ok(number as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_numbers_alternate_in_zigzag() {
        let numbers = [0, -1, 1, -2, i64::MAX, i64::MIN];
        let expected = [0, 1, 2, 3, u64::MAX - 1, u64::MAX];
        assert_eq!(numbers.map(zigzag), expected);
    }

    #[test]
    fn a_double_beyond_the_range_of_a_float_is_refused() {
        let largest = f64::from(f32::MAX);
        assert_eq!(single(largest).ok(), Some(f32::MAX.to_bits()));
        assert_eq!(single(-f64::INFINITY).ok(), Some(0xff80_0000));
        assert!(single(1e39).is_err());
    }

    #[test]
    fn a_quiet_nan_keeps_sign_and_payload_and_one_that_signals_is_refused() {
        assert_eq!(single(f64::from_bits(0xfff8_0000_2000_0000)).ok(), Some(0xffc0_0001));
        assert!(single(f64::from_bits(0x7ff0_0000_0000_0001)).is_err());
    }
}
