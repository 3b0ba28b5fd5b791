//! The script that brings members most of something, found by climbing: what is better than before is changed again.

use crate::engine::World;
use crate::hir::{EventKind, Expr, FieldType, Program};
use crate::sample::Dice;
use crate::value::{Exact, Value};

use super::invariant::by_members;
use super::invent::invent;
use super::orders::is_less;
use super::property::Claim;
use super::script::{Move, Script};
use super::shrink::{Shrinker, Worth};
use super::telling;
use super::trial::{Target, Trial};

/// The name of the value that is to be as large as can be.
const GOAL: &str = "_goal";
/// What is posted of a unit.
const TALLIES: [&str; 6] = ["earned", "spent", "expired", "reversed", "given", "received"];
/// How often a script is changed.
const CHANGES: u32 = 12;
/// How many steps a script has at most.
const LONGEST: usize = 24;

/// The declarations that make a goal of a text: `UNIT.earned` and `EVENT.FIELD` in it are sums over all that happened.
pub fn goal(program: &Program, text: &str) -> String {
    let (mut sums, mut out): (Vec<String>, String) = (Vec::new(), String::new());
    let mut rest = text;
    while !rest.is_empty() {
        let path = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let end = rest.find(|c| !path(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end.max(rest.chars().next().map_or(1, char::len_utf8)));
        if is_sum(program, word) {
            let place = sums.iter().position(|sum| sum == word).unwrap_or_else(|| {
                sums.push(word.to_owned());
                sums.len() - 1
            });
            out.push_str(&format!("_sum_{}", place + 1));
        } else {
            out.push_str(word);
        }
        rest = behind;
    }
    let measures = sums.iter().enumerate().map(|(place, sum)| format!("measure _sum_{} = sum of {sum}\n", place + 1));
    format!("{}let {GOAL} = {out}\n", measures.collect::<String>())
}

/// Whether a path names what is posted of a unit, or a field of an event.
fn is_sum(program: &Program, path: &str) -> bool {
    let Some((first, rest)) = path.split_once('.') else { return false };
    let unit = program.units.iter().any(|unit| *unit.name == *first || unit.also.as_deref() == Some(first));
    let event = program.events.iter().any(|event| event.kind == EventKind::Declared && *event.name == *first);
    event || (unit && TALLIES.contains(&rest))
}

/// A search for the largest value of a goal.
pub struct Climb<'t> {
    target: &'t Target,
    goal: &'t Expr,
    seed: u64,
}

/// What a run found.
pub struct Height {
    /// The value of the goal, of all members together.
    pub value: Exact,
    /// The run.
    pub run: u64,
    script: Script,
}

/// The best of all runs.
#[derive(Debug, Clone)]
pub struct Summit {
    /// The value in words.
    pub value: String,
    /// Whether it is above nothing.
    pub gains: bool,
    /// How many steps it takes.
    pub moves: usize,
    /// The steps, as a scenario.
    pub scenario: String,
}

impl<'t> Climb<'t> {
    /// A search in a program with the declarations of [`goal`].
    pub fn new(target: &'t Target, seed: u64) -> Option<Self> {
        let goal = target.program.lets.iter().find(|item| *item.name == *GOAL)?;
        Some(Self { target, goal: &goal.value, seed })
    }

    fn value(&self, world: &World) -> Exact {
        let mut sum = Exact::ZERO;
        for state in world.members() {
            let state = self.target.engine.in_newest(state);
            let value = self.target.engine.evaluate(&state, &world.pots(&state.member), self.goal);
            if let Ok(Value::Exact(value)) = value {
                sum = sum.add(value).unwrap_or(sum);
            }
        }
        sum
    }

    fn of(&self, script: &Script) -> Exact {
        let mut trial = Trial::new(self.target, script);
        trial.advance(None);
        self.value(&trial.world)
    }

    /// A script of what members can do themselves: nothing by hand, no order of less than nothing.
    fn made_up(&self, number: u64) -> Script {
        let mut script = by_members(self.target, &invent(self.target, self.seed, number));
        let less = |moved: &Move| moved.event().is_some_and(|sent| is_less(&self.target.program, sent));
        script.moves.retain(|moved| !less(moved));
        script
    }

    /// Makes up a script and changes it for the better.
    pub fn run(&self, number: u64) -> Height {
        let mut dice = Dice::new(self.seed).of("climb").of(&number.to_string());
        let mut script = self.made_up(number);
        let mut value = self.of(&script);
        for change in 0..CHANGES {
            let other = self.made_up(number.wrapping_mul(31).wrapping_add(u64::from(change) + 1));
            let changed = changed(&self.target.program, &script, &other, &mut dice);
            if changed.moves.len() > LONGEST || !changed.is_orderly() {
                continue;
            }
            let better = self.of(&changed);
            if better > value {
                (script, value) = (changed, better);
            }
        }
        Height { value, run: number, script }
    }

    /// The fewest and plainest steps that bring no less.
    pub fn shrink(&self, height: Height) -> Summit {
        let no_less = |script: &Script| self.of(script) >= height.value;
        let script = Shrinker::new(self.target, height.script, Worth::Value(&no_less)).smallest();
        let program = &self.target.program;
        let value = self.of(&script);
        let words = crate::engine::words::value(program, self.goal.ty, &Value::Exact(value));
        let name = format!("as much as can be: {words}");
        Summit {
            gains: value > Exact::ZERO,
            moves: script.moves.len(),
            scenario: telling::scenario(program, &name, &script, &Claim::Itself),
            value: words,
        }
    }
}

/// A script with a piece of another one, a step more or less, or an order again.
fn changed(program: &Program, script: &Script, other: &Script, dice: &mut Dice) -> Script {
    let mut moves = script.moves.clone();
    let count = u64::try_from(moves.len()).unwrap_or(0);
    let place = usize::try_from(dice.below(count)).unwrap_or(0);
    match dice.below(4) {
        0 => moves.extend(behind(&moves, other)),
        1 if count > 1 => drop(moves.remove(place)),
        2 => {
            let again = moves.get(place).cloned().into_iter().map(|moved| renumbered(program, moved, dice));
            let again: Vec<Move> = again.collect();
            let at = (place + 1).min(moves.len());
            moves.splice(at..at, again);
        }
        _ => {
            let mut piece = behind(moves.get(..=place).unwrap_or_default(), other);
            piece.truncate(6);
            moves.truncate(place + 1);
            moves.extend(piece);
        }
    }
    Script { moves }
}

/// The moves of a script, so much later that they come behind others.
fn behind(moves: &[Move], other: &Script) -> Vec<Move> {
    let last = moves.iter().map(|moved| moved.when.day).max();
    let first = other.moves.iter().map(|moved| moved.when.day).min();
    let (Some(last), Some(first)) = (last, first) else { return other.moves.clone() };
    let shift = last.days_since(first).saturating_add(1);
    let later = |moved: &Move| {
        let mut moved = moved.clone();
        moved.when.day = moved.when.day.plus_days(shift).unwrap_or(moved.when.day);
        moved
    };
    other.moves.iter().map(later).collect()
}

/// The same with an order number of its own.
fn renumbered(program: &Program, mut moved: Move, dice: &mut Dice) -> Move {
    if let Some(sent) = moved.event_mut().filter(|sent| sent.is_original(program)) {
        for (field, value) in program.events.at(sent.kind).fields.iter().zip(&mut sent.fields) {
            if matches!(field.ty, FieldType::Id) {
                *value = Value::Text(format!("B{}", 1_000 + dice.below(9_000)).into());
            }
        }
    }
    moved
}
