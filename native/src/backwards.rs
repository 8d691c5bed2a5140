//! A buffer that is filled from its end to its start.
//!
//! In binary format a length comes before what it counts. Written backwards, the content is there
//! first, so its length is known and nothing is moved or measured beforehand.

use std::cell::Cell;

use crate::odd::{Odd, Usual};

/// Bytes of a new buffer; most messages of LiveKit fit.
const FIRST: usize = 4096;
/// A buffer that grew beyond this is freed after use.
const KEPT: usize = 1 << 16;
/// The most bytes of a varint.
const LONGEST: usize = 10;

thread_local! {
    /// The buffer of the last message. It is taken while in use, so calls may nest.
    static POOL: Cell<Option<Box<[u8]>>> = const { Cell::new(None) };
}

/// A buffer in use: what is written is `data[start..]`.
pub struct Backwards {
    data: Box<[u8]>,
    start: usize,
}

impl Backwards {
    /// An empty buffer, the pooled one if it is free.
    pub fn take() -> Usual<Self> {
        let data = match POOL.take() {
            Some(data) => data,
            None => zeroed(FIRST)?,
        };
        Ok(Self {
            start: data.len(),
            data,
        })
    }

    /// Gives the buffer back to the pool.
    pub fn give(self) {
        if self.data.len() <= KEPT {
            POOL.set(Some(self.data));
        }
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

    /// Forgets all but the first `length` bytes that were written.
    #[inline]
    pub fn rewind(&mut self, length: usize) {
        self.start = self.data.len() - length.min(self.data.len());
    }

    /// Writes bytes before what is there.
    #[inline]
    pub fn put(&mut self, bytes: &[u8]) -> Usual<()> {
        self.room(bytes.len())?.copy_from_slice(bytes);
        Ok(())
    }

    /// Writes one byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) -> Usual<()> {
        if self.start == 0 {
            self.grow(1)?;
        }
        self.start -= 1;
        self.data[self.start] = byte;
        Ok(())
    }

    /// Writes a number as a varint.
    #[inline]
    pub fn varint(&mut self, number: u64) -> Usual<()> {
        if number < 0x80 {
            return self.byte(number as u8);
        }
        self.long_varint(number)
    }

    fn long_varint(&mut self, mut number: u64) -> Usual<()> {
        let mut bytes = [0; LONGEST];
        let mut count = 0;
        for byte in &mut bytes {
            *byte = number as u8 | 0x80;
            number >>= 7;
            count += 1;
            if number == 0 {
                *byte &= 0x7f;
                break;
            }
        }
        self.put(&bytes[..count])
    }

    /// Writes a length: the number of bytes written since there were `before`.
    #[inline]
    pub fn size_since(&mut self, before: usize) -> Usual<()> {
        self.varint((self.len() - before) as u64)
    }

    /// The next `count` bytes before what is there.
    #[inline]
    fn room(&mut self, count: usize) -> Usual<&mut [u8]> {
        if count > self.start {
            self.grow(count)?;
        }
        let end = self.start;
        self.start = end - count;
        Ok(&mut self.data[end - count..end])
    }

    /// Makes the buffer larger by `count` bytes at least, and by its own size, so that all copies
    /// together stay linear.
    #[cold]
    fn grow(&mut self, count: usize) -> Usual<()> {
        let more = count.max(self.data.len());
        let length = self.data.len().checked_add(more).ok_or(Odd)?;
        let mut data = zeroed(length)?;
        data[self.start + more..].copy_from_slice(&self.data[self.start..]);
        self.start += more;
        self.data = data;
        Ok(())
    }
}

/// Zeros, or a refusal if there is not enough memory: the exact codec then says so.
fn zeroed(length: usize) -> Usual<Box<[u8]>> {
    let mut data = Vec::new();
    data.try_reserve_exact(length).map_err(|_| Odd)?;
    data.resize(length, 0);
    Ok(data.into_boxed_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varint(number: u64) -> Vec<u8> {
        let mut out = Backwards::take().ok().unwrap();
        out.varint(number).ok().unwrap();
        out.written().to_vec()
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
    fn what_outgrows_the_buffer_stays_in_order() {
        let mut out = Backwards::take().ok().unwrap();
        let piece = [1, 2, 3];
        for _ in 0..10_000 {
            out.put(&piece).ok().unwrap();
        }
        out.byte(9).ok().unwrap();
        assert_eq!(out.len(), 30_001);
        assert_eq!(out.written()[0], 9);
        assert!(out.written()[1..].chunks(3).all(|each| each == piece));
    }

    #[test]
    fn what_was_written_last_can_be_taken_back() {
        let mut out = Backwards::take().ok().unwrap();
        out.put(b"kept").ok().unwrap();
        let before = out.len();
        out.varint(1 << 40).ok().unwrap();
        out.rewind(before);
        assert_eq!(out.written(), b"kept");
    }
}
