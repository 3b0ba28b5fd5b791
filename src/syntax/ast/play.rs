//! What members choose, and what they win.

use super::{At, Duration, Effect, Expr, Gate, Ident, Label, Moment, Number, Spanned, Text, Trigger};

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

/// `draw wheel { … }`: prizes that entries may win.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `commitment "sha256:…"`: of the secret seed.
    pub commitment: Option<Text>,
    /// `prize car 1 in 500 stock 5`, in order.
    pub prizes: Vec<Prize>,
    /// `pity mug after 10 losses`.
    pub pity: Option<Pity>,
    /// `drawn …`: a sweepstake; without it, an entry is decided when it is made.
    pub drawn: Option<Spanned<Drawn>>,
    /// `several prizes per member`.
    pub several: Option<At>,
    /// Who may enter, when and how often.
    pub gate: Gate,
    /// The header.
    pub at: At,
}

/// One of the prizes of a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prize {
    /// The reward.
    pub reward: Ident,
    /// How likely.
    pub odds: Option<Spanned<Odds>>,
    /// How many there are.
    pub stock: Option<Number>,
    /// The statement.
    pub at: At,
}

/// How likely a prize is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Odds {
    /// `2%`.
    Percent(Number),
    /// `1 in 500`.
    Of(Number, Number),
}

/// What an entry wins after so many entries in a row without a prize.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pity {
    /// The reward.
    pub reward: Ident,
    /// Which entry in a row.
    pub after: Number,
    /// The statement.
    pub at: At,
}

/// When the winners of a sweepstake are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawn {
    /// `drawn at 2026-06-30 at 18:00`.
    At(Moment),
    /// `drawn every calendar month on last day at 18:00`.
    Every(Trigger),
}

/// `enter wheel 3 times`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enter {
    /// The draw.
    pub draw: Ident,
    /// How many entries; one where nothing is written.
    pub times: Option<Expr>,
}
