//! Base64 as ProtoJSON has it: either alphabet, and with all its padding or with none.

use crate::odd::{Odd, Usual};

const NONE: u8 = 0xFF;
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut found = [NONE; 256];
    let mut at = 0;
    while at < 64 {
        found[alphabet[at] as usize] = at as u8;
        at += 1;
    }
    found[b'-' as usize] = 62;
    found[b'_' as usize] = 63;
    found
}

/// The bytes that a text stands for, written over what is in `out`. Bits left over are dropped.
pub fn decode<'a>(text: &[u8], out: &'a mut Vec<u8>) -> Usual<&'a [u8]> {
    let bare = bare(text)?;
    let fours = bare.chunks_exact(4);
    let rest = fours.remainder();
    out.resize(bare.len() / 4 * 3 + 3, 0);
    let mut wrong = 0;
    for (four, three) in fours.zip(out.chunks_exact_mut(3)) {
        let [a, b, c, d] = [0, 1, 2, 3].map(|at| value(four[at]));
        wrong |= a | b | c | d;
        three.copy_from_slice(&[a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
    }
    let mut last = [0; 3];
    for (to, &from) in last.iter_mut().zip(rest) {
        *to = value(from);
        wrong |= *to;
    }
    // Only values of other characters have the two high bits.
    if wrong & 0xC0 != 0 {
        return Err(Odd);
    }
    let end = out.len() - 3;
    out[end..].copy_from_slice(&[last[0] << 2 | last[1] >> 4, last[1] << 4 | last[2] >> 2, 0]);
    Ok(&out[..end + rest.len().saturating_sub(1)])
}

/// The text without its padding, which must be all or none.
fn bare(text: &[u8]) -> Usual<&[u8]> {
    let given = text.iter().rev().take_while(|&&byte| byte == b'=').count();
    let bare = &text[..text.len() - given];
    let wanted = (4 - bare.len() % 4) % 4;
    if wanted == 3 || (given != 0 && given != wanted) {
        return Err(Odd);
    }
    Ok(bare)
}

#[inline]
fn value(character: u8) -> u8 {
    VALUES[usize::from(character)]
}

#[cfg(test)]
mod tests {
    use super::decode;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        let mut out = vec![1; 100];
        decode(text.as_bytes(), &mut out).ok().map(<[u8]>::to_vec)
    }

    #[test]
    fn reads_both_alphabets_with_and_without_padding() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("AA==", b"\0"),
            ("AA", b"\0"),
            ("AAA=", b"\0\0"),
            ("AAA", b"\0\0"),
            ("AAAA", b"\0\0\0"),
            ("+/8=", b"\xFB\xFF"),
            ("-_8", b"\xFB\xFF"),
            ("+_8=", b"\xFB\xFF"),
            ("AB==", b"\0"),
            ("/////w", b"\xFF\xFF\xFF\xFF"),
            ("bGl2ZWtpdA==", b"livekit"),
        ] {
            assert_eq!(decoded(text).as_deref(), Some(bytes), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "A", "A===", "AA=", "AAA==", "AAAA=", "AAAA====", "A A=", "AA==A", "=", "AA\n", "A?AA",
            "AAé", "A=A=", "====",
        ] {
            assert_eq!(decoded(text), None, "{text}");
        }
    }
}
