//! Who is there, who buys, who comes back, and what they say.

use crate::hir::Program;
use crate::value::{ArithmeticError, Exact};

use super::definition::{self as means, Definition};
use super::figure::{Chart, Figure, Section, Table, thing};
use super::people::Person;
use super::scope::{Scope, Window};
use super::value::{Named, Quantity, count, ratio, share};

/// From how many purchases on a customer is loyal.
const LOYAL: usize = 4;

/// Members, customers and their answers.
pub struct Customers<'c> {
    /// The newest version.
    pub program: &'c Program,
    /// The times.
    pub scope: &'c Scope,
    /// Everybody.
    pub people: &'c [Person],
    /// Why nothing is a purchase, if so.
    pub purchases: Result<(), &'c str>,
    /// Why nothing is an answer to a survey, if so.
    pub survey: Result<(), &'c str>,
}

/// What there is to say of who buys.
const BUYING: [Definition; 12] = [
    means::CUSTOMERS,
    means::NEW_CUSTOMERS,
    means::ALL_CUSTOMERS,
    means::RETENTION,
    means::REPEAT,
    means::LOYAL,
    means::RECENCY,
    means::FREQUENCY,
    means::PURCHASES,
    means::NET_SPEND,
    means::BASKET,
    means::VALUE,
];

const NO_CUSTOMERS: &str = "nobody has bought in this time";

impl Customers<'_> {
    fn count(&self, test: impl Fn(&Person) -> bool) -> usize {
        self.people.iter().filter(|person| test(person)).count()
    }

    pub(super) fn customers(&self, window: Window, least: usize) -> usize {
        self.count(|person| person.bought(window).take(least).count() == least)
    }

    /// Who there is.
    pub fn members(&self) -> Section {
        let members = |window: Window| self.count(|person| person.belongs(window.to));
        let joined = |window: Window| count(self.count(|person| window.contains(person.joined)));
        let left = |window: Window| count(self.count(|person| person.left.is_some_and(|day| window.contains(day))));
        let active = |window: Window| self.count(|person| person.belongs(window.to) && person.was_active(window));
        let rate = |window: Window| share(active(window), members(window), "there are no members");
        let (scope, period) = (self.scope, self.scope.period);
        let figures = vec![
            Figure::new(means::MEMBERS, count(members(period))).after(scope.before(|earlier| count(members(earlier)))),
            Figure::new(means::NEW_MEMBERS, joined(period)).after(scope.before(joined)),
            Figure::new(means::LEFT_MEMBERS, left(period)).after(scope.before(left)),
            Figure::new(means::ACTIVE, rate(period)).after(scope.before(rate)).note(of(
                active(period),
                members(period),
                "members",
            )),
        ];
        Section { title: "Members".to_owned(), figures, tables: Vec::new() }
    }

    /// Who buys.
    ///
    /// # Errors
    /// Where sums are too large to be counted.
    pub fn buying(&self) -> Result<Section, ArithmeticError> {
        let title = "Customers".to_owned();
        if let Err(why) = self.purchases {
            let figures = BUYING.map(|definition| Figure::new(definition, Err(why.to_owned()))).to_vec();
            return Ok(Section { title, figures, tables: Vec::new() });
        }
        let (scope, period) = (self.scope, self.scope.period);
        let money = |minor: Exact| Quantity::money(self.program, minor);
        let customers = |window: Window| self.customers(window, 1);
        let part = |window: Window, least: usize| share(self.customers(window, least), customers(window), NO_CUSTOMERS);
        let some = |least: usize| of(self.customers(period, least), customers(period), "customers");
        let purchases = |window: Window| self.people.iter().map(|person| person.bought(window).count()).sum::<usize>();
        let often = |window: Window| ratio(purchases(window), customers(window), NO_CUSTOMERS).map(Quantity::Ratio);
        let new = |window: Window| {
            count(self.count(|person| person.purchases.first().is_some_and(|first| window.contains(first.day))))
        };
        let ever = self.count(|person| !person.purchases.is_empty());
        let value = match ratio(1, ever, "nobody has ever bought") {
            Ok(each) => Ok(money(self.spend(scope.history)?.mul(each)?)),
            Err(why) => Err(why),
        };
        let (spend, basket) = (self.spend(period)?, self.basket(period)?);
        let (spend_before, basket_before) = (self.spend(scope.earlier)?, self.basket(scope.earlier)?);
        let figures = vec![
            Figure::new(means::CUSTOMERS, count(customers(period)))
                .after(scope.before(|before| count(customers(before)))),
            Figure::new(means::NEW_CUSTOMERS, new(period)).after(scope.before(new)),
            Figure::new(means::ALL_CUSTOMERS, count(ever)),
            self.retention(),
            Figure::new(means::REPEAT, part(period, 2)).after(scope.before(|before| part(before, 2))).note(some(2)),
            Figure::new(means::LOYAL, part(period, LOYAL))
                .after(scope.before(|before| part(before, LOYAL)))
                .note(some(LOYAL)),
            Figure::new(means::RECENCY, self.recency().map(Quantity::Days)),
            Figure::new(means::FREQUENCY, often(period)).after(scope.before(often)),
            Figure::new(means::PURCHASES, count(purchases(period)))
                .after(scope.before(|before| count(purchases(before)))),
            Figure::new(means::NET_SPEND, Ok(money(spend))).after(scope.before(|_| Ok(money(spend_before)))),
            Figure::new(means::BASKET, basket.map(money)).after(scope.before(|_| basket_before.map(money))),
            Figure::new(means::VALUE, value),
        ];
        let tables = self.habits()?;
        Ok(Section { title, figures, tables })
    }

    /// How many bought in one time and again in another.
    pub(super) fn kept(&self, before: Window, after: Window) -> usize {
        self.count(|person| person.bought(before).next().is_some() && person.bought(after).next().is_some())
    }

    fn retention(&self) -> Figure {
        let kept = |before: Window| (self.kept(before, self.scope.period), self.customers(before, 1));
        let rate = self.scope.before(|before| {
            let (kept, base) = kept(before);
            share(kept, base, "nobody has bought in the earlier period")
        });
        let (part, whole) = kept(self.scope.earlier);
        let known = rate.is_ok();
        let figure = Figure::new(means::RETENTION, rate);
        if known { figure.note(of(part, whole, "customers of the earlier period")) } else { figure }
    }

    pub(super) fn spend(&self, window: Window) -> Result<Exact, ArithmeticError> {
        self.people.iter().try_fold(Exact::ZERO, |sum, person| sum.add(person.spent(window)?))
    }

    /// What is left of purchases, for each of them.
    pub(super) fn basket(&self, window: Window) -> Result<Result<Exact, String>, ArithmeticError> {
        let bought = || self.people.iter().flat_map(|person| person.bought(window));
        let sum = bought().try_fold(Exact::ZERO, |sum, bought| sum.add(bought.value))?;
        match ratio(1, bought().count(), NO_CUSTOMERS) {
            Ok(each) => Ok(Ok(sum.mul(each)?)),
            Err(why) => Ok(Err(why)),
        }
    }

    /// Days since the last purchase of each customer, the fewest first.
    pub(super) fn since_last(&self) -> Vec<i64> {
        let last = self.people.iter().filter_map(|person| person.purchases.last());
        let end = self.scope.history.to;
        let mut days: Vec<i64> = last.map(|bought| i64::from(end.days_since(bought.day))).collect();
        days.sort_unstable();
        days
    }

    fn recency(&self) -> Result<Exact, String> {
        let days = self.since_last();
        let middle = |at: usize| days.get(at).copied();
        let half = days.len() / 2;
        let pair = if days.len().is_multiple_of(2) { half.checked_sub(1).and_then(middle) } else { middle(half) };
        let sum = pair.zip(middle(half)).and_then(|(low, high)| Exact::new(i128::from(low) + i128::from(high), 2));
        sum.ok_or_else(|| "nobody has ever bought".to_owned())
    }

    /// Purchases by the tier before each, for each ladder.
    ///
    /// # Errors
    /// Where sums are too large to be counted.
    pub fn baskets(&self) -> Result<Vec<Table>, ArithmeticError> {
        if self.purchases.is_err() {
            return Ok(Vec::new());
        }
        let mut tables = Vec::new();
        for (ladder, of) in self.program.ladders.iter().enumerate() {
            let mut sums = vec![(0_usize, Exact::ZERO); of.tiers.len()];
            for person in self.people {
                for bought in person.bought(self.scope.period) {
                    let tier = person.tier_of_purchase(ladder, bought.at);
                    let Some((number, sum)) = sums.get_mut(tier as usize) else { continue };
                    (*number, *sum) = (*number + 1, sum.add(bought.value)?);
                }
            }
            let mut rows = Vec::new();
            for (tier, (number, sum)) in of.tiers.iter().zip(sums) {
                let money = |minor: Exact| Quantity::money(self.program, minor);
                let basket = match ratio(1, number, "nobody bought in this tier") {
                    Ok(each) => Ok(money(sum.mul(each)?)),
                    Err(why) => Err(why),
                };
                rows.push(vec![thing(&tier.name, tier.label.as_ref()), count(number), Ok(money(sum)), basket]);
            }
            let columns = ["tier", "purchases", "spend", "basket"];
            let named = Named::new(&of.name, of.label.as_ref());
            tables.push(Table::new(means::BASKET_BY_TIER, &columns, rows).of(&named).drawn(Chart::Bars(3)));
        }
        Ok(tables)
    }
}

pub(super) fn shown(number: usize) -> String {
    Quantity::Count(i64::try_from(number).unwrap_or(i64::MAX)).shown()
}

/// `40 of 120 customers`.
fn of(part: usize, whole: usize, what: &str) -> String {
    format!("{} of {} {what}", shown(part), shown(whole))
}
