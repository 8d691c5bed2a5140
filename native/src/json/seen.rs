//! What an object of JSON had so far, to refuse what comes twice.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::odd::{Odd, Usual};

/// Names that are compared one with the other before there is a set of them.
const FEW: usize = 16;

/// Names of one object, each of them once.
#[derive(Default)]
pub struct Distinct<'a> {
    few: Vec<Cow<'a, [u8]>>,
    more: Option<HashSet<Cow<'a, [u8]>>>,
}

impl<'a> Distinct<'a> {
    /// Add a name. Refuses one that is there.
    pub fn add(&mut self, name: Cow<'a, [u8]>) -> Usual<()> {
        if self.few.contains(&name) {
            return Err(Odd);
        }
        if self.few.len() < FEW {
            self.few.push(name);
        } else if !self.more.get_or_insert_default().insert(name) {
            return Err(Odd);
        }
        Ok(())
    }
}

/// The fields that an object had, by their indexes, and its unknown names.
///
/// It is small, because each level of messages has one on the stack.
#[derive(Default)]
pub struct Seen<'a> {
    first: u64,
    rest: Option<Box<Rest<'a>>>,
}

#[derive(Default)]
struct Rest<'a> {
    fields: Vec<u64>,
    names: Distinct<'a>,
}

impl<'a> Seen<'a> {
    /// Add a field. Refuses one that is there.
    #[inline]
    pub fn field(&mut self, index: usize) -> Usual<()> {
        let word = if index < 64 { &mut self.first } else { self.far(index / 64 - 1) };
        let bit = 1 << (index % 64);
        if *word & bit != 0 {
            return Err(Odd);
        }
        *word |= bit;
        Ok(())
    }

    #[inline(never)]
    fn far(&mut self, word: usize) -> &mut u64 {
        let fields = &mut self.rest.get_or_insert_default().fields;
        fields.resize(fields.len().max(word + 1), 0);
        &mut fields[word]
    }

    /// Add an unknown name. Refuses one that is there.
    pub fn name(&mut self, name: Cow<'a, [u8]>) -> Usual<()> {
        self.rest.get_or_insert_default().names.add(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn refuses_a_field_that_comes_again() {
        for index in [0, 1, 63, 64, 65, 127, 128, 1000] {
            let mut seen = Seen::default();
            for each in 0..1001 {
                assert!(seen.field(each).is_ok(), "{each}");
            }
            assert!(seen.field(index).is_err(), "{index}");
        }
    }

    #[test]
    fn refuses_a_name_that_comes_again() {
        let mut seen = Seen::default();
        let names: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        for name in &names {
            assert!(seen.name(name.as_bytes().into()).is_ok(), "{name}");
        }
        for name in &names {
            assert!(seen.name(name.as_bytes().into()).is_err(), "{name}");
        }
    }
}
