//! Values that are not read: unknown ones, and those that Python code reads. Their syntax is checked
//! as well, and that no object has a name twice.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::odd::{Odd, Usual};
use crate::scan::{Scanner, Text, unescape};

/// Names that are compared one with the other before there is a set of them.
const FEW: usize = 16;

/// Names of one object, each of them once.
#[derive(Default)]
pub struct Distinct<'a> {
    few: Vec<Cow<'a, [u8]>>,
    more: Option<Box<HashSet<Cow<'a, [u8]>>>>,
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

/// A name as it is without escapes.
pub fn plain(name: Text<'_>) -> Usual<Cow<'_, [u8]>> {
    if !name.escaped {
        return Ok(Cow::Borrowed(name.raw));
    }
    let mut out = Vec::with_capacity(name.raw.len());
    unescape(name, &mut out)?;
    Ok(Cow::Owned(out))
}

/// Pass a value of at most so many levels of objects and arrays.
pub fn skip(scanner: &mut Scanner, depth: usize) -> Usual<()> {
    match scanner.peek()? {
        b'"' => scanner.string().map(drop),
        b'{' => object(scanner, depth.checked_sub(1).ok_or(Odd)?),
        b'[' => array(scanner, depth.checked_sub(1).ok_or(Odd)?),
        b't' => scanner.word(b"true"),
        b'f' => scanner.word(b"false"),
        b'n' => scanner.word(b"null"),
        _ => scanner.number().map(drop),
    }
}

fn array(scanner: &mut Scanner, depth: usize) -> Usual<()> {
    scanner.expect(b'[')?;
    if scanner.passes(b']')? {
        return Ok(());
    }
    loop {
        skip(scanner, depth)?;
        if !scanner.goes_on(b']')? {
            return Ok(());
        }
    }
}

fn object(scanner: &mut Scanner, depth: usize) -> Usual<()> {
    scanner.expect(b'{')?;
    if scanner.passes(b'}')? {
        return Ok(());
    }
    let mut names = Distinct::default();
    loop {
        names.add(plain(scanner.string()?)?)?;
        scanner.expect(b':')?;
        skip(scanner, depth)?;
        if !scanner.goes_on(b'}')? {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scanner, skip};

    fn is_json(text: &str) -> bool {
        let mut scanner = Scanner::new(text.as_bytes());
        skip(&mut scanner, 3).is_ok() && scanner.end().is_ok()
    }

    #[test]
    fn passes_any_json() {
        for text in [
            "null",
            "true",
            " false ",
            "0",
            "-0",
            "1.5e3",
            "\"\"",
            r#""\ud800""#,
            "[]",
            "[ ]",
            "{}",
            "{ }",
            "[[[]]]",
            "[1,\"a\" , null]",
            r#"{"a":1,"b":{"a":[]}}"#,
            "\t{\"a\" :\n[ { } ]\r}",
        ] {
            assert!(is_json(text), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_json() {
        for text in [
            "",
            "nul",
            "nulll",
            "True",
            "NaN",
            "[NaN]",
            "-Infinity",
            "01",
            "1.",
            "+1",
            "[",
            "[1",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "[1}",
            "{\"a\":1]",
            "1 2",
            "\u{feff}1",
            "\u{a0}1",
        ] {
            assert!(!is_json(text), "{text}");
        }
    }

    #[test]
    fn refuses_duplicate_names_and_depth() {
        assert!(!is_json(r#"{"a":1,"a":1}"#));
        assert!(!is_json(r#"{"a":1,"\u0061":1}"#));
        assert!(!is_json(r#"[{"x":{"é":1,"\u00e9":1}}]"#));
        assert!(!is_json("[[[[]]]]"));
        let names: Vec<String> = (0..1000).map(|number| format!("\"{number}\":1")).collect();
        assert!(is_json(&format!("{{{}}}", names.join(","))));
        for again in [0, 15, 16, 17, 999] {
            let text = format!("{{{},\"{again}\":1}}", names.join(","));
            assert!(!is_json(&text), "{again}");
        }
    }
}
