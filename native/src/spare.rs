//! Buffers that are kept from one message to the next, because to allocate one takes as long as a
//! small message.

use pyo3::prelude::*;

use crate::object::Global;

/// The buffer of the last message, unless it is in use or grew too large.
pub struct Spare<T> {
    buffer: Global<Vec<T>>,
    most: usize,
}

impl<T> Spare<T> {
    /// No buffer yet. One with room for more than `most` items is not kept, so that one large
    /// message does not cost memory for ever.
    pub const fn new(most: usize) -> Self {
        Spare { buffer: Global::new(Vec::new()), most }
    }

    /// The buffer, or a new one where calls nest. It has what the last message left in it.
    #[inline]
    pub fn take(&self, py: Python<'_>) -> Vec<T> {
        self.buffer.with(py, std::mem::take)
    }

    /// Keep a buffer. Its items must not be objects of Python, for those are dropped with care.
    #[inline]
    pub fn give(&self, py: Python<'_>, mut buffer: Vec<T>) {
        if buffer.capacity() <= self.most {
            self.buffer.with(py, |kept| std::mem::swap(kept, &mut buffer));
        }
    }
}
