//! In how many stages the clock is moved: what happens in one is held in memory until it can be told in the order of time.

use crate::hir::{Program, Trigger};
use crate::value::{Instant, PeriodKind};

use super::world::World;

/// How many turns of rules of the clock one stage has, or a few more.
const TURNS: i64 = 1 << 20;

/// More stages than that are never needed to be bounded, and each looks at every member.
const MOST: i64 = 1 << 12;

const DAY: i64 = 86_400_000;

impl World {
    /// The ends of the stages in which the clock is to be moved, one after another: to a moment, or to the newest event where that is later.
    pub fn stages(&self, to: Option<Instant>) -> Vec<Instant> {
        let Some(to) = to.into_iter().chain(self.clock()).max() else { return Vec::new() };
        let from = self.moved.or_else(|| self.newest.values().min().copied()).map_or(to, |from| from.min(to));
        let (from, span) = (from.millis(), to.millis().saturating_sub(from.millis()));
        let members = i64::try_from(self.newest.len()).unwrap_or(i64::MAX);
        let versions = self.engine().versions().iter();
        let of_one = versions.map(|version| turns(&version.program, span)).max().unwrap_or(0);
        let count = (of_one.saturating_mul(members) / TURNS).clamp(0, MOST) + 1;
        let ends = (1..count).filter_map(|number| Instant::from_millis(from + span / count * number));
        ends.chain([to]).collect()
    }
}

/// How often rules that come again and again set themselves off in so many milliseconds, for one member.
fn turns(program: &Program, span: i64) -> i64 {
    let length = |rule: &Trigger| match rule {
        Trigger::Every(rhythm) => Some(match rhythm.period {
            PeriodKind::Day => 1,
            PeriodKind::Week => 7,
            PeriodKind::Month => 28,
            PeriodKind::Quarter => 90,
            _ => 365,
        }),
        _ => None,
    };
    let lengths = program.rules.iter().filter_map(|rule| length(&rule.trigger));
    lengths.fold(0_i64, |sum, days| sum.saturating_add(span / (days * DAY)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Program as Text;
    use crate::engine::Engine;
    use std::sync::Arc;

    #[test]
    fn a_century_of_days_has_more_stages_than_one_of_years() {
        let count = |every: &str| {
            let text = format!(
                "program \"P\" {{\n currency USD\n timezone \"UTC\"\n}}\nunit points {{\n expires never\n}}\n\
                 rule r every calendar {every} {{ give 1 points }}\n"
            );
            let loaded = Text::from_text("p.meed", &text).unwrap();
            let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
            let mut world = World::new(Engine::reference(&programs));
            let [first, last] = [0, 36_500].map(|day| Instant::from_millis(day * DAY).unwrap());
            world.newest = (0..1_000).map(|member| (member.to_string().into(), first)).collect();
            let stages = world.stages(Some(last));
            assert!(stages.is_sorted() && stages.last() == Some(&last));
            stages.len()
        };
        assert_eq!((count("day"), count("year")), (35, 1));
    }
}
