//! Types of events and their fields.

use std::sync::Arc;

use crate::arena::Arena;
use crate::source::Span;
use crate::value::{TimeSpan, Value};

use super::{EnumId, EventId, FieldId};

/// What an event type is to the engine. The built-in ones have the identifiers 0, 1, 2, … in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A member joins; fields are attributes.
    Join,
    /// A member leaves; no fields.
    Leave,
    /// Attributes change; fields are attributes.
    Update,
    /// Made by the clock on a member's birthday; no fields.
    Birthday,
    /// Made by the clock on the anniversary of joining; no fields.
    Anniversary,
    /// Fields: `reward` text, `amount` number (of the unit), `bill` money, `order` id, all optional, `quantity` count default 1.
    Redeem,
    /// Fields: `offer` text.
    Activate,
    /// Fields: `offer` text, `choice` text.
    Choose,
    /// Fields: `unit` text, `amount` number (signed), `reason` text optional.
    Adjust,
    /// Fields: `reward` text, `order` id optional, `amount` money optional.
    Use,
    /// Gives to another member. Fields: `receiver` member, `amount` number (of the unit), `transfer` text optional.
    Transfer,
    /// Made by mail from another member or from the program. Fields: `from` member optional, `what` text optional.
    Receive,
    /// Made by mail when a friend has done what a referral asks. Fields: `friend` member, `referral` text.
    Referral,
    /// Comes into a group. Fields: `group` id, `pool` text optional.
    Enroll,
    /// Leaves a group. Fields: `pool` text optional.
    Withdraw,
    /// Another member becomes one with this one. Fields: `other` member.
    Merge,
    /// A merge is undone. Fields: `other` member.
    Unmerge,
    /// Personal data of the member are forgotten; the member has left. No fields.
    Erase,
    /// Claims what a completed challenge brings. Fields: `offer` text.
    Claim,
    /// Turns one unit into another. Fields: `exchange` text optional, `amount` number (of the unit that is taken).
    Exchange,
    /// Gives to a cause. Fields: `cause` text, `amount` number, `unit` text, `reward` text, all optional.
    Donate,
    /// Votes in a fund. Fields: `cause` text, `fund` text optional, `amount` count default 1.
    Vote,
    /// Declared by the program.
    Declared,
}

impl EventKind {
    /// The built-in types in order, with their names.
    pub const BUILTIN: [(EventKind, &'static str); 22] = [
        (Self::Join, "join"),
        (Self::Leave, "leave"),
        (Self::Update, "update"),
        (Self::Birthday, "birthday"),
        (Self::Anniversary, "anniversary"),
        (Self::Redeem, "redeem"),
        (Self::Activate, "activate"),
        (Self::Choose, "choose"),
        (Self::Adjust, "adjust"),
        (Self::Use, "use"),
        (Self::Transfer, "transfer"),
        (Self::Receive, "receive"),
        (Self::Referral, "referral"),
        (Self::Enroll, "enroll"),
        (Self::Withdraw, "withdraw"),
        (Self::Merge, "merge"),
        (Self::Unmerge, "unmerge"),
        (Self::Erase, "erase"),
        (Self::Claim, "claim"),
        (Self::Exchange, "exchange"),
        (Self::Donate, "donate"),
        (Self::Vote, "vote"),
    ];
    /// Whether only the engine makes such events: the clock or the mail.
    pub fn is_made(self) -> bool {
        matches!(self, Self::Birthday | Self::Anniversary | Self::Receive | Self::Referral)
    }
    /// The identifier of a built-in type; `None` for [`EventKind::Declared`].
    pub fn id(self) -> Option<EventId> {
        Self::BUILTIN.iter().position(|(kind, _)| *kind == self).map(crate::arena::Id::new)
    }
}

/// A type of event.
#[derive(Debug, Clone)]
pub struct EventDef {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// What it is to the engine.
    pub kind: EventKind,
    /// Its fields. `join` and `update` have every attribute except `id`, optional, then the program's own.
    pub fields: Arena<FieldId, FieldDef>,
    /// What it reverses.
    pub reversal: Option<Reversal>,
    /// How long its records can be reversed; `None` for ever.
    pub reversible: Option<TimeSpan>,
}

/// A field of an event, a line or a member.
#[derive(Debug, Clone)]
pub struct FieldDef {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// What it holds.
    pub ty: FieldType,
    /// Whether it may be missing.
    pub optional: bool,
    /// What stands for it when it is missing.
    pub default: Option<Value>,
}

/// What a field holds.
#[derive(Debug, Clone)]
pub enum FieldType {
    /// An amount in the program's currency; accepted currencies are converted when read.
    Money,
    /// An exact number.
    Number,
    /// A whole number.
    Count,
    /// Text.
    Text,
    /// Yes or no.
    Flag,
    /// A calendar day.
    Date,
    /// A moment.
    Moment,
    /// A duration.
    Duration,
    /// An identifier, kept as text.
    Id,
    /// One of a set of words.
    OneOf(EnumId),
    /// Another member's identifier.
    Member,
    /// Lines with fields of their own.
    List(Arena<FieldId, FieldDef>),
}

/// How an event takes back earlier ones.
#[derive(Debug, Clone)]
pub struct Reversal {
    /// The type that reverses.
    pub by: EventId,
    /// The type it reverses.
    pub of: EventId,
    /// Pairs of (own field, field of the original) that must be equal; never empty.
    pub key: Vec<(FieldId, FieldId)>,
    /// Pairs of (own numeric field, numeric field of the original) that say how much comes back. Without any, and without
    /// `lines`, the whole original comes back. The first pair of money, else the first pair, is the measure of proportion.
    pub amounts: Vec<(FieldId, FieldId)>,
    /// For reversals of single lines.
    pub lines: Option<LineKey>,
    /// Which original comes first where several match.
    pub order: Order,
    /// Whether one reversal may span several originals (`latest first` or `oldest first` was written).
    pub spans: bool,
    /// What happens where no original matches.
    pub unmatched: Unmatched,
    /// Whether of a reversal of more than is left only that takes effect which is left; else it is an error.
    pub excess_dropped: bool,
    /// How old an original may be.
    pub within: Option<TimeSpan>,
}

impl Reversal {
    /// The pair that says what share of the original comes back: the first of money, else the first; `fields` are the original's.
    pub fn principal(&self, fields: &Arena<FieldId, FieldDef>) -> Option<(FieldId, FieldId)> {
        let money = |pair: &&(FieldId, FieldId)| matches!(fields.at(pair.1).ty, FieldType::Money);
        self.amounts.iter().find(money).or(self.amounts.first()).copied()
    }
}

/// How lines of a reversal find lines of the original.
#[derive(Debug, Clone)]
pub struct LineKey {
    /// The list field of the reversal.
    pub list: FieldId,
    /// The list field of the original.
    pub original: FieldId,
    /// Pairs of (own line field, line field of the original) that must be equal.
    pub key: Vec<(FieldId, FieldId)>,
    /// Pairs of (own numeric line field, that of the original) that say how much of the line comes back; without any, all of it.
    pub amounts: Vec<(FieldId, FieldId)>,
}

/// Which of several originals is reversed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// The newest.
    LatestFirst,
    /// The oldest.
    OldestFirst,
}

/// What a reversal without an original is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmatched {
    /// An error outcome; nothing else changes.
    Refused,
    /// It lowers net measures at its own time; nothing else changes.
    Counts,
}
