//! One small program for each construct, all judged on the same events, so that what one costs can be compared with what another does.

use std::fmt::Write as _;

use meed::value::Day;

/// What every program has.
const SHOP: &str = r#"program "Bench" {
  currency EUR
  timezone "UTC"
}

event visit

event purchase {
  order    id
  amount   money
  category one of food, books, toys
}

event refund reverses purchase by order {
  amount money
}

unit points also point {
  round   down per event
  expires never
  refunds stop at zero
}
"#;

const BASE: &str = "earn base on purchase {
  give    1 point per €1 of amount
  refunds in proportion
}
";

/// Names and texts; `BASE` stands for a plain earn.
const CONSTRUCTS: [(&str, &str); 17] = [
    ("nothing", ""),
    ("earn, refunds in proportion", "BASE"),
    (
        "earn, condition",
        "earn base on purchase {
  when    amount >= €20 and category is books
  give    1 point per €1 of amount
  refunds in proportion
}",
    ),
    (
        "table",
        "table rate by category {
  food  1
  books 2
  toys  3
}
earn base on purchase {
  give    floor(rate[category] * (1 point per €1 of amount))
  refunds in proportion
}",
    ),
    (
        "measure, last 30 days",
        "measure spend = sum of purchase.amount, last exactly 30 days
earn base on purchase {
  when    spend >= €100
  give    5 points
  refunds keep
}",
    ),
    (
        "tiers",
        "measure spend = sum of purchase.amount, last exactly 365 days
tiers status by spend {
  basic
  silver  at €200
  gold    at €1_000
  holds   rolling
  refunds lower at once
}
table bonus by tier {
  basic  1
  silver 1.5
  gold   2
}
earn base on purchase {
  give    floor(bonus[status] * (1 point per €1 of amount))
  refunds in proportion
}",
    ),
    (
        "rule, crossing",
        "measure spend = sum of purchase.amount, last exactly 30 days
rule big when spend reaches €100 {
  give    50 points
  refunds keep
}",
    ),
    (
        "limit",
        "earn base on purchase {
  give    1 point per €1 of amount
  limit   50 points each calendar day
  refunds in proportion
}",
    ),
    (
        "boost",
        "BASE
boost weekend on base {
  when weekday in (saturday, sunday)
  2x
}",
    ),
    (
        "expiry",
        "unit stars also star {
  round   down per event
  expires 3 months after earning
  refunds stop at zero
}
earn base on purchase {
  give    1 star per €1 of amount
  refunds in proportion
}",
    ),
    (
        "redeem",
        "BASE
redeem cash {
  rate 100 points = €1
}",
    ),
    (
        "voucher",
        "reward thanks {
  gives voucher €5
}
rule often on purchase {
  when    amount >= €40
  issue   thanks
  refunds keep
}",
    ),
    (
        "streak",
        "measure weeks = streak of visit, each calendar week
rule steady when weeks reaches 4 {
  give    50 points
  restart weeks
  refunds keep
}",
    ),
    (
        "distinct",
        "measure kinds = distinct of purchase.category, last exactly 14 days
rule explorer when kinds reaches 3 {
  give    50 points
  refunds keep
}",
    ),
    (
        "challenge",
        "challenge month {
  window  each calendar month
  goal    sum of purchase.amount reaches €100
  give    50 points
}",
    ),
    (
        "draw",
        "reward mug {
  gives product \"a mug\"
}
draw wheel {
  commitment \"COMMITMENT\"
  prize      mug 1 in 50
}
rule spin on purchase {
  enter wheel
}",
    ),
    (
        "stack",
        "BASE
stack holiday best
earn easter on purchase {
  stack   holiday
  give    20 points
  refunds keep
}
earn spring on purchase {
  stack   holiday
  give    1 point per €10 of amount
  refunds keep
}",
    ),
];

/// Names and programs.
pub fn all(commitment: &str) -> impl Iterator<Item = (&'static str, String)> {
    let commitment = commitment.to_owned();
    CONSTRUCTS.into_iter().map(move |(name, text)| {
        let text = text.replace("BASE", BASE).replace("COMMITMENT", &commitment);
        (name, format!("{SHOP}\n{text}\n"))
    })
}

/// JSON Lines of so many events of so many members over a year, in order of time: half of them purchases, of which some come back. With
/// `redeem` points are spent too.
pub fn events(members: usize, events: u64, redeem: bool) -> String {
    let mut orders = vec![0; members];
    let mut text = String::new();
    for i in 0..events {
        let chance = (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
        let minutes = i * 365 * 1_440 / events;
        let day = Day::from_epoch_days(20_454 + (minutes / 1_440) as i32).unwrap();
        let (hour, minute) = (minutes / 60 % 24, minutes % 60);
        let member = chance as usize % members;
        let _ = write!(text, r#"{{"id":"e{i}","member":"m{member}","time":"{day}T{hour:02}:{minute:02}:00Z","type":"#);
        let last: &mut u64 = &mut orders[member];
        match chance / members as u64 % 10 {
            0..5 => {
                *last = i;
                let category = ["food", "books", "toys"][(chance % 3) as usize];
                let (whole, part) = (5 + chance % 60, i % 100);
                let _ = write!(text, r#""purchase","order":"o{i}","amount":{whole}.{part:02},"category":"{category}""#);
            }
            5 if *last > 0 => {
                let _ = write!(text, r#""refund","order":"o{last}","amount":3.00"#);
            }
            6 if redeem => text.push_str(r#""redeem","amount":100"#),
            _ => text.push_str(r#""visit""#),
        }
        text.push_str("}\n");
    }
    text
}
