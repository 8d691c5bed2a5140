//! Numbers as JSON writes them: whole ones exactly, others as the nearest float.

use crate::odd::{Odd, Usual};

/// The length of the number at the start of a text. What follows it is not looked at.
pub fn length(text: &[u8]) -> Usual<usize> {
    let mut at = usize::from(text.first() == Some(&b'-'));
    match text.get(at) {
        Some(b'0') => at += 1,
        Some(b'1'..=b'9') => at += digits(&text[at..]),
        _ => return Err(Odd),
    }
    if text.get(at) == Some(&b'.') {
        at += 1 + some_digits(&text[at + 1..])?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at += some_digits(&text[at..])?;
    }
    Ok(at)
}

fn digits(text: &[u8]) -> usize {
    let is_other = |byte: &u8| !byte.is_ascii_digit();
    text.iter().position(is_other).unwrap_or(text.len())
}

fn some_digits(text: &[u8]) -> Usual<usize> {
    match digits(text) {
        0 => Err(Odd),
        count => Ok(count),
    }
}

/// Refuse text that is not a number and nothing else.
fn check(text: &[u8]) -> Usual<()> {
    if length(text)? == text.len() { Ok(()) } else { Err(Odd) }
}

/// A whole number of at most 64 bits and a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Whole {
    negative: bool,
    size: u64,
}

/// As many digits never overflow.
const SHORT: usize = 19;
/// The exact parser goes by the float of a number with a fraction or an exponent, if that is the
/// whole of it: one that rounds to 2^64 or more is out of range ...
const ROUNDS_TO_2_64: u64 = u64::MAX - 1023;
/// ... and the value of one with so few characters is that of the float.
const BY_FLOAT: usize = 15;

impl Whole {
    /// A number of few digits, without fraction and exponent, and its length.
    #[inline]
    pub fn short(text: &[u8]) -> Option<(Whole, usize)> {
        let negative = text.first() == Some(&b'-');
        let first = usize::from(negative);
        let mut size = 0;
        let mut at = first;
        while let Some(digit @ b'0'..=b'9') = text.get(at) {
            if at - first == SHORT {
                return None;
            }
            size = size * 10 + u64::from(digit - b'0');
            at += 1;
        }
        let leads_with_zero = text.get(first) == Some(&b'0') && at - first > 1;
        let goes_on = matches!(text.get(at), Some(b'.' | b'e' | b'E'));
        let usual = at > first && !leads_with_zero && !goes_on;
        usual.then_some((Whole { negative, size }, at))
    }

    /// A number in any form, if it is whole to its last digit.
    #[inline]
    pub fn of(text: &[u8]) -> Usual<Whole> {
        match Whole::short(text) {
            Some((whole, length)) if length == text.len() => Ok(whole),
            _ => Whole::exact(text),
        }
    }

    #[inline(never)]
    fn exact(text: &[u8]) -> Usual<Whole> {
        check(text)?;
        let negative = text[0] == b'-';
        let bare = &text[usize::from(negative)..];
        let (mantissa, exponent) = match bare.iter().position(|byte| matches!(byte, b'e' | b'E')) {
            Some(at) => (&bare[..at], exponent(&bare[at + 1..])?),
            None => (bare, 0),
        };
        let dot = mantissa.iter().position(|&byte| byte == b'.');
        let (before, after) = match dot {
            Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
            None => (mantissa, &mantissa[..0]),
        };
        let size = scaled(before, after, exponent)?;
        let digits_alone = bare.len() == before.len();
        let rounded = text.len() <= BY_FLOAT && size as f64 as u64 != size;
        if !digits_alone && (size >= ROUNDS_TO_2_64 || rounded) {
            return Err(Odd);
        }
        Ok(Whole { negative, size })
    }

    /// The number, which must be in the range of `int32`, if it is of 32 bits, or of `int64`.
    #[inline]
    pub fn signed(self, bits: u32) -> Usual<i64> {
        let limit = 1u64 << (bits - 1);
        if self.size > limit || (self.size == limit && !self.negative) {
            return Err(Odd);
        }
        let size = self.size as i64; // of 2^63 it is the lowest number, which has no opposite
        Ok(if self.negative { size.wrapping_neg() } else { size })
    }

    /// The number, which must be in the range of `uint32` or `uint64`.
    #[inline]
    pub fn unsigned(self, bits: u32) -> Usual<u64> {
        if (self.negative && self.size != 0) || self.size > u64::MAX >> (64 - bits) {
            return Err(Odd);
        }
        Ok(self.size)
    }
}

/// An exponent of up to nine digits.
fn exponent(text: &[u8]) -> Usual<i64> {
    let bare = text.strip_prefix(b"+").or(text.strip_prefix(b"-")).unwrap_or(text);
    if bare.len() > 9 {
        return Err(Odd);
    }
    let size = bare.iter().fold(0, |size, digit| size * 10 + i64::from(digit - b'0'));
    Ok(if text[0] == b'-' { -size } else { size })
}

/// The whole number with digits before and after its dot, which an exponent moves.
fn scaled(before: &[u8], after: &[u8], exponent: i64) -> Usual<u64> {
    let dot = before.len() as i64 + exponent;
    let mut size = 0u64;
    let mut place = 0;
    for digit in before.iter().chain(after) {
        let value = u64::from(digit - b'0');
        if place >= dot && value != 0 {
            return Err(Odd);
        }
        if place < dot {
            size = size.checked_mul(10).and_then(|size| size.checked_add(value)).ok_or(Odd)?;
        }
        place += 1;
    }
    // At most 20 times, because something that is not zero overflows.
    while place < dot && size != 0 {
        size = size.checked_mul(10).ok_or(Odd)?;
        place += 1;
    }
    Ok(size)
}

/// The double nearest to a number. Refuses what is out of range.
pub fn double(text: &[u8]) -> Usual<f64> {
    check(text)?;
    let text = std::str::from_utf8(text).map_err(|_| Odd)?;
    finite(text.parse().map_err(|_| Odd)?)
}

/// The double that a float32 nearest to a double is. Refuses what is out of range.
pub fn single(number: f64) -> Usual<f64> {
    finite(f64::from(number as f32))
}

fn finite(number: f64) -> Usual<f64> {
    if number.is_finite() { Ok(number) } else { Err(Odd) }
}

/// The double that a string is, for floats: a number, or one of three names.
pub fn named_double(text: &[u8]) -> Usual<f64> {
    match text {
        b"NaN" => Ok(f64::NAN),
        b"Infinity" => Ok(f64::INFINITY),
        b"-Infinity" => Ok(f64::NEG_INFINITY),
        _ => double(text),
    }
}

#[cfg(test)]
mod tests {
    use super::{Whole, double, length, named_double, single};

    fn whole(text: &str) -> Option<i128> {
        let found = Whole::of(text.as_bytes()).ok()?;
        assert_eq!(Whole::exact(text.as_bytes()).ok(), Some(found));
        Some(if found.negative { -i128::from(found.size) } else { i128::from(found.size) })
    }

    #[test]
    fn measures_numbers_as_the_scanner_of_python_does() {
        for (text, size) in [
            ("0", 1),
            ("-0", 2),
            ("01", 1),
            ("10 ", 2),
            ("1.5e+3,", 6),
            ("1E-2", 4),
            ("-1.0", 4),
            ("123a", 3),
        ] {
            assert_eq!(length(text.as_bytes()).ok(), Some(size), "{text}");
        }
        for text in
            ["", "-", "+1", ".5", "1.", "1.e1", "1e", "1e+", "-a", "NaN", "Infinity", "-Infinity"]
        {
            assert!(length(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_whole_numbers_in_any_form() {
        for (text, value) in [
            ("0", 0),
            ("-0", 0),
            ("7", 7),
            ("-12", -12),
            ("7.0", 7),
            ("-7.00", -7),
            ("1e2", 100),
            ("1E+2", 100),
            ("10e-1", 1),
            ("1.5e1", 15),
            ("0.5e1", 5),
            ("0e5", 0),
            ("0.000", 0),
            ("-0.0e-9", 0),
            ("100e-2", 1),
            ("0e999999999", 0),
            ("18446744073709551615", u64::MAX.into()),
            ("9223372036854775807.0", i64::MAX.into()),
            ("1.0000000000000000000000", 1),
            ("0.00000000000000000000001e23", 1),
            ("1000000000000000000000000000000e-30", 1),
        ] {
            assert_eq!(whole(text), Some(value), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_whole_or_too_large() {
        for text in [
            "",
            "-",
            "1.5",
            "0.1",
            "1e-1",
            "15e-1",
            "1e400",
            "18446744073709551616",
            "1e20",
            "1e-400",
            "1e999999999",
            "1.00000000000000000000001",
            "1e9999999999",
            "01",
            "+1",
            " 1",
            "1 ",
            "1_0",
            "0x1",
            "NaN",
            // These round to 2^64, and so the exact parser refuses them.
            "18446744073709551615.0",
            "18446744073709550592.0",
            // This is not the float of it, which the exact parser takes.
            "9999999999e9",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn checks_ranges() {
        let of = |text: &str| Whole::of(text.as_bytes()).ok();
        let signed = |text, bits| of(text).and_then(|whole| whole.signed(bits).ok());
        let unsigned = |text, bits| of(text).and_then(|whole| whole.unsigned(bits).ok());
        assert_eq!(signed("2147483647", 32), Some(2147483647));
        assert_eq!(signed("2147483648", 32), None);
        assert_eq!(signed("-2147483648", 32), Some(-2147483648));
        assert_eq!(signed("-2147483649", 32), None);
        assert_eq!(signed("9223372036854775807", 64), Some(i64::MAX));
        assert_eq!(signed("9223372036854775808", 64), None);
        assert_eq!(signed("-9223372036854775808", 64), Some(i64::MIN));
        assert_eq!(signed("-9223372036854775809", 64), None);
        assert_eq!(unsigned("4294967295", 32), Some(4294967295));
        assert_eq!(unsigned("4294967296", 32), None);
        assert_eq!(unsigned("-0", 32), Some(0));
        assert_eq!(unsigned("-1", 64), None);
        assert_eq!(unsigned("18446744073709551615", 64), Some(u64::MAX));
    }

    #[test]
    fn reads_doubles() {
        for (text, value) in
            [("1.5", 1.5), ("-1e-3", -0.001), ("1e-400", 0.0), ("4.9e-324", 5e-324)]
        {
            assert_eq!(double(text.as_bytes()).ok(), Some(value), "{text}");
        }
        assert!(double(b"-0").is_ok_and(|zero| zero == 0.0 && zero.is_sign_negative()));
        for text in ["1e400", "-1e309", "inf", "nan", "NaN", "1_0", "0x1", ".5", ""] {
            assert!(double(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(named_double(b"-Infinity").ok(), Some(f64::NEG_INFINITY));
        assert!(named_double(b"NaN").is_ok_and(|number| number.to_bits() == 0x7FF8 << 48));
    }

    #[test]
    fn rounds_to_singles() {
        assert_eq!(single(0.1).ok(), Some(0.10000000149011612));
        assert_eq!(single(3.4028235e38).ok(), Some(3.4028234663852886e38));
        assert!(single(3.5e38).is_err());
    }
}
