//! Text as a JSON string, eight bytes at a time. Characters outside ASCII are kept.

use crate::json::sink::Sink;
use crate::odd::Usual;

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES << 7;
const SPACES: u64 = ONES * b' ' as u64;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// Append UTF-8 text in quotes, with the escapes that JSON demands.
#[inline]
pub fn put_string(out: &mut Sink, text: &[u8]) -> Usual<()> {
    out.reserve(text.len() + ROOM)?;
    out.put_word(u64::from(b'"'), 1);
    let mut rest = text;
    while let Some(word) = rest.first_chunk::<8>() {
        let word = u64::from_le_bytes(*word);
        let found = special(word);
        if found == 0 {
            out.put_word(word, 8);
            rest = &rest[8..];
            continue;
        }
        let plain = first(found);
        out.put_word(word, plain);
        put_escape(out, rest[plain], rest.len())?;
        rest = &rest[plain + 1..];
    }
    put_last(out, last_word(text, rest), rest.len())?;
    out.put_word(u64::from(b'"'), 1);
    Ok(())
}

/// Beside the text: two quotes, and a word of which only a part counts.
const ROOM: usize = 10;

/// Append the last bytes of a text, which are fewer than eight.
#[inline]
fn put_last(out: &mut Sink, mut word: u64, mut count: usize) -> Usual<()> {
    loop {
        let found = special(word | (SPACES << (8 * count)));
        if found == 0 {
            out.put_word(word, count);
            return Ok(());
        }
        let plain = first(found);
        out.put_word(word, plain);
        word >>= 8 * plain;
        put_escape(out, word as u8, count)?;
        word >>= 8;
        count -= plain + 1;
    }
}

/// The rest of a text, less than eight bytes, as the low bytes of a word.
#[inline]
fn last_word(text: &[u8], rest: &[u8]) -> u64 {
    if rest.is_empty() {
        return 0;
    }
    if let Some(word) = text.last_chunk::<8>() {
        return u64::from_le_bytes(*word) >> (8 * (8 - rest.len()));
    }
    let high = 8 * (rest.len() - rest.len().min(4));
    if let (Some(head), Some(tail)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        let [head, tail] = [head, tail].map(|each| u64::from(u32::from_le_bytes(*each)));
        return head | tail << high;
    }
    let half = rest.len() / 2;
    let last = rest.len() - 1;
    let [head, middle, tail] = [rest[0], rest[half], rest[last]].map(u64::from);
    head | middle << (8 * half) | tail << (8 * last)
}

/// A word that is 0 if none of eight bytes needs an escape; else its lowest bit is in the first
/// byte that does.
#[inline]
pub fn special(word: u64) -> u64 {
    let control = word.wrapping_sub(SPACES);
    let quote = (word ^ (ONES * b'"' as u64)).wrapping_sub(ONES);
    let backslash = (word ^ (ONES * b'\\' as u64)).wrapping_sub(ONES);
    (control | quote | backslash) & !word & HIGH
}

/// The index of the byte that `special` has found.
#[inline]
pub fn first(found: u64) -> usize {
    found.trailing_zeros() as usize / 8
}

/// Append the escape of one byte, and make room again for what is left of the text.
#[inline]
fn put_escape(out: &mut Sink, byte: u8, left: usize) -> Usual<()> {
    out.reserve(8 + left + ROOM)?;
    let letter = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        _ => {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| HEX[usize::from(digit)]);
            let text = [b'\\', b'u', b'0', b'0', high, low, 0, 0];
            out.put_word(u64::from_le_bytes(text), 6);
            return Ok(());
        }
    };
    out.put_word(u64::from_le_bytes([b'\\', letter, 0, 0, 0, 0, 0, 0]), 2);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by one character at a time.
    fn plainly(text: &str) -> String {
        let mut out = String::from('"');
        for each in text.chars() {
            match each {
                '"' => out += "\\\"",
                '\\' => out += "\\\\",
                '\n' => out += "\\n",
                '\r' => out += "\\r",
                '\t' => out += "\\t",
                '\u{8}' => out += "\\b",
                '\u{c}' => out += "\\f",
                control if control < ' ' => out += &format!("\\u{:04x}", control as u32),
                other => out.push(other),
            }
        }
        out + "\""
    }

    fn escaped(text: &str) -> String {
        let mut sink = Sink::default();
        put_string(&mut sink, text.as_bytes()).unwrap();
        String::from_utf8(sink.text().to_vec()).unwrap()
    }

    #[test]
    fn every_character_is_escaped_as_json_demands_at_every_place() {
        for character in ('\0'..='\u{100}').chain(['\u{2028}', '\u{ffff}', '\u{10ffff}']) {
            for before in 0..20 {
                for after in 0..20 {
                    let text = "x".repeat(before) + &character.to_string() + &"y".repeat(after);
                    assert_eq!(escaped(&text), plainly(&text));
                }
            }
        }
    }

    #[test]
    fn texts_of_special_characters_only_are_escaped_whatever_their_length() {
        for special in ["\"", "\\", "\u{1}", "\u{1f}", "a\"", "\"a", "\u{7f}", "é\n"] {
            for count in 0..70 {
                let text = special.repeat(count);
                assert_eq!(escaped(&text), plainly(&text));
            }
        }
    }

    #[test]
    fn a_long_text_of_control_characters_fits() {
        let text = "\u{1}".repeat(100_000);
        assert_eq!(escaped(&text).len(), 600_002);
    }
}
