//! Challenges: something to reach within a time.

use std::sync::Arc;

use crate::source::Span;
use crate::value::{Day, PeriodKind, TimeSpan, Value};

use super::{EventId, Expr, FieldId, Label, Measure, MeasureId, PoolId, RuleId, Was};

/// A challenge.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Its name.
    pub name: Arc<str>,
    /// Its earlier name.
    pub was: Was,
    /// Where it is declared.
    pub span: Span,
    /// What people call it.
    pub label: Option<Label>,
    /// The time within which its goals are to be reached.
    pub frame: Frame,
    /// Who takes part, asked when it opens; all must hold.
    pub only: Vec<Expr>,
    /// Whether the member must activate it first.
    pub activation: bool,
    /// What is to be reached.
    pub goals: Vec<Goal>,
    /// Whether one goal is enough.
    pub any: bool,
    /// What is given on the way, by progress towards the first goal.
    pub milestones: Vec<Milestone>,
    /// What completion brings.
    pub reward: RuleId,
    /// How long after completion the reward can be claimed; given at once without it.
    pub claim: Option<TimeSpan>,
    /// Who reaches the first goal together.
    pub shared: Option<Shared>,
    /// What becomes of what it brought when the goal is no longer reached.
    pub refunds: RewardRefunds,
    /// What becomes of what runs when a new version comes into force.
    pub change: OnChange,
    /// Types of events that its goals count; where a goal is a measure, everything counts.
    pub listens: Vec<EventId>,
}

/// The time within which goals are to be reached.
#[derive(Debug, Clone)]
pub enum Frame {
    /// From the beginning, without end.
    Ever,
    /// Local days, both included.
    Days(Day, Day),
    /// Anew in each period.
    Each(PeriodKind),
    /// From a moment of the member's own.
    From {
        /// The event that opens it; `None`: the member's activation.
        event: Option<EventId>,
        /// Which of these events.
        filter: Option<Expr>,
        /// How long.
        length: Expr,
        /// Whether the last moment still counts.
        inclusive: bool,
    },
}

/// What is to be reached.
#[derive(Debug, Clone)]
pub struct Goal {
    /// What counts.
    pub of: Progress,
    /// How much; fixed when the challenge opens.
    pub threshold: Expr,
    /// Where it is written.
    pub span: Span,
}

/// What counts towards a goal.
#[derive(Debug, Clone)]
pub enum Progress {
    /// Events, or lines of them, within the time.
    Counted(Box<Measure>),
    /// So much of a measure as lies within the time.
    Measured(MeasureId),
    /// Different values out of a collection.
    Collected {
        /// The type of event.
        event: EventId,
        /// The list whose lines count.
        list: Option<FieldId>,
        /// The value of an event or line.
        value: Expr,
        /// The collection.
        wanted: Vec<Value>,
    },
    /// Events in a given order.
    Steps(Vec<GoalStep>),
    /// Periods in a row with such an event.
    Streak {
        /// The type of event.
        event: EventId,
        /// Which.
        filter: Option<Expr>,
        /// The period.
        period: PeriodKind,
    },
}

/// One of several steps in order.
#[derive(Debug, Clone)]
pub struct GoalStep {
    /// The type of event.
    pub event: EventId,
    /// Which.
    pub filter: Option<Expr>,
    /// How long after the step before at most.
    pub within: Option<TimeSpan>,
}

/// Something given on the way.
#[derive(Debug, Clone)]
pub struct Milestone {
    /// How much of the first goal: an amount, or a share of it.
    pub at: Expr,
    /// Whether `at` is a share.
    pub share: bool,
    /// What it brings.
    pub reward: RuleId,
}

/// Who reaches a goal together.
#[derive(Debug, Clone)]
pub struct Shared {
    /// How groups are told apart.
    pub by: SharedBy,
    /// What each must have brought in.
    pub least: Option<Expr>,
}

/// How groups that reach a goal together are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharedBy {
    /// All members are one.
    Everyone,
    /// By the value of an attribute.
    Attribute(FieldId),
    /// By their group of a pool.
    Pool(PoolId),
}

/// What becomes of what a challenge brought when a refund takes its goal away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RewardRefunds {
    /// It is kept.
    Keep,
    /// It is taken back.
    ReJudge,
    /// It is taken back where nothing of it was used.
    TakeBackIfUnused,
}

/// What becomes of what runs when a new version comes into force (S40).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnChange {
    /// It keeps its goal and its time.
    Grandfather,
    /// It begins anew.
    Restart,
    /// It goes on with the new goal.
    Carry,
}

/// What an expression may ask of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum ChallengeRead {
    /// Progress towards the first goal of the newest that runs; zero without one.
    Progress,
    /// How many run.
    Open,
    /// How many were completed.
    Completed,
}

/// What may become of a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ChallengeStage {
    Opened,
    Milestone,
    Completed,
    Claimed,
    Forfeited,
    Ended,
    Undone,
}
