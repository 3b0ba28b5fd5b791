//! Whether something is open to an event; and where somebody asks, every reason why, or why not.

use crate::hir::{Activation, During, Expr, Gates, MeasureId, RuleId, Source, Trigger};
use crate::value::{Exact, TimeSpan, Value};

use super::fault::Fault;
use super::fold::{Fold, View};
use super::outcome::{Cause, Stage};
use super::shortfall::shortfall;
use super::{walk, words};

impl Fold<'_> {
    /// Whether the times and conditions of gates hold; filters are about lines and asked by [`Fold::passes`].
    pub fn open(&mut self, cause: Cause, gates: &Gates, view: View<'_>) -> Result<bool, Fault> {
        let mut open = true;
        for alternatives in &gates.during {
            let holds = walk::during(alternatives, &self.cx(view));
            if self.tracing() {
                self.tell_season(cause, alternatives, holds, view);
            }
            open &= holds;
            if !open && !self.tracing() {
                return Ok(false);
            }
        }
        for condition in &gates.when {
            if !self.ask(cause, condition, view, None, &mut open)? {
                return Ok(false);
            }
        }
        Ok(open)
    }

    /// Whether a line passes the filters of gates.
    pub fn passes(&mut self, cause: Cause, gates: &Gates, view: View<'_>, line: u32) -> Result<bool, Fault> {
        let mut open = true;
        for condition in &gates.filter {
            if !self.ask(cause, condition, view, Some(line), &mut open)? {
                return Ok(false);
            }
        }
        Ok(open)
    }

    /// Asks one condition, and notes in `open` whether all so far hold. False where the others need not be asked: nobody wants to know all
    /// reasons.
    fn ask(
        &mut self,
        cause: Cause,
        condition: &Expr,
        view: View<'_>,
        line: Option<u32>,
        open: &mut bool,
    ) -> Result<bool, Fault> {
        let holds = match self.judge.truth(condition, &self.cx(view)) {
            Ok(holds) => holds,
            // Whoever asks on behind a condition that fails may ask what cannot be answered.
            Err(_) if !*open => return Ok(true),
            Err(fault) => return Err(fault),
        };
        *open &= holds;
        if !self.tracing() {
            return Ok(holds);
        }
        let cx = self.cx(view);
        let gap = if holds { None } else { shortfall(condition, &cx) };
        let words = words::condition(condition, &cx) + &gap.map_or(String::new(), |gap| format!(": {gap}"));
        self.explain(cause, condition.span, Stage::Condition, line, holds, || words);
        Ok(true)
    }

    fn tell_season(&mut self, cause: Cause, alternatives: &[During], holds: bool, view: View<'_>) {
        let Some(span) = words::declared(self.program, cause) else { return };
        let at = view.at.unwrap_or(self.at);
        let time = self.calendar.zone.time_of(at.now);
        let seasons: Vec<String> = alternatives.iter().map(words::season).collect();
        let now = format!("{}, {} {time}", at.today.weekday(), at.today);
        self.explain(cause, span, Stage::Condition, None, holds, || {
            format!("during {}, where it is {now}", seasons.join(", "))
        });
    }

    /// Whether something is activated, where it must be, and rested since it last gave.
    pub fn awake(
        &mut self,
        cause: Cause,
        name: &str,
        activation: Option<Activation>,
        cooldown: Option<TimeSpan>,
    ) -> Result<bool, Fault> {
        let (active, cooled) = (self.active(name, activation)?, self.cooled(cause, cooldown)?);
        if self.tracing()
            && let Some(span) = words::declared(self.program, cause)
        {
            if activation.is_some() {
                let word = if active { "it is activated" } else { "it is not activated" };
                self.explain(cause, span, Stage::Condition, None, active, || format!("needs activation: {word}"));
            }
            if let (Some(cooldown), Some(last)) = (cooldown, self.state.gave.get(&cause).copied()) {
                let last = crate::value::format_instant(last, &self.calendar.zone);
                self.explain(cause, span, Stage::Condition, None, cooled, || {
                    format!("cooldown {cooldown}: it last gave at {last}")
                });
            }
        }
        Ok(active && cooled)
    }

    /// Tells how far a measure has come towards what a rule waits for, where the event at hand counts in it.
    pub fn tell_crossing(&mut self, id: RuleId, measure: MeasureId, before: Exact, now: Exact, threshold: Exact) {
        let program = self.program;
        let (Some(event), def) = (&self.event, program.measures.at(measure)) else { return };
        let counts = match &def.source {
            Source::Events { event: of, .. } | Source::Streak { event: of, .. } | Source::Run { event: of, .. } => {
                *of == event.kind
            }
            Source::Postings { .. } | Source::Formula(_) => false,
        };
        let span = program.rules.at(id).span;
        // Rules are asked again in rounds; only the first time is before anything followed.
        let told = self.trace.as_ref().is_some_and(|trace| {
            trace
                .iter()
                .any(|step| step.span == span && step.stage == Stage::Condition && step.cause == Cause::Rule(id))
        });
        if !counts || told {
            return;
        }
        let said = |value: Exact| words::value(program, def.ty, &Value::Exact(value));
        let repeats = matches!(program.rules.at(id).trigger, Trigger::Another { .. });
        let (name, value, wanted) = (&def.name, said(now), said(threshold));
        let crossed = now >= threshold && before < threshold;
        let gap = match threshold.sub(now) {
            Ok(gap) if gap > Exact::ZERO => format!(": {} short", said(gap)),
            _ if crossed => String::new(),
            _ => ": it was reached before".to_owned(),
        };
        let text =
            format!("{name} reaches {}{wanted}, where {name} is {value}{gap}", if repeats { "the next " } else { "" });
        self.explain(Cause::Rule(id), span, Stage::Condition, None, crossed, || text);
    }
}
