//! Earning: earns, boosts, stacks, limits, and the conditions that they share with rules, rewards and redemptions.

use super::{At, Cases, Duration, During, Expiry, Expr, Ident, Let, Number, Path, Pending, Round, Spanned, Window};

/// When something applies and how often. The grammar decides which lines each item may hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// `let base = …`: names for the statements of the block.
    pub lets: Vec<Let>,
    /// `during …`; each line must hold.
    pub during: Vec<During>,
    /// `where …`: which lines of the event; each must hold.
    pub filter: Vec<Expr>,
    /// `when …` and `only …`; each must hold.
    pub when: Vec<Expr>,
    /// `limit …`: per member.
    pub limits: Vec<Limit>,
    /// `budget …`: all members together.
    pub budgets: Vec<Limit>,
    /// `cooldown 24 hours`.
    pub cooldown: Option<Duration>,
    /// `needs activation`.
    pub needs: Option<Needs>,
    /// `stack holiday`.
    pub stack: Option<Ident>,
    /// `funded 60% by acme`.
    pub funded: Vec<Funding>,
    /// `refunds …`.
    pub refunds: Option<Spanned<RefundMode>>,
    /// `decided at end`.
    pub decided: Option<Spanned<Decided>>,
}

/// When it is decided what something brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    /// `decided at 2026-06-30 at 18:00`, `decided every calendar month`.
    When(Box<super::Drawn>),
    /// `decided at end`: when the window of the challenge is over.
    End,
}

/// `500 points each calendar day per category, reject`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// How much, or how many times.
    pub amount: Cases,
    /// Whether `amount` counts times; its values are then plain numbers.
    pub times: bool,
    /// Over which time; always written for `limit`, ever where a `budget` says nothing.
    pub window: Option<Window>,
    /// `per category`: one limit for each value.
    pub per: Vec<Path>,
    /// `reject`: nothing instead of a part.
    pub reject: Option<At>,
    /// The statement.
    pub at: At,
}

/// `needs activation [within 14 days] [each time]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// How long an activation lasts.
    pub within: Option<Duration>,
    /// Whether an activation serves once.
    pub each_time: bool,
    /// The statement.
    pub at: At,
}

/// `funded 60% by acme`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Funding {
    /// The share.
    pub percent: Number,
    /// Who pays.
    pub by: Ident,
    /// The statement.
    pub at: At,
}

/// What a reversal does to what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundMode {
    /// `refunds in proportion`.
    InProportion,
    /// `refunds re-judge`: as if the event had been smaller.
    ReJudge,
    /// `refunds keep`.
    Keep,
}

/// `earn base on purchase { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earn {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// The event, or a list of it (`purchase.items`).
    pub on: Path,
    /// When and how often.
    pub gate: Gate,
    /// `give …`.
    pub gives: Vec<Amount>,
    /// `boost …`.
    pub boosts: Vec<Amount>,
    /// `boosts multiply`.
    pub combine: Option<Spanned<Combine>>,
    /// `tier before`.
    pub tier: Option<Spanned<TierMoment>>,
    /// `as of booked_on`.
    pub as_of: Option<Expr>,
    /// `unless earned card_discount`.
    pub unless: Vec<Ident>,
    /// `round …`: instead of the unit's.
    pub round: Option<Round>,
    /// `pending …`: instead of the unit's.
    pub pending: Option<Cases<Pending>>,
    /// `expires …`: instead of the unit's.
    pub expires: Vec<Expiry>,
    /// The header.
    pub at: At,
}

/// The amount of a `give`, a `take` or a `boost` (a factor, a percentage or an added amount).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// How much; a single arm with `when` is the statement's own condition.
    pub value: Cases,
    /// The statement.
    pub at: At,
}

/// How several boosts become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum Combine {
    Add,
    Multiply,
    Best,
}

/// Which tier counts for an event that crosses a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum TierMoment {
    Before,
    After,
    Split,
}

/// `boost double_days on base { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoostItem {
    /// Its name.
    pub name: Ident,
    /// The earns that it boosts.
    pub on: Vec<Ident>,
    /// When and how often.
    pub gate: Gate,
    /// The boosts: `2x`, `20%`, an added amount, `give …`.
    pub amounts: Vec<Amount>,
    /// The header.
    pub at: At,
}

/// `stack holiday best`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// Its name.
    pub name: Ident,
    /// How its members go together.
    pub mode: Spanned<StackMode>,
    /// The statement.
    pub at: At,
}

/// How the members of a stack go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum StackMode {
    Best,
    Add,
    Multiply,
    First,
    Exclusive,
}

/// `limit daily_cap on base, bonus { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitItem {
    /// Its name.
    pub name: Ident,
    /// What shares it.
    pub on: Vec<Ident>,
    /// Per member.
    pub limits: Vec<Limit>,
    /// All members together.
    pub budgets: Vec<Limit>,
    /// The header.
    pub at: At,
}
