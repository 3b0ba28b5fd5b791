//! Files of a program and places in them.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

crate::ids! {
    /// One text of a program.
    FileId;
}

/// A half-open range of bytes in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file`; offsets beyond 4 GiB saturate.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clip = |n| u32::try_from(n).unwrap_or(u32::MAX);
        Self { file, start: clip(start), end: clip(end) }
    }
    /// The smallest span that covers both, within the file of `self`.
    pub fn to(self, end: Span) -> Self {
        Self { file: self.file, start: self.start.min(end.start), end: self.end.max(end.end) }
    }
}

/// A text and the name that a person knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path as given, with `/` between folders.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
    lines: Vec<u32>,
}

/// The texts of one program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    files: crate::arena::Arena<FileId, File>,
}

impl Sources {
    /// Adds a text and returns its identifier.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let text = text.into();
        let starts = text.match_indices('\n').map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX));
        let lines = std::iter::once(0).chain(starts).collect();
        self.files.push(File { name: name.into(), text, lines })
    }
    /// The file of `id`.
    pub fn file(&self, id: FileId) -> &File {
        self.files.at(id)
    }
    /// All files in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.pairs()
    }
    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
    /// Line and column of a span's start, both from 1, the column in characters.
    pub fn place(&self, span: Span) -> (usize, usize) {
        self.file(span.file).place(span.start as usize)
    }
    /// The whole line in which a span starts.
    pub fn line(&self, span: Span) -> &str {
        let file = self.file(span.file);
        let number = file.place(span.start as usize).0;
        file.text.lines().nth(number - 1).unwrap_or("")
    }
    /// `file:line`, for journals and explanations.
    pub fn at(&self, span: Span) -> String {
        format!("{}:{}", self.file(span.file).name, self.place(span).0)
    }
}

/// Bytes as text; the error is a reason in plain words, with what they probably are.
///
/// # Errors
/// Where they are not UTF-8.
pub fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    if matches!(&*bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, ..] | [_, 0, ..]) {
        return Err("it is text in UTF-16: save it as UTF-8".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..at).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("it is not text in UTF-8, first in line {line}: save it as UTF-8")
    })
}

/// Carriage returns that end lines alone, as on old computers, are line feeds. Every place in the text stays where it is.
pub fn line_ends(text: &str) -> Cow<'_, str> {
    let lone = |at: usize| text.as_bytes().get(at + 1) != Some(&b'\n');
    if !text.match_indices('\r').any(|(at, _)| lone(at)) {
        return Cow::Borrowed(text);
    }
    let of = |(at, c)| if c == '\r' && lone(at) { '\n' } else { c };
    Cow::Owned(text.char_indices().map(of).collect())
}

impl File {
    /// Line and column of a byte offset, both from 1, the column in characters.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|&start| start as usize <= offset).max(1);
        let start = self.lines.get(line - 1).map_or(0, |&s| s as usize);
        let column = self.text.get(start..offset).map_or(0, |s| s.chars().count());
        (line, column + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_they_end_everywhere() {
        assert_eq!(line_ends("a\rb\r\nc\r"), "a\nb\r\nc\n");
        assert!(matches!(line_ends("a\r\nb\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_no_text_is_told_by_what_it_is() {
        assert_eq!(decoded(b"caf\xc3\xa9".to_vec()).as_deref(), Ok("caf\u{e9}"));
        for utf16 in [b"\xff\xfea\0".as_slice(), b"\xfe\xff\0a", b"a\0b\0", b"\0a\0b"] {
            assert!(decoded(utf16.to_vec()).is_err_and(|reason| reason.contains("UTF-16")));
        }
        assert!(decoded(b"a\ncaf\xe9\n".to_vec()).is_err_and(|reason| reason.contains("line 2")));
    }
}
