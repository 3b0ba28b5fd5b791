//! What a change must not do: `breaking`, `liability > +2%`, `worse-off > 0`.

use crate::value::Exact;

use super::Comparison;
use super::measure::Impact;

/// A bound that a change is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    text: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Test {
    Breaking,
    /// What is measured, whether exactly the bound is too much, the bound, and whether it is in percent.
    Bound(Metric, bool, Exact, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Metric {
    Liability,
    Cost,
    Off,
    WorseOff,
    BetterOff,
    Mixed,
    Unknown,
    Refused,
    Failed,
}

/// What gates can be about, by name.
const METRICS: [(&str, Metric); 9] = [
    ("liability", Metric::Liability),
    ("cost", Metric::Cost),
    ("money-off", Metric::Off),
    ("worse-off", Metric::WorseOff),
    ("better-off", Metric::BetterOff),
    ("mixed", Metric::Mixed),
    ("unknown", Metric::Unknown),
    ("refused", Metric::Refused),
    ("failed", Metric::Failed),
];

/// Why a text is no gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// It is none.
    #[error(
        "`{0}` is no bound: write `breaking`, or a figure, `>` or `>=`, and a number, such as `liability > +2%` or `worse-off > 0`"
    )]
    Form(String),
    /// There is no such figure.
    #[error(
        "`{0}` is no figure of a comparison; there are liability, cost, money-off, worse-off, better-off, mixed, unknown, refused and failed"
    )]
    Figure(String),
}

/// What a gate says of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The gate.
    pub gate: String,
    /// Whether the change goes beyond it.
    pub exceeded: bool,
    /// What was found.
    pub found: String,
}

impl Gate {
    /// Reads a gate.
    ///
    /// # Errors
    /// Where the text is none.
    pub fn parse(text: &str) -> Result<Self, GateError> {
        let form = || GateError::Form(text.to_owned());
        if text.trim() == "breaking" {
            return Ok(Self { text: "breaking".to_owned(), test: Test::Breaking });
        }
        let (figure, bound) = text.split_once('>').ok_or_else(form)?;
        let (inclusive, bound) = bound.strip_prefix('=').map_or((false, bound), |rest| (true, rest));
        let name = figure.trim();
        let found = METRICS.iter().find(|(known, _)| *known == name);
        let (_, metric) = found.ok_or_else(|| GateError::Figure(name.to_owned()))?;
        let bound = bound.trim().trim_start_matches('+');
        let (bound, percent) = bound.strip_suffix('%').map_or((bound, false), |rest| (rest, true));
        let bound = bound.trim_start_matches(['$', '€', '£']).replace('_', "");
        let bound = Exact::parse_decimal(bound.trim()).ok_or_else(form)?;
        Ok(Self { text: text.trim().to_owned(), test: Test::Bound(*metric, inclusive, bound, percent) })
    }

    /// Whether it can be answered only over a history.
    pub fn needs_events(&self) -> bool {
        self.test != Test::Breaking
    }

    /// Holds a change against the gate. `minor` is how many minor units one unit of money has.
    pub fn judge(&self, comparison: &Comparison, impact: Option<&Impact>, minor: i64) -> Verdict {
        let verdict = |exceeded, found| Verdict { gate: self.text.clone(), exceeded, found };
        let (metric, inclusive, bound, percent) = match (&self.test, impact) {
            (Test::Breaking, _) | (_, None) => {
                let count = comparison.breaking();
                return verdict(count > 0, count.to_string());
            }
            (Test::Bound(metric, inclusive, bound, percent), Some(_)) => (*metric, *inclusive, *bound, *percent),
        };
        let Some(impact) = impact else { return verdict(false, String::new()) };
        let members = i128::from(impact.members());
        let wide = |(before, after): (u64, u64)| (i128::from(before), i128::from(after));
        // The change, what it is a share of, and how many steps of it are one.
        let (change, whole, one) = match metric {
            Metric::Liability => (impact.liability.1 - impact.liability.0, impact.liability.0, minor),
            Metric::Cost => (impact.cost.1 - impact.cost.0, impact.cost.0, minor),
            Metric::Off => (impact.off.1 - impact.off.0, impact.off.0, minor),
            Metric::WorseOff => (i128::from(impact.moved.worse), members, 1),
            Metric::BetterOff => (i128::from(impact.moved.better), members, 1),
            Metric::Mixed => (i128::from(impact.moved.mixed), members, 1),
            Metric::Unknown => (i128::from(impact.unknown()), i128::from(impact.unknown()), 1),
            Metric::Refused => {
                let (before, after) = wide(impact.refused);
                (after - before, before, 1)
            }
            Metric::Failed => {
                let (before, after) = wide(impact.failed);
                (after - before, before, 1)
            }
        };
        let scale = if percent { Exact::new(100, whole) } else { Exact::new(1, i128::from(one)) };
        let value = scale.and_then(|scale| Exact::new(change, 1)?.mul(scale).ok());
        match value {
            Some(value) => {
                let sign = if percent { "%" } else { "" };
                let beyond = value > bound || (inclusive && value == bound);
                verdict(beyond, format!("{}{sign}", rounded(value)))
            }
            // A share of nothing: whatever is more is beyond any bound.
            None => verdict(change > 0, if change > 0 { "more than nothing".into() } else { "0%".into() }),
        }
    }
}

/// A number with two decimals at most, for people.
fn rounded(value: Exact) -> String {
    if value.is_integer() {
        return value.to_string();
    }
    let hundredths = value.mul(Exact::from(100)).map(Exact::trunc);
    let hundredths = hundredths.and_then(|number| number.div(Exact::from(100)));
    hundredths.map_or_else(|_| value.to_string(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Moved;

    fn verdict(gate: &str, impact: &Impact) -> (bool, String) {
        let verdict = Gate::parse(gate).unwrap().judge(&Comparison::default(), Some(impact), 100);
        (verdict.exceeded, verdict.found)
    }

    #[test]
    fn bounds_are_about_the_change() {
        let moved = Moved { better: 1, worse: 2, mixed: 0, unchanged: 5 };
        let impact = Impact { liability: (10_000, 10_250), moved, ..Impact::default() };
        assert_eq!(verdict("liability > +2%", &impact), (true, "2.5%".into()));
        assert_eq!(verdict("liability > 2.5%", &impact), (false, "2.5%".into()));
        assert_eq!(verdict("liability >= 2.5%", &impact), (true, "2.5%".into()));
        assert_eq!(verdict("liability > +$2", &impact), (true, "2.5".into()));
        assert_eq!(verdict("worse-off > 0", &impact), (true, "2".into()));
        assert_eq!(verdict("worse-off > 25%", &impact), (false, "25%".into()));
        assert_eq!(verdict("cost > 1%", &impact), (false, "0%".into()));
        let from_nothing = Impact { liability: (0, 1), ..Impact::default() };
        assert_eq!(verdict("liability > 1000%", &from_nothing), (true, "more than nothing".into()));
    }

    #[test]
    fn what_is_no_gate_is_told() {
        assert!(matches!(Gate::parse("liability"), Err(GateError::Form(_))));
        assert!(matches!(Gate::parse("liability > much"), Err(GateError::Form(_))));
        assert!(matches!(Gate::parse("happiness > 1"), Err(GateError::Figure(_))));
        assert!(!Gate::parse("breaking").unwrap().needs_events());
    }
}
