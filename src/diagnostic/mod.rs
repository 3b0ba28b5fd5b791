//! One model for every message about a program.

pub mod codes;
pub mod render;

use std::fmt;

use crate::source::Span;

/// A stable code such as `E0203`; the registry explains each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The program cannot be used.
    Error,
    /// The program can be used, but somebody should decide.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// A change of text that mends what a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What to replace; empty to insert.
    pub span: Span,
    /// The text to put there.
    pub text: String,
}

/// A message: one primary sentence that stands alone, and what surrounds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// The stable code.
    pub code: Code,
    /// Lower case, no full stop, user text in backticks.
    pub message: String,
    /// The place the message is about.
    pub span: Span,
    /// A few words at the place.
    pub label: Option<String>,
    /// Other places that matter, each with words.
    pub related: Vec<(Span, String)>,
    /// Facts that help to understand.
    pub notes: Vec<String>,
    /// How to mend it, in words or as a line to paste.
    pub help: Vec<String>,
    /// How to mend it, as text.
    pub edits: Vec<Edit>,
}

impl Diagnostic {
    /// An error with its primary sentence.
    pub fn error(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            message: message.into(),
            span,
            label: None,
            related: Vec::new(),
            notes: Vec::new(),
            help: Vec::new(),
            edits: Vec::new(),
        }
    }
    /// A warning with its primary sentence.
    pub fn warning(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, message) }
    }
    /// There are more messages than are told, and this is the place of the first that is not.
    pub fn untold(severity: Severity, span: Span, limit: usize) -> Self {
        let message = format!("there are more messages than {limit}: those from here on are not told");
        Self { severity, ..Self::error(Code("E0605"), span, message) }.help("mend the first ones, then check again")
    }
    /// Adds words at the place.
    #[must_use]
    pub fn label(mut self, words: impl Into<String>) -> Self {
        self.label = Some(words.into());
        self
    }
    /// Adds another place with words.
    #[must_use]
    pub fn related(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related.push((span, words.into()));
        self
    }
    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, words: impl Into<String>) -> Self {
        self.notes.push(words.into());
        self
    }
    /// Adds advice.
    #[must_use]
    pub fn help(mut self, words: impl Into<String>) -> Self {
        self.help.push(words.into());
        self
    }
    /// Adds a change of text that mends it.
    #[must_use]
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        self.edits.push(Edit { span, text: text.into() });
        self
    }
}
