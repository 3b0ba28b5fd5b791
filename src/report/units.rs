//! What was promised, used and lost, and what is owed.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::engine::purse::Purse;
use crate::engine::{Pots, State, World};
use crate::hir::{Effect, Expiry, Program, Unit, UnitId};
use crate::value::{ArithmeticError, Exact, Instant, Value};

use super::definition as means;
use super::figure::{Chart, Figure, Section, Table, text};
use super::scope::{Scope, Window};
use super::value::{Answer, Named, Quantity};
use super::watch::Watch;

/// Where members stand with one unit at the end.
#[derive(Debug, Default)]
pub struct Standing {
    /// What they have less what they owe, in steps.
    outstanding: i128,
    /// What that is worth, in minor units.
    liability: Option<Result<Exact, String>>,
    /// What one step is worth to each of them, as far as it is the same.
    worth: Option<Result<Exact, String>>,
    /// Of lots whose time is over: what expired, and all of it.
    expired: i128,
    over: i128,
    /// When the first of the others ends.
    next_end: Option<Instant>,
}

impl Standing {
    /// What one step is worth, in minor units.
    pub fn worth(&self, unit: &Unit) -> Result<Exact, String> {
        match &self.worth {
            _ if unit.money => Ok(Exact::ONE),
            Some(worth) => worth.clone(),
            None => Err(no_worth(unit)),
        }
    }
}

fn no_worth(unit: &Unit) -> String {
    format!("the program does not say what `{}` are worth (`worth` in the unit)", unit.name)
}

/// Where all members stand at a moment, by unit.
///
/// # Errors
/// Where sums are too large to be counted.
pub fn standings(
    world: &World,
    states: &[Cow<'_, State>],
    end: Instant,
) -> Result<BTreeMap<UnitId, Standing>, ArithmeticError> {
    let Some(program) = world.engine().newest().map(|version| &*version.program) else { return Ok(BTreeMap::new()) };
    let mut all: BTreeMap<UnitId, Standing> = program.units.ids().map(|unit| (unit, Standing::default())).collect();
    for state in states {
        for (id, purse) in state.units.pairs() {
            let standing = all.entry(id).or_default();
            let outstanding = i128::from(purse.available()) + i128::from(purse.pending()) - i128::from(purse.debt);
            standing.outstanding += outstanding;
            standing.value(world, state, program.units.at(id), outstanding)?;
            standing.lots(world, state, purse, end);
        }
    }
    Ok(all)
}

impl Standing {
    fn value(&mut self, world: &World, state: &State, unit: &Unit, steps: i128) -> Result<(), ArithmeticError> {
        let worth = match &unit.worth {
            _ if unit.money => Ok(Exact::ONE),
            None => Err(no_worth(unit)),
            Some(worth) => match world.engine().evaluate(state, &Pots::default(), worth) {
                Ok(Value::Exact(worth)) => Ok(worth),
                Ok(_) => Err(no_worth(unit)),
                Err(fault) => Err(fault.to_string()),
            },
        };
        let steps = Exact::new(steps, 1).ok_or(ArithmeticError::Overflow)?;
        let sum = self.liability.take().unwrap_or(Ok(Exact::ZERO));
        self.liability = Some(match (sum, &worth) {
            (Ok(sum), Ok(worth)) => Ok(sum.add(worth.mul(steps)?)?),
            (Err(why), _) => Err(why),
            // Who has none owes nothing to the sum.
            (Ok(sum), Err(_)) if steps.is_zero() && unit.worth.is_some() => Ok(sum),
            (Ok(_), Err(why)) => Err(why.clone()),
        });
        self.worth = Some(match self.worth.take() {
            None => worth,
            Some(before) if before == worth => before,
            Some(_) => Err(format!("one of `{}` is not worth the same to all members", unit.name)),
        });
        Ok(())
    }

    fn lots(&mut self, world: &World, state: &State, purse: &Purse, end: Instant) {
        for lot in purse.lots.iter().chain(&purse.used_up) {
            match world.engine().lapses(state, lot) {
                Some(at) if at <= end || lot.expired > 0 => {
                    self.expired += i128::from(lot.expired);
                    self.over += i128::from(lot.expired) + i128::from(purse.spent_of(lot)) + i128::from(lot.left);
                }
                Some(at) => self.next_end = Some(self.next_end.map_or(at, |next| next.min(at))),
                None => {}
            }
        }
    }
}

/// What there is to say of units.
pub struct Units<'u> {
    /// The newest version.
    pub program: &'u Program,
    /// The times.
    pub scope: &'u Scope,
    /// What happened.
    pub watch: &'u Watch<'u>,
    /// Where members stand.
    pub standings: &'u BTreeMap<UnitId, Standing>,
}

impl Units<'_> {
    /// One section for each unit.
    pub fn sections(&self) -> Vec<Section> {
        let sections = self.program.units.pairs().filter_map(|(id, unit)| {
            let standing = self.standings.get(&id)?;
            Some(self.section(id, unit, standing))
        });
        sections.collect()
    }

    fn section(&self, id: UnitId, unit: &Unit, standing: &Standing) -> Section {
        let named = Named::new(&unit.name, unit.label.as_ref());
        let steps = |steps: i128| Ok(Quantity::units(self.program, id, steps));
        let flows = |window: Window| self.watch.flows(id, window);
        let (scope, now) = (self.scope, flows(self.scope.period));
        let all = flows(scope.history);
        let kept = all.issued - all.reversed;
        let spendable = all.spent != 0 || self.is_spent(id);
        let lapsing = all.expired != 0 || self.lapses(id);
        let spent = |steps_spent: i128| {
            if spendable { steps(steps_spent) } else { Err(format!("nothing in the program spends `{}`", unit.name)) }
        };
        let expired = |steps_expired: i128| {
            if lapsing { steps(steps_expired) } else { Err(format!("`{}` never expire", unit.name)) }
        };
        let redemption = match Exact::new(all.spent, kept).filter(|_| kept > 0) {
            Some(rate) => spent(0).map(|_| Quantity::Share(rate)),
            None => Err("nothing was issued that was not taken back".to_owned()),
        };
        let liability = match &standing.liability {
            Some(Ok(minor)) => Ok(Quantity::money(self.program, *minor)),
            Some(Err(why)) => Err(why.clone()),
            None => standing.worth(unit).map(|_| Quantity::money(self.program, Exact::ZERO)),
        };
        let figures = vec![
            Figure::new(means::ISSUED, steps(now.issued)).after(scope.before(|before| steps(flows(before).issued))),
            Figure::new(means::REVERSED, steps(now.reversed))
                .after(scope.before(|before| steps(flows(before).reversed))),
            Figure::new(means::REDEEMED, spent(now.spent)).after(scope.before(|before| spent(flows(before).spent))),
            Figure::new(means::EXPIRED, expired(now.expired))
                .after(scope.before(|before| expired(flows(before).expired))),
            Figure::new(means::OUTSTANDING, steps(standing.outstanding)),
            Figure::new(means::LIABILITY, liability),
            Figure::new(means::REDEMPTION, redemption),
            Figure::new(means::BREAKAGE, self.breakage(standing)),
        ];
        let figures = figures.into_iter().map(|figure| figure.of(&named)).collect();
        Section { title: named.label.to_string(), figures, tables: vec![self.over_time(id).of(&named)] }
    }

    /// Whether members can spend a unit at all, or something spends it for them.
    fn is_spent(&self, id: UnitId) -> bool {
        let program = self.program;
        let converts = |effect: &Effect| matches!(effect, Effect::Convert { from, .. } if *from == id);
        program.rewards.iter().any(|reward| reward.cost.as_ref().is_some_and(|(unit, _)| *unit == id))
            || program.redeems.iter().any(|redeem| redeem.unit == id)
            || program.exchanges.iter().any(|exchange| exchange.from == id)
            || program.charities.iter().any(|charity| charity.rates.iter().any(|rate| rate.unit == id))
            || program.funds.iter().any(|fund| fund.cost.is_some_and(|(unit, _)| unit == id))
            || program.rules.iter().any(|rule| rule.effects.iter().any(|(_, effect)| converts(effect)))
    }

    /// Whether any lot of a unit can lapse.
    fn lapses(&self, id: UnitId) -> bool {
        let own = self.program.units.at(id).expiry.iter();
        let earns = self.program.earns.iter().filter(|earn| earn.unit == id).flat_map(|earn| &earn.expiry);
        let mut cases = own.chain(earns).flat_map(|rule| &rule.cases);
        cases.any(|(_, case)| case.expiry != Expiry::Never)
    }

    fn breakage(&self, standing: &Standing) -> Answer {
        if let Some(share) = Exact::new(standing.expired, standing.over).filter(|_| standing.over > 0) {
            return Ok(Quantity::Share(share));
        }
        Err(match standing.next_end {
            Some(at) => format!("no lot has come to its end yet; the first does on {}", self.scope.day(at)),
            None => "no lot of it has an end".to_owned(),
        })
    }

    fn over_time(&self, id: UnitId) -> Table {
        let steps = |steps: i128| Ok(Quantity::units(self.program, id, steps));
        let mut outstanding = 0;
        let mut rows = Vec::new();
        for part in &self.scope.parts {
            let flows = self.watch.flows(id, part.days);
            outstanding += self.watch.gained(id, part.days);
            let amounts = [flows.issued, flows.reversed, flows.spent, flows.expired, outstanding];
            rows.push(std::iter::once(text(&part.name)).chain(amounts.map(steps)).collect());
        }
        let columns = [self.scope.part_word(), "issued", "taken_back", "redeemed", "expired", "outstanding"];
        Table::new(means::POINTS_OVER_TIME, &columns, rows).drawn(Chart::Grouped(vec![1, 2, 3, 4], Some(5)))
    }
}
