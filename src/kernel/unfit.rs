//! What the kernel has no form for.

use crate::source::Span;

/// Why a program is left to the fold: a construct that the kernel has no form for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Unfit {
    /// The construct, in plain words.
    pub what: String,
    /// Where it stands, where it is one place.
    pub span: Option<Span>,
}

/// Something lowered, or why it cannot be.
pub type Fit<T> = Result<T, Unfit>;

/// A construct without a form.
pub fn unfit<T>(what: impl Into<String>, span: Span) -> Fit<T> {
    Err(Unfit { what: what.into(), span: Some(span) })
}

/// Holds where a construct is absent.
pub fn without(present: bool, what: &str, span: Span) -> Fit<()> {
    if present { unfit(what, span) } else { Ok(()) }
}
