//! Events, fields, members.

use super::{At, Duration, Expr, Ident, Path, Spanned};

/// `event purchase { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its name.
    pub name: Ident,
    /// `reverses purchase by order`.
    pub reverses: Option<Reverses>,
    /// The fields; empty where there is no block.
    pub fields: Vec<Field>,
    /// Whether a block is written: without one, a reversal is of the whole.
    pub block: bool,
    /// `unmatched …`.
    pub unmatched: Option<Spanned<Unmatched>>,
    /// `excess …`.
    pub excess: Option<Spanned<Excess>>,
    /// `within 90 days`: older originals cannot be reversed.
    pub within: Option<Duration>,
    /// `reversible within 90 days`: how long records are kept.
    pub reversible: Option<Duration>,
    /// The header.
    pub at: At,
}

/// What a reversal takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverses {
    /// The original's event.
    pub event: Ident,
    /// What finds the original: `order`, `items.sku`, `id as ref`.
    pub by: Vec<ReversesKey>,
    /// Which original first, where several match.
    pub order: Option<Spanned<Newest>>,
    /// Where.
    pub at: At,
}

/// A field that finds the original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversesKey {
    /// The field of the original.
    pub path: Path,
    /// What the reversal calls it, where that is another name.
    pub own: Option<Ident>,
}

/// Which of several originals is reversed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newest {
    /// `latest first`.
    LatestFirst,
    /// `oldest first`.
    OldestFirst,
}

/// What happens to a reversal whose original is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmatched {
    /// `unmatched refused`.
    Refused,
    /// `unmatched counts`: it still reduces net measures.
    Counts,
}

/// What happens to a reversal of more than is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excess {
    /// `excess refused`.
    Refused,
    /// `excess dropped`: what is left comes back.
    Dropped,
}

/// `member { … }`: attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The attributes.
    pub fields: Vec<Field>,
    /// `consent email when email_ok`, one per channel.
    pub consents: Vec<Consent>,
    /// The header.
    pub at: At,
}

/// When members may be told something on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The channel.
    pub channel: Ident,
    /// What must hold.
    pub when: Expr,
}

/// A field of an event, a list or a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: FieldType,
    /// `optional`.
    pub optional: Option<At>,
    /// `default 1`.
    pub default: Option<Expr>,
    /// The statement.
    pub at: At,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldType {
    /// Which.
    pub kind: FieldKind,
    /// Where.
    pub at: At,
}

/// The kinds of [`FieldType`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum FieldKind {
    Money,
    Number,
    Count,
    Text,
    Flag,
    Date,
    Time,
    Duration,
    Id,
    /// A reference to another member.
    Member,
    /// `one of store, web, "click and collect"`.
    OneOf(Vec<Ident>),
    /// `list of { … }`.
    List(Vec<Field>),
}
