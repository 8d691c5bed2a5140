//! A buffer that is filled from its end to its start.
//!
//! In binary format a length comes before what it counts. Written backwards, the content is there
//! first, so its length is known and nothing is moved or measured beforehand.
//!
//! Tags and numbers are written as words of eight bytes, of which the last ones count: the others
//! are overwritten by what comes next. That takes one store, whatever the number of bytes.

use crate::odd::{Odd, Usual};

/// Bytes of a new buffer; most messages of LiveKit fit.
const FIRST: usize = 4096;
/// Bytes that are always left at the start, so that a word has room there.
const SPARE: usize = 8;

/// Up to eight bytes, at the end of a word.
#[derive(Clone, Copy, Debug)]
pub struct Few {
    word: u64,
    count: u8,
}

impl Few {
    /// No bytes: the tag of items in a packed record.
    pub const NONE: Few = Few { word: 0, count: 0 };

    /// A number below 2 to the 56 as a varint.
    #[inline]
    fn varint(number: u64) -> Self {
        debug_assert!(number < 1 << 56);
        // Groups of seven bits move apart, until each has a byte of its own.
        let mut word = (number & 0x0fff_ffff) | (number & 0x00ff_ffff_f000_0000) << 4;
        word = (word & 0x0000_3fff_0000_3fff) | (word & 0x0fff_c000_0fff_c000) << 2;
        word = (word & 0x007f_007f_007f_007f) | (word & 0x3f80_3f80_3f80_3f80) << 1;
        let last = (63 - (number | 1).leading_zeros()) / 7;
        // All bytes but the last one say that another follows.
        word |= 0x8080_8080_8080_8080 & ((1 << (8 * last)) - 1);
        Few { word: word << (56 - 8 * last), count: last as u8 + 1 }
    }

    /// These bytes, and up to seven others behind them; all together are eight at most.
    #[inline]
    fn with(self, last: Self) -> Self {
        Few { word: self.word >> (8 * last.count) | last.word, count: self.count + last.count }
    }

    /// The number of a tag as a varint.
    pub fn tag(code: u32) -> Self {
        Self::varint(code.into())
    }
}

/// A buffer in use: what is written is `data[start..]`, and `start` is at least `SPARE`.
pub struct Backwards {
    data: Vec<u8>,
    start: usize,
}

impl Backwards {
    /// Nothing yet, in a buffer that an earlier message has left, or a new one.
    pub fn reusing(mut data: Vec<u8>) -> Usual<Self> {
        if data.is_empty() {
            data = zeroed(FIRST)?;
        }
        Ok(Self { start: data.len(), data })
    }

    /// Its buffer, for another message.
    pub fn into_buffer(self) -> Vec<u8> {
        self.data
    }

    /// What has been written.
    pub fn written(&self) -> &[u8] {
        self.data.get(self.start..).unwrap_or_default()
    }

    /// The number of bytes written.
    #[inline]
    pub fn len(&self) -> usize {
        self.data.len() - self.start
    }

    /// Writes bytes before what is there.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) -> Usual<()> {
        let count = bytes.len();
        if self.start < count + SPARE {
            self.grow(count)?;
        }
        self.start -= count;
        copy(&mut self.data[self.start..self.start + count], bytes);
        Ok(())
    }

    /// Writes up to eight bytes.
    #[inline(always)]
    pub fn few(&mut self, few: Few) -> Usual<()> {
        let place = self.data[..self.start].last_chunk_mut();
        *place.ok_or(Odd)? = few.word.to_le_bytes();
        self.start -= usize::from(few.count);
        if self.start < SPARE {
            self.grow(0)?;
        }
        Ok(())
    }

    /// Writes a varint after a tag.
    #[inline(always)]
    pub fn varint(&mut self, tag: Few, number: u64) -> Usual<()> {
        if number < 0x80 {
            self.few(tag.with(Few { word: number << 56, count: 1 }))
        } else if number < 0x4000 {
            self.few(
                tag.with(Few {
                    word: (number & 0x7f | 0x80) << 48 | (number >> 7) << 56,
                    count: 2,
                }),
            )
        } else {
            self.long_varint(tag, number)
        }
    }

    fn long_varint(&mut self, tag: Few, number: u64) -> Usual<()> {
        if number >= 1 << 56 {
            self.longest(number)?;
            return self.few(tag);
        }
        let number = Few::varint(number);
        if number.count < 8 && tag.count + number.count <= 8 {
            return self.few(tag.with(number));
        }
        self.few(number)?;
        self.few(tag)
    }

    /// Writes a varint of nine or ten bytes.
    #[cold]
    fn longest(&mut self, number: u64) -> Usual<()> {
        let top = number >> 56;
        self.few(Few::varint(top))?;
        let mut below = [0; 8];
        for (byte, shift) in below.iter_mut().zip((0..).step_by(7)) {
            *byte = (number >> shift) as u8 | 0x80;
        }
        self.put(&below)
    }

    /// Writes a tag and a length: the number of bytes written since there were `before`.
    #[inline]
    pub fn size_since(&mut self, tag: Few, before: usize) -> Usual<()> {
        self.varint(tag, (self.len() - before) as u64)
    }

    /// Makes the buffer larger by `count` bytes at least, and by its own size, so that all copies
    /// together stay linear.
    #[cold]
    fn grow(&mut self, count: usize) -> Usual<()> {
        let more = (count + SPARE).max(self.data.len());
        let length = self.data.len().checked_add(more).ok_or(Odd)?;
        let mut data = zeroed(length)?;
        data[self.start + more..].copy_from_slice(&self.data[self.start..]);
        self.start += more;
        self.data = data;
        Ok(())
    }
}

/// Zeros, or a refusal if there is not enough memory: the exact codec then says so.
fn zeroed(length: usize) -> Usual<Vec<u8>> {
    let mut data = Vec::new();
    data.try_reserve_exact(length).map_err(|_| Odd)?;
    data.resize(length, 0);
    Ok(data)
}

/// Copies bytes to a place of the same length. A few are quicker without a call: those at the start
/// and those at the end, which may overlap.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        16..=32 => copy_ends::<16>(to, from),
        8..16 => copy_ends::<8>(to, from),
        4..8 => copy_ends::<4>(to, from),
        33..=64 => copy_ends::<32>(to, from),
        2..4 => copy_ends::<2>(to, from),
        _ => to.copy_from_slice(from),
    }
}

#[inline]
fn copy_ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(first), Some(last)) = (from.first_chunk::<N>(), from.last_chunk::<N>()) {
        if let Some(place) = to.first_chunk_mut() {
            *place = *first;
        }
        if let Some(place) = to.last_chunk_mut() {
            *place = *last;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written with a tag of the byte 8, without that tag.
    fn varint(number: u64) -> Vec<u8> {
        let mut out = Backwards::reusing(Vec::new()).unwrap();
        out.varint(Few::tag(8), number).unwrap();
        assert_eq!(out.written()[0], 8);
        out.written()[1..].to_vec()
    }

    #[test]
    fn numbers_are_written_in_as_few_bytes_as_they_need() {
        assert_eq!(varint(0), [0]);
        assert_eq!(varint(127), [127]);
        assert_eq!(varint(128), [0x80, 1]);
        assert_eq!(varint(300), [0xac, 2]);
        assert_eq!(varint(u64::MAX), [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    }

    #[test]
    fn each_number_of_bytes_ends_where_the_next_begins() {
        for bits in (7..64).step_by(7) {
            let number = 1 << bits;
            assert_eq!(varint(number - 1).len(), bits / 7);
            assert_eq!(varint(number).len(), bits / 7 + 1);
            let read = |sum, byte: &u8| sum << 7 | u64::from(byte & 0x7f);
            assert_eq!(varint(number + 5).iter().rev().fold(0, read), number + 5);
        }
    }

    #[test]
    fn numbers_without_a_tag_may_fill_a_word() {
        for number in [(1 << 49) - 1, 1 << 49, (1 << 56) - 1, 1 << 56] {
            let mut out = Backwards::reusing(Vec::new()).unwrap();
            out.varint(Few::NONE, number).unwrap();
            assert_eq!(out.written(), varint(number));
        }
    }

    #[test]
    fn what_outgrows_the_buffer_stays_in_order() {
        let mut out = Backwards::reusing(Vec::new()).unwrap();
        let piece = [1, 2, 3];
        for _ in 0..10_000 {
            out.put(&piece).unwrap();
        }
        out.varint(Few::tag(9), 8).unwrap();
        assert_eq!(out.len(), 30_002);
        assert_eq!(out.written()[..2], [9, 8]);
        assert!(out.written()[2..].chunks(3).all(|each| each == piece));
    }

    #[test]
    fn a_buffer_filled_by_words_alone_grows_too() {
        let mut out = Backwards::reusing(Vec::new()).unwrap();
        for _ in 0..FIRST {
            out.few(Few::tag(1 << 14)).unwrap();
        }
        assert!(out.written().chunks(3).all(|each| each == [0x80, 0x80, 1]));
        assert_eq!(out.len(), 3 * FIRST);
    }

    #[test]
    fn bytes_of_any_length_are_copied_whole() {
        let bytes: Vec<u8> = (0..100).collect();
        for length in 0..bytes.len() {
            let mut out = Backwards::reusing(Vec::new()).unwrap();
            out.put(&bytes[..length]).unwrap();
            assert_eq!(out.written(), &bytes[..length]);
        }
    }
}
