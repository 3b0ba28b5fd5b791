//! What the checker knows while it works.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::arena::{Arena, Id as _};
use crate::diagnostic::Diagnostic;
use crate::hir::{
    Badge, BadgeId, Boost, BoostId, EnumDef, EnumId, EventDef, EventId, Expr, FieldDef, FieldId, FieldType, LadderId,
    Let, LetId, Limit, LimitId, Measure, MeasureId, Rule, Segment, SegmentId, Table, TableId, Type, UnitId,
};
use crate::source::{Sources, Span};
use crate::syntax::ast;
use crate::value::{Currency, Exact, Zone};

use super::Loader;
use super::manner::Manner;
use super::names::Names;
use super::weight::{Place, Weight};

/// A thing that is lowered when it is first needed.
#[derive(Debug, Clone)]
pub(super) enum Slot<T> {
    /// Nobody asked yet.
    Waiting,
    /// It is being lowered: who asks again stands in a cycle.
    Busy,
    /// It has errors, which were reported.
    Failed,
    /// It is lowered.
    Done(T),
}

impl<T> Slot<T> {
    /// The lowered thing.
    pub fn done(&self) -> Option<&T> {
        match self {
            Self::Done(value) => Some(value),
            _ => None,
        }
    }
}

/// What is lowered on demand, for the words of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Let(LetId),
    Measure(MeasureId),
    Segment(SegmentId),
    Table(TableId),
    Worth(UnitId),
}

/// What is known of a unit before its rules are read.
#[derive(Debug, Clone)]
pub(super) struct UnitHead {
    pub name: Arc<str>,
    pub also: Option<Arc<str>>,
    pub span: Span,
    pub money: bool,
    pub decimals: u8,
}

/// What is known of a ladder before its conditions are read.
#[derive(Debug, Clone)]
pub(super) struct LadderHead {
    pub name: Arc<str>,
    pub tiers: Vec<Arc<str>>,
}

/// The items of all files, by kind, in order.
#[derive(Default)]
pub(super) struct Items<'a> {
    pub programs: Vec<&'a ast::Program>,
    pub events: Vec<&'a ast::Event>,
    pub members: Vec<&'a ast::Member>,
    pub units: Vec<&'a ast::Unit>,
    pub lets: Vec<&'a ast::Let>,
    pub tables: Vec<&'a ast::Table>,
    pub measures: Vec<&'a ast::Measure>,
    pub segments: Vec<&'a ast::Segment>,
    pub invariants: Vec<&'a ast::Invariant>,
    pub ladders: Vec<&'a ast::Tiers>,
    pub earns: Vec<&'a ast::Earn>,
    pub boosts: Vec<&'a ast::BoostItem>,
    pub stacks: Vec<&'a ast::Stack>,
    pub limits: Vec<&'a ast::LimitItem>,
    pub rules: Vec<&'a ast::Rule>,
    pub rewards: Vec<&'a ast::Reward>,
    pub redeems: Vec<&'a ast::Redeem>,
    pub challenges: Vec<&'a ast::Challenge>,
    pub transfers: Vec<&'a ast::Transfer>,
    pub referrals: Vec<&'a ast::Referral>,
    pub pools: Vec<&'a ast::Pool>,
    pub partners: Vec<&'a ast::Partner>,
    pub exchanges: Vec<&'a ast::Exchange>,
    pub causes: Vec<&'a ast::CauseItem>,
    pub funds: Vec<&'a ast::Fund>,
    pub scenarios: Vec<&'a ast::Scenario>,
    pub choices: Vec<&'a ast::Choice>,
    pub draws: Vec<&'a ast::Draw>,
    pub leaderboards: Vec<&'a ast::Leaderboard>,
}

/// The checker: the program as far as it is known, and what is wrong with it.
pub(super) struct Checker<'a> {
    pub sources: &'a Sources,
    pub load: &'a Loader<'a>,
    pub items: Items<'a>,
    pub errors: Vec<Diagnostic>,
    pub names: Names,
    pub currency: Currency,
    /// Whether the program says its currency; otherwise amounts of any are taken, so that one mistake is one message.
    pub currency_known: bool,
    /// The other currencies that events may name.
    pub accepted: Vec<Currency>,
    pub zone: Zone,
    pub enums: Arena<EnumId, EnumDef>,
    pub events: Arena<EventId, EventDef>,
    pub attributes: Arena<FieldId, FieldDef>,
    pub units: Arena<UnitId, UnitHead>,
    pub ladders: Arena<LadderId, LadderHead>,
    pub lets: Vec<Slot<Let>>,
    pub tables: Vec<Slot<Table>>,
    /// Key types of tables, as the first use says.
    pub table_keys: HashMap<TableId, Vec<Type>>,
    pub measures: Vec<Slot<Measure>>,
    pub segments: Vec<Slot<Segment>>,
    pub worths: Vec<Slot<Option<Expr>>>,
    /// What is being lowered, outermost first.
    pub busy: Vec<Node>,
    /// The expression at hand.
    pub place: Place,
    /// What things with names take to compute, as far as they are lowered.
    pub weights: HashMap<Node, Weight>,
    pub badges: Arena<BadgeId, Badge>,
    pub boosts: Arena<BoostId, Boost>,
    pub limits: Arena<LimitId, Limit>,
    /// Rules that items other than rules set off; their identifiers follow those of the rules.
    pub called: Vec<Rule>,
    /// Names of blocks that have errors, which were reported.
    pub failed_locals: HashSet<Span>,
    /// Where `optional` is written, by the place of the field's name.
    pub optionals: HashMap<Span, Span>,
    /// How constant numbers are written that are not plain ones, by place.
    pub written: HashMap<Span, Manner>,
}

impl Checker<'_> {
    /// Reports a message.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.errors.push(diagnostic);
    }
    /// Reports a message and gives up on the thing at hand.
    pub fn fail<T>(&mut self, diagnostic: Diagnostic) -> Option<T> {
        self.errors.push(diagnostic);
        None
    }
    /// Smallest steps in one whole unit.
    pub fn steps_of(&self, unit: UnitId) -> Exact {
        power_of_ten(self.units.at(unit).decimals)
    }
    /// Minor units in one whole unit of the program's currency.
    pub fn minor_units(&self) -> Exact {
        power_of_ten(self.currency.exponent())
    }
    /// The fields of a line of a list.
    pub fn line_fields(&self, event: EventId, list: FieldId) -> Option<&Arena<FieldId, FieldDef>> {
        match self.events.get(event).and_then(|event| event.fields.get(list)).map(|field| &field.ty) {
            Some(FieldType::List(fields)) => Some(fields),
            _ => None,
        }
    }
    /// The slot of a lowered let, measure or segment, where it is lowered without error.
    pub fn measure(&self, id: MeasureId) -> Option<&Measure> {
        self.measures.get(id.index()).and_then(Slot::done)
    }
    /// A lowered let.
    pub fn named(&self, id: LetId) -> Option<&Let> {
        self.lets.get(id.index()).and_then(Slot::done)
    }
    /// The enum with these words, in this order; made where there is none yet.
    pub fn enum_of(&mut self, words: Vec<Arc<str>>) -> EnumId {
        match self.enums.find(|known| known.words == words) {
            Some(id) => id,
            None => self.enums.push(EnumDef { words }),
        }
    }
    /// A dimension, as a designer calls it.
    pub fn spoken(&self, ty: Type) -> String {
        match ty {
            Type::Bool => "yes or no".to_owned(),
            Type::Number => "a number".to_owned(),
            Type::Money => "money".to_owned(),
            Type::Quantity(unit) => self.units.at(unit).name.to_string(),
            Type::Text => "text".to_owned(),
            Type::Date => "a date".to_owned(),
            Type::Moment => "a moment".to_owned(),
            Type::Time => "a time of day".to_owned(),
            Type::Duration => "a duration".to_owned(),
            Type::Enum(id) => format!("one of {}", shown(&self.enums.at(id).words)),
            Type::Tier(id) => format!("a tier of {}", self.ladders.at(id).name),
        }
    }
}

/// Words in a row; of many, the first ones.
pub(super) fn shown(words: &[Arc<str>]) -> String {
    const MANY: usize = 8;
    let mut text = words.iter().take(MANY).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    if words.len() > MANY {
        text.push_str(", …");
    }
    text
}

/// 10 to the power of `decimals`.
pub(super) fn power_of_ten(decimals: u8) -> Exact {
    Exact::from(10_i64.saturating_pow(u32::from(decimals)))
}

/// The dimension of a field's value; `None` for lists.
pub(super) fn field_type(ty: &FieldType) -> Option<Type> {
    Some(match ty {
        FieldType::Money => Type::Money,
        FieldType::Number | FieldType::Count => Type::Number,
        FieldType::Text | FieldType::Id | FieldType::Member => Type::Text,
        FieldType::Flag => Type::Bool,
        FieldType::Date => Type::Date,
        FieldType::Moment => Type::Moment,
        FieldType::Duration => Type::Duration,
        FieldType::OneOf(id) => Type::Enum(*id),
        FieldType::List(_) => return None,
    })
}
