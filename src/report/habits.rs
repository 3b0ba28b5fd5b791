//! How customers buy: over time, how long ago, how often.

use crate::value::{ArithmeticError, Exact};

use super::customers::Customers;
use super::definition as means;
use super::figure::{Chart, Table, text};
use super::people::Person;
use super::scope::Part;
use super::value::{Quantity, count, share};

impl Customers<'_> {
    /// All tables about it.
    ///
    /// # Errors
    /// Where sums are too large to be counted.
    pub(super) fn habits(&self) -> Result<Vec<Table>, ArithmeticError> {
        Ok(vec![
            self.over_time(),
            self.spend_over_time()?,
            self.retention_over_time(),
            self.recency_bands(),
            self.frequency_bands(),
        ])
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
        let counts = first.into_iter().zip(again);
        let row = |(part, (first, again)): (&Part, (usize, usize))| vec![text(&part.name), count(first), count(again)];
        let rows = parts.iter().zip(counts).map(row).collect();
        Table::new(means::CUSTOMERS_OVER_TIME, &[self.scope.part_word(), "first_purchase", "bought_before"], rows)
            .drawn(Chart::Stacked(vec![2, 1]))
    }

    fn spend_over_time(&self) -> Result<Table, ArithmeticError> {
        let mut rows = Vec::new();
        let money = |minor: Exact| Quantity::money(self.program, minor);
        for part in &self.scope.parts {
            let purchases = self.people.iter().map(|person| person.bought(part.days).count()).sum();
            let (spend, basket) = (self.spend(part.days)?, self.basket(part.days)?);
            rows.push(vec![text(&part.name), count(purchases), Ok(money(spend)), basket.map(money)]);
        }
        let columns = [self.scope.part_word(), "purchases", "net_spend", "basket"];
        Ok(Table::new(means::SPEND_OVER_TIME, &columns, rows).drawn(Chart::Grouped(vec![2], None)))
    }

    fn retention_over_time(&self) -> Table {
        let parts = &self.scope.parts;
        let row = |(before, now): (&Part, &Part)| {
            let recorded = match [before, now].into_iter().find(|part| !part.whole) {
                None => Ok((self.kept(before.days, now.days), self.customers(before.days, 1))),
                Some(part) => Err(format!("{} is not recorded as a whole", part.name)),
            };
            let rate = recorded.clone().and_then(|(kept, base)| share(kept, base, "nobody bought in the part before"));
            let (base, kept) =
                (recorded.clone().and_then(|(_, base)| count(base)), recorded.and_then(|(kept, _)| count(kept)));
            vec![text(&now.name), base, kept, rate]
        };
        let rows = parts.iter().zip(parts.iter().skip(1)).map(row).collect();
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
