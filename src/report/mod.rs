//! What a history comes to, as a loyalty manager looks at it: figures and tables, each with its definition, exact, and unknown where the
//! program or the history does not tell. `docs/report.md` has all definitions, and the schema of the JSON.

mod answers;
mod chart;
mod choice;
mod customers;
pub mod definition;
mod figure;
mod giving;
mod habits;
mod json;
mod moves;
mod page;
mod people;
mod playing;
mod scope;
mod spending;
mod tiers;
mod units;
mod value;
mod watch;

use std::borrow::Cow;

pub use choice::{ChoiceError, Purchase, Survey};
pub use figure::{Chart, Figure, Records, Report, Section, Table};
pub use giving::{CauseReport, Giving};
pub use playing::{ChallengeReport, ChoiceReport, DrawReport, Playing};
pub use value::{Answer, Named, Quantity};
pub use watch::Watch;

use crate::engine::{State, World};
use crate::value::{ArithmeticError, Instant};
use customers::Customers;
use people::Reader;
use scope::Scope;
use spending::Spending;
use tiers::Tiers;
use units::{Units, standings};

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How many months the period has.
    pub months: u16,
    /// What purchases are; what the program shows where there is none.
    pub purchases: Vec<Purchase>,
    /// What answers to a survey are; what the program shows where there is none.
    pub survey: Option<Survey>,
}

impl Watch<'_> {
    /// The history is over: what it comes to. `until` is the moment to which the clock was moved, if it was. `None` where there was no event.
    ///
    /// # Errors
    /// Where sums are too large to be counted.
    pub fn report(
        mut self,
        world: &World,
        wanted: &Wanted,
        until: Option<Instant>,
    ) -> Result<Option<Report>, ArithmeticError> {
        let newest = world.engine().versions().len().saturating_sub(1);
        let states: Vec<Cow<'_, State>> = world
            .members()
            .into_iter()
            .map(|state| match state.version as usize == newest {
                true => Cow::Borrowed(state),
                false => Cow::Owned(world.engine().in_newest(state)),
            })
            .collect();
        let times = states.iter().flat_map(|state| state.facts.iter().map(|fact| fact.event.time).chain(state.joined));
        let (first, last) = times.fold((None, None), |(first, last): (Option<Instant>, Option<Instant>), at| {
            (Some(first.map_or(at, |first| first.min(at))), last.max(Some(at)))
        });
        let (Some(first), Some(last), Some(end)) = (first, last, world.clock()) else { return Ok(None) };
        let program = self.program;
        let zone = &program.settings.zone;
        // The end of a day is the midnight after it.
        let until = until.and_then(|until| until.plus_millis(-1)).map(|until| zone.day_of(until));
        let last = until.into_iter().chain([zone.day_of(last)]).max().unwrap_or_else(|| zone.day_of(last));
        let scope = Scope::new(program, zone.day_of(first), last, wanted.months);
        self.close(scope.history.to);
        for state in &states {
            self.playing.stand(world.engine(), state);
        }

        let found = if wanted.purchases.is_empty() { Purchase::found(program) } else { wanted.purchases.clone() };
        let survey = wanted.survey.or_else(|| Survey::found(program));
        let reader = Reader { program, scope: &scope, purchases: &found, survey, moves: &self.moves };
        let mut people = Vec::with_capacity(states.len());
        for state in &states {
            people.extend(reader.read(state)?);
        }
        let no_purchase = "the program has no event with money in it that can be taken back or earns something; name one with `--purchase`";
        let no_survey = "the program has no event with a field `nps`, and none that is called `survey`; name the score with `--nps`";
        let customers = Customers {
            program,
            scope: &scope,
            people: &people,
            purchases: if found.is_empty() { Err(no_purchase) } else { Ok(()) },
            survey: survey.map(|_| ()).ok_or(no_survey),
        };
        let standings = standings(world, &states, end)?;
        let units = Units { program, scope: &scope, watch: &self, standings: &standings };
        let tiers = Tiers { program, scope: &scope, people: &people, watch: &self };
        let spending = Spending { program, scope: &scope, watch: &self, states: &states, standings: &standings };

        let mut sections = vec![customers.members(), customers.buying()?];
        sections.extend(tiers.sections(&customers)?);
        sections.extend(units.sections());
        sections.extend([
            spending.rewards(),
            spending.challenges(),
            spending.costs()?,
            spending.partners()?,
            spending.causes(),
            customers.answers(),
        ]);
        Ok(Some(Report {
            program: program.name.to_string(),
            currency: program.settings.currency.code().to_owned(),
            history: (scope.history.from, scope.history.to),
            period: (scope.period.from, scope.period.to),
            months: scope.months,
            earlier: (scope.earlier.from, scope.earlier.to),
            parts: scope.part_word(),
            purchase: match found.is_empty() {
                true => Err(no_purchase.to_owned()),
                false => Ok(found.iter().map(|found| found.told(program)).collect::<Vec<_>>().join("; ")),
            },
            survey: survey.map(|survey| survey.told(program)).ok_or_else(|| no_survey.to_owned()),
            records: self.records,
            sections,
        }))
    }
}
