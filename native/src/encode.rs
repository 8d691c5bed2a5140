//! Messages to binary format.
//!
//! Everything is written backwards: unknown fields, then the fields by descending number, items of
//! lists from the last one on, and of each field its content, its length and its tag. What comes
//! out is byte for byte what the exact codec writes. A value whose class is not exactly that of its
//! field, or which is out of range, is refused; so is a message of more than `MAX_DEPTH` levels.

use crate::backwards::Backwards;
use crate::object::{
    Object, as_bool, as_bytes, as_float, as_i64, as_u64, bytes, dict_length, entry, is_dict,
    is_list, item, length, utf8,
};
use crate::odd::{Odd, Usual};
use crate::table::{Field, Kind, Many, Presence, Table, View};

/// How many levels of messages are written.
const MAX_DEPTH: u32 = 100;

/// Encodes a message of the table's class; refuses any other object.
pub fn encode<'py>(message: &Object<'py>, table: &'static Table) -> Usual<Object<'py>> {
    let mut encoder = Encoder {
        out: Backwards::take()?,
        spare: Vec::new(),
    };
    let done = encoder.message(message, table, MAX_DEPTH);
    let encoded = done.and_then(|()| bytes(message.py(), encoder.out.written()));
    encoder.out.give();
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
    fn message(&mut self, message: &Object<'_>, table: &'static Table, depth: u32) -> Usual<()> {
        let inside = depth.checked_sub(1).ok_or(Odd)?;
        let view = View::of(message, table)?;
        self.out.put(as_bytes(&view.unknown()?)?)?;
        for (at, field) in table.fields.iter().enumerate().rev() {
            match view.get(at)? {
                Some(value) => self.field(field, &value, inside)?,
                None if field.presence == Presence::Required => return Err(Odd),
                None => {}
            }
        }
        Ok(())
    }

    /// Writes a field whose slot does not hold the very object that an unset field has.
    #[inline]
    fn field(&mut self, field: &'static Field, value: &Object<'_>, depth: u32) -> Usual<()> {
        match field.many {
            Many::One => self.single(field, value, depth),
            Many::List => self.list(field, value, depth),
            Many::Packed => self.packed(field, value, depth),
            Many::Map => self.map(field, value, depth),
        }
    }

    /// Writes a value with its tag; nothing if it is zero and the field has no presence.
    #[inline]
    fn single(&mut self, field: &'static Field, value: &Object<'_>, depth: u32) -> Usual<()> {
        let before = self.out.len();
        let zero = self.value(field, value, depth)?;
        if zero && field.presence == Presence::Implicit {
            self.out.rewind(before);
            return Ok(());
        }
        self.tag(field)
    }

    fn list(&mut self, field: &'static Field, values: &Object<'_>, depth: u32) -> Usual<()> {
        if !is_list(values) {
            return Err(Odd);
        }
        for at in (0..length(values)).rev() {
            self.value(field, &item(values, at)?, depth)?;
            self.tag(field)?;
        }
        Ok(())
    }

    fn packed(&mut self, field: &'static Field, values: &Object<'_>, depth: u32) -> Usual<()> {
        if !is_list(values) {
            return Err(Odd);
        }
        let before = self.out.len();
        for at in (0..length(values)).rev() {
            self.value(field, &item(values, at)?, depth)?;
        }
        if self.out.len() == before {
            return Ok(());
        }
        self.out.size_since(before)?;
        self.tag(field)
    }

    /// Writes the entries of a map, the last one first, because Python lists them forwards only.
    fn map(&mut self, field: &'static Field, values: &Object<'_>, depth: u32) -> Usual<()> {
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
            self.value(value_field, value, depth)?;
            self.tag(value_field)?;
            self.value(key_field, key, depth)?;
            self.tag(key_field)?;
            self.out.size_since(before)?;
            self.tag(field)?;
        }
        Ok(())
    }

    #[inline]
    fn tag(&mut self, field: &Field) -> Usual<()> {
        match field.tag.bytes() {
            [byte] => self.out.byte(*byte),
            bytes => self.out.put(bytes),
        }
    }

    /// Writes a value without its tag. Returns whether it is the zero of its kind.
    #[inline]
    fn value(&mut self, field: &'static Field, value: &Object<'_>, depth: u32) -> Usual<bool> {
        match field.kind {
            Kind::String => self.text(value),
            Kind::Message => self.sub_message(field, value, depth),
            Kind::Bytes => self.bytes(value),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => self.signed(field.kind, int32(value)?),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => self.signed(field.kind, as_i64(value)?),
            Kind::Uint32 | Kind::Fixed32 => self.unsigned(field.kind, uint32(value)?),
            Kind::Uint64 | Kind::Fixed64 => self.unsigned(field.kind, as_u64(value)?),
            Kind::Bool => self.unsigned(field.kind, as_bool(value)?.into()),
            Kind::Enum => self.member(field, value),
            Kind::Double => self.double(as_number(value)?),
            Kind::Float => self.float(as_number(value)?),
        }
    }

    fn text(&mut self, value: &Object<'_>) -> Usual<bool> {
        let text = utf8(value, &mut self.spare)?;
        self.out.put(text)?;
        self.out.varint(text.len() as u64)?;
        Ok(text.is_empty())
    }

    fn bytes(&mut self, value: &Object<'_>) -> Usual<bool> {
        let bytes = as_bytes(value)?;
        self.out.put(bytes)?;
        self.out.varint(bytes.len() as u64)?;
        Ok(bytes.is_empty())
    }

    fn sub_message(
        &mut self,
        field: &'static Field,
        value: &Object<'_>,
        depth: u32,
    ) -> Usual<bool> {
        let before = self.out.len();
        self.message(value, field.message(value.py())?, depth)?;
        self.out.size_since(before)?;
        Ok(false)
    }

    fn member(&mut self, field: &Field, value: &Object<'_>) -> Usual<bool> {
        self.signed(field.kind, field.enumeration()?.number(value)?.into())
    }

    /// Writes a whole number that is in range of its kind.
    #[inline]
    fn signed(&mut self, kind: Kind, number: i64) -> Usual<bool> {
        match kind {
            Kind::Sint32 | Kind::Sint64 => self.out.varint(zigzag(number))?,
            Kind::Sfixed32 => self.out.put(&(number as i32).to_le_bytes())?,
            Kind::Sfixed64 => self.out.put(&number.to_le_bytes())?,
            _ => self.out.varint(number as u64)?,
        }
        Ok(number == 0)
    }

    /// Writes a whole number that is in range of its kind.
    #[inline]
    fn unsigned(&mut self, kind: Kind, number: u64) -> Usual<bool> {
        match kind {
            Kind::Fixed32 => self.out.put(&(number as u32).to_le_bytes())?,
            Kind::Fixed64 => self.out.put(&number.to_le_bytes())?,
            _ => self.out.varint(number)?,
        }
        Ok(number == 0)
    }

    fn double(&mut self, number: f64) -> Usual<bool> {
        self.out.put(&number.to_le_bytes())?;
        Ok(is_zero(number))
    }

    fn float(&mut self, number: f64) -> Usual<bool> {
        self.out.put(&single(number)?.to_le_bytes())?;
        Ok(is_zero(number))
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

/// Whether a number is the one that is not written; -0.0 is.
fn is_zero(number: f64) -> bool {
    number.to_bits() == 0
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

/// The number of a float field, which may hold an int as well.
#[inline]
fn as_number(value: &Object<'_>) -> Usual<f64> {
    as_float(value).or_else(|_| Ok(as_i64(value)? as f64))
}

fn int32(value: &Object<'_>) -> Usual<i64> {
    let number = as_i64(value)?;
    i32::try_from(number).map_or(Err(Odd), |_| Ok(number))
}

fn uint32(value: &Object<'_>) -> Usual<u64> {
    let number = as_u64(value)?;
    u32::try_from(number).map_or(Err(Odd), |_| Ok(number))
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
    fn minus_zero_is_not_zero() {
        assert!(is_zero(0.0));
        assert!(!is_zero(-0.0));
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
