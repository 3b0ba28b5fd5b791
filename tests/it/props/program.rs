//! Random programs as text: all that the language has, in combinations that the checker must accept.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::tape::Tape;
use super::words::{Counts, DAYS, Names, On};

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
}

/// What a property cannot do with.
#[derive(Debug, Clone, Copy, Default)]
pub struct Without {
    /// Budgets and stock, which make members meet.
    pub pots: bool,
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
    (first, second).prop_map(
        |((settings, units, measures, ladders, earns), (boosts, shared, rules, rewards, redeems))| Recipe {
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
        },
    )
}

const UNITS: [(&str, &str); 4] = [("points", "point"), ("stamps", "stamp"), ("miles", "mile"), ("credit", "")];
const LADDERS: [(&str, [&str; 4]); 2] =
    [("status", ["basic", "silver", "gold", "platinum"]), ("club", ["guest", "friend", "patron", "angel"])];
const PERIODS: [&str; 5] = ["month", "day", "week", "quarter", "year"];

/// A program while it is written.
pub struct Writer {
    pub names: Names,
    pub without: Without,
    pub out: String,
    earns: usize,
    stacks: usize,
}

/// The text of a program.
pub fn text(recipe: &Recipe, without: Without) -> String {
    let mut w = Writer {
        names: Names { forgetful: without.traces, ..Names::default() },
        without,
        out: String::new(),
        earns: recipe.earns.len(),
        stacks: 0,
    };
    w.settings(recipe, &mut Tape::new(&recipe.settings));
    for (i, bytes) in recipe.units.iter().enumerate() {
        w.unit(i, !recipe.ladders.is_empty(), &mut Tape::new(bytes));
    }
    let (paid, price) = (w.names.quantity(0, 7), w.names.money(10));
    let _ = writeln!(w.out, "partner acme {{\n  settles each calendar month\n  issued {paid} = {price}\n}}");
    let _ = writeln!(w.out, "cause oxfam {{\n  label \"Oxfam\"\n}}");
    let _ = writeln!(w.out, "partner bolt {{\n  settles each calendar quarter\n}}");
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

    fn settings(&mut self, recipe: &Recipe, t: &mut Tape<'_>) {
        self.names.currency = t.pick(&["USD", "USD", "JPY", "KWD"]);
        let zone =
            t.pick(&["America/New_York", "UTC", "Europe/Paris", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]);
        let _ = writeln!(self.out, "program \"Random\" {{\n  currency {}", self.names.currency);
        let own = if t.chance(30) { "of member else " } else { "" };
        self.line(format!("timezone {own}\"{zone}\""));
        self.line(format!("week starts {}", t.pick(&["monday", "sunday"])));
        if t.chance(30) {
            self.line("leap day birthdays on mar 1");
        }
        if t.chance(15) {
            self.line("join required");
        }
        let _ = writeln!(self.out, "}}");
        let (optional, reversible) =
            (t.pick(&[", optional", ""]), if t.chance(15) { "\n  reversible within 60 days" } else { "" });
        let counts = |t: &mut Tape<'_>| if t.chance(25) { "\n  unmatched counts" } else { "" };
        let within = if t.chance(15) { "\n  within 40 days" } else { "" };
        let whole = t.pick(&["subtotal money", "subtotal money\n  qty count default 0"]);
        let _ = writeln!(
            self.out,
            "event purchase {{
  order id
  subtotal money
  tip money default {zero}
  qty count default 1
  channel one of store, web, app{optional}
  online flag default no
  booked date, optional
  items list of {{ sku id, category text, price money, weight number default 0 }}, optional{reversible}
}}
event refund reverses purchase by order {{\n  {whole}{}{within}\n}}
event cancel reverses purchase by order
event giveback reverses purchase by order and items.sku {{
  items list of {{ sku id, price money }}{}
}}
event visit {{ place one of a, b, c }}
event delivered {{ order id }}
event sale {{\n  sku id\n  price money\n}}
event credit_note reverses sale by sku, {} first {{\n  price money{}\n}}
member {{
  birthday date, optional
  region text default \"north\"
  app_user flag default no
  timezone text, optional
}}",
            counts(t),
            counts(t),
            t.pick(&["latest", "oldest"]),
            counts(t),
            zero = self.names.money(0),
        );
        let (low, high) = (self.names.money(1000), self.names.money(10_000));
        let _ = writeln!(
            self.out,
            "let rate = 4 until 2026-06-30, 3 after\nlet floor_spend = {high} until 2026-12-31, {low} after"
        );
        let _ = writeln!(self.out, "table bonus by how, loud {{\n  web, yes 3\n  app, _ 5\n  else 1\n}}");
        let _ =
            writeln!(self.out, "table band by size in bands {{\n  up to {low} 1\n  below {high} 7\n  above 12.5\n}}");
        let _ = writeln!(
            self.out,
            "table tax by size in marginal bands {{\n  up to {low} 1%\n  up to {high} 2.5%\n  above 4%\n}}"
        );
        let _ = writeln!(self.out, "segment regulars = days since join >= 20 and member.app_user");
        self.names.segments.push("regulars".into());
        let decimals = if self.names.currency == "JPY" {
            0
        } else if self.names.currency == "KWD" {
            3
        } else {
            2
        };
        for (i, bytes) in recipe.units.iter().enumerate() {
            let money = i == 3;
            let decimals =
                if money { decimals } else { [0, 0, 1, 2][usize::from(bytes.first().copied().unwrap_or(0)) % 4] };
            self.names.units.push((UNITS[i].0, decimals, money));
        }
    }

    fn unit(&mut self, i: usize, laddered: bool, t: &mut Tape<'_>) {
        let (name, decimals, money) = self.names.units[i];
        let also = if money { String::new() } else { format!(" also {}", UNITS[i].1) };
        let _ = writeln!(self.out, "unit {name}{also} {{");
        t.byte();
        if money {
            self.line(format!("money {}", self.names.currency));
        } else {
            self.line(format!("decimals {decimals}"));
            let cents = self.names.money(t.pick(&[1, 2, 100]));
            self.line(format!("worth {cents}"));
        }
        self.line(format!(
            "round {} per {}",
            t.pick(&["down", "up", "nearest", "half even"]),
            t.pick(&["event", "item", "rule"])
        ));
        if t.chance(25) {
            self.line(format!("pending {}", t.pick(&["15 days", "1 day", "12 hours"])));
        }
        self.expiry(laddered, t);
        if laddered && !self.without.traces && t.chance(15) {
            self.line("keeps while status is silver");
        }
        if t.chance(30) {
            self.line("spends oldest first");
        }
        if t.chance(15) {
            let most = self.names.quantity(i, t.pick(&[500, 50, 2000]));
            self.line(format!("balance at most {most}"));
        }
        let floor = self.names.quantity(i, 50);
        let floor = floor.split(' ').next().unwrap().trim_start_matches('(').to_string();
        let below = if money {
            "refunds may go below zero".to_string()
        } else {
            format!("refunds may go below zero to -{floor}")
        };
        let refunds = [
            "refunds stop at zero".to_string(),
            "refunds may go below zero".to_string(),
            below,
            "refunds only from pending".to_string(),
        ];
        self.line(t.pick(if self.without.traces { &refunds[..2] } else { &refunds }));
        if t.chance(40) {
            self.line(t.pick(&["returns forfeit", "returns grace 14 days", "returns fresh lot"]));
        }
        if t.chance(40) {
            self.line(t.pick(&["returns points first", "returns money first", "returns pro rata"]));
        }
        if t.chance(8) {
            self.line("buckets monthly");
        }
        let _ = writeln!(self.out, "}}");
    }

    fn expiry(&mut self, laddered: bool, t: &mut Tape<'_>) {
        let one = |t: &mut Tape<'_>, idle: bool| match t.below(if idle { 11 } else { 7 }) {
            1 => "12 months after earning".to_string(),
            2 => "30 days after earning".to_string(),
            3 => "3 months after earning at end of month".to_string(),
            4 => "on 30 september after 6 months".to_string(),
            5 => "at end of next calendar year".to_string(),
            6 => "36 hours after earning from earning".to_string(),
            7 => "6 months after last purchase or redeem".to_string(),
            8 => "30 days after last visit".to_string(),
            9 => "at end of month".to_string(),
            10 => "3 months after last purchase at end of quarter".to_string(),
            _ => "never".to_string(),
        };
        let idle = !self.without.traces;
        if laddered && !self.without.traces && t.chance(20) {
            let line = format!("expires {} when status >= silver", one(t, idle));
            self.line(line);
        }
        let line = format!("expires {}", one(t, idle));
        self.line(line);
        if t.chance(15) {
            let line = format!("also expires {}", one(t, idle));
            self.line(line);
        }
    }

    fn measure(&mut self, i: usize, laddered: bool, t: &mut Tape<'_>) {
        let name = format!("m{i}");
        let names = &self.names;
        let (mut counts, mut windowed, mut netted) = (Counts::Number, true, true);
        let filter = |t: &mut Tape<'_>| match t.below(6) {
            1 => format!(" where subtotal >= {}", names.price(t)),
            2 => " where channel is web".to_string(),
            3 => " where not online and qty >= 1".to_string(),
            4 => format!(" where any of items where price > {}", names.price(t)),
            _ => String::new(),
        };
        let of_lines = |t: &mut Tape<'_>| match t.below(3) {
            1 => " where category is \"x\"".to_string(),
            2 => format!(" where price >= {}", names.price(t)),
            _ => String::new(),
        };
        let text = match t.below(17) {
            1 => format!("count of purchase{}", filter(t)),
            2 => format!("distinct of purchase.items.sku{}", of_lines(t)),
            3 => format!("distinct of purchase.channel{}", filter(t)),
            4 => "count of visit where place is a".to_string(),
            5 => {
                windowed = false;
                format!("streak of visit, each calendar {}", t.pick(&["week", "day", "month", "quarter"]))
            }
            6 => {
                windowed = false;
                format!("streak of purchase{}, each calendar {}", filter(t), t.pick(&["week", "day", "month", "year"]))
            }
            7 => {
                netted = false;
                counts = Counts::Unit(0);
                let tally = t.pick(if self.without.traces {
                    &["earned"][..]
                } else {
                    &["earned", "spent", "expired", "reversed"]
                });
                format!("sum of {}.{tally}", names.units[0].0)
            }
            8 => {
                let op = t.pick(if self.without.traces {
                    &["largest"][..]
                } else {
                    &["largest", "smallest", "average", "first", "last"]
                });
                counts = Counts::Money;
                format!("{op} of purchase.subtotal{}", filter(t))
            }
            9 => {
                let op = t.pick(if self.without.traces {
                    &["sum", "largest"][..]
                } else {
                    &["sum", "largest", "smallest", "average", "last", "first"]
                });
                counts = Counts::Money;
                format!("{op} of purchase.items.price{}", of_lines(t))
            }
            10 if !self.without.traces => {
                (windowed, netted) = (false, false);
                t.pick(&["days since purchase", "weeks since join", "months since visit"]).to_string()
            }
            11 if i > 0 && !self.without.traces => {
                let (other, what) = t.pick(&names.measures);
                counts = what;
                (windowed, netted) = (false, false);
                match what {
                    Counts::Number if self.declared(other[1..].parse().unwrap()).contains(" since ") => {
                        "count of sale".to_string()
                    }
                    Counts::Number => format!("{other} * 2 + 1"),
                    _ => format!("{other} - {other} / 2"),
                }
            }
            12 => {
                counts = Counts::Money;
                "sum of sale.price".to_string()
            }
            13 => "count of sale".to_string(),
            14 => "sum of purchase.qty".to_string(),
            15 => "sum of purchase.items.weight".to_string(),
            16 => "count of purchase.items".to_string(),
            _ => {
                counts = Counts::Money;
                format!("sum of purchase.subtotal{}", filter(t))
            }
        };
        let mut line = format!("measure {name} = {text}");
        if windowed {
            line += &match t.below(10) {
                1 => format!(", each calendar {}", t.pick(&PERIODS)),
                2 => ", each membership year".to_string(),
                3 => format!(", last {}", Names::days(t)),
                4 => ", last 720 hours".to_string(),
                5 => ", last exactly 30 days".to_string(),
                6 if laddered && !self.without.traces => ", since status rose".to_string(),
                7 | 8 => ", each calendar year".to_string(),
                9 => ", last 90 days".to_string(),
                _ => String::new(),
            };
        }
        if windowed && netted && !self.without.traces && t.chance(35) {
            line += t.pick(&[", gross", ", net when reversed"]);
        }
        if text == "sum of purchase.subtotal" && t.chance(25) {
            line += ", at most 30% where channel is web";
        }
        let _ = writeln!(self.out, "{line}");
        self.names.measures.push((name, counts));
    }

    fn ladder(&mut self, i: usize, rewards: &[String], t: &mut Tape<'_>) {
        let (name, tiers) = LADDERS[i];
        let plain: Vec<usize> = (0..self.names.measures.len()).filter(|m| !self.since_rise(*m)).collect();
        let by = (!plain.is_empty()).then(|| t.pick(&plain));
        let head = by.map_or(String::new(), |by| format!(" by {}", self.names.measures[by].0));
        let _ = writeln!(self.out, "tiers {name}{head} {{\n  {}", tiers[0]);
        let count = 1 + t.below(3);
        let steps = [2, 5, 12];
        for n in 0..count {
            let issue = if self.without.traces || rewards.is_empty() || !t.chance(25) {
                String::new()
            } else {
                format!("\n    issue {}", t.pick(rewards))
            };
            let reach = match by {
                Some(by) if t.chance(80) => {
                    let value = |k: usize| match self.names.measures[by].1 {
                        Counts::Number => k.to_string(),
                        Counts::Money => self.names.money(k * 4000),
                        Counts::Unit(unit) => self.names.quantity(unit, k * 20),
                    };
                    let keep = if !self.without.traces && t.chance(40) {
                        format!(" keep {}", value(steps[n] - 1))
                    } else {
                        String::new()
                    };
                    let dated = if t.chance(15) {
                        format!(" until 2026-12-31, {} after", value(steps[n] * 2))
                    } else {
                        String::new()
                    };
                    format!("at {}{dated}{keep}", value(steps[n] * if dated.is_empty() { 1 } else { 2 }))
                }
                Some(by) => {
                    let always = if t.chance(30) { "\n    always member.app_user" } else { "" };
                    let threshold = self.names.threshold(t, by);
                    format!("{{\n    reach {} >= {threshold}{always}{issue}\n  }}", self.names.measures[by].0)
                }
                None if self.without.traces => "{\n    reach member.app_user\n  }".to_string(),
                None => format!("{{\n    reach days since join >= {}{issue}\n  }}", steps[n]),
            };
            let block =
                if reach.starts_with('{') || issue.is_empty() { String::new() } else { format!(" {{{issue}\n  }}") };
            self.line(format!("{} {reach}{block}", tiers[n + 1]));
        }
        let at_once = self.without.traces;
        if !at_once && t.chance(35) {
            self.line(t.pick(&["rises at period end", "rises after 3 days", "rises at once"]));
        }
        let holds = [
            "rolling",
            "until end of next calendar year",
            "until end of calendar quarter",
            "for 12 months",
            "for ever",
            "until end of february",
            "until end of membership year",
            "for 30 days",
        ];
        self.line(format!("holds {}", if at_once { "rolling" } else { t.pick(&holds) }));
        if t.chance(30) {
            self.line("falls by one level");
        }
        if !at_once && t.chance(25) {
            self.line(format!("grace {}", Names::days(t)));
        }
        if !at_once && t.chance(50) {
            self.line(t.pick(&["refunds lower at once", "refunds never lower"]));
        }
        if !at_once && by.is_some_and(|by| self.has_period(by)) && t.chance(40) {
            self.line("surplus rolls over");
        }
        let _ = writeln!(self.out, "}}");
        self.names.ladders.push((name, tiers[..=count].to_vec()));
    }

    fn declared(&self, measure: usize) -> &str {
        let start = format!("measure m{measure} = ");
        self.out.lines().find(|line| line.starts_with(&start)).unwrap_or_default()
    }

    fn since_rise(&self, measure: usize) -> bool {
        let line = self.declared(measure);
        line.contains("since status rose")
            || (line.contains("m0") || line.contains(" / 2") || line.contains("* 2 + 1")) && self.formula_of_since(line)
    }

    fn formula_of_since(&self, line: &str) -> bool {
        line.split([' ', ','])
            .skip(3)
            .any(|word| word.starts_with('m') && word[1..].parse::<usize>().is_ok_and(|m| self.since_rise(m)))
    }

    fn has_period(&self, measure: usize) -> bool {
        let line = self.declared(measure);
        line.contains(", each ") && !line.contains("streak")
    }

    fn shared(&mut self, i: usize, t: &mut Tape<'_>) {
        let mode = t.pick(&["best", "add", "first", "exclusive"]);
        let _ = writeln!(self.out, "stack g{i} {mode}");
        self.stacks += 1;
        if self.earns > 0 && t.chance(50) {
            let unit = t.below(self.names.units.len());
            let most = self.names.bound(unit, t.pick(&[50, 10, 300]));
            let earns: Vec<String> =
                (0..self.earns).filter(|e| e % self.names.units.len() == unit).map(|e| format!("e{e}")).collect();
            if !earns.is_empty() {
                let window = limit_window(t);
                let _ = writeln!(self.out, "limit shared{i} on {} {{ {most} {window} }}", earns.join(", "));
            }
        }
    }

    fn redeem(&mut self, i: usize, t: &mut Tape<'_>) {
        let unit = t.below(self.names.units.len());
        let names = &self.names;
        let (q, m) = (|n: usize| names.quantity(unit, n), |n: usize| names.money(n));
        let mut lines = vec![if t.chance(35) {
            format!("ladder {} -> {}, {} -> {}, {} -> {}", q(10), m(30), q(25), m(80), q(50), m(175))
        } else {
            format!("rate {} = {}", q(t.pick(&[10, 1, 7])), m(t.pick(&[50, 3, 100])))
        }];
        if t.chance(25) {
            lines.push(format!("minimum basket {}", names.price(t)));
        }
        if t.chance(25) {
            lines.push(format!("at most {} per order", m(t.pick(&[2500, 300]))));
        }
        if t.chance(25) {
            lines.push("at most 50% of bill".into());
        }
        if t.chance(25) {
            lines.push(format!("minimum {}", q(5)));
        }
        if t.chance(25) {
            lines.push(format!("steps of {}", q(t.pick(&[5, 3]))));
        }
        if t.chance(20) {
            lines.push(format!("only {}", names.about_member(t)));
        }
        if t.chance(30) {
            lines.push("clamp".into());
        }
        if t.chance(25) {
            lines.push(format!("limit {} {}", q(100), limit_window(t)));
        }
        if t.chance(15) {
            lines.push(format!("limit 2 times {}", limit_window(t)));
        }
        let _ = writeln!(self.out, "redeem pay{i} {{");
        lines.into_iter().for_each(|line| self.line(line));
        let _ = writeln!(self.out, "}}");
    }

    fn reward(&mut self, i: usize, t: &mut Tape<'_>) {
        let _ = writeln!(self.out, "reward r{i} {{");
        let unit = t.below(self.names.units.len());
        let cost = t.chance(75);
        let automatic = cost && t.chance(15);
        // Automatic rewards spend the first unit alone, and nothing but events earns that: so no way around is endless.
        let unit = if automatic { 0 } else { unit };
        if cost {
            let (low, high) = (self.names.quantity(unit, t.pick(&[20, 1, 70])), self.names.quantity(unit, 90));
            let line = match t.below(3) {
                1 if !self.names.ladders.is_empty() => {
                    format!("cost {low} when {}, {high} otherwise", self.names.tier(t))
                }
                2 => format!("cost {low} until 2026-08-31, {high} after"),
                _ => format!("cost {low}"),
            };
            self.line(line);
        }
        let money = self.names.money(500);
        let last = self.names.units.len() - 1;
        let valid = t.pick(&[
            "",
            " valid 90 days",
            " valid until end of month after 2 months",
            " valid from 2026-03-01 to 2026-09-30",
        ]);
        let gives = match t.below(5) {
            1 => format!("voucher {money}{valid}"),
            2 => format!("discount 20%{valid}"),
            3 if last > 0 && !self.without.traces => format!("credit {}", self.names.quantity(last, 15)),
            4 => format!("product \"thing\" worth {money}{valid}"),
            _ => format!("shipping{valid}"),
        };
        self.line(format!("gives {gives}"));
        if t.chance(20) {
            let line = format!("only {}", self.names.condition(t, On::Redeem, 1));
            self.line(line);
        }
        if !self.without.pots && t.chance(20) {
            self.line(t.pick(&["stock 2", "stock 1 released tuesday, thursday at 09:00", "stock 5"]));
        }
        if cost && t.chance(30) {
            let line = format!("limit {} times {}", t.pick(&[1, 2, 3]), limit_window(t));
            self.line(line);
        }
        if t.chance(15) {
            let line = format!("minimum basket {}", self.names.price(t));
            self.line(line);
        }
        if t.chance(10) {
            let line = format!("during 2026-01-01 to {}", t.pick(&DAYS[2..]));
            self.line(line);
        }
        if automatic && !self.without.traces {
            self.line("automatic");
        }
        let _ = writeln!(self.out, "}}");
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
