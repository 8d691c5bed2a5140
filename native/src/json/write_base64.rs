//! Bytes as standard base64 with padding (RFC 4648, section 4).

use crate::json::sink::Sink;
use crate::odd::{Odd, Usual};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The two letters of each number of 12 bits.
static PAIRS: [[u8; 2]; 4096] = {
    let mut pairs = [[0; 2]; 4096];
    let mut number = 0;
    while number < pairs.len() {
        pairs[number] = [LETTERS[number >> 6], LETTERS[number & 63]];
        number += 1;
    }
    pairs
};

/// Append bytes as base64.
pub fn put_base64(out: &mut Sink, data: &[u8]) -> Usual<()> {
    let groups = data.len().div_ceil(3);
    let room = out.take(groups.checked_mul(4).ok_or(Odd)?)?;
    let (whole, rest) = data.split_at(data.len() / 6 * 6);
    let (most, last) = room.split_at_mut(whole.len() / 3 * 4);
    for (six, letters) in whole.chunks_exact(6).zip(most.chunks_exact_mut(8)) {
        let word = u64::from_be_bytes([0, 0, six[0], six[1], six[2], six[3], six[4], six[5]]);
        for (at, pair) in letters.chunks_exact_mut(2).enumerate() {
            pair.copy_from_slice(&PAIRS[(word >> (36 - 12 * at)) as usize & 0xfff]);
        }
    }
    for (three, letters) in rest.chunks(3).zip(last.chunks_exact_mut(4)) {
        letters.copy_from_slice(&group(three));
    }
    Ok(())
}

/// Four letters for up to three bytes.
fn group(bytes: &[u8]) -> [u8; 4] {
    let byte = |at: usize| usize::from(*bytes.get(at).unwrap_or(&0));
    let word = byte(0) << 16 | byte(1) << 8 | byte(2);
    let [[first, second], [third, fourth]] = [PAIRS[word >> 12], PAIRS[word & 0xfff]];
    match bytes.len() {
        1 => [first, second, b'=', b'='],
        2 => [first, second, third, b'='],
        _ => [first, second, third, fourth],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(data: &[u8]) -> String {
        let mut sink = Sink::default();
        put_base64(&mut sink, data).unwrap();
        String::from_utf8(sink.text().to_vec()).unwrap()
    }

    /// The same by one bit at a time.
    fn plainly(data: &[u8]) -> String {
        let mut bits: Vec<u8> = Vec::new();
        for byte in data {
            bits.extend((0..8).rev().map(|at| byte >> at & 1));
        }
        let letters = bits.chunks(6).map(|six| {
            let number = (0..6).fold(0, |sum, at| sum * 2 + six.get(at).unwrap_or(&0));
            char::from(LETTERS[usize::from(number)])
        });
        let mut text: String = letters.collect();
        while text.len() % 4 != 0 {
            text.push('=');
        }
        text
    }

    #[test]
    fn the_test_vectors_of_the_rfc() {
        for (data, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encoded(data.as_bytes()), text);
        }
    }

    #[test]
    fn any_bytes_of_any_length() {
        let mut data = Vec::new();
        for number in 0..600u32 {
            assert_eq!(encoded(&data), plainly(&data));
            data.push((number.wrapping_mul(2_654_435_761) >> 24) as u8);
        }
    }
}
