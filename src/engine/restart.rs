//! Measures that begin anew: as a rule says, or with a rise to a tier as long as that is not undone (S26).

use std::collections::BTreeSet;

use crate::hir::{MeasureId, Rule, RuleId, Trigger};
use crate::value::Instant;

use super::brought::Hanging;
use super::fact::FactChange;
use super::fault::Fault;
use super::fold::Fold;
use super::judge::Noting;
use super::state::{Before, Restart};

impl Fold<'_> {
    /// Lets a measure start empty: what was judged so far does not count, and what waits for the measure can be crossed again.
    pub fn restart(&mut self, measure: MeasureId) -> Result<(), Fault> {
        for rule in self.waiting_for(measure) {
            self.state.firings.at_mut(rule).begin_again();
        }
        self.restart_from(measure, None)
    }

    /// A measure that counts since a rise begins with it, as long as that is not undone.
    pub fn restart_at_rise(&mut self, measure: MeasureId) -> Result<(), Fault> {
        for rule in self.waiting_for(measure) {
            self.state.firings.at_mut(rule).put_aside();
        }
        let restart = self.state.restarts.at_mut(measure).take().map(Box::new);
        self.restart_from(measure, Some(Before { restart }))
    }

    fn restart_from(&mut self, measure: MeasureId, rise: Option<Before>) -> Result<(), Fault> {
        *self.state.restarts.at_mut(measure) = Some(Restart { at: self.at.now, place: self.state.judged, rise });
        let noting = Noting { program: self.program, calendar: &self.calendar, now: self.at.now };
        self.judge.noted(self.state, &FactChange::Restarted(measure), &noting)
    }

    /// The rise that restarted a measure last was none: it counts from before, unless something else has restarted it since. What was crossed
    /// before and since is crossed once, if it is.
    pub fn undo_restart(&mut self, measure: MeasureId) -> Result<(), Fault> {
        let slot = self.state.restarts.at_mut(measure);
        let Some(Restart { at: since, rise: Some(Before { restart }), .. }) = slot.clone() else { return Ok(()) };
        let before = restart.as_ref().map_or(Instant::FIRST, |restart| restart.at);
        *slot = restart.map(|restart| *restart);
        self.state.distrust_gauge(measure);
        let mut all = BTreeSet::new();
        for rule in self.waiting_for(measure) {
            let firings = self.state.firings.at_mut(rule);
            let (mut kept, mut twice) = (Vec::new(), Vec::new());
            for later in &firings.take_up(since, before) {
                let again = firings.hanging.iter().any(|earlier| earlier.multiple == later.multiple);
                (if again { &mut twice } else { &mut kept }).push(Hanging { period: before, ..later.clone() });
            }
            kept.into_iter().for_each(|later| firings.hanging.push(later));
            all.extend(firings.hanging.iter().map(|hanging| (rule, hanging.period, hanging.multiple)));
            for mut later in twice {
                if self.revoke(&mut later.brought)? {
                    self.state.firings.at_mut(rule).stayed.push(later);
                }
            }
        }
        self.rejudge_hanging(&all)
    }

    /// The rules that wait until a measure reaches something.
    fn waiting_for(&self, measure: MeasureId) -> Vec<RuleId> {
        let waits = |rule: &Rule| matches!(rule.trigger, Trigger::Reaches(of, _) | Trigger::Another { measure: of, .. } if of == measure);
        self.program.rules.pairs().filter(|(_, rule)| waits(rule)).map(|(id, _)| id).collect()
    }
}
