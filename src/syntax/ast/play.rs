//! What members choose, and what they win.

use super::{At, Duration, Effect, Gate, Ident, Label, Spanned};

/// `choice treat { … }`: what a member may choose from, once it is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `option cake { … }`, in order.
    pub options: Vec<ChoiceOption>,
    /// `within 14 days`: how long an offer is open; for ever where it is not written.
    pub within: Option<Duration>,
    /// `default cake`: what happens at the end of that time.
    pub default: Option<Ident>,
    /// `forfeit`: nothing happens then.
    pub forfeit: Option<At>,
    /// The header.
    pub at: At,
}

/// One of the options of a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// Its word.
    pub name: Ident,
    /// `label`.
    pub label: Option<Label>,
    /// When it can be chosen and how often.
    pub gate: Gate,
    /// What it brings.
    pub effects: Vec<Spanned<Effect>>,
    /// Its line.
    pub at: At,
}
