//! Expressions as text: conditions, money, numbers, durations.

use super::super::tape::Tape;

/// Where an expression stands, which says what it may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Purchase,
    Line,
    Visit,
    Sale,
    Redeem,
    Member,
}

/// What a measure counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    Number,
    Money,
    /// The unit of this position.
    Unit(usize),
}

/// What is declared so far, so that expressions can name it.
#[derive(Debug, Default)]
pub struct Names {
    pub currency: &'static str,
    /// Name, decimals, whether it is money.
    pub units: Vec<(&'static str, usize, bool)>,
    pub measures: Vec<(String, Counts)>,
    /// Name and tiers.
    pub ladders: Vec<(&'static str, Vec<&'static str>)>,
    pub segments: Vec<String>,
    pub badges: Vec<String>,
    pub rewards: Vec<String>,
    /// Challenges, choices and draws.
    pub challenges: Vec<String>,
    pub choices: Vec<String>,
    pub draws: Vec<String>,
    /// What needs activation.
    pub waiting: Vec<String>,
    /// Challenges whose time begins when they are opened.
    pub opened: Vec<String>,
    /// Whether only such words may be used that forget what was taken back.
    pub forgetful: bool,
}

pub const DAYS: [&str; 6] = ["2026-01-31", "2026-03-29", "2026-06-01", "2026-12-31", "2027-02-28", "2028-02-29"];
const WEEKDAYS: [&str; 4] = ["saturday", "sunday", "monday", "wednesday"];
const MONTHS: [&str; 4] = ["december", "january", "march", "february"];

impl Names {
    /// An amount of money of so many minor units.
    pub fn money(&self, minor: usize) -> String {
        match self.currency {
            "JPY" => format!("¥{minor}"),
            "KWD" => format!("{}.{:03} KWD", minor / 1000, minor % 1000),
            _ => format!("${}.{:02}", minor / 100, minor % 100),
        }
    }

    /// An amount of a unit of so many steps.
    pub fn quantity(&self, unit: usize, steps: usize) -> String {
        let (name, decimals, money) = self.units[unit];
        match (money, decimals) {
            (true, _) => format!("({} as {name})", self.money(steps)),
            (false, 0) => format!("{steps} {name}"),
            (false, _) => {
                let scale = 10_usize.pow(u32::try_from(decimals).unwrap());
                format!("{}.{:0decimals$} {name}", steps / scale, steps % scale)
            }
        }
    }

    /// An amount of a unit of so many steps as limits say it: plain money where it is a unit of money.
    pub fn bound(&self, unit: usize, steps: usize) -> String {
        if self.units[unit].2 { self.money(steps) } else { self.quantity(unit, steps) }
    }

    /// A round price: some cents up to a few hundred units of the currency.
    pub fn price(&self, t: &mut Tape<'_>) -> String {
        let minor = t.pick(&[1000, 2000, 100, 5000, 999, 10_000, 1, 35_000, 250]);
        self.money(minor)
    }

    pub fn condition(&self, t: &mut Tape<'_>, on: On, depth: usize) -> String {
        if depth > 0 {
            let (a, b) = match t.below(8) {
                1 => (" and ", true),
                2 => (" or ", true),
                3 => ("not ", false),
                _ => return self.simple(t, on),
            };
            let left = self.condition(t, on, depth - 1);
            if !b {
                return format!("not ({left})");
            }
            let right = self.condition(t, on, depth - 1);
            return format!("({left}){a}({right})");
        }
        self.simple(t, on)
    }

    fn simple(&self, t: &mut Tape<'_>, on: On) -> String {
        if t.chance(55) {
            return self.about_member(t);
        }
        match on {
            On::Purchase | On::Line if on == On::Purchase || t.chance(40) => match t.below(12) {
                1 => "channel is web".into(),
                2 => "channel in (web, app)".into(),
                3 => "online".into(),
                4 => "qty > 1".into(),
                5 => "booked is not missing".into(),
                6 => format!("booked < {}", t.pick(&DAYS)),
                7 => format!("any of items where price > {}", self.price(t)),
                8 => format!("(sum of items.price where category is \"x\") >= {}", self.price(t)),
                9 => "count of items >= 2".into(),
                10 => format!("all of items where price >= {}", self.price(t)),
                11 => "channel is not store".into(),
                _ => format!("subtotal >= {}", self.price(t)),
            },
            On::Line => match t.below(4) {
                1 => "category is \"x\"".into(),
                2 => "category in (\"x\", \"y\")".into(),
                3 => "weight > 0.5".into(),
                _ => format!("price > {}", self.price(t)),
            },
            On::Visit => t.pick(&["place is a", "place is not b", "place in (b, c)"]).into(),
            On::Sale => format!("price >= {}", self.price(t)),
            On::Redeem => format!("bill >= {}", self.price(t)),
            _ => self.about_member(t),
        }
    }

    /// A condition on the member or the moment.
    pub fn about_member(&self, t: &mut Tape<'_>) -> String {
        let plain = |t: &mut Tape<'_>| match t.below(9) {
            1 => format!("weekday is {}", t.pick(&WEEKDAYS)),
            2 => "weekday in (saturday, sunday)".to_string(),
            3 => format!("month is {}", t.pick(&MONTHS)),
            4 => "time >= 12:00".to_string(),
            5 => format!("today >= {}", t.pick(&DAYS)),
            6 => "member.region is \"north\"".to_string(),
            7 => format!("days since join > {}", t.pick(&[0, 10, 100])),
            8 => "member.birthday is not missing".to_string(),
            _ => "member.app_user".to_string(),
        };
        match t.below(12) {
            9 if !self.challenges.is_empty() => {
                format!("{}.{}", t.pick(&self.challenges), t.pick(&["completed >= 1", "open > 0", "completed is 0"]))
            }
            10 if !self.choices.is_empty() => format!("{}.open is 0", t.pick(&self.choices)),
            11 if !self.draws.is_empty() => {
                format!("{}.{}", t.pick(&self.draws), t.pick(&["entries >= 1", "wins is 0"]))
            }
            1 | 2 if !self.ladders.is_empty() => self.tier(t),
            3 | 4 if !self.measures.is_empty() => self.measured(t),
            5 if !self.units.is_empty() => {
                let unit = t.below(self.units.len());
                let level = t.pick(&["balance", "available", "pending", "debt"]);
                format!("{}.{level} >= {}", self.units[unit].0, self.quantity(unit, t.pick(&[10, 1, 100])))
            }
            6 if !self.segments.is_empty() => t.pick(&self.segments),
            7 if !self.badges.is_empty() => format!("has {}", t.pick(&self.badges)),
            8 if !self.rewards.is_empty() => format!("has {}", t.pick(&self.rewards)),
            _ => plain(t),
        }
    }

    pub fn tier(&self, t: &mut Tape<'_>) -> String {
        let (ladder, tiers) = t.pick(&self.ladders);
        let tier = t.pick(&tiers);
        match t.below(5) {
            1 => format!("{ladder} is {tier}"),
            2 => format!("{ladder}.before is {tier}"),
            3 if !self.forgetful => format!("{ladder}.highest >= {tier}"),
            4 => format!("{ladder} is not {tier}"),
            _ => format!("{ladder} >= {tier}"),
        }
    }

    pub fn measured(&self, t: &mut Tape<'_>) -> String {
        let at = t.below(self.measures.len());
        let (name, _) = &self.measures[at];
        let how = t.pick(&[">=", "<", "<="]);
        format!("{name} {how} {}", self.threshold(t, at))
    }

    /// A value of a measure, for comparisons and crossings.
    pub fn threshold(&self, t: &mut Tape<'_>, measure: usize) -> String {
        match self.measures[measure].1 {
            Counts::Number => t.pick(&["2", "1", "3", "5", "10"]).to_string(),
            Counts::Money => self.money(t.pick(&[10_000, 2000, 35_000, 500])),
            Counts::Unit(unit) => self.quantity(unit, t.pick(&[20, 5, 100, 500])),
        }
    }

    /// An amount of money of the event or line.
    pub fn amount(&self, t: &mut Tape<'_>, on: On) -> String {
        match on {
            On::Purchase => match t.below(10) {
                1 => "(subtotal + tip)".into(),
                2 => "(20% of subtotal)".into(),
                3 => "(sum of items.price where category is \"x\")".into(),
                4 => format!("min(subtotal, {})", self.price(t)),
                5 => "(subtotal - tip)".into(),
                6 => "(subtotal * qty)".into(),
                7 => "(largest of items.price)".into(),
                8 => format!("max(subtotal, {})", self.price(t)),
                9 => "(average of items.price)".into(),
                _ => "subtotal".into(),
            },
            On::Line => t.pick(&["price", "(price * qty)", "(price + 10% of price)", "min(price, subtotal)"]).into(),
            On::Sale => t.pick(&["price", "(price / 3)"]).into(),
            _ => self.price(t),
        }
    }

    /// A plain number of the event or line.
    pub fn number(&self, t: &mut Tape<'_>, on: On) -> String {
        match on {
            On::Purchase => t
                .pick(&["qty", "2", "(count of items)", "(1.5 * qty)", "(distinct of items.sku)", "(qty / 3)", "7"])
                .into(),
            On::Line => t.pick(&["weight", "qty", "1", "(weight * 2.5)"]).into(),
            _ => t.pick(&["1", "2", "1.5", "0.3"]).into(),
        }
    }

    pub fn days(t: &mut Tape<'_>) -> String {
        t.pick(&["30 days", "1 day", "10 days", "3 months", "2 weeks"]).into()
    }
}
