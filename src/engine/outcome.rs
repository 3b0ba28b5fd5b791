//! What happened: postings and everything else that judging an event or moving the clock brings about.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{
    BadgeId, ChallengeId, ChallengeStage, CharityId, ChoiceId, DrawId, EarnId, ExchangeId, FundId, LadderId,
    LeaderboardId, LimitId, PartnerId, RedeemId, RewardId, RuleId, TransferId, UnitId,
};
use crate::source::Span;
use crate::value::{Exact, Instant};

/// One line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whose.
    pub member: Arc<str>,
    /// When it took effect.
    pub time: Instant,
    /// The event that brought it about; `None` where the clock did.
    pub event: Option<Arc<str>>,
    /// The version of the program, by position.
    pub version: u32,
    /// What in the program brought it about.
    pub cause: Cause,
    /// What happened.
    pub what: What,
    /// The late event that changed history, where this corrects it.
    pub corrects: Option<Arc<str>>,
}

impl Outcome {
    /// Whether an event brought this about: to its own member, or by mail to another.
    pub fn comes_of(&self, event: &str) -> bool {
        let rest = self.event.as_ref().and_then(|own| own.strip_prefix(event));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What in the program brought an outcome about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// An earn.
    Earn(EarnId),
    /// A rule.
    Rule(RuleId),
    /// A ladder of tiers.
    Ladder(LadderId),
    /// A unit's own declarations: expiry, pending, refunds.
    Unit(UnitId),
    /// A reward.
    Reward(RewardId),
    /// A way to pay with points.
    Redeem(RedeemId),
    /// A way to give to another member.
    Transfer(TransferId),
    /// A way to turn one unit into another.
    Exchange(ExchangeId),
    /// A cause.
    Charity(CharityId),
    /// A fund.
    Fund(FundId),
    /// The event itself: `adjust`, a refusal before any rule.
    Event,
}

/// An account of the ledger. A posting moves value from one to another, so that all accounts of a unit sum to zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// What the member may spend.
    Available,
    /// What the member will be able to spend.
    Pending,
    /// Who promises.
    Issuer,
    /// A partner who pays for a part.
    Partner(Arc<str>),
    /// Between two members: what leaves one arrives at the other with the same event.
    Transfer,
    /// Where lapsed value goes.
    Expired,
    /// Where spent value goes.
    Redeemed,
    /// A cause that is given to.
    Cause(Arc<str>),
}

impl Account {
    /// Whether it is the member's own.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Available | Self::Pending)
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Value moved between accounts; `amount` in steps, positive.
    Posted {
        /// The unit.
        unit: UnitId,
        /// From.
        from: Account,
        /// To.
        to: Account,
        /// How much, in steps.
        amount: i64,
        /// The lot, where one lot is meant.
        lot: Option<u32>,
        /// The line of the event, where the award was per line.
        line: Option<u32>,
    },
    /// A limit cut an award: requested and granted, in steps of the unit (or times).
    Limited {
        /// The limit.
        limit: LimitId,
        /// What was asked, as an exact number in words.
        requested: String,
        /// What was granted.
        granted: String,
    },
    /// A tier changed.
    Tier {
        /// The ladder.
        ladder: LadderId,
        /// The tier before.
        from: u32,
        /// The tier after.
        to: u32,
        /// Until when it is held; `None` for ever or as long as the condition holds.
        until: Option<Instant>,
    },
    /// A message was not sent, for want of consent.
    Withheld {
        /// The channel.
        channel: Arc<str>,
        /// Why, in words.
        reason: String,
    },
    /// A voucher was issued.
    Issued {
        /// The reward.
        reward: RewardId,
        /// The voucher's number among the member's.
        voucher: u32,
        /// Its value, in minor units.
        value: Option<i64>,
        /// Its end.
        expires: Option<Instant>,
    },
    /// A voucher was used, came back, was cancelled or lapsed.
    Voucher {
        /// The reward.
        reward: RewardId,
        /// Its number.
        voucher: u32,
        /// What became of it.
        change: VoucherChange,
    },
    /// A part of a gift card was used, in minor units; less than nothing where it comes back.
    CardUsed {
        /// The reward.
        reward: RewardId,
        /// Its number.
        voucher: u32,
        /// How much.
        amount: i64,
        /// What is left of it.
        left: i64,
    },
    /// Points paid for money off a bill, `value` in minor units; both negative where they come back with the order.
    Paid {
        /// The way.
        redeem: RedeemId,
        /// How much, in steps.
        amount: i64,
        /// The money off, in minor units.
        value: i64,
    },
    /// A badge was given or taken back.
    Badge {
        /// The badge.
        badge: BadgeId,
        /// Whether it was given.
        given: bool,
    },
    /// A message to the member.
    Message {
        /// The channel.
        channel: Arc<str>,
        /// The language; empty for the default text.
        language: Arc<str>,
        /// The text.
        text: String,
    },
    /// A choice was offered, or something became of an offer.
    Offer {
        /// The choice.
        choice: ChoiceId,
        /// The offer's number among the member's.
        offer: u32,
        /// What became of it.
        change: OfferChange,
        /// The option that was taken.
        option: Option<Arc<str>>,
    },
    /// An entry of a draw was made, won, lost or was taken out.
    Entry {
        /// The draw.
        draw: DrawId,
        /// The entry.
        entry: Arc<str>,
        /// What became of it.
        change: EntryChange,
        /// What it won.
        prize: Option<RewardId>,
    },
    /// A member has a place on a leaderboard that brings something.
    Ranked {
        /// The leaderboard.
        board: LeaderboardId,
        /// The place, from 1.
        place: u32,
        /// Among how many.
        of: u64,
        /// With what, in words.
        score: String,
    },
    /// Winners were drawn.
    Drawn {
        /// The draw.
        draw: DrawId,
        /// Of how many entries.
        entries: u64,
        /// How many have won.
        prizes: u64,
    },
    /// A shortfall of a reversal was recorded, in steps.
    Owed {
        /// The unit.
        unit: UnitId,
        /// How much is owed now.
        debt: i64,
    },
    /// Points that a partner funds or takes, and what they are worth between it and the program: `amount` in steps, `value` in minor units.
    Settled {
        /// The partner.
        partner: PartnerId,
        /// The unit.
        unit: UnitId,
        /// What became of the points.
        side: Side,
        /// How much, in steps.
        amount: i64,
        /// The money, in minor units, not rounded.
        value: Exact,
    },
    /// A gift to a cause, in minor units; negative where it is taken back.
    Donated {
        /// The cause.
        charity: CharityId,
        /// The gift.
        amount: i64,
        /// What the program adds to it.
        matched: i64,
        /// Who gives.
        giver: Giver,
        /// The number of the gift among the member's, where the member gives.
        receipt: Option<u32>,
    },
    /// The share of a cause in a fund: its votes, and the money in minor units.
    Divided {
        /// The cause.
        charity: CharityId,
        /// Its votes.
        votes: i64,
        /// Its share.
        amount: i64,
    },
    /// The event asked for what it cannot have; nothing changed (S15).
    Refused(String),
    /// The event could not be judged; nothing changed.
    Failed(String),
    /// Something became of a challenge.
    Challenge {
        /// The challenge.
        challenge: ChallengeId,
        /// Its number among the member's.
        number: u32,
        /// What became of it.
        stage: ChallengeStage,
        /// How far it has come, in words.
        progress: String,
        /// How much is to be reached, in words.
        target: Option<String>,
    },
    /// Money that the member is to pay, in minor units.
    Charged(i64),
    /// What a rule brings is decided at that moment.
    Undecided(Instant),
    /// Something was not done, with the reason; the event itself took effect.
    Unreached(String),
    /// Something that a reversal cannot undo.
    Irreversible(String),
    /// An outcome of before a late event that holds no longer.
    Withdrawn(Box<What>),
}

/// What became of points between a partner and the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The partner pays for them.
    Issued,
    /// The partner has paid for them and gets them back.
    TakenBack,
    /// The partner takes them and is paid.
    Redeemed,
    /// The partner took them and gives them back.
    Returned,
}

impl Side {
    /// As the journal says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::TakenBack => "taken_back",
            Self::Redeemed => "redeemed",
            Self::Returned => "returned",
        }
    }
}

/// Who gives to a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Giver {
    /// A member.
    Member,
    /// The program, for what a member does.
    Program,
    /// A fund of the program.
    Fund,
}

impl Giver {
    /// As the journal says it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Program => "program",
            Self::Fund => "fund",
        }
    }
}

/// What became of a voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoucherChange {
    /// Used.
    Used,
    /// Came back with a returned order.
    Returned,
    /// Cancelled with the order that issued it.
    Cancelled,
    /// Its time ended.
    Expired,
}

/// What became of an entry of a draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryChange {
    /// It waits until winners are drawn.
    Entered,
    /// It won.
    Won,
    /// It won nothing.
    Lost,
    /// It was taken out with what made it.
    Cancelled,
}

impl EntryChange {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferChange {
    /// Made.
    Offered,
    /// One of its options was taken.
    Chosen,
    /// Cancelled with what made it.
    Cancelled,
    /// Its time ended.
    Expired,
}

impl OfferChange {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Chosen => "chosen",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }
}

/// A step on the way to an outcome, for explanations (S8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceStep {
    /// What in the program.
    pub cause: Cause,
    /// The statement.
    pub span: Span,
    /// Which step of the pipeline.
    pub stage: Stage,
    /// The line of the event.
    pub line: Option<u32>,
    /// What the statement came to, in plain words.
    pub result: String,
    /// Whether the pipeline went on.
    pub passed: bool,
}

/// A step of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// A condition.
    Condition,
    /// The base amount.
    Base,
    /// A boost.
    Boost,
    /// A stacking group.
    Group,
    /// A limit.
    Limit,
    /// Rounding.
    Round,
    /// The posting.
    Post,
    /// What a reversal takes back.
    Reverse,
}
