//! The resolved, typed program: the contract between the checker and everything after it.
//!
//! Every name is an identifier into an [`Arena`], every expression has a [`Type`], every amount is an exact number in
//! the smallest step of its dimension: money in minor units, quantities in steps of their unit, all else as written.

mod board;
mod challenge;
mod end;
mod event;
mod expr;
mod measure;
mod meeting;
mod partner;
mod play;
mod rates;
mod reward;
mod roots;
mod rule;
mod scenario;
mod tier;
mod unit;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use board::{Leaderboard, Place};
pub use challenge::{
    Challenge, ChallengeRead, ChallengeStage, Frame, Goal, GoalStep, Milestone, OnChange, Progress, RewardRefunds,
    Shared, SharedBy,
};
pub use end::End;
pub use event::{EventDef, EventKind, FieldDef, FieldType, LineKey, Order, Reversal, Unmatched};
pub use expr::{
    Aggregate, Builtin, Case, Compare, Expr, Function, Guard, Guarded, Kind, Level, Operator, Read, Standing, Type,
};
pub use measure::{Measure, Net, ShareCap, Shield, Source, Tally, Window};
pub use meeting::{Pool, Referral, Transfer};
pub use partner::{Bonus, Charity, Exchange, Fund, FundPool, Match, Partner, Price};
pub use play::{Choice, ChoiceOption, Draw, DrawKind, Drawn, Pity, Prize};
pub use rates::NoValue;
pub use reward::{Gift, GiftKind, Redeem, RedeemForm, Reward, Stock, Validity};
pub use rule::{
    Activation, Boost, BoostAmount, Budget, Combine, Decided, Direction, During, Earn, Effect, Excess, Funding, Gates,
    Limit, LimitKind, OnRefund, Rhythm, RhythmDay, Rule, Stack, StackMode, TierAt, Trigger,
};
pub use scenario::{EntryState, Expectation, Given, OfferState, Scenario, ScenarioFlag, Step};
pub use tier::{Fall, Hold, Ladder, LadderRefund, Rise, Tier};
pub use unit::{
    Expiry, ExpiryCase, ExpiryRule, Pending, RefundFloor, ReturnOrder, Returned, RoundScope, SpendOrder, Unit,
};

use crate::arena::Arena;
use crate::source::{Sources, Span};
use crate::value::{Currency, Day, Exact, LeapDay, Rounding, Starts, TimeSpan, Zone};

crate::ids! {
    /// A type of event.
    EventId;
    /// A field of one event type, of the lines of one list, or an attribute of members.
    FieldId;
    /// A set of bare words.
    EnumId;
    /// A unit of value.
    UnitId;
    /// A named value.
    LetId;
    /// A lookup table.
    TableId;
    /// A measure.
    MeasureId;
    /// A named condition.
    SegmentId;
    /// A ladder of tiers.
    LadderId;
    /// An earn.
    EarnId;
    /// A boost, within the program.
    BoostId;
    /// A stacking group.
    StackId;
    /// A limit or budget.
    LimitId;
    /// A rule.
    RuleId;
    /// A reward.
    RewardId;
    /// A way to pay with points.
    RedeemId;
    /// A badge.
    BadgeId;
    /// A way to give to another member.
    TransferId;
    /// A way to bring friends.
    ReferralId;
    /// A kind of groups of members.
    PoolId;
    /// A challenge.
    ChallengeId;
    /// A partner.
    PartnerId;
    /// A way to turn one unit into another.
    ExchangeId;
    /// A cause.
    CharityId;
    /// A fund.
    FundId;
    /// Something to choose from.
    ChoiceId;
    /// A draw.
    DrawId;
    /// A leaderboard.
    LeaderboardId;
}

/// A whole program, checked.
#[derive(Debug, Clone)]
pub struct Program {
    /// The name it gives itself.
    pub name: Arc<str>,
    /// The texts it was read from.
    pub sources: Arc<Sources>,
    /// Its settings.
    pub settings: Settings,
    /// Sets of bare words, the built-in ones first ([`Program::WEEKDAYS`], [`Program::MONTHS`]).
    pub enums: Arena<EnumId, EnumDef>,
    /// Event types, the built-in ones first, in the order of [`EventKind`].
    pub events: Arena<EventId, EventDef>,
    /// Attributes of members; the first are [`Program::NAME`] and [`Program::MEMBER_ID`].
    pub attributes: Arena<FieldId, FieldDef>,
    /// Units.
    pub units: Arena<UnitId, Unit>,
    /// Named values.
    pub lets: Arena<LetId, Let>,
    /// Lookup tables.
    pub tables: Arena<TableId, Table>,
    /// Measures.
    pub measures: Arena<MeasureId, Measure>,
    /// Named conditions.
    pub segments: Arena<SegmentId, Segment>,
    /// Ladders of tiers.
    pub ladders: Arena<LadderId, Ladder>,
    /// Earns, in order of declaration.
    pub earns: Arena<EarnId, Earn>,
    /// Boosts, those of an earn's own block before those from outside; an earn lists its own.
    pub boosts: Arena<BoostId, Boost>,
    /// Stacking groups.
    pub stacks: Arena<StackId, Stack>,
    /// Limits and budgets.
    pub limits: Arena<LimitId, Limit>,
    /// Rules.
    pub rules: Arena<RuleId, Rule>,
    /// Rewards.
    pub rewards: Arena<RewardId, Reward>,
    /// Ways to pay with points.
    pub redeems: Arena<RedeemId, Redeem>,
    /// Badges.
    pub badges: Arena<BadgeId, Badge>,
    /// Ways to give to another member.
    pub transfers: Arena<TransferId, Transfer>,
    /// Ways to bring friends.
    pub referrals: Arena<ReferralId, Referral>,
    /// Challenges.
    pub challenges: Arena<ChallengeId, Challenge>,
    /// Kinds of groups.
    pub pools: Arena<PoolId, Pool>,
    /// Partners.
    pub partners: Arena<PartnerId, Partner>,
    /// Ways to turn one unit into another.
    pub exchanges: Arena<ExchangeId, Exchange>,
    /// Causes.
    pub charities: Arena<CharityId, Charity>,
    /// Funds.
    pub funds: Arena<FundId, Fund>,
    /// What members may choose from.
    pub choices: Arena<ChoiceId, Choice>,
    /// What members may win.
    pub draws: Arena<DrawId, Draw>,
    /// Members ranked against each other.
    pub leaderboards: Arena<LeaderboardId, Leaderboard>,
    /// Whether its members write to each other, so that they are judged together and in one order.
    pub meets: bool,
    /// What members must have agreed to before they are told something, by channel.
    pub consents: Vec<Consent>,
    /// What must hold for every member after every event.
    pub invariants: Vec<Invariant>,
    /// Tests beside the rules.
    pub scenarios: Vec<Scenario>,
}

impl Program {
    /// The enum of `weekday`: monday is 0.
    pub const WEEKDAYS: EnumId = EnumId(0);
    /// The enum of `month`: january is 0.
    pub const MONTHS: EnumId = EnumId(1);
    /// The attribute `name`.
    pub const NAME: FieldId = FieldId(0);
    /// The attribute `id`.
    pub const MEMBER_ID: FieldId = FieldId(1);

    /// What takes events of a type back.
    pub fn reversals_of(&self, event: EventId) -> impl Iterator<Item = &Reversal> {
        self.events.iter().filter_map(|def| def.reversal.as_ref()).filter(move |reversal| reversal.of == event)
    }
}

/// What the `program` block declares.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The currency of all money inside.
    pub currency: Currency,
    /// Further currencies: units of the program's currency for one unit of theirs (in whole units, not minor ones), and how the
    /// conversion rounds to minor units.
    pub accepts: Vec<(Currency, Expr, Rounding)>,
    /// The zone of days.
    pub zone: Zone,
    /// The text attribute that holds a member's own zone.
    pub zone_of_member: Option<FieldId>,
    /// First days of weeks, quarters and years.
    pub starts: Starts,
    /// When leap-day birthdays fall in common years.
    pub leap_day: LeapDay,
    /// How old a late event may be, against the newest event of its member; `None` accepts every one.
    pub late: Option<TimeSpan>,
    /// Whether members must join before anything else.
    pub join_required: bool,
    /// From when on this version is in force.
    pub effective_from: Option<Day>,
}

/// A set of bare words.
#[derive(Debug, Clone)]
pub struct EnumDef {
    /// The words in order of declaration.
    pub words: Vec<Arc<str>>,
}

/// What a member must have agreed to before a message goes out on a channel.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The channel.
    pub channel: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// When messages may be sent.
    pub when: Expr,
}

/// A named value.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// What it stands for.
    pub value: Expr,
}

/// A named condition.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// Who belongs to it.
    pub condition: Expr,
}

/// A condition that must hold for every member after every event: what a program promises of itself. It brings nothing about.
#[derive(Debug, Clone)]
pub struct Invariant {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// What must hold.
    pub condition: Expr,
}

/// A badge, declared by the first rule that gives it.
#[derive(Debug, Clone)]
pub struct Badge {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is first given.
    pub span: Span,
}

/// A lookup table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: Arc<str>,
    /// Where it is declared.
    pub span: Span,
    /// The type of each key, in order; one for bands.
    pub keys: Vec<Type>,
    /// The type of its values; for marginal bands, that of the result.
    pub value: Type,
    /// Its rows.
    pub rows: Rows,
}

/// What one key of a row matches: how the key compares with a value; `None` matches anything.
pub type Cell = Option<(Compare, crate::value::Value)>;

/// The rows of a table.
#[derive(Debug, Clone)]
pub enum Rows {
    /// The first row whose cells all match.
    Exact {
        /// Cells and value.
        rows: Vec<(Vec<Cell>, Expr)>,
        /// The value where no row matches; without it, none is an error for the event.
        otherwise: Option<Expr>,
    },
    /// Bands in rising order.
    Bands {
        /// The bands.
        bands: Vec<Band>,
        /// Whether each value is a rate for the part of the amount inside its band.
        marginal: bool,
    },
}

/// One band of a table.
#[derive(Debug, Clone)]
pub struct Band {
    /// Its upper end; `None` for the last.
    pub to: Option<Exact>,
    /// Whether the upper end belongs to it.
    pub inclusive: bool,
    /// Its value or rate.
    pub value: Expr,
}

/// The old name of a renamed thing (S41).
pub type Was = Option<Arc<str>>;

/// A name with translations, for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The text without a language.
    pub text: Arc<str>,
    /// Language code and text.
    pub translations: Vec<(Arc<str>, Arc<str>)>,
}

impl Label {
    /// The text for a member who reads `language`, and the code of its language: none where there is no such translation.
    pub fn read_in(&self, language: &str) -> (Option<&Arc<str>>, &Arc<str>) {
        let found = self.translations.iter().find(|(code, _)| **code == *language);
        found.map_or((None, &self.text), |(code, text)| (Some(code), text))
    }
}
