//! Whether what was stored fits the program: every identifier is of something that there is, every table has its size, and nothing that is
//! counted is near the end of all numbers (S42).

use std::cell::Cell;
use std::fmt;

use serde::ser::{self, Serialize, Serializer};

use crate::arena::Arena;
use crate::hir::Program;

use crate::engine::challenge::Running;
use crate::engine::fact::{Award, Payment};
use crate::engine::series::Gauge;
use crate::engine::state::{State, Voucher};
use crate::engine::{Engine, Event, Group, Pots, World};

/// No honest count comes near: what is beyond was not written by an engine.
const MOST: u64 = 1 << 31;

/// Whether a world that was stored can be gone on with.
pub fn is_sound(world: &World) -> bool {
    let (engine, stored) = (world.engine(), world.stored());
    stored.sequence < MOST << 16
        && stored.unions.iter().all(|union| event(engine, union))
        && stored.groups.iter().all(|(_, found)| group(engine, found))
}

fn group(engine: &Engine, group: &Group) -> bool {
    let snapshots = group.snapshots();
    let mut members = snapshots.iter().flat_map(|snapshot| &snapshot.members);
    members.all(|(name, member)| *name == member.member && state(engine, member))
        && snapshots.iter().all(|snapshot| pots(engine, &snapshot.pots))
        && group.known().all(|known| event(engine, known))
}

/// Whether an event is one of the version in force at its time.
fn event(engine: &Engine, event: &Event) -> bool {
    let version = engine.version(engine.version_at(event.time));
    let def = version.and_then(|version| version.program.events.get(event.kind));
    event.sequence < MOST << 16 && def.is_some_and(|def| def.fields.len() == event.fields.len())
}

fn pots(engine: &Engine, pots: &Pots) -> bool {
    engine.version(pots.version).is_some_and(|version| refers(&version.program, pots))
        && pots.matched.values().flat_map(|by| by.values()).all(|added| *added >= 0)
}

fn state(engine: &Engine, state: &State) -> bool {
    let Some(version) = engine.version(state.version) else { return false };
    let program = &version.program;
    let counts = [u64::from(state.next_lot), u64::from(state.receipts), state.judged];
    let of_challenges = |running: &Running| [u64::from(running.opened), running.completed.unsigned_abs()];
    let last = [
        state.vouchers.last().map(|voucher| voucher.number),
        state.offers.last().map(|offer| offer.number),
        state.entries.last().map(|entry| entry.number),
    ];
    let mut counts = counts
        .into_iter()
        .chain(last.into_iter().flatten().map(u64::from))
        .chain(state.challenges.iter().flat_map(of_challenges));
    sizes(program, state)
        && counts.all(|count| count < MOST)
        && state.firings.iter().all(|firings| firings.highest() < MOST << 16)
        && state.units.iter().all(|purse| purse.is_sound(state.next_lot))
        && state.vouchers.iter().is_sorted_by(|a, b| a.number < b.number)
        && state.vouchers.iter().all(Voucher::is_sound)
        && state.offers.iter().is_sorted_by(|a, b| a.number < b.number)
        && state.entries.iter().is_sorted_by(|a, b| a.number < b.number)
        && state.gauges.iter().all(Gauge::is_sound)
        && state.facts.iter().all(|fact| fact.awards.iter().all(Award::is_sound))
        && state.facts.iter().filter_map(|fact| fact.payment.as_deref()).all(Payment::is_sound)
        && state.automatic.iter().all(|taken| taken.payment.is_sound())
        && refers(program, state)
}

/// Whether a member has a place for each thing that the program declares.
fn sizes(program: &Program, state: &State) -> bool {
    fn same<I, A, B>(one: &Arena<I, A>, other: &Arena<I, B>) -> bool
    where
        I: crate::arena::Id,
    {
        one.len() == other.len()
    }
    same(&state.attributes, &program.attributes)
        && same(&state.units, &program.units)
        && same(&state.ladders, &program.ladders)
        && same(&state.last, &program.events)
        && same(&state.gauges, &program.measures)
        && same(&state.restarts, &program.measures)
        && same(&state.challenges, &program.challenges)
        && same(&state.firings, &program.rules)
        && same(&state.badges, &program.badges)
        && state.ladders.pairs().all(|(id, held)| {
            let tiers = program.ladders.at(id).tiers.len();
            let tier = |tier: u32| (tier as usize) < tiers;
            let mut holds = held.holds.iter().chain(&held.ended);
            tier(held.tier) && tier(held.highest) && holds.all(|hold| tier(hold.tier))
        })
}

/// Whether all identifiers in something are of what the program has.
fn refers(program: &Program, what: &impl Serialize) -> bool {
    what.serialize(&Looking { program, bound: Cell::new(None) }).is_ok()
}

/// Reads what would be written, and looks at identifiers and counts.
struct Looking<'p> {
    program: &'p Program,
    /// How many there are of what the next number is the identifier of.
    bound: Cell<Option<usize>>,
}

/// There is no such thing.
#[derive(Debug)]
struct Unknown;

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identifier of nothing, or a count without end")
    }
}

impl std::error::Error for Unknown {}

impl ser::Error for Unknown {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// How many there are of what a type of identifiers counts; `None` for other types.
fn count(program: &Program, name: &str) -> Option<usize> {
    Some(match name {
        "EventId" => program.events.len(),
        "UnitId" => program.units.len(),
        "MeasureId" => program.measures.len(),
        "LadderId" => program.ladders.len(),
        "EarnId" => program.earns.len(),
        "LimitId" => program.limits.len(),
        "RuleId" => program.rules.len(),
        "RewardId" => program.rewards.len(),
        "RedeemId" => program.redeems.len(),
        "BadgeId" => program.badges.len(),
        "TransferId" => program.transfers.len(),
        "PoolId" => program.pools.len(),
        "ChallengeId" => program.challenges.len(),
        "PartnerId" => program.partners.len(),
        "ExchangeId" => program.exchanges.len(),
        "CharityId" => program.charities.len(),
        "FundId" => program.funds.len(),
        "ChoiceId" => program.choices.len(),
        "DrawId" => program.draws.len(),
        "LeaderboardId" => program.leaderboards.len(),
        _ => return None,
    })
}

type Looked = Result<(), Unknown>;

/// Numbers and words that are no identifiers.
macro_rules! pass {
    ($($method:ident($ty:ty))+) => {$(
        fn $method(self, _: $ty) -> Looked {
            Ok(())
        }
    )+};
}

/// Parts of something larger.
macro_rules! parts {
    ($($of:ident::$method:ident($($key:ident: $ty:ty)?);)+) => {$(
        impl ser::$of for &Looking<'_> {
            type Ok = ();
            type Error = Unknown;
            fn $method<T: Serialize + ?Sized>(&mut self, $($key: $ty,)? value: &T) -> Looked {
                value.serialize(&**self)
            }
            fn end(self) -> Looked {
                Ok(())
            }
        }
    )+};
}

parts! {
    SerializeSeq::serialize_element();
    SerializeTuple::serialize_element();
    SerializeTupleStruct::serialize_field();
    SerializeTupleVariant::serialize_field();
    SerializeStruct::serialize_field(_key: &'static str);
    SerializeStructVariant::serialize_field(_key: &'static str);
}

impl ser::SerializeMap for &Looking<'_> {
    type Ok = ();
    type Error = Unknown;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Looked {
        key.serialize(&**self)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Looked {
        value.serialize(&**self)
    }
    fn end(self) -> Looked {
        Ok(())
    }
}

impl Serializer for &Looking<'_> {
    type Ok = ();
    type Error = Unknown;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    pass! {
        serialize_bool(bool) serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_u8(u8) serialize_u16(u16)
        serialize_f32(f32) serialize_f64(f64) serialize_char(char) serialize_str(&str) serialize_bytes(&[u8])
        serialize_unit_struct(&'static str)
    }

    fn serialize_u32(self, number: u32) -> Looked {
        match self.bound.take() {
            Some(bound) if number as usize >= bound => Err(Unknown),
            _ => Ok(()),
        }
    }
    fn serialize_u64(self, count: u64) -> Looked {
        if count < MOST << 16 { Ok(()) } else { Err(Unknown) }
    }
    fn serialize_none(self) -> Looked {
        Ok(())
    }
    fn serialize_unit(self) -> Looked {
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Looked {
        value.serialize(self)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Looked {
        Ok(())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Looked {
        self.bound.set(count(self.program, name));
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        value: &T,
    ) -> Looked {
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self, Unknown> {
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }
    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self, Unknown> {
        Ok(self)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }
    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self, Unknown> {
        Ok(self)
    }
}
