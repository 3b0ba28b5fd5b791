//! Rules: triggers and effects.

use std::sync::Arc;

use super::{
    Amount, At, Cases, Duration, Expr, Gate, Hold, Ident, MonthDay, Path, Spanned, TierChange, Time, TimeUnit, Weekday,
};

/// `rule welcome when status rises to rouge { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// When it is considered.
    pub trigger: Spanned<Trigger>,
    /// When it applies and how often.
    pub gate: Gate,
    /// What it does, in order.
    pub effects: Vec<Spanned<Effect>>,
    /// The header.
    pub at: At,
}

/// When a rule is considered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// `on purchase`, `on purchase.items`.
    On(Path),
    /// `when status rises to rouge, first time`.
    Tier {
        /// The tiers.
        tiers: Ident,
        /// Which change.
        change: TierChange,
        /// Into which level.
        to: Option<Ident>,
        /// `first time`.
        first_time: Option<At>,
    },
    /// `when yearly_spend reaches $200`.
    Reaches {
        /// The measure.
        measure: Path,
        /// The threshold.
        threshold: Expr,
    },
    /// `each time visits reaches another 10 from 40`.
    EachTime {
        /// The measure.
        measure: Path,
        /// The step.
        step: Expr,
        /// The first multiple that counts.
        from: Option<Expr>,
    },
    /// `when points expire`.
    Expire(Ident),
    /// `every calendar quarter on day 1 at 06:00`.
    Every {
        /// Day, week, month, quarter or year.
        period: TimeUnit,
        /// Which day of it.
        on: Option<Spanned<PeriodDay>>,
        /// Time of day.
        time: Option<Time>,
    },
    /// `60 days after last purchase`.
    AfterLast {
        /// How long.
        delay: Duration,
        /// The event that did not come.
        event: Ident,
    },
    /// `7 days after join unless purchase`.
    After {
        /// How long.
        delay: Duration,
        /// The event that starts the clock.
        event: Ident,
        /// The event that stops it.
        unless: Option<Ident>,
    },
}

/// A day within a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodDay {
    /// `on day 1`: from 1.
    Day(u16),
    /// `on last day`.
    LastDay,
    /// `on monday`.
    Weekday(Weekday),
    /// `on 15 january`.
    MonthDay(MonthDay),
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `give 100 points`.
    Give(Amount),
    /// `give 100 points to referrer`: an amount and another member.
    GiveTo(Box<(Expr, Path)>),
    /// `activate double_points for 3 months`.
    Activate(Ident, Option<Duration>),
    /// `open sprint`: a challenge.
    Open(Ident),
    /// `take 50 points`.
    Take(Amount),
    /// `convert points to vouchers at 50 points -> £0.50, at least 150 points`.
    Convert(Box<Convert>),
    /// `issue rouge_card`.
    Issue(Ident),
    /// `badge explorer`.
    Badge(Ident),
    /// `grant status gold for 90 days`.
    Grant {
        /// The tiers.
        tiers: Ident,
        /// The level.
        level: Ident,
        /// How long; default: as the tiers hold.
        hold: Option<Hold>,
    },
    /// `extend points by 6 months`.
    Extend {
        /// The unit.
        unit: Ident,
        /// By how much.
        by: Duration,
    },
    /// `restart categories`.
    Restart(Ident),
    /// `message email "Welcome, {member.name}", zh "…"`.
    Message(Message),
    /// `offer treat`: a choice.
    Offer(Ident),
    /// `enter wheel 3 times`: a draw.
    Enter(Box<super::Enter>),
    /// `donate 1% of subtotal to oxfam`.
    Donate(Box<Donation>),
    /// `issue gold_card when spend >= $500`: an effect that has no cases of its own for it, and when it takes place.
    When(Box<(Effect, Expr)>),
}

/// What goes to a cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Donation {
    /// Money, or an amount of a unit.
    pub amount: Cases,
    /// The cause.
    pub to: Ident,
}

/// Units become other units, in whole steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Convert {
    /// What is taken.
    pub from: Ident,
    /// What is given.
    pub to: Ident,
    /// The step's price.
    pub take: Expr,
    /// The step's worth.
    pub give: Expr,
    /// Below this nothing is converted.
    pub at_least: Option<Expr>,
    /// Beyond this nothing is converted.
    pub at_most: Option<Expr>,
}

/// What to tell whom on which channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `email`.
    pub channel: Option<Ident>,
    /// In the program's own language.
    pub text: Template,
    /// Language tag and text.
    pub translations: Vec<(Ident, Template)>,
}

/// A text with `{expressions}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// In order.
    pub parts: Vec<Part>,
    /// Where, with its quotes.
    pub at: At,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// As it is, escapes resolved.
    Text(Arc<str>),
    /// `{member.name}`.
    Value(Expr),
}
