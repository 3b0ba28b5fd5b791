//! Random histories of members: orders and what comes back of them, requests, attributes, and time that jumps to where calendars hurt.

use std::sync::Arc;

use meed::Program;
use meed::engine::Event;
use meed::hir::{EventId, FieldDef, FieldType};
use meed::value::{Day, Exact, Instant, TimeOfDay, Value, Zone};
use proptest::prelude::*;

use super::tape::Tape;

/// What histories may hold.
#[derive(Debug, Clone, Copy)]
pub struct Kinds {
    /// Reversals.
    pub reversals: bool,
    /// Spending and adjustments.
    pub spending: bool,
    /// Amounts near the end of all numbers.
    pub huge: bool,
}

pub const ALL: Kinds = Kinds { reversals: true, spending: true, huge: false };

pub fn history(most: usize) -> impl Strategy<Value = Vec<Vec<u8>>> {
    prop::collection::vec(prop::collection::vec(any::<u8>(), 14), 1..=most)
}

/// An order as far as it was not returned.
struct Order {
    member: usize,
    name: String,
    subtotal: i64,
    items: Vec<(String, i64)>,
}

/// Builds events of a program from choices.
pub struct Story<'p> {
    program: &'p Program,
    kinds: Kinds,
    now: Instant,
    zone: Zone,
    orders: Vec<Order>,
    sales: Vec<(usize, String, i64)>,
    made: Vec<Event>,
}

/// Moments that calendars find hard, as local days and times of the program's zone.
const HARD: [(&str, &str); 10] = [
    ("2026-01-31", "23:59:59"),
    ("2026-02-28", "23:30"),
    ("2026-03-08", "02:30"),
    ("2026-03-29", "02:15"),
    ("2026-04-05", "01:45"),
    ("2026-11-01", "01:30"),
    ("2026-12-31", "23:59"),
    ("2027-01-01", "00:00"),
    ("2028-02-29", "12:00"),
    ("2028-12-31", "00:00"),
];

/// All events of a history in the order in which they happen.
pub fn events(program: &Program, choices: &[Vec<u8>], kinds: Kinds) -> Vec<Event> {
    let zone = program.settings.zone.clone();
    let now = zone.at(Day::parse("2025-12-30").unwrap(), TimeOfDay::NOON);
    let mut story = Story { program, kinds, now, zone, orders: Vec::new(), sales: Vec::new(), made: Vec::new() };
    choices.iter().for_each(|bytes| story.next(&mut Tape::new(bytes)));
    story.made
}

pub fn number(n: i64) -> Value {
    Value::Exact(Exact::from(n))
}

pub fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// The value of a word of a field.
fn word(program: &Program, field: &FieldDef, word: &str) -> Value {
    let FieldType::OneOf(id) = field.ty else { panic!("`{}` has no words", field.name) };
    let at = program.enums.at(id).words.iter().position(|other| &**other == word);
    Value::Ordinal(u32::try_from(at.unwrap()).unwrap())
}

/// An event with fields by name; a field that is not named gets its default.
pub fn event(
    program: &Program,
    kind: &str,
    id: &str,
    member: &str,
    time: Instant,
    sequence: u64,
    fields: &[(&str, Value)],
) -> Event {
    let (at, def) =
        program.events.pairs().find(|(_, def)| &*def.name == kind).unwrap_or_else(|| panic!("no event `{kind}`"));
    let value = |field: &FieldDef| match fields.iter().find(|(name, _)| *name == &*field.name) {
        Some((_, Value::Text(text))) if matches!(field.ty, FieldType::OneOf(_)) => word(program, field, text),
        Some((_, value)) => value.clone(),
        None => field.default.clone().unwrap_or_default(),
    };
    let at: EventId = at;
    Event {
        id: id.into(),
        member: member.into(),
        kind: at,
        time,
        sequence,
        sent_by: None,
        foreign: Default::default(),
        fields: def.fields.iter().map(value).collect(),
    }
}

/// Who there is.
pub const MEMBERS: [&str; 3] = ["ann", "bob", "cyd"];

impl Story<'_> {
    fn next(&mut self, t: &mut Tape<'_>) {
        let kind = t.byte();
        let member = t.pick(&[0, 0, 1, 2]);
        self.pass(t);
        match kind {
            0..=79 => self.purchase(member, t),
            80..=89 => self.sale(member, t),
            90..=109 => self.add("visit", member, &[("place", text(t.pick(&["a", "b", "c"])))]),
            110..=119 => self.join(member, t),
            120..=124 => self.add("update", member, &[("region", text(t.pick(&["north", "south"])))]),
            125..=131 => {
                let offer = t.pick(&["e0", "e1", "e2", "x0", "rule0", "rule1", "x1", "c0", "c1", "swap0", "nothing"]);
                self.add("activate", member, &[("offer", text(offer))]);
            }
            132..=134 => self.add("claim", member, &[("offer", text(t.pick(&["c0", "c1", "e0"])))]),
            135..=139 => self.delivered(member, t),
            140 => self.add("leave", member, &[]),
            141..=144 => self.again(t),
            145..=189 if self.kinds.reversals => self.reverse(t),
            190..=219 if self.kinds.spending => self.spend(member, t),
            220..=224 if self.kinds.spending => {
                let amount = Exact::new(t.pick(&[50, 7, -5, -100, 1000, 1]), t.pick(&[1, 1, 1, 2])).unwrap();
                let unit = t.pick(&["points", "stamps", "point", "credit", "gold"]);
                self.add("adjust", member, &[("unit", text(unit)), ("amount", Value::Exact(amount))]);
            }
            225..=236 if self.kinds.spending => self.pass_on(member, t),
            237..=249 => self.take_part(member, t),
            _ => self.purchase(member, t),
        }
    }

    fn join(&mut self, member: usize, t: &mut Tape<'_>) {
        let day = t.pick(&["1990-02-28", "1988-02-29", "1990-12-31", "1991-01-01", "1990-06-15"]);
        let mut fields =
            vec![("birthday", Value::Day(Day::parse(day).unwrap())), ("app_user", Value::Bool(t.chance(50)))];
        if t.chance(30) {
            let zone = t.pick(&["Asia/Tokyo", "America/Los_Angeles", "Nowhere/Land", "Pacific/Kiritimati"]);
            fields.push(("timezone", text(zone)));
        }
        if t.chance(40) {
            fields.push(("referred_by", text(t.pick(&MEMBERS))));
        }
        self.add(t.pick(&["join", "update"]), member, &fields);
    }

    /// Gives what the member has to others, or turns it into something else.
    fn pass_on(&mut self, member: usize, t: &mut Tape<'_>) {
        let amount =
            if self.kinds.huge && t.chance(30) { number(i64::MAX / 3) } else { number(t.pick(&[10, 1, 20, 7, 40, 0])) };
        match t.below(4) {
            1 => self.add("exchange", member, &[("exchange", text("swap0")), ("amount", amount)]),
            2 => {
                let mut fields = vec![("cause", text(t.pick(&["oxfam", "wwf"])))];
                if t.chance(75) {
                    fields.push(("amount", amount));
                } else {
                    fields.push(("reward", text(t.pick(&["r0", "r1", "prize0"]))));
                }
                self.add("donate", member, &fields);
            }
            3 => self.add("vote", member, &[("cause", text(t.pick(&["oxfam", "wwf", "none"]))), ("amount", number(2))]),
            _ => {
                let mut fields = vec![("receiver", text(t.pick(&MEMBERS))), ("amount", amount)];
                if t.chance(70) {
                    fields.push(("transfer", text(t.pick(&["gift0", "gift1"]))));
                }
                self.add("transfer", member, &fields);
            }
        }
    }

    /// Comes into a group, leaves it, or takes what is offered.
    fn take_part(&mut self, member: usize, t: &mut Tape<'_>) {
        match t.below(5) {
            1 => self.add("withdraw", member, &[("pool", text("family0"))]),
            2 | 3 => {
                let option = t.pick(&["left", "right", "middle"]);
                self.add("choose", member, &[("offer", text("pick0")), ("choice", text(option))]);
            }
            _ => {
                let (pool, group) = (t.pick(&["family0", "family1"]), t.pick(&["elm", "oak"]));
                self.add("enroll", member, &[("pool", text(pool)), ("group", text(group))]);
            }
        }
    }

    /// Lets time pass.
    fn pass(&mut self, t: &mut Tape<'_>) {
        let how = t.byte();
        let size = i64::try_from(t.wide()).unwrap();
        let minute = 60_000;
        let later = match how {
            0..=39 => 0,
            40..=99 => size % 600 * minute + 1,
            100..=169 => size % 240 * 60 * minute,
            170..=209 => size % 45 * 24 * 60 * minute,
            210..=219 => size % 420 * 24 * 60 * minute,
            _ => return self.jump(usize::try_from(size).unwrap()),
        };
        self.now = self.now.plus_millis(later).unwrap();
    }

    fn jump(&mut self, size: usize) {
        let (day, time) = HARD[size % HARD.len()];
        let at = self.zone.at(Day::parse(day).unwrap(), TimeOfDay::parse(time).unwrap());
        let next = self.zone.start_of(self.zone.day_of(self.now).end_of_month().plus_days(1).unwrap());
        self.now = if at >= self.now { at } else { next.plus_millis(-1).unwrap().max(self.now) };
    }

    /// Adds an event, where the program has such a type: those of transfers, pools and the like are there with the construct only.
    fn add(&mut self, kind: &str, member: usize, fields: &[(&str, Value)]) {
        if self.program.events.find(|def| &*def.name == kind).is_none() {
            return;
        }
        let n = self.made.len();
        let made = event(self.program, kind, &format!("v{n:03}"), MEMBERS[member], self.now, n as u64, fields);
        self.made.push(made);
    }

    fn minor(&self, t: &mut Tape<'_>) -> i64 {
        if self.kinds.huge && t.chance(40) {
            return t.pick(&[i64::MAX, i64::MAX / 2, i64::MAX / 1000, 1_000_000_000_000, i64::MAX - 7]);
        }
        match t.below(8) {
            1 => 999,
            2 => 1000,
            3 => 35_000,
            4 => 1,
            5 => 12_345,
            6 => 0,
            _ => i64::try_from(t.wide() % 20_000).unwrap(),
        }
    }

    fn purchase(&mut self, member: usize, t: &mut Tape<'_>) {
        let name = format!("o{}", self.orders.len());
        let count = t.below(4);
        let items: Vec<(String, i64)> =
            (0..count).map(|i| (["s", "t", "u", "s"][i].to_string(), self.minor(t))).collect();
        let subtotal = if count == 0 || t.chance(15) {
            self.minor(t)
        } else {
            items.iter().fold(0_i64, |sum, (_, price)| sum.saturating_add(*price))
        };
        let line = |(i, (sku, price)): (usize, &(String, i64))| -> Box<[Value]> {
            Box::from([
                text(sku),
                text(["x", "y", "z"][i % 3]),
                number(*price),
                Value::Exact(Exact::new(i128::try_from(i).unwrap(), 3).unwrap()),
            ])
        };
        let lines: Arc<[Box<[Value]>]> = items.iter().enumerate().map(line).collect();
        let channel = t.pick(&["web", "store", "app", ""]);
        let optional = self
            .program
            .events
            .iter()
            .any(|def| &*def.name == "purchase" && def.fields.iter().any(|f| &*f.name == "channel" && f.optional));
        let channel = if channel.is_empty() && !optional { "store" } else { channel };
        let mut fields = vec![
            ("order", text(&name)),
            ("subtotal", number(subtotal)),
            ("qty", number(i64::from(t.pick(&[1, 2, 0, 7])))),
            ("online", Value::Bool(t.chance(40))),
        ];
        if !channel.is_empty() {
            fields.push(("channel", text(channel)));
        }
        if count > 0 {
            fields.push(("items", Value::List(lines)));
        }
        if t.chance(20) {
            fields
                .push(("booked", Value::Day(Day::parse(t.pick(&["2026-01-15", "2025-12-31", "2028-02-29"])).unwrap())));
        }
        if t.chance(20) {
            fields.push(("tip", number(250)));
        }
        self.add("purchase", member, &fields);
        self.orders.push(Order { member, name, subtotal, items });
    }

    fn sale(&mut self, member: usize, t: &mut Tape<'_>) {
        let (sku, price) = (t.pick(&["s", "t"]).to_string(), self.minor(t));
        self.add("sale", member, &[("sku", text(&sku)), ("price", number(price))]);
        self.sales.push((member, sku, price));
    }

    fn delivered(&mut self, member: usize, t: &mut Tape<'_>) {
        let name = format!("o{}", t.below(self.orders.len() + 1));
        let owner = self.orders.iter().find(|order| order.name == name).map_or(member, |order| order.member);
        self.add("delivered", owner, &[("order", text(&name))]);
    }

    /// The same event again, or another with its id.
    fn again(&mut self, t: &mut Tape<'_>) {
        if self.made.is_empty() {
            return;
        }
        let mut copy = self.made[t.below(self.made.len())].clone();
        if t.chance(30) {
            copy.time = self.now;
        }
        self.made.push(copy);
    }

    fn reverse(&mut self, t: &mut Tape<'_>) {
        let how = t.below(10);
        if how == 9 && !self.sales.is_empty() {
            let at = t.below(self.sales.len());
            let (member, sku, price) = self.sales[at].clone();
            let back = t.pick(&[price, price / 2, price.saturating_mul(2), 1]);
            return self.add("credit_note", member, &[("sku", text(&sku)), ("price", number(back))]);
        }
        if self.orders.is_empty() {
            return self.add("refund", 0, &[("order", text("none")), ("subtotal", number(5))]);
        }
        let at = t.below(self.orders.len());
        let member = if t.chance(5) { 2 } else { self.orders[at].member };
        let order = &mut self.orders[at];
        let name = text(&order.name);
        match how {
            0..=3 => {
                let all = order.subtotal;
                let back = t.pick(&[all / 2, all / 3, all, 1, all.saturating_add(1), 0, -5]);
                order.subtotal = (all - back.max(0)).max(0);
                self.add("refund", member, &[("order", name), ("subtotal", number(back))]);
            }
            4 | 5 => self.add("cancel", member, &[("order", name)]),
            _ => {
                let Some((sku, price)) = order.items.get(t.below(order.items.len())).cloned() else {
                    return self.add("cancel", member, &[("order", name)]);
                };
                let back = t.pick(&[price, price / 2, 0]);
                let line: Box<[Value]> = Box::from([text(&sku), number(back)]);
                self.add("giveback", member, &[("order", name), ("items", Value::List([line].into()))]);
            }
        }
    }

    fn spend(&mut self, member: usize, t: &mut Tape<'_>) {
        let order = format!("o{}", t.below(self.orders.len() + 1));
        let mut fields = Vec::new();
        if t.chance(70) {
            fields.push(("order", text(&order)));
        }
        let reward = t.pick(&["pay0", "r0", "pay1", "r1", "r2", "", "nothing", "pay0"]);
        if !reward.is_empty() {
            fields.push(("reward", text(reward)));
        }
        if t.chance(20) {
            return self.add("use", member, &fields);
        }
        if t.chance(15) {
            fields.push(("pool", text("family0")));
        }
        if t.chance(70) {
            fields.push(("bill", number(t.pick(&[10_000, 2500, 99, 0]))));
        }
        if t.chance(50) {
            fields.push(("amount", number(t.pick(&[10, 1, 25, 100, 0]))));
        }
        if t.chance(15) {
            fields.push(("quantity", number(2)));
        }
        self.add("redeem", member, &fields);
    }
}
