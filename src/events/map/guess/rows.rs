//! Whether several rows are one order, and which of their values are the order's and not the row's.

use std::collections::BTreeMap;

use super::super::sample::Column;

/// Orders of which each has several rows.
pub(super) struct Together<'c> {
    /// The column of their numbers.
    pub(super) order: &'c Column,
    /// The rows of each, where there are several.
    rows: Vec<Vec<usize>>,
}

impl<'c> Together<'c> {
    /// Orders of several rows that agree in some columns; none where no order has several, or where they do not agree. Only some rows count.
    pub(super) fn of(
        order: &'c Column,
        columns: &[Column],
        agree: &[&Column],
        counts: impl Fn(usize) -> bool,
    ) -> Option<Self> {
        let all = order.values.len();
        let mut orders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, number) in order.values.iter().enumerate().filter(|(at, _)| counts(*at)) {
            orders.entry(number).or_default().push(at);
        }
        let numbered = orders.keys().all(|number| !number.is_empty());
        let rows: Vec<Vec<usize>> = orders.into_values().filter(|rows| rows.len() > 1).collect();
        let together = Self { order, rows };
        let whole = columns.iter().all(|column| column.values.len() == all);
        (numbered && whole && !together.rows.is_empty() && agree.iter().all(|column| together.repeats(column)))
            .then_some(together)
    }

    /// Whether the rows of each order have one value in a column: it is the order's.
    pub(super) fn repeats(&self, column: &Column) -> bool {
        self.rows.iter().all(|rows| {
            let mut values = rows.iter().map(|at| column.values.get(*at));
            let first = values.next();
            values.all(|value| Some(value) == first)
        })
    }
}
