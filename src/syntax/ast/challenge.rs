//! Challenges: something to reach within a time.

use super::{At, Date, Duration, Effect, Expr, Gate, Ident, Label, Path, Spanned, Window};

/// `challenge summer { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// `label`.
    pub label: Option<Label>,
    /// `window …`.
    pub window: Option<Spanned<Frame>>,
    /// `only` in `when`, `needs activation`, limits.
    pub gate: Gate,
    /// `goal …`.
    pub goals: Vec<Spanned<Goal>>,
    /// `any goal`: one is enough.
    pub any: Option<At>,
    /// `milestone at 50% { … }`.
    pub milestones: Vec<Milestone>,
    /// What it brings.
    pub effects: Vec<Spanned<Effect>>,
    /// `claim within 7 days`.
    pub claim: Option<Duration>,
    /// `shared by everyone`.
    pub shared: Option<Shared>,
    /// `on change carry`.
    pub change: Option<Spanned<OnChange>>,
    /// `refunds take back if unused`.
    pub refunds: Option<Spanned<RewardRefunds>>,
    /// The header.
    pub at: At,
}

/// The time within which a goal is to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// `window ever`.
    Ever,
    /// `window 2026-06-01 to 2026-06-30`.
    Days(Date, Date),
    /// `window each calendar month`.
    Each(Window),
    /// `window 14 days from activation`, `window 7 days from received where kind is bogo, inclusive`.
    From {
        /// How long.
        length: Expr,
        /// The event that opens it; `None`: the member's activation.
        event: Option<Ident>,
        /// Which of these events.
        filter: Option<Expr>,
        /// Whether the last moment still counts.
        inclusive: bool,
    },
}

/// What is to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// `one purchase where subtotal > $10`.
    One(Path, Option<Expr>),
    /// `sum of purchase.subtotal reaches $100`, `spend reaches $100`, `streak of visit, each calendar day reaches 7`.
    Reaches {
        /// An aggregate over events, or a measure.
        value: Expr,
        /// The period of a streak.
        each: Option<Window>,
        /// How much.
        threshold: Expr,
    },
    /// `all of purchase.items.category in (hair, skin)`.
    All(Path, Vec<Expr>),
    /// `steps visit, purchase where subtotal > $10 within 7 days`.
    Steps(Vec<GoalStep>),
}

/// One of several steps in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalStep {
    /// The event.
    pub on: Path,
    /// Which.
    pub filter: Option<Expr>,
    /// How long after the step before at most.
    pub within: Option<Duration>,
}

/// `milestone at 50% { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// An amount, or a share of the goal.
    pub amount: Expr,
    /// Limits.
    pub gate: Gate,
    /// What it brings.
    pub effects: Vec<Spanned<Effect>>,
    /// The statement.
    pub at: At,
}

/// `shared by everyone, each at least $10`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// A pool or an attribute; `None`: everyone.
    pub by: Option<Ident>,
    /// What each must have brought in.
    pub least: Option<Expr>,
    /// The statement.
    pub at: At,
}

/// What becomes of a running challenge when a new version comes into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChange {
    /// It keeps its goal.
    Grandfather,
    /// It begins anew.
    Restart,
    /// It goes on with the new goal.
    Carry,
}

/// What a refund does to what a challenge has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewardRefunds {
    /// It is kept.
    Keep,
    /// It is taken back where the goal is no longer reached.
    ReJudge,
    /// Likewise, where nothing of it was used.
    TakeBackIfUnused,
}
