//! Reads plain JSON quickly: no escapes, no control characters, few keys. What is not so plain, or wrong, is left to `serde_json`, which says what is the matter.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::node::{Entry, Node};

/// More keys than this are not compared with each other here.
const MAX_PLAIN_KEYS: usize = 24;

/// Names and values of an object; `None` where it is not plain.
pub(crate) fn object(text: &str) -> Option<Vec<Entry<'_>>> {
    let mut at = Cursor { text, at: 0 };
    let mut fields: Vec<Entry<'_>> = Vec::with_capacity(10);
    at.blanks();
    at.eat(b'{')?;
    at.blanks();
    if at.eat(b'}').is_none() {
        loop {
            at.blanks();
            let key = at.text()?;
            if fields.len() == MAX_PLAIN_KEYS || fields.iter().any(|(other, _)| other == key) {
                return None;
            }
            at.blanks();
            at.eat(b':')?;
            at.blanks();
            fields.push((Cow::Borrowed(key), at.node()?));
            at.blanks();
            if at.eat(b',').is_none() {
                break;
            }
        }
        at.eat(b'}')?;
    }
    at.end()?;
    Some(fields)
}

/// Values of a list; `None` where it is not plain.
pub(crate) fn list(text: &str, most: usize) -> Option<Vec<Node<'_>>> {
    let mut at = Cursor { text, at: 0 };
    let mut items = Vec::new();
    at.eat(b'[')?;
    at.blanks();
    if at.eat(b']').is_none() {
        loop {
            at.blanks();
            if items.len() == most {
                return None;
            }
            items.push(at.node()?);
            at.blanks();
            if at.eat(b',').is_none() {
                break;
            }
        }
        at.eat(b']')?;
    }
    at.end()?;
    Some(items)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek() == Some(byte)).then(|| self.at += 1)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn end(&mut self) -> Option<()> {
        self.blanks();
        self.peek().is_none().then_some(())
    }

    /// A text in quotes.
    fn text(&mut self) -> Option<&'a str> {
        self.eat(b'"')?;
        let rest = self.text.as_bytes().get(self.at..)?;
        let length = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))?;
        let text = self.text.get(self.at..self.at + length)?;
        self.at += length;
        self.eat(b'"')?;
        Some(text)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then(|| self.at += word.len())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<&'a str> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.eat(b'0').is_none() {
            self.digits()?;
        }
        if self.eat(b'.').is_some() {
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        self.text.get(start..self.at)
    }

    fn node(&mut self) -> Option<Node<'a>> {
        Some(match self.peek()? {
            b'"' => Node::Text(Cow::Borrowed(self.text()?)),
            b'{' | b'[' => {
                let start = self.at;
                self.pass(1)?;
                Node::Json(self.text.get(start..self.at)?)
            }
            b't' => {
                self.word("true")?;
                Node::Bool(true)
            }
            b'f' => {
                self.word("false")?;
                Node::Bool(false)
            }
            b'n' => {
                self.word("null")?;
                Node::Null
            }
            _ => Node::Number(Cow::Borrowed(self.number()?)),
        })
    }

    /// Passes over a list or an object, and what is inside.
    fn pass(&mut self, depth: usize) -> Option<()> {
        if depth >= MAX_DEPTH {
            return None;
        }
        let (open, close) = if self.peek()? == b'{' { (b'{', b'}') } else { (b'[', b']') };
        self.eat(open)?;
        self.blanks();
        if self.eat(close).is_some() {
            return Some(());
        }
        loop {
            self.blanks();
            if open == b'{' {
                self.text()?;
                self.blanks();
                self.eat(b':')?;
                self.blanks();
            }
            match self.peek()? {
                b'{' | b'[' => self.pass(depth + 1)?,
                _ => drop(self.node()?),
            }
            self.blanks();
            if self.eat(b',').is_none() {
                return self.eat(close);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_json_is_read() {
        let found = object(r#" { "a" : "x", "b":-1.50e+2 ,"c":[{"d":"]"}, []],"e":null,"f":true,"g":{}} "#);
        let expected = [
            ("a", Node::Text("x".into())),
            ("b", Node::Number("-1.50e+2".into())),
            ("c", Node::Json(r#"[{"d":"]"}, []]"#)),
            ("e", Node::Null),
            ("f", Node::Bool(true)),
            ("g", Node::Json("{}")),
        ];
        assert_eq!(found, Some(expected.map(|(key, node)| (Cow::Borrowed(key), node)).to_vec()));
        assert_eq!(list("[1, \"a\" ]", 2), Some(vec![Node::Number("1".into()), Node::Text("a".into())]));
        assert_eq!((object("{}"), list("[ ]", 1)), (Some(Vec::new()), Some(Vec::new())));
    }

    #[test]
    fn what_is_not_plain_or_wrong_is_left() {
        for text in [
            "",
            "{",
            "[]",
            "{\"a\"}",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":+1}",
            "{\"a\":\"\\n\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":[1,]}",
            "{\"a\":[1}",
            "{\"a\":{\"b\"}}",
            "{\"a\":nul}",
            "{a:1}",
            "{\"a\":1e}",
            "{\"a\":-}",
            "{,}",
            "{\"a\":tru e}",
        ] {
            assert_eq!(object(text), None, "{text}");
        }
        assert_eq!(list("[1,2]", 1), None);
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
        assert_eq!(object(&deep), None);
    }
}
