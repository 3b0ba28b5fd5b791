//! `settlement.jsonl`: what stands between the program and each partner, by period and unit, added up from the lines `settled` of the
//! journal, of the periods in which something happened in this run. With a state file, what earlier runs have added to them is in the sums. One
//! JSON object on each line, keys always in this order:
//!
//! | key | meaning |
//! |---|---|
//! | `partner`, `from`, `to`, `unit` | the partner, the first and the last day of the period, the unit |
//! | `issued`, `taken_back` | points that the partner funded, and those of them that came back with refunds |
//! | `redeemed`, `returned` | points that the partner took, and those of them that it gave back |
//! | `net` | issued less taken back, less redeemed, and returned |
//! | `partner_owes`, `program_owes` | the money for both, at the rates of the day on which the points were given or taken |
//! | `due` | what the partner owes in all; negative where the program does |
//! | `reserve` | what of `partner_owes` is held back |

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::engine::{Outcome, Side, What};
use crate::hir::{Program, UnitId};
use crate::value::{ArithmeticError, Calendar, Day, Exact, Rounding, format_minor};

/// Sums of the points of one partner, unit and period, in steps, and their money in minor units, not rounded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    issued: i128,
    taken_back: i128,
    redeemed: i128,
    returned: i128,
    /// What the partner owes.
    owes: Exact,
    /// What the partner is owed.
    owed: Exact,
}

/// The partner, the first and the last day of the period, and the unit.
type Key = (Arc<str>, Day, Day, Arc<str>);

/// Sums that are kept from run to run.
pub type Settled = (Key, Sums);

/// Adds up what partners and the program owe each other.
#[derive(Debug, Clone)]
pub struct Settlement<'p> {
    versions: Vec<&'p Program>,
    program: &'p Program,
    sums: BTreeMap<Key, Sums>,
    /// Where something was added.
    touched: BTreeSet<Key>,
    failed: Option<ArithmeticError>,
}

/// One statement: a partner, a period, a unit. Points are decimal text in whole units, money in whole units of the program's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the documentation of the file says what each key means")]
pub struct Statement {
    pub partner: String,
    pub from: String,
    pub to: String,
    pub unit: String,
    pub issued: String,
    pub taken_back: String,
    pub redeemed: String,
    pub returned: String,
    pub net: String,
    pub partner_owes: String,
    pub program_owes: String,
    pub due: String,
    pub reserve: String,
}

impl<'p> Settlement<'p> {
    /// Nothing but what earlier runs have added up; `versions` are in the order of [`Outcome::version`]. None where the program has no partners.
    pub fn new(versions: &[&'p Program], earlier: &[Settled]) -> Option<Self> {
        let program = versions.last().copied().filter(|_| versions.iter().any(|p| !p.partners.is_empty()))?;
        let mut new = Self {
            versions: versions.to_vec(),
            program,
            sums: BTreeMap::new(),
            touched: BTreeSet::new(),
            failed: None,
        };
        for ((partner, from, to, unit), sums) in earlier {
            new.sums.insert((new.partner_now(partner), *from, *to, new.unit_now(unit)), *sums);
        }
        Some(new)
    }

    /// All sums, for the runs to come.
    pub fn kept(&self) -> Vec<Settled> {
        self.sums.iter().map(|(key, sums)| (key.clone(), *sums)).collect()
    }

    /// What a partner is called now: statements are those of the newest version.
    fn partner_now(&self, name: &Arc<str>) -> Arc<str> {
        let renamed = self.program.partners.iter().find(|partner| partner.was.as_ref() == Some(name));
        renamed.map_or(name, |partner| &partner.name).clone()
    }

    fn unit_now(&self, name: &Arc<str>) -> Arc<str> {
        let renamed = self.program.units.iter().find(|unit| unit.was.as_ref() == Some(name));
        renamed.map_or(name, |unit| &unit.name).clone()
    }

    /// Takes an outcome into account.
    pub fn outcome(&mut self, outcome: &Outcome) {
        self.failed = self.failed.or(self.add(outcome).err());
    }

    fn add(&mut self, outcome: &Outcome) -> Result<(), ArithmeticError> {
        let (what, sign) = match &outcome.what {
            What::Withdrawn(before) => (&**before, -1),
            what => (what, 1),
        };
        let What::Settled { partner, unit, side, amount, value } = what else { return Ok(()) };
        let Some(judged) = self.versions.get(outcome.version as usize) else { return Ok(()) };
        let (named, unit) = (judged.partners.at(*partner), judged.units.at(*unit));
        let zone = &judged.settings.zone;
        let calendar = Calendar { zone: zone.clone(), starts: judged.settings.starts };
        let period = calendar.period_of(named.settles, zone.day_of(outcome.time), None);
        let last = period.end.plus_days(-1).unwrap_or(period.end);
        let key = (self.partner_now(&named.name), period.start, last, self.unit_now(&unit.name));
        self.touched.insert(key.clone());
        let sums = self.sums.entry(key).or_default();
        let steps = sign * i128::from(*amount);
        let money = if sign < 0 { value.neg()? } else { *value };
        match side {
            Side::Issued => (sums.issued, sums.owes) = (sums.issued + steps, sums.owes.add(money)?),
            Side::TakenBack => (sums.taken_back, sums.owes) = (sums.taken_back + steps, sums.owes.sub(money)?),
            Side::Redeemed => (sums.redeemed, sums.owed) = (sums.redeemed + steps, sums.owed.add(money)?),
            Side::Returned => (sums.returned, sums.owed) = (sums.returned + steps, sums.owed.sub(money)?),
        }
        Ok(())
    }

    /// The statements of all periods in which something happened, by partner, period and unit. Money is rounded to the nearest minor unit here, and only here.
    ///
    /// # Errors
    /// Where sums grow beyond what can be kept.
    pub fn statements(&self) -> Result<Vec<Statement>, ArithmeticError> {
        self.failed.map_or(Ok(()), Err)?;
        let touched = self.sums.iter().filter(|(key, _)| self.touched.contains(*key));
        touched.map(|(key, sums)| self.statement(key, sums)).collect()
    }

    fn statement(&self, (partner, from, to, unit): &Key, sums: &Sums) -> Result<Statement, ArithmeticError> {
        let decimals = self.unit(unit).map_or(0, |unit| self.program.units.at(unit).decimals);
        let points = |steps: i128| {
            let steps = i64::try_from(steps).map_err(|_| ArithmeticError::Overflow)?;
            Ok(format_minor(steps, decimals))
        };
        let money = |minor: i64| format_minor(minor, self.program.settings.currency.exponent());
        let share = self.program.partners.iter().find(|p| p.name == *partner).map_or(Exact::ZERO, |p| p.reserve);
        let (owes, owed) = (Rounding::Nearest.round(sums.owes)?, Rounding::Nearest.round(sums.owed)?);
        let due = owes.checked_sub(owed).ok_or(ArithmeticError::Overflow)?;
        let reserve = Rounding::Nearest.round(Exact::from(owes.max(0)).mul(share)?)?;
        Ok(Statement {
            partner: partner.to_string(),
            from: from.to_string(),
            to: to.to_string(),
            unit: unit.to_string(),
            issued: points(sums.issued)?,
            taken_back: points(sums.taken_back)?,
            redeemed: points(sums.redeemed)?,
            returned: points(sums.returned)?,
            net: points(sums.issued - sums.taken_back - sums.redeemed + sums.returned)?,
            partner_owes: money(owes),
            program_owes: money(owed),
            due: money(due),
            reserve: money(reserve),
        })
    }

    fn unit(&self, name: &Arc<str>) -> Option<UnitId> {
        self.program.units.find(|unit| unit.name == *name)
    }
}
