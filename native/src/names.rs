//! Dicts by the names of a schema, in which every name of a JSON text is looked up.

/// What tells texts of up to 16 bytes apart: their length, their first and their last eight bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ends {
    head: u64,
    tail: u64,
    length: usize,
}

/// The longest text that its ends are all of.
pub const WHOLE: usize = 16;

impl Ends {
    /// The ends of a text; they overlap in a short one.
    #[inline]
    pub fn of(text: &[u8]) -> Self {
        let length = text.len();
        let (head, tail) = if let (Some(head), Some(tail)) = (text.first_chunk(), text.last_chunk())
        {
            (u64::from_le_bytes(*head), u64::from_le_bytes(*tail))
        } else if let (Some(head), Some(tail)) = (text.first_chunk(), text.last_chunk()) {
            let (head, tail) = (u32::from_le_bytes(*head), u32::from_le_bytes(*tail));
            (head.into(), tail.into())
        } else {
            let all = text.iter().fold(0, |all, byte| all << 8 | u64::from(*byte));
            (all, 0)
        };
        Ends { head, tail, length }
    }

    /// A hash, best in its high bits. It is quick, and for texts that nobody can choose, or where
    /// equal hashes do no harm.
    #[inline]
    pub fn hash(&self) -> u64 {
        (self.head ^ self.tail.rotate_left(29) ^ self.length as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

/// A dict by names that a schema has, made once.
pub struct Names<T> {
    entries: Vec<(Ends, Box<[u8]>, T)>,
    /// Indexes of entries, each at its hash or in the first free place behind. Half of them are free.
    places: Vec<u32>,
    /// How far to shift a hash, to have its highest bits.
    shift: u32,
}

const FREE: u32 = u32::MAX;

impl<T> FromIterator<(Box<[u8]>, T)> for Names<T> {
    fn from_iter<I: IntoIterator<Item = (Box<[u8]>, T)>>(items: I) -> Self {
        let items = items.into_iter();
        let entries: Vec<_> = items.map(|(name, value)| (Ends::of(&name), name, value)).collect();
        let size = (2 * entries.len()).next_power_of_two().max(2);
        let mut names =
            Names { places: vec![FREE; size], shift: u64::BITS - size.trailing_zeros(), entries };
        for index in 0..names.entries.len() {
            let mut place = names.place(&names.entries[index].0);
            while names.places[place] != FREE {
                place = names.next(place);
            }
            names.places[place] = index as u32;
        }
        names
    }
}

impl<T> Names<T> {
    fn place(&self, ends: &Ends) -> usize {
        (ends.hash() >> self.shift) as usize
    }

    fn next(&self, place: usize) -> usize {
        (place + 1) & (self.places.len() - 1)
    }

    /// What has a name.
    #[inline]
    pub fn get(&self, name: &[u8]) -> Option<&T> {
        let ends = Ends::of(name);
        let mut place = self.place(&ends);
        loop {
            // A free place is no index of an entry.
            let (found, whole, value) = self.entries.get(self.places[place] as usize)?;
            if *found == ends && (name.len() <= WHOLE || **whole == *name) {
                return Some(value);
            }
            place = self.next(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, Names};

    fn names(all: &[&str]) -> Names<usize> {
        let all = all.iter().enumerate();
        all.map(|(at, name)| (name.as_bytes().into(), at)).collect()
    }

    #[test]
    fn finds_each_name_and_no_other() {
        let some: Vec<String> = (0..300).map(|at| "ab".repeat(at % 20) + &at.to_string()).collect();
        let all: Vec<&str> = some.iter().map(String::as_str).collect();
        let found = names(&all);
        for (at, name) in all.iter().enumerate() {
            assert_eq!(found.get(name.as_bytes()), Some(&at), "{name}");
            let other = format!("{name}?");
            assert_eq!(found.get(other.as_bytes()), None, "{other}");
        }
        assert_eq!(found.get(b""), None);
        assert_eq!(names(&[]).get(b"a"), None);
        assert_eq!(names(&[""]).get(b""), Some(&0));
    }

    #[test]
    fn tells_long_names_apart_by_their_middle() {
        let found = names(&["aaaaaaaa1bbbbbbbb", "aaaaaaaa2bbbbbbbb"]);
        assert_eq!(found.get(b"aaaaaaaa1bbbbbbbb"), Some(&0));
        assert_eq!(found.get(b"aaaaaaaa2bbbbbbbb"), Some(&1));
        assert_eq!(found.get(b"aaaaaaaa3bbbbbbbb"), None);
    }

    #[test]
    fn ends_tell_short_texts_apart() {
        let texts = [
            "",
            "\0",
            "a",
            "b",
            "aa",
            "ab",
            "aba",
            "aca",
            "abc",
            "abcd",
            "a\0\0\0",
            "abcdefgh",
            "abcdefghi",
        ];
        for (at, left) in texts.iter().enumerate() {
            for right in &texts[..at] {
                assert_ne!(Ends::of(left.as_bytes()), Ends::of(right.as_bytes()));
            }
        }
    }
}
