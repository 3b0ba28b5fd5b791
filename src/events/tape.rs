//! Reads JSON that is well formed into a list of tokens, in one pass and without copies. What is wrong, or more unusual than that, is left to
//! `serde_json`, which says what is the matter.

use std::borrow::Cow;

use super::MAX_DEPTH;
use super::decimal::number;
use super::fields::Fields;
use super::node::{Entry, Node, View};
use super::scan::{blanks, byte, plain_length};

/// More keys than this are not compared with each other here.
const MAX_QUICK_KEYS: usize = 64;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    True,
    False,
    Number,
    /// A text that is what stands between its quotes.
    Text,
    /// A text with escapes; its place is in what was undone.
    Escaped,
    List,
    Object,
}

/// A value: where it and its key stand. Texts are without their quotes; what is in a list or object comes right behind it.
#[derive(Debug, Clone, Copy)]
struct Token {
    key: (u32, u32),
    value: (u32, u32),
    /// How many tokens are inside.
    inside: u32,
    kind: Kind,
}

/// The tokens of one text after the other.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    tokens: Vec<Token>,
    /// What texts with escapes say, one after the other.
    undone: String,
}

impl Tape {
    /// Names and values of an object; `None` where it is not well formed or two keys are the same.
    pub(crate) fn object<'a>(&mut self, text: &'a str) -> Option<Part<'a, '_>> {
        self.read(text, Kind::Object)
    }

    /// Values of a list; `None` where it is not well formed.
    pub(crate) fn list<'a>(&mut self, text: &'a str) -> Option<Part<'a, '_>> {
        self.read(text, Kind::List)
    }

    fn read<'a>(&mut self, text: &'a str, kind: Kind) -> Option<Part<'a, '_>> {
        self.tokens.clear();
        self.undone.clear();
        // Places are short numbers.
        u32::try_from(text.len()).ok()?;
        let mut reader = Reader { text, bytes: text.as_bytes(), tokens: &mut self.tokens, undone: &mut self.undone };
        let end = reader.value(reader.blanks(0), (0, 0), 1)?;
        (reader.blanks(end) == text.len()).then_some(())?;
        let (_, tokens) = self.tokens.split_first().filter(|(first, _)| first.kind == kind)?;
        Some(Part { text, tokens, undone: &self.undone })
    }
}

/// A value that stands as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plain<'a> {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(&'a str),
    /// A text without escapes.
    Text(&'a str),
}

/// What is in an object or a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'a, 't> {
    text: &'a str,
    tokens: &'t [Token],
    undone: &'t str,
}

impl<'a, 't> Part<'a, 't> {
    fn key_of(&self, token: &Token) -> &'a str {
        slice(self.text, token.key)
    }

    fn view_of(&self, token: &Token) -> View<'t>
    where
        'a: 't,
    {
        match token.kind {
            Kind::Null => View::Null,
            Kind::True => View::Bool(true),
            Kind::False => View::Bool(false),
            Kind::Number => View::Number(slice(self.text, token.value)),
            Kind::Text => View::Text(slice(self.text, token.value)),
            Kind::Escaped => View::Text(slice(self.undone, token.value)),
            Kind::List | Kind::Object => View::Json(slice(self.text, token.value)),
        }
    }

    fn node_of(&self, token: &Token) -> Node<'a> {
        let text = slice(self.text, token.value);
        match token.kind {
            Kind::Null => Node::Null,
            Kind::True => Node::Bool(true),
            Kind::False => Node::Bool(false),
            Kind::Number => Node::Number(Cow::Borrowed(text)),
            Kind::Text => Node::Text(Cow::Borrowed(text)),
            Kind::Escaped => Node::Text(Cow::Owned(slice(self.undone, token.value).to_owned())),
            Kind::List | Kind::Object => Node::Json(text),
        }
    }

    /// The positions of its values.
    pub(super) fn positions(self) -> impl Iterator<Item = usize> + use<'a, 't> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let at = next;
            next = self.after(at);
            self.tokens.get(at).map(|_| at)
        })
    }

    /// The values of a list.
    pub(crate) fn nodes(self) -> Vec<Node<'a>> {
        self.positions().filter_map(|at| self.tokens.get(at)).map(|token| self.node_of(token)).collect()
    }

    /// Names and values of an object.
    pub(crate) fn entries(self) -> Vec<Entry<'a>> {
        let mut entries = Vec::with_capacity(10);
        let tokens = self.positions().filter_map(|at| self.tokens.get(at));
        entries.extend(tokens.map(|token| (Cow::Borrowed(self.key_of(token)), self.node_of(token))));
        entries
    }

    /// How many values there are.
    pub(crate) fn len(self) -> usize {
        self.positions().count()
    }

    /// The values, each with what is in it where it is an object.
    pub(crate) fn objects(self) -> impl Iterator<Item = (View<'t>, Option<Part<'a, 't>>)>
    where
        'a: 't,
    {
        self.positions().filter_map(move |at| {
            let token = self.tokens.get(at)?;
            Some((self.view_of(token), self.inside(at, Kind::Object)))
        })
    }

    /// What is in each object of a list; nothing for what is no object.
    pub(crate) fn insides(self) -> impl Iterator<Item = Option<Part<'a, 't>>> {
        self.positions().map(move |at| self.inside(at, Kind::Object))
    }

    /// The name, the kind and the place of the value at a position.
    pub(super) fn written(&self, at: usize) -> Option<(&'a str, Kind, Range)> {
        self.tokens.get(at).map(|token| (self.key_of(token), token.kind, token.value))
    }

    /// The value at a position, where it is as plain as most are.
    pub(crate) fn plain(&self, at: usize) -> Option<Plain<'a>> {
        let token = self.tokens.get(at)?;
        match token.kind {
            Kind::Number => Some(Plain::Number(slice(self.text, token.value))),
            Kind::Text => Some(Plain::Text(slice(self.text, token.value))),
            Kind::True => Some(Plain::Bool(true)),
            Kind::False => Some(Plain::Bool(false)),
            Kind::Null | Kind::Escaped | Kind::List | Kind::Object => None,
        }
    }

    /// What is in the list at a position.
    pub(crate) fn listed(&self, at: usize) -> Option<Part<'a, 't>> {
        self.inside(at, Kind::List)
    }

    /// What is in the list or object at a position.
    pub(super) fn inside(&self, at: usize, kind: Kind) -> Option<Part<'a, 't>> {
        self.tokens.get(at).filter(|token| token.kind == kind)?;
        Some(Part { tokens: self.tokens.get(at + 1..self.after(at))?, ..*self })
    }
}

impl Fields for Part<'_, '_> {
    fn key(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).map(|token| self.key_of(token))
    }

    fn after(&self, at: usize) -> usize {
        at + 1 + self.tokens.get(at).map_or(0, |token| token.inside as usize)
    }

    fn find(&self, name: &str, guess: usize) -> Option<usize> {
        let is_named = |token: &Token| {
            let (start, end) = token.key;
            (end - start) as usize == name.len()
                && self.text.as_bytes().get(start as usize..end as usize) == Some(name.as_bytes())
        };
        if self.tokens.get(guess).is_some_and(is_named) {
            return Some(guess);
        }
        let mut at = 0;
        loop {
            let token = self.tokens.get(at)?;
            if is_named(token) {
                return Some(at);
            }
            at += 1 + token.inside as usize;
        }
    }

    fn view(&self, at: usize) -> View<'_> {
        self.tokens.get(at).map_or(View::Null, |token| self.view_of(token))
    }

    fn list(&self, at: usize) -> Option<Part<'_, '_>> {
        self.listed(at)
    }
}

fn slice(text: &str, (start, end): (u32, u32)) -> &str {
    text.get(start as usize..end as usize).unwrap_or_default()
}

/// The character that stands behind a backslash, and in how many bytes.
fn escape(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text.get(at..at + 4)?;
        digits.chars().try_fold(0, |unit, digit| Some(unit << 4 | digit.to_digit(16)?))
    };
    Some(match text.as_bytes().first()? {
        name @ (b'"' | b'\\' | b'/') => (char::from(*name), 1),
        b'b' => ('\u{8}', 1),
        b'f' => ('\u{c}', 1),
        b'n' => ('\n', 1),
        b'r' => ('\r', 1),
        b't' => ('\t', 1),
        b'u' => match unit(1)? {
            high @ 0xd800..=0xdbff => {
                text.get(5..)?.strip_prefix("\\u")?;
                let low = unit(7).filter(|low| (0xdc00..=0xdfff).contains(low))?;
                (char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))?, 11)
            }
            unit => (char::from_u32(unit)?, 5),
        },
        _ => return None,
    })
}

/// The keys of an object so far, as a set that may take a new one for an old one but never the other way round.
#[derive(Default)]
struct Seen(u64);

impl Seen {
    /// Adds a key; whether it may have been there before.
    #[inline(always)]
    fn add(&mut self, bytes: &[u8]) -> bool {
        let ends =
            bytes.first().zip(bytes.last()).map_or(0, |(first, last)| usize::from(*first) + 5 * usize::from(*last));
        let bit = 1 << ((ends + 11 * bytes.len()) % 64);
        let before = self.0 & bit != 0;
        self.0 |= bit;
        before
    }
}

/// Where a key or a value begins and ends.
pub(super) type Range = (u32, u32);

/// A text on its way to tokens. Each step is told where it begins, and says where it ends.
struct Reader<'a, 't> {
    text: &'a str,
    bytes: &'a [u8],
    tokens: &'t mut Vec<Token>,
    undone: &'t mut String,
}

/// Places as short numbers.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "whoever reads has looked at the length of the text")]
pub(super) fn range(start: usize, end: usize) -> Range {
    (start as u32, end as u32)
}

impl Reader<'_, '_> {
    #[inline(always)]
    fn peek(&self, at: usize) -> u8 {
        byte(self.bytes, at)
    }

    /// The place behind a byte.
    #[inline(always)]
    fn eat(&self, at: usize, byte: u8) -> Option<usize> {
        (self.peek(at) == byte).then_some(at + 1)
    }

    #[inline(always)]
    fn blanks(&self, at: usize) -> usize {
        blanks(self.bytes, at)
    }

    /// A value, and what is in it.
    #[inline(always)]
    fn value(&mut self, at: usize, key: Range, depth: usize) -> Option<usize> {
        let (kind, value, end) = match self.peek(at) {
            b'"' => self.text(at)?,
            open @ (b'{' | b'[') => return self.nested(at, key, open, depth),
            b't' => self.word(at, "true", Kind::True)?,
            b'f' => self.word(at, "false", Kind::False)?,
            b'n' => self.word(at, "null", Kind::Null)?,
            _ => {
                let end = self.number(at)?;
                (Kind::Number, range(at, end), end)
            }
        };
        self.tokens.push(Token { key, value, inside: 0, kind });
        Some(end)
    }

    /// A list or an object.
    fn nested(&mut self, start: usize, key: Range, open: u8, depth: usize) -> Option<usize> {
        if depth > MAX_DEPTH {
            return None;
        }
        let (kind, close) = if open == b'{' { (Kind::Object, b'}') } else { (Kind::List, b']') };
        let index = self.tokens.len();
        self.tokens.push(Token { key, value: (0, 0), inside: 0, kind });
        let mut at = self.blanks(start + 1);
        let (mut seen, mut count) = (Seen::default(), 0);
        let end = match self.eat(at, close) {
            Some(end) => end,
            None => loop {
                let mut key = (0, 0);
                if kind == Kind::Object {
                    count += 1;
                    (key, at) = self.key(at, index, &mut seen, count)?;
                }
                at = self.value(at, key, depth + 1)?;
                at = self.blanks(at);
                match self.eat(at, b',') {
                    Some(next) => at = self.blanks(next),
                    None => break self.eat(at, close)?,
                }
            },
        };
        let inside = u32::try_from(self.tokens.len() - index - 1).ok()?;
        let token = self.tokens.get_mut(index)?;
        (token.value, token.inside) = (range(start, end), inside);
        Some(end)
    }

    /// The key of the next value of the object whose token has an index, and where the value begins.
    #[inline(always)]
    fn key(&mut self, at: usize, object: usize, seen: &mut Seen, count: usize) -> Option<(Range, usize)> {
        let (Kind::Text, key, at) = self.text(at)? else { return None };
        if seen.add(self.bytes.get(key.0 as usize..key.1 as usize)?) {
            let before = Part { text: self.text, tokens: self.tokens.get(object + 1..)?, undone: "" };
            if before.find(slice(self.text, key), 0).is_some() {
                return None;
            }
        }
        if count > MAX_QUICK_KEYS {
            return None;
        }
        let at = self.eat(self.blanks(at), b':')?;
        Some((key, self.blanks(at)))
    }

    /// A text in quotes.
    #[inline(always)]
    fn text(&mut self, at: usize) -> Option<(Kind, Range, usize)> {
        let start = self.eat(at, b'"')?;
        let end = start + plain_length(self.bytes.get(start..)?);
        match self.peek(end) {
            b'"' => Some((Kind::Text, range(start, end), end + 1)),
            b'\\' => self.escaped(start, end),
            _ => None,
        }
    }

    /// The rest of a text, from its first escape on.
    #[inline(never)]
    fn escaped(&mut self, start: usize, mut at: usize) -> Option<(Kind, Range, usize)> {
        let from = self.undone.len();
        self.undone.push_str(self.text.get(start..at)?);
        loop {
            match self.peek(at) {
                b'"' => return Some((Kind::Escaped, range(from, self.undone.len()), at + 1)),
                b'\\' => {
                    let (character, length) = escape(self.text.get(at + 1..)?)?;
                    self.undone.push(character);
                    at += 1 + length;
                }
                _ => return None,
            }
            let plain = at;
            at += plain_length(self.bytes.get(plain..)?);
            self.undone.push_str(self.text.get(plain..at)?);
        }
    }

    fn word(&self, at: usize, word: &str, kind: Kind) -> Option<(Kind, Range, usize)> {
        let end = at + word.len();
        (self.bytes.get(at..end)? == word.as_bytes()).then_some((kind, range(at, end), end))
    }

    /// The place behind a number.
    #[inline(always)]
    fn number(&self, at: usize) -> Option<usize> {
        Some(at + number(self.bytes.get(at..)?)?.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Option<Vec<Entry<'_>>> {
        Tape::default().object(text).map(Part::entries)
    }

    fn list(text: &str) -> Option<Vec<Node<'_>>> {
        Tape::default().list(text).map(Part::nodes)
    }

    #[test]
    fn json_is_taken_apart() {
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
        assert_eq!(list("[1, \"a\" ]"), Some(vec![Node::Number("1".into()), Node::Text("a".into())]));
        assert_eq!((object("{}"), list("[ ]")), (Some(Vec::new()), Some(Vec::new())));
    }

    #[test]
    fn what_is_unusual_or_wrong_is_left() {
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
        assert_eq!(list("{}"), None);
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
        assert_eq!(object(&deep), None);
    }

    #[test]
    fn lists_of_objects_are_taken_apart_with_their_record() {
        let text = r#"{"lines":[{"a":1,"b":["x",{}]},2,{}],"after":"\ud83d\ude00\n"}"#;
        let mut tape = Tape::default();
        let record = tape.object(text).unwrap();
        let after = record.find("after", 1).unwrap();
        assert_eq!(record.view(after), View::Text("😀\n"));
        let lines = record.list(record.find("lines", 0).unwrap()).unwrap();
        let lines: Vec<_> = lines.objects().map(|(node, inside)| (node, inside.map(Part::entries))).collect();
        let first = vec![("a".into(), Node::Number("1".into())), ("b".into(), Node::Json(r#"["x",{}]"#))];
        let expected = [
            (View::Json(r#"{"a":1,"b":["x",{}]}"#), Some(first)),
            (View::Number("2"), None),
            (View::Json("{}"), Some(Vec::new())),
        ];
        assert_eq!(lines, expected);
    }
}
