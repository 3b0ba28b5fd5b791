//! Who has more than somebody else in the same place, and nothing less.

use std::sync::Arc;

use crate::hir::{BadgeId, Program, RewardId, UnitId};
use crate::scenario::spelling;

use super::property::Claim;
use super::trial::Holdings;

/// Something that a member has more of than is right.
pub(super) struct Gain {
    pub member: Arc<str>,
    pub thing: Thing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Unit(UnitId),
    Voucher(RewardId),
    Badge(BadgeId),
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Amounts of units alone.
    Units,
    /// Vouchers and badges too.
    All,
}

/// What members together have more of `with` something than `without` it; nothing where they have less of anything.
pub(super) fn gain(program: &Program, with: &Holdings, without: &Holdings, what: What) -> Option<Gain> {
    let units = program.units.ids().map(Thing::Unit);
    let vouchers = program.rewards.ids().map(Thing::Voucher);
    let badges = program.badges.ids().map(Thing::Badge);
    let all: Vec<Thing> = units.chain(vouchers).chain(badges).collect();
    let total = |of: &Holdings, thing| of.keys().map(|member| amount(of, member, thing)).sum::<i64>();
    let mut gained = Vec::new();
    for thing in all {
        match total(with, thing).cmp(&total(without, thing)) {
            std::cmp::Ordering::Less => return None,
            std::cmp::Ordering::Greater => gained.push(thing),
            std::cmp::Ordering::Equal => {}
        }
    }
    gained.retain(|thing| what == What::All || matches!(thing, Thing::Unit(_)));
    let thing = *gained.first()?;
    let more = |member: &&Arc<str>| amount(with, member, thing) - amount(without, member, thing);
    let member = with.keys().max_by_key(|member| (more(member), std::cmp::Reverse(*member))).cloned()?;
    Some(Gain { member, thing })
}

/// How much of something a member has.
pub(super) fn amount(of: &Holdings, member: &str, thing: Thing) -> i64 {
    let Some(own) = of.get(member) else { return 0 };
    match thing {
        Thing::Unit(unit) => own.of(unit),
        Thing::Voucher(reward) => own.vouchers.get(reward.0 as usize).copied().unwrap_or(0),
        Thing::Badge(badge) => i64::from(own.badges.get(badge.0 as usize).copied().unwrap_or(false)),
    }
}

/// What a member spent on something.
fn spent(of: &Holdings, member: &str, unit: UnitId) -> i64 {
    of.get(member).and_then(|own| own.spent.get(unit.0 as usize)).copied().unwrap_or(0)
}

impl Gain {
    /// The expectation that a member has no more than `without`, and what is the case, in words. `None` where no expectation can say it.
    pub fn claim(&self, program: &Program, with: &Holdings, without: &Holdings) -> Option<(Claim, String)> {
        let member = &self.member;
        match self.thing {
            Thing::Unit(unit) => Some(at_most(program, with, member, unit, amount(without, member, self.thing))),
            Thing::Voucher(_) | Thing::Badge(_) => {
                let paid = program.units.ids().find(|unit| spent(with, member, *unit) > spent(without, member, *unit));
                if let Some(unit) = paid {
                    // What was had for points that are not there must be owed.
                    let right = amount(without, member, Thing::Unit(unit)) - spent(with, member, unit)
                        + spent(without, member, unit);
                    return Some(at_most(program, with, member, unit, right));
                }
                let name = match self.thing {
                    Thing::Voucher(reward) => &program.rewards.at(reward).name,
                    Thing::Badge(badge) => &program.badges.at(badge).name,
                    Thing::Unit(_) => return None,
                };
                let none = amount(without, member, self.thing) == 0;
                none.then(|| (Claim::After(format!("{member} has no {name}")), format!("{member} has `{name}`")))
            }
        }
    }
}

/// The expectation that a member has at most so much of a unit.
pub(super) fn at_most(
    program: &Program,
    with: &Holdings,
    member: &Arc<str>,
    unit: UnitId,
    right: i64,
) -> (Claim, String) {
    let name = &program.units.at(unit).name;
    let pending = with.get(member).and_then(|own| own.pending.get(unit.0 as usize)).is_some_and(|amount| *amount != 0);
    let more = if pending { format!(" + {member}.{name}.pending") } else { String::new() };
    let has = amount(with, member, Thing::Unit(unit));
    let say = |steps| spelling::quantity(program, unit, steps);
    (
        Claim::After(format!("{member}.{name}.balance{more} <= {}", spelling::compared(program, unit, right))),
        format!("{member} has {} instead of {}", say(has), say(right)),
    )
}
