//! What members choose, and what they win.

use std::sync::Arc;

use crate::source::Span;
use crate::value::TimeSpan;

use super::{Label, RuleId, Was};

/// What a member may choose from, once it is offered.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// The options, in order.
    pub options: Vec<ChoiceOption>,
    /// How long an offer is open; for ever without.
    pub within: Option<TimeSpan>,
    /// The option that is taken at the end of that time; none where the offer is then forfeited.
    pub default: Option<u32>,
}

/// One of the options of a choice.
#[derive(Debug, Clone)]
pub struct ChoiceOption {
    /// Its word.
    pub name: Arc<str>,
    /// What people call it.
    pub label: Option<Label>,
    /// What it brings.
    pub rule: RuleId,
}
