//! Events of the workload: the same for the same seed, on every machine.

use std::fmt::Write as _;

use super::civil;
use super::line::CATEGORIES;

/// 2023-01-01, and three years.
const START: u64 = 1_672_531_200_000;
const SPAN: u64 = 1_096 * 86_400_000;

/// A sequence of numbers that look like chance.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 33) % end
    }

    fn of<'c>(&mut self, choices: &[&'c str]) -> &'c str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// A purchase that may come back.
#[derive(Clone)]
struct Bought {
    id: String,
    amount: u64,
    currency: &'static str,
}

/// JSON Lines of so many events of so many members, in order of time. A few members are much busier than the others.
pub fn sample(members: u64, events: u64, seed: u64) -> String {
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut seen = vec![Vec::<Bought>::new(); members as usize];
    let mut joined = vec![false; members as usize];
    let mut text = String::new();
    let mut busy = 0;
    for i in 0..events {
        let time = START + SPAN / events * i + chance.below(SPAN / events);
        // Whoever came just now often comes again, so that days and weeks have several events.
        if chance.below(3) > 0 {
            let share = chance.below(members) * chance.below(members) / members;
            busy = share as usize;
        }
        let kind = if !std::mem::replace(&mut joined[busy], true) {
            "signup"
        } else {
            match chance.below(20) {
                0..=9 => "purchase",
                10..=13 => "visit",
                14 | 15 => "review",
                16 => "redeem",
                17 => "refund",
                18 => "share",
                _ => "referral",
            }
        };
        let (year, month, date) = civil((time / 86_400_000) as i64);
        let of_day = time % 86_400_000;
        let (hour, minute, second) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1_000 % 60);
        let _ = write!(
            text,
            r#"{{"id":"e{i}","member":"m{busy}","ts":"{year}-{month:02}-{date:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z","type":"{kind}""#,
            of_day % 1_000
        );
        match kind {
            "purchase" => {
                let bought = purchase(&mut chance, &mut text, i);
                seen[busy].push(bought);
            }
            "redeem" => drop(write!(text, r#","amount":{}"#, 250 * (1 + chance.below(6)))),
            "refund" => refund(&mut chance, &mut text, &seen[busy], i),
            _ => {}
        }
        text.push_str("}\n");
    }
    text
}

fn purchase(chance: &mut Chance, text: &mut String, i: u64) -> Bought {
    let mut items = String::new();
    let mut amount = 0;
    for line in 0..=chance.below(4) {
        let (price, quantity) = (100 + chance.below(9_000), 1 + chance.below(3));
        amount += price * quantity;
        let category = CATEGORIES[chance.below(CATEGORIES.len() as u64) as usize].0;
        let comma = if line == 0 { "" } else { "," };
        let (whole, part) = (price / 100, price % 100);
        let _ = write!(
            items,
            r#"{comma}{{"sku":"s{price}","category":"{category}","price":{whole}.{part:02},"qty":{quantity}}}"#
        );
    }
    let currency = chance.of(&["EUR", "EUR", "USD", "GBP"]);
    let channel = chance.of(&["pos", "app", "web"]);
    let (whole, part) = (amount / 100, amount % 100);
    let _ = write!(text, r#","amount":{whole}.{part:02},"currency":"{currency}","channel":"{channel}""#);
    if chance.below(3) == 0 {
        let partner = chance.of(&["skyline-air", "hotelux", "fuelgo", "bookbarn", "medipharm", "telcoone"]);
        let _ = write!(text, r#","partner":"{partner}""#);
    }
    let _ = write!(text, r#","items":[{items}]"#);
    Bought { id: format!("e{i}"), amount, currency }
}

/// A part or all of one of the last purchases, of an old one, or of one that never was.
fn refund(chance: &mut Chance, text: &mut String, seen: &[Bought], i: u64) {
    let never = Bought { id: format!("x{i}"), amount: 5_000, currency: "EUR" };
    let back = chance.below(5) as usize;
    let bought = if back == 4 { seen.first() } else { seen.iter().rev().nth(back) }.unwrap_or(&never);
    let amount = if chance.below(2) == 0 { bought.amount } else { 1 + chance.below(bought.amount) };
    let (whole, part) = (amount / 100, amount % 100);
    let Bought { id, currency, .. } = bought;
    let _ = write!(text, r#","amount":{whole}.{part:02},"currency":"{currency}","ref":"{id}""#);
}
