//! Tokens of JSON text, in one pass over its UTF-8 bytes.
//!
//! The grammar is that of Python's `json` scanner in its strict mode, without `NaN` and infinities.

use crate::json::escape::{first, special};
use crate::json::read_number::Whole;
use crate::odd::{Odd, Usual};

/// What is between the quotes of a string; its escapes are valid.
#[derive(Clone, Copy)]
pub struct Text<'a> {
    /// The bytes as they are written.
    pub raw: &'a [u8],
    /// Whether a backslash is among them.
    pub escaped: bool,
}

/// Reads tokens from text that is valid UTF-8.
pub struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scanner<'a> {
    /// A scanner at the start of a text.
    pub fn new(bytes: &'a [u8]) -> Self {
        Scanner { bytes, at: 0 }
    }

    /// The offset of the next token.
    pub fn start(&mut self) -> Usual<usize> {
        self.peek()?;
        Ok(self.at)
    }

    /// What was read since an offset.
    pub fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.at]
    }

    /// The first byte of the next token; whitespace before it is skipped.
    #[inline]
    pub fn peek(&mut self) -> Usual<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                Some(&byte) => return Ok(byte),
                None => return Err(Odd),
            }
        }
    }

    /// Pass a punctuation mark.
    #[inline]
    pub fn expect(&mut self, mark: u8) -> Usual<()> {
        if self.peek()? != mark {
            return Err(Odd);
        }
        self.at += 1;
        Ok(())
    }

    /// Pass a mark if it is next.
    #[inline]
    pub fn passes(&mut self, mark: u8) -> Usual<bool> {
        let found = self.peek()? == mark;
        self.at += usize::from(found);
        Ok(found)
    }

    /// Pass the comma or the closing bracket behind an item; whether another item follows.
    #[inline]
    pub fn goes_on(&mut self, close: u8) -> Usual<bool> {
        let mark = self.peek()?;
        self.at += 1;
        match mark {
            b',' => Ok(true),
            _ if mark == close => Ok(false),
            _ => Err(Odd),
        }
    }

    /// Refuse whatever but whitespace is left.
    pub fn end(&mut self) -> Usual<()> {
        match self.peek() {
            Ok(_) => Err(Odd),
            Err(_) => Ok(()),
        }
    }

    /// Pass `true`, `false` or `null`.
    pub fn word(&mut self, word: &[u8]) -> Usual<()> {
        self.peek()?;
        if !self.bytes[self.at..].starts_with(word) {
            return Err(Odd);
        }
        self.at += word.len();
        Ok(())
    }

    /// A string.
    #[inline]
    pub fn string(&mut self) -> Usual<Text<'a>> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain(&self.bytes[self.at..]);
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                _ => return Err(Odd), // the end, or a control character
            }
            escaped = true;
        }
        let raw = &self.bytes[start..self.at];
        self.at += 1;
        Ok(Text { raw, escaped })
    }

    /// Pass an escape.
    #[inline(never)]
    fn escape(&mut self) -> Usual<()> {
        let rest = &self.bytes[self.at + 1..];
        match rest.first() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') if rest.len() > 4 && rest[1..5].iter().all(u8::is_ascii_hexdigit) => {
                self.at += 6;
            }
            _ => return Err(Odd),
        }
        Ok(())
    }

    /// The text of a number.
    pub fn number(&mut self) -> Usual<&'a [u8]> {
        self.peek()?;
        let rest = &self.bytes[self.at..];
        let text = &rest[..crate::json::read_number::length(rest)?];
        self.at += text.len();
        Ok(text)
    }

    /// A whole number: at once if it is digits alone, as nearly all are.
    #[inline]
    pub fn whole(&mut self) -> Usual<Whole> {
        self.peek()?;
        let rest = &self.bytes[self.at..];
        if let Some((whole, length)) = Whole::short(rest) {
            self.at += length;
            return Ok(whole);
        }
        Whole::of(self.number()?)
    }
}

/// The number of bytes before the first quote, backslash or control character.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    while let Some(word) = rest.first_chunk() {
        let found = special(u64::from_le_bytes(*word));
        if found != 0 {
            return bytes.len() - rest.len() + first(found);
        }
        rest = &rest[8..];
    }
    let is_special = |&byte: &u8| byte == b'"' || byte == b'\\' || byte < 0x20;
    let length = rest.iter().position(is_special).unwrap_or(rest.len());
    bytes.len() - rest.len() + length
}

/// Append what a string stands for. Refuses lone surrogates.
pub fn unescape(text: Text, out: &mut Vec<u8>) -> Usual<()> {
    let mut rest = text.raw;
    loop {
        // The scanner left nothing else that is special.
        let at = plain(rest);
        out.extend_from_slice(&rest[..at]);
        if at == rest.len() {
            return Ok(());
        }
        let escape = *rest.get(at + 1).ok_or(Odd)?;
        rest = &rest[at + 2..];
        if escape == b'u' {
            let character = character(&mut rest)?;
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            out.push(match escape {
                b'b' => 8,
                b'f' => 12,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                other => other,
            });
        }
    }
}

/// The character whose digits are next, after `\u`; it may be a pair of surrogates.
fn character(rest: &mut &[u8]) -> Usual<char> {
    let first = digits(rest)?;
    if !(0xD800..0xDC00).contains(&first) {
        return char::from_u32(first).ok_or(Odd);
    }
    *rest = rest.strip_prefix(b"\\u").ok_or(Odd)?;
    let second = digits(rest)?;
    if !(0xDC00..0xE000).contains(&second) {
        return Err(Odd);
    }
    char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(Odd)
}

fn digits(rest: &mut &[u8]) -> Usual<u32> {
    let (digits, after) = rest.split_at_checked(4).ok_or(Odd)?;
    *rest = after;
    digits.iter().try_fold(0, |code, &digit| {
        let value = char::from(digit).to_digit(16).ok_or(Odd)?;
        Ok(code << 4 | value)
    })
}

#[cfg(test)]
mod tests {
    use super::{Scanner, plain, unescape};

    fn string(text: &str) -> Option<String> {
        let mut scanner = Scanner::new(text.as_bytes());
        let found = scanner.string().ok()?;
        scanner.end().ok()?;
        let mut out = Vec::new();
        unescape(found, &mut out).ok()?;
        assert!(found.escaped || out == found.raw);
        Some(String::from_utf8(out).expect("UTF-8"))
    }

    #[test]
    fn finds_the_first_special_byte_wherever_it_is() {
        for special in [b'"', b'\\', 0, 0x1F] {
            for around in [b' ', b'!', b'#', b'[', b']', 0x7F, 0x80, 0xFF, b'\'', b'"' | 0x80] {
                for at in 0..20 {
                    let mut bytes = [around; 20];
                    assert_eq!(plain(&bytes), 20);
                    bytes[at] = special;
                    assert_eq!(plain(&bytes), at);
                }
            }
        }
    }

    #[test]
    fn reads_strings() {
        for (text, value) in [
            (r#""""#, ""),
            (r#" "a" "#, "a"),
            (r#""long enough for words of eight""#, "long enough for words of eight"),
            (r#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r#""\u00e9\u00E9é""#, "ééé"),
            (r#""\u0000x""#, "\0x"),
            (r#""a\ud83d\ude00b""#, "a😀b"),
        ] {
            assert_eq!(string(text).as_deref(), Some(value), "{text}");
        }
    }

    #[test]
    fn refuses_broken_strings() {
        for text in [
            "",
            "\"",
            "\"a",
            "a\"",
            "\"\\\"",
            "\"\\",
            r#""\x""#,
            r#""\u12""#,
            r#""\u12g4""#,
            r#""\u+123""#,
            "\"\n\"",
            "\"\0\"",
            "\"1234567\t\"",
            r#""\ud800""#,
            r#""\udc00\ud800""#,
            r#""\ud800\u0041""#,
            r#""\ud800x""#,
            r#""\ud800\ud800""#,
            r#""a" x"#,
            "'a'",
        ] {
            assert_eq!(string(text), None, "{text}");
        }
    }

    #[test]
    fn passes_marks_and_words() {
        let mut scanner = Scanner::new(b" [ true ,false]\r\n");
        assert!(scanner.expect(b'[').is_ok());
        assert!(!scanner.passes(b']').unwrap_or(true));
        assert!(scanner.word(b"true").is_ok());
        assert!(matches!(scanner.goes_on(b']'), Ok(true)));
        assert!(scanner.word(b"null").is_err());
        assert!(scanner.word(b"false").is_ok());
        assert!(matches!(scanner.goes_on(b']'), Ok(false)));
        assert!(scanner.end().is_ok());
        assert!(scanner.peek().is_err());
    }
}
