//! Who is there, who buys, who comes back, and what they say.

use crate::hir::Program;
use crate::value::{ArithmeticError, Exact};

use super::definition::{self as means, Definition};
use super::figure::{Chart, Figure, Section, Table, text, thing};
use super::people::Person;
use super::scope::{Scope, Window};
use super::value::{Answer, Named, Quantity, count, ratio, share};

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

    fn customers(&self, window: Window, least: usize) -> usize {
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
        let tables = vec![
            self.over_time(),
            self.spend_over_time()?,
            self.retention_over_time(),
            self.recency_bands(),
            self.frequency_bands(),
        ];
        Ok(Section { title, figures, tables })
    }

    /// How many bought in one time and again in another.
    fn kept(&self, before: Window, after: Window) -> usize {
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

    fn spend(&self, window: Window) -> Result<Exact, ArithmeticError> {
        self.people.iter().try_fold(Exact::ZERO, |sum, person| sum.add(person.spent(window)?))
    }

    /// What is left of purchases, for each of them.
    fn basket(&self, window: Window) -> Result<Result<Exact, String>, ArithmeticError> {
        let bought = || self.people.iter().flat_map(|person| person.bought(window));
        let sum = bought().try_fold(Exact::ZERO, |sum, bought| sum.add(bought.value))?;
        match ratio(1, bought().count(), NO_CUSTOMERS) {
            Ok(each) => Ok(Ok(sum.mul(each)?)),
            Err(why) => Ok(Err(why)),
        }
    }

    /// Days since the last purchase of each customer, the fewest first.
    fn since_last(&self) -> Vec<i64> {
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

    fn over_time(&self) -> Table {
        let parts = &self.scope.parts;
        let (mut first, mut again) = (vec![0_usize; parts.len()], vec![0_usize; parts.len()]);
        for person in self.people {
            let mut seen = None;
            for part in person.purchases.iter().filter_map(|bought| self.scope.part(bought.day)) {
                if seen != Some(part) {
                    let counts = if seen.is_none() { &mut first } else { &mut again };
                    counts.get_mut(part).into_iter().for_each(|count| *count += 1);
                    seen = Some(part);
                }
            }
        }
        let row = |((part, first), again): ((&crate::value::Period, usize), usize)| {
            vec![text(self.scope.name(*part)), count(first), count(again)]
        };
        let rows = parts.iter().zip(first).zip(again).map(row).collect();
        Table::new(means::CUSTOMERS_OVER_TIME, &[self.scope.part_word(), "first_purchase", "bought_before"], rows)
            .drawn(Chart::Stacked(vec![2, 1]))
    }

    fn spend_over_time(&self) -> Result<Table, ArithmeticError> {
        let mut rows = Vec::new();
        for window in self.windows() {
            let purchases = self.people.iter().map(|person| person.bought(window).count()).sum();
            let money = |minor: Exact| Quantity::money(self.program, minor);
            let name = self.scope.name(self.scope.calendar.period_of(self.scope.kind, window.from, None));
            rows.push(vec![
                text(name),
                count(purchases),
                Ok(money(self.spend(window)?)),
                self.basket(window)?.map(money),
            ]);
        }
        let columns = [self.scope.part_word(), "purchases", "net_spend", "basket"];
        Ok(Table::new(means::SPEND_OVER_TIME, &columns, rows).drawn(Chart::Grouped(vec![2], None)))
    }

    /// The parts of the history, as times.
    fn windows(&self) -> impl Iterator<Item = Window> {
        let parts = self.scope.parts.iter();
        parts.map(|part| Window { from: part.start, to: part.end.plus_days(-1).unwrap_or(part.start) })
    }

    fn retention_over_time(&self) -> Table {
        let windows: Vec<Window> = self.windows().collect();
        let mut rows = Vec::new();
        for (((before, now), was), is) in
            windows.iter().zip(windows.iter().skip(1)).zip(&self.scope.parts).zip(self.scope.parts.iter().skip(1))
        {
            let (base, kept) = if self.scope.whole(*was) && self.scope.whole(*is) {
                let base = self.customers(*before, 1);
                (Ok(base), Ok(self.kept(*before, *now)))
            } else {
                let which = if self.scope.whole(*was) { *is } else { *was };
                let why = format!("{} is not recorded as a whole", self.scope.name(which));
                (Err(why.clone()), Err(why))
            };
            let rate = match (&base, &kept) {
                (Ok(base), Ok(kept)) => share(*kept, *base, "nobody bought in the part before"),
                (Err(why), _) | (_, Err(why)) => Err(why.clone()),
            };
            rows.push(vec![text(self.scope.name(*is)), base.and_then(count), kept.and_then(count), rate]);
        }
        let columns = [self.scope.part_word(), "customers_before", "bought_again", "retention"];
        Table::new(means::RETENTION_OVER_TIME, &columns, rows).drawn(Chart::Grouped(vec![3], None))
    }

    fn recency_bands(&self) -> Table {
        const BANDS: [(i64, &str); 6] = [
            (30, "up to 30 days"),
            (60, "31 to 60"),
            (90, "61 to 90"),
            (180, "91 to 180"),
            (365, "181 to 365"),
            (i64::MAX, "more than 365"),
        ];
        let days = self.since_last();
        banded(&BANDS, &days, Table::new(means::RECENCY_BANDS, &["days", "customers", "share"], Vec::new()))
    }

    fn frequency_bands(&self) -> Table {
        const BANDS: [(i64, &str); 7] = [
            (1, "1"),
            (2, "2"),
            (3, "3"),
            (5, "4 to 5"),
            (10, "6 to 10"),
            (20, "11 to 20"),
            (i64::MAX, "more than 20"),
        ];
        let bought = |person: &Person| i64::try_from(person.bought(self.scope.period).count()).unwrap_or(i64::MAX);
        let counts: Vec<i64> = self.people.iter().map(bought).filter(|count| *count > 0).collect();
        banded(&BANDS, &counts, Table::new(means::FREQUENCY_BANDS, &["purchases", "customers", "share"], Vec::new()))
    }

    /// What members say.
    pub fn answers(&self) -> Section {
        let title = "Recommendation".to_owned();
        if let Err(why) = self.survey {
            let figures = vec![Figure::new(means::NPS, Err(why.to_owned()))];
            return Section { title, figures, tables: Vec::new() };
        }
        let groups = |window: Window| {
            let mut groups = [0_usize; 3];
            for person in self.people {
                let last = person.answers.iter().rfind(|(day, score)| window.contains(*day) && is_score(*score));
                let Some(score) = last.and_then(|(_, score)| score.to_i64()) else { continue };
                let group = usize::from(score >= 7) + usize::from(score >= 9);
                groups.get_mut(group).into_iter().for_each(|count| *count += 1);
            }
            groups
        };
        let nps = |window: Window| -> Answer {
            let [detractors, passives, promoters] = groups(window);
            let all = detractors + passives + promoters;
            let (for_it, against) = (ratio(promoters, all, NO_ANSWERS)?, ratio(detractors, all, NO_ANSWERS)?);
            let net = for_it.sub(against).and_then(|net| net.mul(Exact::from(100)));
            net.map(Quantity::Score).map_err(|error| error.to_string())
        };
        let [detractors, passives, promoters] = groups(self.scope.period);
        let all = detractors + passives + promoters;
        let figure = Figure::new(means::NPS, nps(self.scope.period))
            .after(self.scope.before(nps))
            .note(format!("{} answers", shown(all)));
        let row = |name: &str, number: usize| vec![text(name), count(number), share(number, all, NO_ANSWERS)];
        let rows = vec![row("promoters", promoters), row("passives", passives), row("detractors", detractors)];
        let table = Table::new(means::ANSWERS, &["answer", "members", "share"], rows).drawn(Chart::Bars(1));
        Section { title, figures: vec![figure], tables: vec![table] }
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
                    let tier = person.tier_before(ladder, bought.at);
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

const NO_ANSWERS: &str = "nobody has answered in this time";

fn is_score(score: Exact) -> bool {
    score.to_i64().is_some_and(|score| (0..=10).contains(&score))
}

/// Counts values by bands, each up to and with its number.
fn banded(bands: &[(i64, &str)], values: &[i64], mut table: Table) -> Table {
    let mut low = i64::MIN;
    for (high, name) in bands {
        let inside = values.iter().filter(|value| low < **value && **value <= *high).count();
        table.rows.push(vec![text(name), count(inside), share(inside, values.len(), "there are no customers")]);
        low = *high;
    }
    table.drawn(Chart::Bars(1))
}

fn shown(number: usize) -> String {
    Quantity::Count(i64::try_from(number).unwrap_or(i64::MAX)).shown()
}

/// `40 of 120 customers`.
fn of(part: usize, whole: usize, what: &str) -> String {
    format!("{} of {} {what}", shown(part), shown(whole))
}
