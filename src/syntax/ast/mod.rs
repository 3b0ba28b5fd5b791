//! What a text says, as a tree: no names resolved, no types known. Equality ignores places.

mod board;
mod challenge;
mod earn;
mod event;
mod expr;
mod meeting;
mod partner;
mod play;
mod reward;
mod rule;
mod scenario;
mod tiers;
mod time;
mod unit;

pub use board::*;
pub use challenge::*;
pub use earn::*;
pub use event::*;
pub use expr::*;
pub use meeting::*;
pub use partner::*;
pub use play::*;
pub use reward::*;
pub use rule::*;
pub use scenario::*;
pub use tiers::*;
pub use time::*;
pub use unit::*;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::source::Span;

/// A place in a text. All places are equal, so that two trees compare by what they say.
#[derive(Clone, Copy)]
pub struct At(pub Span);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for At {}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.0.start, self.0.end)
    }
}

impl From<At> for Span {
    fn from(at: At) -> Self {
        at.0
    }
}

/// A value and the place where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub at: At,
}

/// A name, an enum value or another word as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    /// The word.
    pub text: Arc<str>,
    /// Where.
    pub at: At,
}

impl Ident {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.text
    }
    /// Where it is written.
    pub fn span(&self) -> Span {
        self.at.0
    }
}

/// Names joined by dots: `purchase.items.price`. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The names from left to right, at least one.
    pub parts: Vec<Ident>,
    /// The whole path.
    pub at: At,
}

impl Path {
    /// The name, where the path is one name only.
    pub fn single(&self) -> Option<&Ident> {
        match self.parts.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, part) in self.parts.iter().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            write!(f, "{dot}{}", part.text)?;
        }
        Ok(())
    }
}

/// A text in quotes, escapes resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it says.
    pub value: Arc<str>,
    /// Where, with its quotes.
    pub at: At,
}

/// A text for people, with translations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The text in the program's own language.
    pub text: Text,
    /// Language tag and text.
    pub translations: Vec<(Ident, Text)>,
}

/// One text of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The items that could be read, in order.
    pub items: Vec<Item>,
    /// Words that may be declared or used in what could not be read, and names of items of which a part could not be read: what
    /// is said about them cannot be believed.
    pub doubtful: BTreeSet<Arc<str>>,
    /// Where items stand of which a part could not be read.
    pub partial: Vec<Span>,
}

/// What stands at the top level.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after its keyword and described at its type")]
pub enum Item {
    Program(Program),
    Import(Import),
    Event(Event),
    Member(Member),
    Unit(Unit),
    Let(Let),
    Table(Table),
    Measure(Measure),
    Segment(Segment),
    Invariant(Invariant),
    Tiers(Tiers),
    Earn(Earn),
    Boost(BoostItem),
    Stack(Stack),
    Limit(LimitItem),
    Rule(Rule),
    Reward(Reward),
    Redeem(Redeem),
    Challenge(Box<Challenge>),
    Transfer(Transfer),
    Referral(Box<Referral>),
    Pool(Pool),
    Partner(Partner),
    Exchange(Box<Exchange>),
    Cause(CauseItem),
    Fund(Box<Fund>),
    Scenario(Scenario),
    Choice(Choice),
    Draw(Box<Draw>),
    /// `leaderboard …`.
    Leaderboard(Leaderboard),
}

impl Item {
    /// The name that the item declares; none for `program`, `import`, `member` and scenarios.
    pub fn name(&self) -> Option<&Ident> {
        match self {
            Self::Program(_) | Self::Import(_) | Self::Member(_) | Self::Scenario(_) => None,
            Self::Event(x) => Some(&x.name),
            Self::Unit(x) => Some(&x.name),
            Self::Let(x) => Some(&x.name),
            Self::Table(x) => Some(&x.name),
            Self::Measure(x) => Some(&x.name),
            Self::Segment(x) => Some(&x.name),
            Self::Invariant(x) => Some(&x.name),
            Self::Tiers(x) => Some(&x.name),
            Self::Earn(x) => Some(&x.name),
            Self::Boost(x) => Some(&x.name),
            Self::Stack(x) => Some(&x.name),
            Self::Limit(x) => Some(&x.name),
            Self::Rule(x) => Some(&x.name),
            Self::Reward(x) => Some(&x.name),
            Self::Redeem(x) => Some(&x.name),
            Self::Challenge(x) => Some(&x.name),
            Self::Transfer(x) => Some(&x.name),
            Self::Referral(x) => Some(&x.name),
            Self::Pool(x) => Some(&x.name),
            Self::Partner(x) => Some(&x.name),
            Self::Exchange(x) => Some(&x.name),
            Self::Cause(x) => Some(&x.name),
            Self::Fund(x) => Some(&x.name),
            Self::Choice(x) => Some(&x.name),
            Self::Draw(x) => Some(&x.name),
            Self::Leaderboard(x) => Some(&x.name),
        }
    }
    /// The keyword and the name, without the block.
    pub fn at(&self) -> At {
        match self {
            Self::Program(x) => x.at,
            Self::Import(x) => x.at,
            Self::Member(x) => x.at,
            Self::Scenario(x) => x.at,
            Self::Event(x) => x.at,
            Self::Unit(x) => x.at,
            Self::Let(x) => x.at,
            Self::Table(x) => x.at,
            Self::Measure(x) => x.at,
            Self::Segment(x) => x.at,
            Self::Invariant(x) => x.at,
            Self::Tiers(x) => x.at,
            Self::Earn(x) => x.at,
            Self::Boost(x) => x.at,
            Self::Stack(x) => x.at,
            Self::Limit(x) => x.at,
            Self::Rule(x) => x.at,
            Self::Reward(x) => x.at,
            Self::Redeem(x) => x.at,
            Self::Challenge(x) => x.at,
            Self::Transfer(x) => x.at,
            Self::Referral(x) => x.at,
            Self::Pool(x) => x.at,
            Self::Partner(x) => x.at,
            Self::Exchange(x) => x.at,
            Self::Cause(x) => x.at,
            Self::Fund(x) => x.at,
            Self::Choice(x) => x.at,
            Self::Draw(x) => x.at,
            Self::Leaderboard(x) => x.at,
        }
    }
}

/// `program "Beauty Insider" { … }`: what holds for the whole program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// The name for people.
    pub name: Text,
    /// `currency USD`.
    pub currency: Option<Ident>,
    /// `accepts EUR at 1.08`, one per further currency.
    pub accepts: Vec<Accept>,
    /// `timezone …`.
    pub timezone: Option<Spanned<Timezone>>,
    /// `week starts monday`.
    pub week: Option<Spanned<Weekday>>,
    /// `year starts 1 april`.
    pub year: Option<MonthDay>,
    /// `quarters start february`: 1 to 12.
    pub quarters: Option<u8>,
    /// `leap day birthdays on mar 1`.
    pub leap_day: Option<MonthDay>,
    /// `late …`.
    pub late: Option<Spanned<Late>>,
    /// `join required`.
    pub join_required: Option<At>,
    /// `effective from 2026-01-01`.
    pub effective: Option<Date>,
    /// The header.
    pub at: At,
}

/// `accepts EUR at 1.08 until 2026-03-31, 1.10 after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// ISO code.
    pub currency: Ident,
    /// `rounded down`, `rounded up`: what becomes of parts of a minor unit.
    pub rounded: Option<Rounded>,
    /// Units of the program's currency per unit of this one.
    pub rate: Cases,
    /// The statement.
    pub at: At,
}

/// How converted amounts are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word of the language")]
pub enum Rounded {
    Down,
    Up,
}

/// Which clock days follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Timezone {
    /// `timezone "America/New_York"`.
    Named(Text),
    /// `timezone of member [else "Europe/Paris"]`.
    Member {
        /// For members without a time zone.
        fallback: Option<Text>,
    },
}

/// What happens to events that arrive after later ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Late {
    /// `late accept within 30 days`; without a limit: always.
    Accept(Option<Duration>),
    /// `late refuse`.
    Refuse,
}

/// `import "common.meed"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Relative to the importing file.
    pub path: Text,
    /// The statement.
    pub at: At,
}

/// `let rate = 4 until 2023-05-02, 3 after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Let {
    /// Its name.
    pub name: Ident,
    /// Its value.
    pub value: Cases,
    /// The statement.
    pub at: At,
}

/// `measure yearly_spend = sum of purchase.subtotal, each calendar year`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Its name.
    pub name: Ident,
    /// `was old_name`: the name it had before.
    pub was: Option<Ident>,
    /// An [`ExprKind::Aggregate`], [`ExprKind::Since`], or a formula over measures.
    pub value: Expr,
    /// The period counted; default: ever.
    pub window: Option<Window>,
    /// How reversals count; default: at the original's time.
    pub netting: Option<Spanned<Netting>>,
    /// `at most 30% where partner is yes`.
    pub shares: Vec<ShareCap>,
    /// What belongs to streaks only.
    pub streak: StreakOptions,
    /// The statement.
    pub at: At,
}

/// Options of a streak, each with its place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreakOptions {
    /// `repairs 1 in 7 days`: missed periods that count all the same.
    pub repairs: Option<(Number, Duration, At)>,
    /// `frozen by freezes`: a unit that is spent for a missed period.
    pub frozen: Option<(Ident, At)>,
    /// `frozen days count`.
    pub frozen_count: Option<At>,
    /// `when sum of lesson.minutes reaches 30`: what a period needs.
    pub enough: Option<(Aggregate, Expr, At)>,
    /// `within 30 minutes`: how far the first event of a row may lie before the last.
    pub within: Option<(Duration, At)>,
}

impl StreakOptions {
    /// The place of the first option that is there.
    pub fn first(&self) -> Option<At> {
        let repairs = self.repairs.as_ref().map(|(.., at)| *at);
        let frozen = self.frozen.as_ref().map(|(_, at)| *at).or(self.frozen_count);
        let enough = self.enough.as_ref().map(|(.., at)| *at);
        repairs.or(frozen).or(enough).or(self.within.as_ref().map(|(_, at)| *at))
    }
}

/// How a measure counts reversals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Netting {
    /// `gross`: not at all.
    Gross,
    /// `net when reversed`: at the time of the reversal.
    WhenReversed,
}

/// At most a share of a measure may come from what a condition selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareCap {
    /// The largest share.
    pub percent: Number,
    /// What it applies to.
    pub filter: Expr,
    /// The option.
    pub at: At,
}

/// `segment at_risk = days since purchase > 90 and orders >= 3`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its name.
    pub name: Ident,
    /// Who belongs to it.
    pub condition: Expr,
    /// The statement.
    pub at: At,
}

/// `invariant never_below = points.balance >= 0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invariant {
    /// Its name.
    pub name: Ident,
    /// What must hold for every member after every event.
    pub condition: Expr,
    /// The statement.
    pub at: At,
}

/// `table bonus by zone, cabin { … }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: Ident,
    /// The names of its keys.
    pub keys: Vec<Ident>,
    /// How a row is found.
    pub shape: TableShape,
    /// The rows, or the file that holds them.
    pub body: TableBody,
    /// The header.
    pub at: At,
}

/// How a row of a table is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableShape {
    /// The first row whose keys match.
    Keys,
    /// `in bands`: the band that the amount falls into.
    Bands,
    /// `in marginal bands`: each part of the amount at its own band's rate.
    MarginalBands,
}

/// The rows of a table, or where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableBody {
    /// Written in place.
    Rows(Vec<Row>),
    /// `from "bonus.csv"`.
    File(Text),
}

/// One row: what it matches and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it matches.
    pub key: RowKey,
    /// Its value.
    pub value: Cases,
    /// The row.
    pub at: At,
}

/// What a row matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowKey {
    /// One per key of the table.
    Keys(Vec<Key>),
    /// `else`: everything.
    Else,
    /// `up to 500`: inclusive.
    UpTo(Expr),
    /// `below 1_000`: exclusive.
    Below(Expr),
    /// `above`: what no band before holds.
    Above,
}

/// What one column of a row matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// `_`: anything.
    Any(At),
    /// A literal or a bare word.
    Value(Expr),
    /// `up to 500`: inclusive.
    UpTo(Expr),
    /// `below 500`: exclusive.
    Below(Expr),
    /// `above 500`: exclusive.
    Above(Expr),
}
