//! Random programs as text: all that the language has, in combinations that the checker must accept.

mod board;
mod challenge;
mod choice;
mod draw;
mod earn;
mod exchange;
mod fund;
mod ladder;
mod measure;
mod pool;
mod redeem;
mod referral;
mod reward;
mod rule;
mod settings;
mod shared;
mod transfer;
mod unit;
mod words;

use std::fmt::Write as _;

use proptest::prelude::*;

use super::tape::Tape;
use words::{Names, On};

/// What a program is made from: bytes for each declaration, so that a failure shrinks declaration by declaration.
#[derive(Debug, Clone, Default)]
pub struct Recipe {
    pub settings: Vec<u8>,
    pub units: Vec<Vec<u8>>,
    pub measures: Vec<Vec<u8>>,
    pub ladders: Vec<Vec<u8>>,
    pub earns: Vec<Vec<u8>>,
    pub boosts: Vec<Vec<u8>>,
    pub shared: Vec<Vec<u8>>,
    pub rules: Vec<Vec<u8>>,
    pub rewards: Vec<Vec<u8>>,
    pub redeems: Vec<Vec<u8>>,
    pub challenges: Vec<Vec<u8>>,
    pub choices: Vec<Vec<u8>>,
    pub draws: Vec<Vec<u8>>,
    pub meetings: Vec<Vec<u8>>,
    pub exchanges: Vec<Vec<u8>>,
}

/// What a property cannot do with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Without {
    /// Everything that makes members meet.
    pub meeting: bool,
    /// Effects and declarations whose traces a reversal leaves, by declaration or by nature.
    pub traces: bool,
}

pub fn recipe() -> impl Strategy<Value = Recipe> {
    let bytes = |n: usize| prop::collection::vec(any::<u8>(), n);
    let some = move |most: usize, n: usize| prop::collection::vec(bytes(n), 0..=most);
    let first = (
        bytes(24),
        prop::collection::vec(bytes(40), 1..=4),
        some(6, 24),
        some(2, 40),
        prop::collection::vec(bytes(72), 1..=4),
    );
    let second = (some(2, 32), some(2, 16), some(4, 56), some(3, 32), some(2, 32));
    let third = (some(2, 32), some(1, 24), some(1, 16), some(2, 40), some(2, 20));
    (first, second, third).prop_map(|(first, second, third)| {
        let (settings, units, measures, ladders, earns) = first;
        let (boosts, shared, rules, rewards, redeems) = second;
        let (challenges, choices, draws, meetings, exchanges) = third;
        Recipe {
            settings,
            units,
            measures,
            ladders,
            earns,
            boosts,
            shared,
            rules,
            rewards,
            redeems,
            challenges,
            choices,
            draws,
            meetings,
            exchanges,
        }
    })
}

const UNITS: [(&str, &str); 4] = [("points", "point"), ("stamps", "stamp"), ("miles", "mile"), ("credit", "")];
const LADDERS: [(&str, [&str; 4]); 2] =
    [("status", ["basic", "silver", "gold", "platinum"]), ("club", ["guest", "friend", "patron", "angel"])];
const PERIODS: [&str; 5] = ["month", "day", "week", "quarter", "year"];

/// A program while it is written.
pub struct Writer {
    pub names: Names,
    pub without: Without,
    /// Whether members may meet.
    pub meets: bool,
    pub out: String,
    earns: usize,
    stacks: usize,
}

/// The text of a program.
pub fn text(recipe: &Recipe, without: Without) -> String {
    let mut w = Writer {
        names: Names { forgetful: without.traces, ..Names::default() },
        without,
        // One program in three has members that do not meet.
        meets: !without.meeting && recipe.settings.last().is_some_and(|byte| byte % 3 > 0),
        out: String::new(),
        earns: recipe.earns.len(),
        stacks: 0,
    };
    w.settings(recipe, &mut Tape::new(&recipe.settings));
    for (i, bytes) in recipe.units.iter().enumerate() {
        w.unit(i, !recipe.ladders.is_empty(), &mut Tape::new(bytes));
    }
    w.partners();
    w.causes(&mut Tape::new(recipe.settings.get(12..).unwrap_or_default()));
    for (i, bytes) in recipe.measures.iter().enumerate() {
        w.measure(i, !recipe.ladders.is_empty(), &mut Tape::new(bytes));
    }
    let issued: Vec<String> = (0..recipe.rewards.len()).map(|i| format!("r{i}")).collect();
    for (i, bytes) in recipe.ladders.iter().enumerate() {
        w.ladder(i, &issued, &mut Tape::new(bytes));
    }
    w.names.rewards = issued;
    w.names.badges = (0..recipe.rules.len().min(2)).map(|i| format!("b{i}")).collect();
    for (i, bytes) in recipe.rules.iter().take(2).enumerate() {
        let _ = writeln!(w.out, "rule badge{i} on visit {{\n  when {}\n  badge b{i}\n}}", simple(bytes));
    }
    for (i, bytes) in recipe.shared.iter().enumerate() {
        w.shared(i, &mut Tape::new(bytes));
    }
    let meets = w.meets;
    for (i, bytes) in recipe.draws.iter().enumerate().filter(|_| meets) {
        w.draw(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.choices.iter().enumerate() {
        w.choice(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.challenges.iter().enumerate() {
        w.challenge(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.earns.iter().enumerate() {
        w.earn(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.boosts.iter().enumerate() {
        w.boost(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.rules.iter().enumerate() {
        w.rule(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.rewards.iter().enumerate() {
        w.reward(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.redeems.iter().enumerate() {
        w.redeem(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.exchanges.iter().enumerate() {
        w.exchange(i, &mut Tape::new(bytes));
    }
    for (i, bytes) in recipe.meetings.iter().enumerate().filter(|_| meets) {
        w.meeting(i, &mut Tape::new(bytes));
    }
    w.out
}

fn simple(bytes: &[u8]) -> &'static str {
    if bytes.first().is_some_and(|byte| byte % 2 == 1) { "place is a" } else { "place is b" }
}

impl Writer {
    pub fn line(&mut self, line: impl AsRef<str>) {
        let _ = writeln!(self.out, "  {}", line.as_ref());
    }

    /// How many earns there are in all.
    pub fn all_earns(&self) -> usize {
        self.earns
    }

    /// How many stacking groups are declared.
    pub fn all_stacks(&self) -> usize {
        self.stacks
    }

    /// One way for members to meet.
    fn meeting(&mut self, i: usize, t: &mut Tape<'_>) {
        match t.below(4) {
            1 => self.pool(i, t),
            2 => self.referral(i, t),
            3 => self.board(i, t),
            _ => self.transfer(i, t),
        }
    }

    /// The event of an earn by its position, so that others can name it.
    pub fn earn_on(i: usize) -> On {
        [On::Purchase, On::Line, On::Visit, On::Purchase, On::Sale][i % 5]
    }
}

/// A window of a limit.
pub fn limit_window(t: &mut Tape<'_>) -> String {
    match t.below(9) {
        1 => "per event".into(),
        2 => "each calendar day".into(),
        3 => "each calendar week".into(),
        4 => "each calendar year".into(),
        5 => "in any 30 days".into(),
        6 => "in any 48 hours".into(),
        7 => "ever".into(),
        8 => "each membership year".into(),
        _ => "each calendar month".into(),
    }
}
