//! What events come to for partners and causes.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::engine::{Outcome, What};
use crate::hir::Program;
use crate::journal::{Settled, Settlement, Statement};
use crate::value::{ArithmeticError, format_minor};

/// Sums for partners and causes, added to as a run goes.
#[derive(Debug, Clone)]
pub struct Giving<'p> {
    versions: Vec<&'p Program>,
    settlement: Option<Settlement<'p>>,
    /// By cause: what was given, net, and what was added.
    causes: BTreeMap<Arc<str>, (i64, i64)>,
}

/// What a cause was given, as decimal text in whole units of the currency.
#[derive(Debug, Serialize)]
pub struct CauseReport {
    /// Its name.
    pub cause: String,
    /// What members and the program have given, less what came back.
    pub given: String,
    /// What the program has added to it.
    pub matched: String,
}

impl<'p> Giving<'p> {
    /// Nothing but what earlier runs have settled.
    pub fn new(versions: &'p [Arc<Program>], earlier: &[Settled]) -> Self {
        let versions: Vec<&Program> = versions.iter().map(|version| &**version).collect();
        Self { settlement: Settlement::new(&versions, earlier), versions, causes: BTreeMap::new() }
    }

    /// Something happened.
    pub fn outcome(&mut self, outcome: &Outcome) {
        if let Some(settlement) = &mut self.settlement {
            settlement.outcome(outcome);
        }
        let (what, sign) = match &outcome.what {
            What::Withdrawn(before) => (&**before, -1),
            what => (what, 1),
        };
        let What::Donated { charity, amount, matched, .. } = what else { return };
        let Some(judged) = self.versions.get(outcome.version as usize) else { return };
        let name = &judged.charities.at(*charity).name;
        let newest = self.versions.last();
        let now = newest.and_then(|newest| newest.charities.iter().find(|known| known.was.as_ref() == Some(name)));
        let sums = self.causes.entry(now.map_or(name, |now| &now.name).clone()).or_default();
        sums.0 = sums.0.saturating_add(sign * amount);
        sums.1 = sums.1.saturating_add(sign * matched);
    }

    /// All statements; `None` where the program has no partners.
    pub fn statements(&self) -> Option<Result<Vec<Statement>, ArithmeticError>> {
        self.settlement.as_ref().map(Settlement::statements)
    }

    /// What partners and the program owe each other, for the runs to come.
    pub fn settled(&self) -> Vec<Settled> {
        self.settlement.as_ref().map(Settlement::kept).unwrap_or_default()
    }

    /// What each cause was given, net, and what was added, in minor units.
    pub fn causes(&self) -> &BTreeMap<Arc<str>, (i64, i64)> {
        &self.causes
    }

    /// The same for people and machines.
    pub fn told(&self) -> Vec<CauseReport> {
        let exponent = self.versions.last().map_or(2, |program| program.settings.currency.exponent());
        let report = |(cause, (given, matched)): (&Arc<str>, &(i64, i64))| CauseReport {
            cause: cause.to_string(),
            given: format_minor(*given, exponent),
            matched: format_minor(*matched, exponent),
        };
        self.causes.iter().map(report).collect()
    }
}
