//! Text under construction: bytes that grow at their end.
//!
//! All of `bytes` is initialised, and `end` says how much of it is text. So a writer may store a
//! whole word and count a part of it, which is faster than copying the part.

use crate::odd::{Odd, Usual};

const FIRST: usize = 1 << 11;

/// A growing text. Each `put` fails only where there is no memory.
#[derive(Default)]
pub struct Sink {
    bytes: Vec<u8>,
    end: usize,
}

impl Sink {
    /// An empty text in a buffer that an earlier one has left.
    pub fn reusing(buffer: Vec<u8>) -> Sink {
        Sink { bytes: buffer, end: 0 }
    }

    /// Its buffer, for another text.
    pub fn into_buffer(self) -> Vec<u8> {
        self.bytes
    }

    /// The text so far.
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.end]
    }

    /// The length of the text so far.
    pub fn len(&self) -> usize {
        self.end
    }

    /// Keep only so many bytes of the text.
    pub fn cut(&mut self, length: usize) {
        self.end = self.end.min(length);
    }

    /// Replace one byte of the text.
    pub fn replace(&mut self, at: usize, byte: u8) {
        self.bytes[..self.end][at] = byte;
    }

    /// Make room for some more bytes.
    #[inline(always)]
    pub fn reserve(&mut self, more: usize) -> Usual<()> {
        if self.bytes.len() - self.end < more {
            self.grow(more)?;
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, more: usize) -> Usual<()> {
        let least = self.end.checked_add(more).ok_or(Odd)?;
        let size = least.max(self.bytes.len().saturating_mul(2)).max(FIRST);
        self.bytes.try_reserve_exact(size - self.bytes.len()).map_err(|_| Odd)?;
        self.bytes.resize(size, 0);
        Ok(())
    }

    /// Append bytes. Short ones are copied as two words that overlap, without a call.
    #[inline(always)]
    pub fn put(&mut self, text: &[u8]) -> Usual<()> {
        let count = text.len();
        self.reserve(count)?;
        let room = &mut self.bytes[self.end..self.end + count];
        if let (8..=16, Some(head), Some(tail)) =
            (count, text.first_chunk::<8>(), text.last_chunk::<8>())
        {
            room[..8].copy_from_slice(head);
            room[count - 8..].copy_from_slice(tail);
        } else if let (17..=32, Some(head), Some(tail)) =
            (count, text.first_chunk::<16>(), text.last_chunk::<16>())
        {
            room[..16].copy_from_slice(head);
            room[count - 16..].copy_from_slice(tail);
        } else {
            room.copy_from_slice(text);
        }
        self.end += count;
        Ok(())
    }

    /// Append one byte.
    #[inline(always)]
    pub fn push(&mut self, byte: u8) -> Usual<()> {
        self.reserve(1)?;
        self.bytes[self.end] = byte;
        self.end += 1;
        Ok(())
    }

    /// Append the first bytes of a word of eight, for which there must be room (see `reserve`).
    #[inline(always)]
    pub fn put_word(&mut self, word: u64, count: usize) {
        self.bytes[self.end..self.end + 8].copy_from_slice(&word.to_le_bytes());
        self.end += count;
    }

    /// Append a number of bytes, which the caller fills.
    #[inline(always)]
    pub fn take(&mut self, count: usize) -> Usual<&mut [u8]> {
        self.reserve(count)?;
        let room = &mut self.bytes[self.end..self.end + count];
        self.end += count;
        Ok(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length_are_appended_as_they_are() {
        let all: Vec<u8> = (0..=255).collect();
        for count in 0..all.len() {
            let mut sink = Sink::default();
            sink.push(b'<').unwrap();
            sink.put(&all[..count]).unwrap();
            sink.push(b'>').unwrap();
            assert_eq!(sink.text(), [b"<", &all[..count], b">"].concat());
        }
    }

    #[test]
    fn nothing_of_an_earlier_text_is_in_the_next_one() {
        let mut sink = Sink::default();
        sink.put(&[b'x'; 5000]).unwrap();
        let mut next = Sink::reusing(sink.into_buffer());
        next.push(b'y').unwrap();
        next.put(b"z").unwrap();
        assert_eq!(next.text(), b"yz");
    }

    #[test]
    fn a_text_that_is_cut_goes_on_from_there() {
        let mut sink = Sink::default();
        sink.put(b"abc").unwrap();
        sink.cut(1);
        sink.push(b'd').unwrap();
        assert_eq!(sink.text(), b"ad");
    }
}
