//! What members choose, and what they win.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Exact, Instant, TimeSpan};

use super::{Label, RewardId, Rhythm, RuleId, Was};

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

/// Prizes that entries may win.
#[derive(Debug, Clone)]
pub struct Draw {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// The SHA-256 of its secret seed.
    pub commitment: [u8; 32],
    /// The prizes, in order.
    pub prizes: Vec<Prize>,
    /// When entries are decided.
    pub kind: DrawKind,
    /// Who may enter, when and how often: it does nothing else.
    pub entry: RuleId,
}

impl Draw {
    /// Whether each entry is decided when it is made.
    pub fn is_instant(&self) -> bool {
        matches!(self.kind, DrawKind::Instant(_))
    }
}

/// When entries are decided.
#[derive(Debug, Clone)]
pub enum DrawKind {
    /// Each when it is made.
    Instant(Option<Pity>),
    /// All together.
    Sweepstake {
        /// When.
        drawn: Drawn,
        /// Whether one member may win several prizes of one drawing.
        several: bool,
    },
}

/// When the winners of a sweepstake are drawn.
#[derive(Debug, Clone, Copy)]
pub enum Drawn {
    /// Once.
    At(Instant),
    /// Again and again.
    Every(Rhythm),
}

/// One of the prizes of a draw.
#[derive(Debug, Clone)]
pub struct Prize {
    /// What is won.
    pub reward: RewardId,
    /// How likely, between 0 and 1: zero in sweepstakes, and for what only pity gives.
    pub odds: Exact,
    /// How many there are: in all, or at each drawing of a sweepstake.
    pub stock: Option<u64>,
    /// What a winner gets.
    pub rule: RuleId,
}

/// The entry that ends a row of losses wins.
#[derive(Debug, Clone, Copy)]
pub struct Pity {
    /// Which prize, by position.
    pub prize: u32,
    /// How many losses in a row, this entry included.
    pub after: u64,
}
