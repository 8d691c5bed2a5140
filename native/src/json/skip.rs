//! Values that are not read: unknown ones, and those that Python code reads. Their syntax is checked
//! as well, and that no object has a name twice.

use std::borrow::Cow;

use crate::json::scan::{Scanner, Text, unescape};
use crate::json::seen::Distinct;
use crate::odd::{Odd, Usual};

/// A name as it is without escapes.
pub fn plain(name: Text<'_>) -> Usual<Cow<'_, [u8]>> {
    if !name.escaped {
        return Ok(Cow::Borrowed(name.raw));
    }
    let mut out = Vec::with_capacity(name.raw.len());
    unescape(name, &mut out)?;
    Ok(Cow::Owned(out))
}

/// An object or array that is not complete.
enum Level<'a> {
    Object(Distinct<'a>),
    Array,
}

/// Pass a value of at most so many levels of objects and arrays. Stacks may be small, so it does not
/// recurse.
pub fn skip(scanner: &mut Scanner, depth: usize) -> Usual<()> {
    let mut levels = Vec::new();
    loop {
        if let Some(mut level) = opened(scanner)? {
            if levels.len() == depth {
                return Err(Odd);
            }
            if !scanner.passes(level.close())? {
                level.start(scanner)?;
                levels.push(level);
                continue;
            }
        }
        // Behind a value.
        loop {
            let Some(level) = levels.last_mut() else {
                return Ok(());
            };
            if scanner.goes_on(level.close())? {
                level.start(scanner)?;
                break;
            }
            levels.pop();
        }
    }
}

/// Pass a value, or only the bracket that opens it.
fn opened<'a>(scanner: &mut Scanner<'a>) -> Usual<Option<Level<'a>>> {
    match scanner.peek()? {
        b'{' => {
            return scanner.expect(b'{').map(|()| Some(Level::Object(Distinct::default())));
        }
        b'[' => return scanner.expect(b'[').map(|()| Some(Level::Array)),
        b'"' => drop(scanner.string()?),
        b't' => scanner.word(b"true")?,
        b'f' => scanner.word(b"false")?,
        b'n' => scanner.word(b"null")?,
        _ => drop(scanner.number()?),
    }
    Ok(None)
}

impl<'a> Level<'a> {
    /// Pass what is before a value: the name, in an object.
    fn start(&mut self, scanner: &mut Scanner<'a>) -> Usual<()> {
        match self {
            Level::Object(names) => {
                names.add(plain(scanner.string()?)?)?;
                scanner.expect(b':')
            }
            Level::Array => Ok(()),
        }
    }

    fn close(&self) -> u8 {
        match self {
            Level::Object(_) => b'}',
            Level::Array => b']',
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
