//! The rules of the workload, each as few machine words as it needs.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::line::{CATEGORIES, Event, Item, Kind, Name, Reader, letters};
use super::totals::{Standing, Totals};
use super::{civil, days};

const DAY: i64 = 86_400_000;
/// Spend of a year at which the tiers begin, in cents.
const TIERS: [i64; 3] = [15_000, 50_000, 150_000];
/// What a tier multiplies by, in per cent.
const MULTIPLIERS: [i64; 4] = [100, 125, 150, 200];

#[derive(Clone, Copy)]
struct Purchase {
    time: i64,
    base: i32,
    refunded: i32,
    points: i32,
}

impl Purchase {
    /// What was not given back.
    fn rest(self) -> i64 {
        i64::from(self.base - self.refunded)
    }
}

/// How much of something was given in one period.
struct Used {
    period: i32,
    amount: i32,
}

impl Default for Used {
    fn default() -> Self {
        Self { period: i32::MIN, amount: 0 }
    }
}

impl Used {
    /// What fits into so much for each period.
    fn fit(&mut self, period: i64, amount: i32, most: i32) -> i64 {
        if i64::from(self.period) != period {
            *self = Self { period: period as i32, amount: 0 };
        }
        let fits = amount.min(most - self.amount);
        self.amount += fits;
        fits.into()
    }
}

#[derive(Default)]
struct Member {
    balance: i64,
    debt: i64,
    spend_365: i64,
    spend_30: i64,
    purchases: VecDeque<Purchase>,
    /// The identities of `purchases`.
    ids: VecDeque<Name>,
    /// Day of expiry and points, in order.
    lots: VecDeque<(i32, i32)>,
    /// How many purchases, at the end, are of the last 30 days.
    recent: usize,
    /// When the next one leaves one of the windows.
    leaves: i64,
    /// Categories bought last and not counted yet, at most two: when, and a bit for the position.
    categories: [(i64, u16); 2],
    visits: Used,
    reviews: Used,
    shares: Used,
    referrals: Used,
    last_week: i32,
    streak: u8,
    highest: u8,
    purchased: bool,
    vouchers: u32,
    explorer: u32,
    streaks: u32,
}

/// What follows from the day of an event.
#[derive(Default)]
struct Today {
    day: i64,
    week: i64,
    year: i64,
    weekend: bool,
    /// The day on which points of today expire.
    expiry: i32,
}

impl Today {
    fn of(day: i64) -> Self {
        let (year, month, date) = civil(day);
        let date = if (month, date) == (2, 29) { 28 } else { date };
        // The first day was a Thursday.
        let (week, weekday) = ((day + 3).div_euclid(7), (day + 3).rem_euclid(7));
        Self { day, week, year, weekend: weekday >= 5, expiry: days(year + 1, month, date) as i32 }
    }
}

/// How many events are read before they are judged.
const BLOCK: usize = 64;

/// All members.
#[derive(Default)]
pub struct Rules {
    known: FxHashMap<Name, u32>,
    names: Vec<Name>,
    members: Vec<Member>,
    today: Today,
    last: i64,
    totals: Totals,
}

fn tier(spend: i64) -> usize {
    TIERS.iter().filter(|from| spend >= **from).count()
}

impl Member {
    #[inline(always)]
    fn slide(&mut self, now: i64) {
        if now >= self.leaves {
            self.slide_on(now);
        }
    }

    fn slide_on(&mut self, now: i64) {
        self.leaves = i64::MAX;
        while self.recent > 0 {
            let first = self.purchases[self.purchases.len() - self.recent];
            if first.time > now - 30 * DAY {
                self.leaves = first.time + 30 * DAY;
                break;
            }
            self.spend_30 -= first.rest();
            self.recent -= 1;
        }
        while let Some(first) = self.purchases.front().filter(|first| first.time <= now - 365 * DAY) {
            self.spend_365 -= first.rest();
            self.purchases.pop_front();
            self.ids.pop_front();
        }
        if let Some(first) = self.purchases.front() {
            self.leaves = self.leaves.min(first.time + 365 * DAY);
        }
    }

    fn expire(&mut self, day: i64, totals: &mut Totals) {
        while let Some(&(_, points)) = self.lots.front().filter(|(expiry, _)| i64::from(*expiry) <= day) {
            self.balance -= i64::from(points);
            totals.expired += i64::from(points);
            self.lots.pop_front();
        }
    }

    fn earn(&mut self, points: i64, today: &Today, totals: &mut Totals) {
        totals.earned += points;
        let repaid = points.min(self.debt);
        self.debt -= repaid;
        let points = points - repaid;
        self.balance += points;
        match self.lots.back_mut().filter(|(expiry, _)| *expiry == today.expiry) {
            Some((_, lot)) => *lot += points as i32,
            None if points > 0 => self.lots.push_back((today.expiry, points as i32)),
            None => {}
        }
    }

    fn spend(&mut self, points: i64) {
        self.balance -= points;
        let mut points = points as i32;
        while let Some((_, lot)) = self.lots.front_mut().filter(|_| points > 0) {
            let part = points.min(*lot);
            *lot -= part;
            points -= part;
            if *lot == 0 {
                self.lots.pop_front();
            }
        }
    }

    /// Whether these categories and those of the last 14 days are three.
    fn explores(&mut self, bought: u16, now: i64) -> bool {
        let live = self.categories.map(|(last, bit)| if last > now - 14 * DAY { bit & !bought } else { 0 });
        let all = bought.count_ones() + u32::from(live[0] != 0) + u32::from(live[1] != 0);
        if all >= 3 {
            self.categories = Default::default();
            return true;
        }
        // Two at most: those of now, then those that are still in the window.
        let [(first, _), (second, _)] = self.categories;
        let lowest = bought & bought.wrapping_neg();
        let marks = [(now, lowest), (now, bought & !lowest), (first, live[0]), (second, live[1])];
        let mut kept = marks.into_iter().filter(|(_, bit)| *bit != 0);
        self.categories = [kept.next().unwrap_or_default(), kept.next().unwrap_or_default()];
        false
    }

    fn purchase(&mut self, event: &Event, items: &[Item], today: &Today, totals: &mut Totals) {
        let now = event.time;
        self.slide(now);
        let base = event.amount * event.rate / 10_000;
        let core = base * event.partner * MULTIPLIERS[tier(self.spend_365)] / 1_000_000;
        let core = (core + core * event.channel / 100) * if today.weekend { 2 } else { 1 };
        let (mut bonus, mut bought) = (0, 0);
        for item in items {
            bonus += item.price * item.quantity * CATEGORIES[usize::from(item.category)].1;
            bought |= 1 << item.category;
        }
        let extra = bonus * event.rate / 100_000_000;
        let points = (core + extra + if base >= 15_000 { 100 } else { 0 }).min(5_000);
        let mut all = points + if self.purchased { 0 } else { 250 };
        self.purchased = true;
        let before = self.spend_30;
        self.spend_30 += base;
        self.spend_365 += base;
        self.vouchers += u32::from(before < 20_000 && self.spend_30 >= 20_000);
        let reached = tier(self.spend_365) as u8;
        if reached > self.highest {
            all += 100 * i64::from(reached - self.highest);
            self.highest = reached;
        }
        if self.explores(bought, now) {
            self.explorer += 1;
            all += 150;
        }
        self.purchases.push_back(Purchase { time: now, base: base as i32, refunded: 0, points: points as i32 });
        self.ids.push_back(event.id);
        self.recent += 1;
        self.leaves = self.leaves.min(now + 30 * DAY);
        totals.charity += base / 100;
        self.earn(all, today, totals);
    }

    fn refund(&mut self, event: &Event, today: &Today, totals: &mut Totals) {
        self.expire(today.day, totals);
        self.slide(event.time);
        let recent = self.purchases.len() - self.recent;
        let found = self.ids.iter().rposition(|id| *id == event.reference);
        let Some(at) = found.filter(|at| self.purchases[*at].time > event.time - 90 * DAY) else {
            totals.ignored += 1;
            return;
        };
        let purchase = &mut self.purchases[at];
        let back = (event.amount * event.rate / 10_000).min(purchase.rest());
        if back == 0 {
            totals.ignored += 1;
            return;
        }
        let share = |refunded: i32| i64::from(purchase.points) * i64::from(refunded) / i64::from(purchase.base);
        let refunded = purchase.refunded + back as i32;
        let clawed = share(refunded) - share(purchase.refunded);
        purchase.refunded = refunded;
        self.spend_365 -= back;
        if at >= recent {
            self.spend_30 -= back;
        }
        totals.charity -= back / 100;
        totals.clawed += clawed;
        let taken = clawed.min(self.balance);
        self.debt += clawed - taken;
        self.spend(taken);
    }

    fn visit(&mut self, today: &Today, totals: &mut Totals) {
        let mut points = self.visits.fit(today.day, 5, 5);
        let week = today.week as i32;
        if self.last_week != week {
            self.streak = if self.last_week == week - 1 { self.streak + 1 } else { 1 };
            self.last_week = week;
            if self.streak == 4 {
                self.streak = 0;
                self.streaks += 1;
                points += 200;
            }
        }
        self.earn(points, today, totals);
    }
}

/// Events that were read, with their items.
#[derive(Default)]
pub struct Block {
    events: Vec<Event>,
    items: Vec<Item>,
}

impl Block {
    /// Reads the next events in place of these; whether there are any.
    fn read(&mut self, reader: &mut Reader<'_>) -> bool {
        reader.block(BLOCK, &mut self.events, &mut self.items);
        !self.events.is_empty()
    }

    /// All events of a reader.
    pub fn all(mut reader: Reader<'_>) -> Vec<Self> {
        let mut all = Vec::new();
        let mut block = Self::default();
        while block.read(&mut reader) {
            all.push(std::mem::take(&mut block));
        }
        all
    }
}

impl Rules {
    /// Judges everything, a block after the other.
    pub fn run(&mut self, mut reader: Reader<'_>) {
        let mut block = Block::default();
        while block.read(&mut reader) {
            self.block(&block.events, &block.items);
        }
    }

    /// Judges what was read before.
    pub fn run_read(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(&block.events, &block.items));
    }

    /// Judges some events.
    fn block(&mut self, events: &[Event], items: &[Item]) {
        let mut places = [0; BLOCK];
        for (place, event) in places.iter_mut().zip(events) {
            *place = self.place(event.member);
        }
        // Nobody waits for one member's memory before asking for the next one's.
        let touched: i64 = places.iter().take(events.len()).map(|place| self.members[*place].balance).sum();
        std::hint::black_box(touched);
        for (place, event) in places.into_iter().zip(events) {
            self.judge(place, event, &items[event.items.0..event.items.1]);
        }
    }

    fn place(&mut self, name: Name) -> usize {
        let place = *self.known.entry(name).or_insert(self.names.len() as u32) as usize;
        if place == self.names.len() {
            self.names.push(name);
            self.members.push(Member::default());
        }
        place
    }

    fn judge(&mut self, place: usize, event: &Event, items: &[Item]) {
        let day = event.time.div_euclid(DAY);
        if day != self.today.day {
            self.today = Today::of(day);
        }
        self.last = event.time;
        self.totals.events += 1;
        let (member, today, totals) = (&mut self.members[place], &self.today, &mut self.totals);
        let points = match event.kind {
            Kind::Purchase => return member.purchase(event, items, today, totals),
            Kind::Refund => return member.refund(event, today, totals),
            Kind::Visit => return member.visit(today, totals),
            Kind::Redeem => {
                member.expire(today.day, totals);
                let points = event.amount / 100;
                if member.balance >= points {
                    member.spend(points);
                    totals.redeemed += points;
                } else {
                    totals.rejected += 1;
                }
                return;
            }
            Kind::Signup => 100,
            Kind::Review => member.reviews.fit(today.day, 20, 50),
            Kind::Share => member.shares.fit(today.week, 5, 20),
            Kind::Referral => member.referrals.fit(today.year, 300, 1_500),
        };
        member.earn(points, today, totals);
    }

    /// What it comes to, at the time of the last event.
    pub fn finish(mut self) -> Totals {
        let day = self.last.div_euclid(DAY);
        for (name, member) in self.names.iter().zip(&mut self.members) {
            member.expire(day, &mut self.totals);
            member.slide(self.last);
            self.totals.add(
                letters(*name),
                &Standing {
                    balance: member.balance,
                    debt: member.debt,
                    vouchers: member.vouchers.into(),
                    explorer: member.explorer.into(),
                    streaks: member.streaks.into(),
                    tier: tier(member.spend_365),
                },
            );
        }
        self.totals
    }
}
