//! Numbers as decimal text, as Python prints them.

use crate::json::sink::Sink;
use crate::object::{Object, float, utf8};
use crate::odd::{Odd, Usual};
use pyo3::prelude::*;

/// The two digits of each number below 100.
static PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut number = 0;
    while number < pairs.len() {
        pairs[number] = [b'0' + number as u8 / 10, b'0' + number as u8 % 10];
        number += 1;
    }
    pairs
};

/// Up to here each whole number is a double, and Python prints it without an exponent.
const WHOLE_DOUBLES: f64 = 9_007_199_254_740_992.0;
/// Up to here each whole number is a 32-bit float, and has no shorter text that rounds to it.
const WHOLE_FLOATS: f64 = 16_777_216.0;

/// Append a whole number.
#[inline]
pub fn put_unsigned(out: &mut Sink, number: u64) -> Usual<()> {
    if number < 10 {
        return out.push(b'0' + number as u8);
    }
    put_digits(out, number)
}

fn put_digits(out: &mut Sink, mut number: u64) -> Usual<()> {
    let mut digits = [0; 20];
    let mut start = digits.len();
    while number >= 10 {
        start -= 2;
        digits[start..start + 2].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number /= 100;
    }
    if number > 0 {
        start -= 1;
        digits[start] = b'0' + number as u8;
    }
    out.put(&digits[start..])
}

/// Append a whole number that may be negative.
#[inline]
pub fn put_signed(out: &mut Sink, number: i64) -> Usual<()> {
    if number < 0 {
        out.push(b'-')?;
    }
    put_unsigned(out, number.unsigned_abs())
}

/// Append a double in JSON's form.
pub fn put_double(out: &mut Sink, py: Python<'_>, number: f64) -> Usual<()> {
    if put_special(out, number)? || put_whole(out, number, WHOLE_DOUBLES)? {
        return Ok(());
    }
    put_repr(out, &float(py, number)?)
}

/// Append a 32-bit float in JSON's form: the fewest digits, but at least six, that round to it.
pub fn put_float(out: &mut Sink, py: Python<'_>, number: f64) -> Usual<()> {
    if put_special(out, number)? {
        return Ok(());
    }
    let single = number as f32;
    if single.is_infinite() {
        return Err(Odd); // out of range
    }
    if put_whole(out, f64::from(single), WHOLE_FLOATS)? {
        return Ok(());
    }
    put_repr(out, &float(py, shortest(single)?)?)
}

/// Append a number that is not finite, in quotes; returns whether it is one.
fn put_special(out: &mut Sink, number: f64) -> Usual<bool> {
    if number.is_finite() {
        return Ok(false);
    }
    let text = match number {
        _ if number.is_nan() => "\"NaN\"",
        _ if number > 0.0 => "\"Infinity\"",
        _ => "\"-Infinity\"",
    };
    out.put(text.as_bytes())?;
    Ok(true)
}

/// Append a whole number other than 0 within a bound; returns whether it is one.
fn put_whole(out: &mut Sink, number: f64, largest: f64) -> Usual<bool> {
    let fits = number.abs() <= largest && number != 0.0 && number.trunc() == number;
    if fits {
        put_signed(out, number as i64)?;
        out.put(b".0")?;
    }
    Ok(fits)
}

/// Append what Python prints. Rust's shortest text is another one where two are equally near.
fn put_repr(out: &mut Sink, number: &Object<'_>) -> Usual<()> {
    let text = number.repr()?.into_any();
    out.put(utf8(&text, &mut Vec::new())?)
}

/// The double that is printed for a 32-bit float.
fn shortest(single: f32) -> Usual<f64> {
    let number = f64::from(single);
    for decimals in 5..8 {
        let candidate = rounded(number, decimals)?;
        if candidate as f32 == single {
            return Ok(candidate);
        }
    }
    rounded(number, 8)
}

/// A number with so many decimals of its first digit; ties go to the even digit.
fn rounded(number: f64, decimals: usize) -> Usual<f64> {
    format!("{number:.decimals$e}").parse().map_err(|_| Odd)
}

#[cfg(test)]
#[allow(clippy::excessive_precision)] // what is written is what is meant
mod tests {
    use super::*;

    fn printed(put: impl FnOnce(&mut Sink) -> Usual<()>) -> String {
        let mut sink = Sink::default();
        assert!(put(&mut sink).is_ok());
        String::from_utf8(sink.text().to_vec()).unwrap()
    }

    #[test]
    fn whole_numbers_of_every_length() {
        let mut number: u64 = 1;
        for _ in 0..64 {
            for near in [number - 1, number, number.wrapping_add(1)] {
                assert_eq!(printed(|out| put_unsigned(out, near)), near.to_string());
                let signed = near as i64;
                assert_eq!(printed(|out| put_signed(out, signed)), signed.to_string());
            }
            number = number.wrapping_mul(2).max(1);
        }
        for power in 0..20 {
            let number = 10u64.pow(power);
            for near in [number - 1, number, number + 1] {
                assert_eq!(printed(|out| put_unsigned(out, near)), near.to_string());
            }
        }
        assert_eq!(printed(|out| put_unsigned(out, u64::MAX)), u64::MAX.to_string());
        assert_eq!(printed(|out| put_signed(out, i64::MIN)), i64::MIN.to_string());
    }

    #[test]
    fn the_shortest_text_of_a_float_has_six_digits_at_least() {
        // What the exact codec prints for them.
        for (single, double) in [
            (0.1f32, 0.1),
            (1e-45, 1.4013e-45),
            (16_777_217.5, 16_777_218.0),
            (f32::MAX, 3.4028235e38),
            (2_097_152.25, 2_097_152.2), // a tie
            (2_097_152.75, 2_097_152.8), // a tie
            (0.333_333_34, 0.33333334),
        ] {
            assert_eq!(shortest(single).ok(), Some(double), "{single}");
        }
    }
}
