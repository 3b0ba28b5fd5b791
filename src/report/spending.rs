//! What a program gives beside points, and what all of it costs: rewards, challenges, rules, partners, causes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::arena::Id as _;
use crate::engine::{State, VoucherChange};
use crate::hir::{Program, UnitId};
use crate::value::{ArithmeticError, Exact, parse_steps};

use super::definition as means;
use super::figure::{Chart, Figure, Section, Table, head, text, thing};
use super::scope::{Scope, Window};
use super::units::Standing;
use super::value::{Answer, Named, Quantity};
use super::watch::{Given, Watch};

/// What there is to say of gifts and costs.
pub struct Spending<'s> {
    /// The newest version.
    pub program: &'s Program,
    /// The times.
    pub scope: &'s Scope,
    /// What happened.
    pub watch: &'s Watch<'s>,
    /// Members in terms of the newest version.
    pub states: &'s [Cow<'s, State>],
    /// What units are worth.
    pub standings: &'s BTreeMap<UnitId, Standing>,
}

/// How many units have a column of their own among what rules give.
const MOST_UNITS: usize = 24;

#[derive(Default, Clone)]
struct Vouchers {
    issued: i64,
    open: i64,
    used: i64,
    expired: i64,
    value: i128,
    priceless: bool,
}

impl Spending<'_> {
    fn money(&self, minor: i128) -> Quantity {
        Quantity::money(self.program, Exact::new(minor, 1).unwrap_or_default())
    }

    /// What members had for points.
    pub fn rewards(&self) -> Section {
        let off = |window: Window| Ok(self.money(self.watch.off(window)));
        let period = self.scope.period;
        let figure = if self.program.redeems.is_empty() {
            Figure::new(means::MONEY_OFF, Err("the program has no `redeem`: points do not pay bills".to_owned()))
        } else {
            Figure::new(means::MONEY_OFF, off(period)).after(self.scope.before(off))
        };
        let table = if self.program.rewards.is_empty() {
            Table::unknown(means::REWARDS, "the program has no rewards")
        } else {
            self.vouchers()
        };
        Section { title: "Rewards".to_owned(), figures: vec![figure], tables: vec![table] }
    }

    fn vouchers(&self) -> Table {
        let mut sums = vec![Vouchers::default(); self.program.rewards.len()];
        let period = self.scope.period;
        for voucher in self.states.iter().flat_map(|state| state.vouchers.iter()) {
            let issued = period.contains(self.scope.day(voucher.issued).min(self.scope.history.to));
            let counts = issued && voucher.closed != Some(VoucherChange::Cancelled);
            let Some(sums) = sums.get_mut(voucher.reward.index()).filter(|_| counts) else { continue };
            sums.issued += 1;
            match voucher.closed {
                Some(VoucherChange::Used) => sums.used += 1,
                Some(VoucherChange::Expired) => sums.expired += 1,
                _ => sums.open += 1,
            }
            match voucher.value {
                Some(value) => sums.value += i128::from(value),
                None => sums.priceless = true,
            }
        }
        let rows = self.program.rewards.iter().zip(sums).map(|(reward, sums)| {
            let value = if sums.priceless {
                Err(format!("`{}` has no value in money (`worth` in `gives`)", reward.name))
            } else {
                Ok(self.money(sums.value))
            };
            let counts = [sums.issued, sums.used, sums.open, sums.expired].map(|number| Ok(Quantity::Count(number)));
            let name = thing(&reward.name, reward.label.as_ref());
            std::iter::once(name).chain(counts).chain([value]).collect()
        });
        let heads = ["reward", "issued", "used", "open", "expired", "value"];
        Table::new(means::REWARDS, &heads, rows.collect()).drawn(Chart::Bars(1))
    }

    /// What was begun and finished.
    pub fn challenges(&self) -> Section {
        let title = "Challenges".to_owned();
        if self.program.challenges.is_empty() {
            let tables = vec![Table::unknown(means::CHALLENGES, "the program has no challenges")];
            return Section { title, figures: Vec::new(), tables };
        }
        let counts = self.watch.playing.challenges();
        let rows = self.program.challenges.iter().map(|challenge| {
            let sums = counts.iter().find(|sums| *sums.challenge == *challenge.name).cloned().unwrap_or_default();
            let started = sums.running + sums.completed + sums.ended;
            let over = sums.completed + sums.ended;
            let rate = Exact::new(i128::from(sums.completed), i128::from(over)).filter(|_| over > 0);
            let rate = rate.map(Quantity::Share).ok_or_else(|| "none is over yet".to_owned());
            let counts = [started, sums.running, sums.completed, sums.ended, sums.claimed, sums.forfeited];
            let counts = counts.map(|number| Ok(Quantity::Count(number)));
            let name = thing(&challenge.name, challenge.label.as_ref());
            std::iter::once(name).chain(counts).chain([rate]).collect()
        });
        let heads = ["challenge", "started", "running", "completed", "ended", "claimed", "forfeited", "rate"];
        let table = Table::new(means::CHALLENGES, &heads, rows.collect()).drawn(Chart::Bars(3));
        Section { title, figures: Vec::new(), tables: vec![table] }
    }

    /// What rules cost.
    ///
    /// # Errors
    /// Where sums are too large to be counted.
    pub fn costs(&self) -> Result<Section, ArithmeticError> {
        let (now, before) = (self.total(self.scope.period)?, self.total(self.scope.earlier)?);
        let figure = Figure::new(means::COST, now).after(self.scope.before(|_| before));
        let given = self.watch.given(self.scope.period);
        let all = given.values().flat_map(|given| given.units.iter().filter(|(_, steps)| **steps != 0));
        let mut units: Vec<UnitId> = all.map(|(unit, _)| *unit).collect::<BTreeSet<_>>().into_iter().collect();
        // A table as wide as a program is long would be read by nobody.
        let further: BTreeSet<UnitId> = units.iter().skip(MOST_UNITS).copied().collect();
        units.truncate(MOST_UNITS);
        let (vouchers, gifts) =
            (given.values().any(|given| given.vouchers != 0), given.values().any(|given| given.gifts != 0));
        let mut rows = Vec::new();
        for (rule, given) in &given {
            if !given.is_nothing() {
                rows.push((self.cost(given)?, *rule, given));
            }
        }
        // The dearest first; what cannot be told after them.
        rows.sort_by(|(a, ..), (b, ..)| {
            let size = |cost: &Answer| cost.as_ref().map(Quantity::size).ok();
            size(b).cmp(&size(a))
        });
        let rows = rows.into_iter().map(|(cost, (kind, name), given)| {
            let mut row = vec![text(called(kind, name))];
            for unit in &units {
                row.push(Ok(Quantity::units(self.program, *unit, given.units.get(unit).copied().unwrap_or(0))));
            }
            if !further.is_empty() {
                let given = given.units.iter().filter(|(unit, steps)| **steps != 0 && further.contains(unit));
                row.push(Ok(Quantity::Count(i64::try_from(given.count()).unwrap_or(i64::MAX))));
            }
            if vouchers {
                row.push(Ok(Quantity::Count(given.vouchers)));
            }
            if gifts {
                row.push(Ok(self.money(given.gifts)));
            }
            row.push(cost);
            row
        });
        let names = units.iter().map(|unit| self.program.units.at(*unit));
        let names = names.map(|unit| Named::new(&unit.name, unit.label.as_ref()));
        let mut heads: Vec<Named> = std::iter::once(head("rule")).chain(names).collect();
        let more = [(!further.is_empty(), "further_units"), (vouchers, "vouchers"), (gifts, "gifts"), (true, "cost")];
        heads.extend(more.into_iter().filter(|(shown, _)| *shown).map(|(_, name)| head(name)));
        let cost = heads.len() - 1;
        let table = Table::headed(means::COSTS, heads, rows.collect()).drawn(Chart::Bars(cost));
        let table = if table.rows.is_empty() {
            Table::unknown(means::COSTS, "no rule gave anything in the period")
        } else {
            table
        };
        Ok(Section { title: "Costs".to_owned(), figures: vec![figure], tables: vec![table] })
    }

    /// What all rules gave in a time.
    fn total(&self, window: Window) -> Result<Answer, ArithmeticError> {
        let mut sum = Exact::ZERO;
        for ((kind, name), given) in self.watch.given(window).into_iter().filter(|(_, given)| !given.is_nothing()) {
            match self.cost(&given)? {
                Ok(cost) => sum = sum.add(cost.size())?,
                Err(why) => return Ok(Err(format!("of `{}` it is not known: {why}", called(kind, name)))),
            }
        }
        Ok(Ok(Quantity::money(self.program, sum)))
    }

    fn cost(&self, given: &Given) -> Result<Answer, ArithmeticError> {
        let mut cost = Exact::new(given.value + given.gifts, 1).ok_or(ArithmeticError::Overflow)?;
        for (unit, steps) in given.units.iter().filter(|(_, steps)| **steps != 0) {
            let worth = match self.standings.get(unit).map(|standing| standing.worth(self.program.units.at(*unit))) {
                Some(Ok(worth)) => worth,
                Some(Err(why)) => return Ok(Err(why)),
                None => Exact::ZERO,
            };
            cost = cost.add(worth.mul(Exact::new(*steps, 1).ok_or(ArithmeticError::Overflow)?)?)?;
        }
        if given.priceless != 0 {
            return Ok(Err("what it issues has no value in money (`worth` in the reward)".to_owned()));
        }
        Ok(Ok(Quantity::money(self.program, cost)))
    }

    /// What partners owe and are owed.
    ///
    /// # Errors
    /// Where sums are too large to be counted.
    pub fn partners(&self) -> Result<Section, ArithmeticError> {
        let title = "Partners".to_owned();
        let Some(statements) = self.watch.giving.statements() else {
            let tables = vec![Table::unknown(means::PARTNERS, "the program has no partners")];
            return Ok(Section { title, figures: Vec::new(), tables });
        };
        let currency = self.program.settings.currency;
        let mut rows = Vec::new();
        for line in statements? {
            let decimals =
                self.program.units.iter().find(|unit| *unit.name == *line.unit).map_or(0, |unit| unit.decimals);
            let points = |amount: &str| {
                let steps = parse_steps(amount, decimals).map_err(|error| error.to_string())?;
                Ok(Quantity::Units(Arc::from(line.unit.as_str()), decimals, i128::from(steps)))
            };
            let partner = self.program.partners.iter().find(|partner| *partner.name == *line.partner);
            let due = parse_steps(&line.due, currency.exponent()).map_err(|error| error.to_string());
            rows.push(vec![
                partner.map_or_else(|| text(&line.partner), |partner| thing(&partner.name, partner.label.as_ref())),
                text(&line.from),
                text(&line.to),
                text(&line.unit),
                points(&line.issued),
                points(&line.taken_back),
                points(&line.redeemed),
                points(&line.returned),
                due.map(|minor| Quantity::Money(currency, Exact::from(minor))),
            ]);
        }
        let heads = ["partner", "from", "to", "unit", "issued", "taken_back", "redeemed", "returned", "due"];
        let table = if rows.is_empty() {
            Table::unknown(means::PARTNERS, "nothing happened between the program and its partners")
        } else {
            Table::new(means::PARTNERS, &heads, rows)
        };
        Ok(Section { title, figures: Vec::new(), tables: vec![table] })
    }

    /// What causes were given.
    pub fn causes(&self) -> Section {
        let title = "Causes".to_owned();
        if self.program.charities.is_empty() {
            let tables = vec![Table::unknown(means::CAUSES, "the program has no causes")];
            return Section { title, figures: Vec::new(), tables };
        }
        let sums = self.watch.giving.causes();
        let money = |minor: i128| Ok(self.money(minor));
        let rows = self.program.charities.iter().map(|charity| {
            let found = sums.get(&charity.name).copied().unwrap_or_default();
            let (given, matched) = (i128::from(found.0), i128::from(found.1));
            let name = thing(&charity.name, charity.label.as_ref());
            vec![name, money(given), money(matched), money(given + matched)]
        });
        let heads = ["cause", "given", "matched", "raised"];
        let table = Table::new(means::CAUSES, &heads, rows.collect()).drawn(Chart::Bars(3));
        Section { title, figures: Vec::new(), tables: vec![table] }
    }
}

/// What gave something, in the words of the program.
fn called(kind: &str, name: &str) -> String {
    match (kind, name) {
        ("event", _) => "by hand (`adjust`)".to_owned(),
        (kind, name) => format!("{kind} {name}"),
    }
}
