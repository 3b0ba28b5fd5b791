//! Reads JSON that is well formed, in one pass and mostly without copies. What is wrong, or has more keys than usual, is left to `serde_json`,
//! which says what is the matter.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::node::{Entry, Node};
use super::scan::plain_length;

/// More keys than this are not compared with each other here.
const MAX_QUICK_KEYS: usize = 64;

/// Names and values of an object; `None` where it is not well formed or two keys are the same.
pub(crate) fn object(text: &str) -> Option<Vec<Entry<'_>>> {
    let mut at = Cursor { text, at: 0 };
    let mut fields = Vec::with_capacity(10);
    at.blanks();
    at.object(&mut fields)?;
    at.end()?;
    Some(fields)
}

/// Values of a list, at most so many; `None` where it is not well formed.
pub(crate) fn list(text: &str, most: usize) -> Option<Vec<Node<'_>>> {
    let mut at = Cursor { text, at: 0 };
    let mut items = Vec::new();
    at.list(|at| {
        items.push(at.node()?);
        (items.len() <= most).then_some(())
    })?;
    at.end()?;
    Some(items)
}

/// Hands each object of a list to `each`; `None` where the list is not well formed, holds something else, or `each` says so.
pub(crate) fn objects<'a>(text: &'a str, mut each: impl FnMut(&[Entry<'a>]) -> Option<()>) -> Option<()> {
    let mut at = Cursor { text, at: 0 };
    let mut fields = Vec::with_capacity(10);
    at.list(|at| {
        fields.clear();
        at.object(&mut fields)?;
        each(&fields)
    })?;
    at.end()
}

/// The keys of an object so far, as a set that may take a new one for an old one but never the other way round.
#[derive(Default)]
struct Seen(u64);

impl Seen {
    /// Adds a key; whether it may have been there before.
    fn add(&mut self, key: &str) -> bool {
        let bytes = key.as_bytes();
        let ends =
            bytes.first().zip(bytes.last()).map_or(0, |(first, last)| usize::from(*first) + 5 * usize::from(*last));
        let bit = 1 << ((ends + 11 * bytes.len()) % 64);
        let before = self.0 & bit != 0;
        self.0 |= bit;
        before
    }
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

    fn object(&mut self, fields: &mut Vec<Entry<'a>>) -> Option<()> {
        let mut seen = Seen::default();
        self.items(b'{', b'}', |at| {
            let key = at.text()?;
            let twice = seen.add(&key) && fields.iter().any(|(other, _)| *other == key);
            if twice || fields.len() == MAX_QUICK_KEYS {
                return None;
            }
            at.colon()?;
            let node = at.node()?;
            fields.push((key, node));
            Some(())
        })
    }

    fn list(&mut self, each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.items(b'[', b']', each)
    }

    /// What stands between brackets, with commas in between.
    fn items(&mut self, open: u8, close: u8, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.eat(open)?;
        self.blanks();
        if self.eat(close).is_some() {
            return Some(());
        }
        loop {
            each(self)?;
            self.blanks();
            if self.eat(b',').is_none() {
                return self.eat(close);
            }
            self.blanks();
        }
    }

    fn colon(&mut self) -> Option<()> {
        self.blanks();
        self.eat(b':')?;
        self.blanks();
        Some(())
    }

    /// A text in quotes.
    fn text(&mut self) -> Option<Cow<'a, str>> {
        self.eat(b'"')?;
        let start = self.at;
        self.plain();
        let text = self.text.get(start..self.at)?;
        match self.peek()? {
            b'"' => {
                self.at += 1;
                Some(Cow::Borrowed(text))
            }
            b'\\' => self.escaped(text).map(Cow::Owned),
            _ => None,
        }
    }

    /// Passes over what stands for itself inside quotes.
    fn plain(&mut self) {
        self.at += self.text.as_bytes().get(self.at..).map_or(0, plain_length);
    }

    /// The rest of a text, from its first escape on.
    fn escaped(&mut self, before: &str) -> Option<String> {
        let mut text = before.to_owned();
        loop {
            let start = self.at;
            self.plain();
            text.push_str(self.text.get(start..self.at)?);
            let next = self.peek()?;
            self.at += 1;
            match next {
                b'"' => return Some(text),
                b'\\' => text.push(self.escape()?),
                _ => return None,
            }
        }
    }

    /// The character that an escape stands for.
    fn escape(&mut self) -> Option<char> {
        let name = self.peek()?;
        self.at += 1;
        Some(match name {
            b'"' | b'\\' | b'/' => char::from(name),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => match self.unit()? {
                high @ 0xd800..=0xdbff => {
                    self.eat(b'\\')?;
                    self.eat(b'u')?;
                    let low = self.unit().filter(|low| (0xdc00..=0xdfff).contains(low))?;
                    char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))?
                }
                unit => char::from_u32(unit)?,
            },
            _ => return None,
        })
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.chars().try_fold(0, |unit, digit| Some(unit << 4 | digit.to_digit(16)?))
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
            b'"' => Node::Text(self.text()?),
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
        let object = self.peek()? == b'{';
        let (open, close) = if object { (b'{', b'}') } else { (b'[', b']') };
        self.items(open, close, |at| {
            if object {
                at.pass_text()?;
                at.colon()?;
            }
            match at.peek()? {
                b'{' | b'[' => at.pass(depth + 1),
                b'"' => at.pass_text(),
                _ => at.node().map(drop),
            }
        })
    }

    fn pass_text(&mut self) -> Option<()> {
        self.eat(b'"')?;
        loop {
            self.plain();
            let next = self.peek()?;
            self.at += 1;
            match next {
                b'"' => return Some(()),
                b'\\' => drop(self.escape()?),
                _ => return None,
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
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\ud83d\"}",
            "{\"a\":\"\\ud83d\\u0041\"}",
            "{\"a\":\"\\udc00\"}",
            "{\"a\":\"\\u00+1\"}",
            "{\"a\":[\"\\ud83d\"]}",
            "{\"a\":\"\\\"}",
            "{\"a\":1,\"\\u0061\":2}",
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
