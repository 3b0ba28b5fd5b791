//! The rules of the workload, each as few machine words as it needs.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::line::{CATEGORIES, Event, Item, Kind};
use super::totals::{Standing, Totals};
use super::{civil, days};

const DAY: i64 = 86_400_000;
/// Spend of a year at which the tiers begin, in cents.
const TIERS: [i64; 3] = [15_000, 50_000, 150_000];
/// What a tier multiplies by, in per cent.
const MULTIPLIERS: [i64; 4] = [100, 125, 150, 200];

struct Purchase {
    time: i64,
    id: u128,
    base: i64,
    refunded: i64,
    points: i64,
}

/// How much of something was given in one period.
struct Used {
    period: i64,
    amount: i64,
}

impl Default for Used {
    fn default() -> Self {
        Self { period: i64::MIN, amount: 0 }
    }
}

impl Used {
    /// What fits into so much for each period.
    fn fit(&mut self, period: i64, amount: i64, most: i64) -> i64 {
        if self.period != period {
            *self = Self { period, amount: 0 };
        }
        let fits = amount.min(most - self.amount);
        self.amount += fits;
        fits
    }
}

#[derive(Default)]
struct Member {
    purchases: VecDeque<Purchase>,
    /// How many of them, at the end, are of the last 30 days.
    recent: usize,
    spend_365: i64,
    spend_30: i64,
    purchased: bool,
    highest: usize,
    /// Day of expiry and points, in order.
    lots: VecDeque<(i64, i64)>,
    balance: i64,
    debt: i64,
    vouchers: u64,
    /// When a category was last bought; 0 for never.
    categories: [i64; CATEGORIES.len()],
    explorer: u64,
    streak: i64,
    last_week: i64,
    streaks: u64,
    visits: Used,
    reviews: Used,
    shares: Used,
    referrals: Used,
}

/// What follows from the day of an event.
#[derive(Default)]
struct Today {
    day: i64,
    week: i64,
    year: i64,
    weekend: bool,
    /// The day on which points of today expire.
    expiry: i64,
}

impl Today {
    fn of(day: i64) -> Self {
        let (year, month, date) = civil(day);
        let date = if (month, date) == (2, 29) { 28 } else { date };
        // The first day was a Thursday.
        let (week, weekday) = ((day + 3).div_euclid(7), (day + 3).rem_euclid(7));
        Self { day, week, year, weekend: weekday >= 5, expiry: days(year + 1, month, date) }
    }
}

/// All members.
#[derive(Default)]
pub struct Rules {
    known: FxHashMap<u128, usize>,
    names: Vec<Box<str>>,
    members: Vec<Member>,
    today: Today,
    last: i64,
    totals: Totals,
}

/// A name of at most 16 bytes as a number.
fn number(name: &str) -> u128 {
    assert!(name.len() <= 16, "`{name}` is too long for the limit");
    name.bytes().fold(0, |number, byte| number << 8 | u128::from(byte))
}

fn tier(spend: i64) -> usize {
    TIERS.iter().filter(|from| spend >= **from).count()
}

impl Member {
    fn slide(&mut self, now: i64) {
        while self.recent > 0 {
            let first = &self.purchases[self.purchases.len() - self.recent];
            if first.time > now - 30 * DAY {
                break;
            }
            self.spend_30 -= first.base - first.refunded;
            self.recent -= 1;
        }
        while let Some(first) = self.purchases.front().filter(|first| first.time <= now - 365 * DAY) {
            self.spend_365 -= first.base - first.refunded;
            self.purchases.pop_front();
        }
    }

    fn expire(&mut self, day: i64, totals: &mut Totals) {
        while let Some((_, points)) = self.lots.front().filter(|(expiry, _)| *expiry <= day) {
            self.balance -= points;
            totals.expired += points;
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
            Some((_, lot)) => *lot += points,
            None if points > 0 => self.lots.push_back((today.expiry, points)),
            None => {}
        }
    }

    fn spend(&mut self, mut points: i64) {
        self.balance -= points;
        while let Some((_, lot)) = self.lots.front_mut().filter(|_| points > 0) {
            let part = points.min(*lot);
            *lot -= part;
            points -= part;
            if *lot == 0 {
                self.lots.pop_front();
            }
        }
    }

    fn purchase(&mut self, event: &Event<'_>, items: &[Item], today: &Today, totals: &mut Totals) {
        let now = event.time;
        self.slide(now);
        let base = event.amount * event.rate / 10_000;
        let core = base * event.partner * MULTIPLIERS[tier(self.spend_365)] / 1_000_000;
        let core = (core + core * event.channel / 100) * if today.weekend { 2 } else { 1 };
        let bonus = |item: &Item| item.price * item.quantity * CATEGORIES[usize::from(item.category)].1;
        let extra = items.iter().map(bonus).sum::<i64>() * event.rate / 100_000_000;
        let points = (core + extra + if base >= 15_000 { 100 } else { 0 }).min(5_000);
        let mut all = points + if self.purchased { 0 } else { 250 };
        self.purchased = true;
        let before = self.spend_30;
        self.spend_30 += base;
        self.spend_365 += base;
        self.vouchers += u64::from(before < 20_000 && self.spend_30 >= 20_000);
        let reached = tier(self.spend_365);
        if reached > self.highest {
            all += 100 * (reached - self.highest) as i64;
            self.highest = reached;
        }
        for item in items {
            self.categories[usize::from(item.category)] = now;
        }
        if self.categories.iter().filter(|last| **last > now - 14 * DAY).count() >= 3 {
            self.categories = [0; CATEGORIES.len()];
            self.explorer += 1;
            all += 150;
        }
        self.purchases.push_back(Purchase { time: now, id: number(&event.id), base, refunded: 0, points });
        self.recent += 1;
        totals.charity += base / 100;
        self.earn(all, today, totals);
    }

    fn refund(&mut self, event: &Event<'_>, today: &Today, totals: &mut Totals) {
        self.expire(today.day, totals);
        self.slide(event.time);
        let recent = self.purchases.len() - self.recent;
        let young = |purchase: &&mut Purchase| purchase.time > event.time - 90 * DAY;
        let reference = number(&event.reference);
        let all = self.purchases.iter_mut().enumerate().rev();
        let found = all.take_while(|(_, purchase)| young(purchase)).find(|(_, p)| p.id == reference);
        let Some((at, purchase)) = found else {
            totals.ignored += 1;
            return;
        };
        let back = (event.amount * event.rate / 10_000).min(purchase.base - purchase.refunded);
        if back == 0 {
            totals.ignored += 1;
            return;
        }
        let share = |refunded: i64| purchase.points * refunded / purchase.base;
        let clawed = share(purchase.refunded + back) - share(purchase.refunded);
        purchase.refunded += back;
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
        if self.last_week != today.week {
            self.streak = if self.last_week == today.week - 1 { self.streak + 1 } else { 1 };
            self.last_week = today.week;
            if self.streak == 4 {
                self.streak = 0;
                self.streaks += 1;
                points += 200;
            }
        }
        self.earn(points, today, totals);
    }
}

impl Rules {
    /// Judges an event.
    pub fn judge(&mut self, event: &Event<'_>, items: &[Item]) {
        let day = event.time.div_euclid(DAY);
        if day != self.today.day {
            self.today = Today::of(day);
        }
        self.last = event.time;
        self.totals.events += 1;
        let at = *self.known.entry(number(&event.member)).or_insert(self.members.len());
        if at == self.members.len() {
            self.members.push(Member::default());
            self.names.push((*event.member).into());
        }
        let (member, today, totals) = (&mut self.members[at], &self.today, &mut self.totals);
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
            self.totals.add(&Standing {
                member: name,
                balance: member.balance,
                debt: member.debt,
                vouchers: member.vouchers,
                explorer: member.explorer,
                streaks: member.streaks,
                tier: tier(member.spend_365),
            });
        }
        self.totals
    }
}
