//! Files of a program and places in them.

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

impl File {
    /// Line and column of a byte offset, both from 1, the column in characters.
    pub fn place(&self, offset: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|&start| start as usize <= offset).max(1);
        let start = self.lines.get(line - 1).map_or(0, |&s| s as usize);
        let column = self.text.get(start..offset).map_or(0, |s| s.chars().count());
        (line, column + 1)
    }
}
