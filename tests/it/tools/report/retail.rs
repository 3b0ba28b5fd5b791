//! The figures of the retail data, computed a second time: straight from the lines of the file, without the engine.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use meed::Program;
use meed::compile::compile;
use meed::engine::World;
use meed::events::{EventStream, Inputs, Map};
use meed::report::{Report, Wanted, Watch};

use super::*;

/// A line of an invoice that was sold to somebody.
struct Sale {
    time: String,
    invoice: String,
    sku: String,
    price: i64,
    /// In pence: as sold, and what is left of it.
    amount: i64,
    left: i64,
    points: i64,
    taken: i64,
}

#[derive(Default)]
struct Customer {
    sales: Vec<Sale>,
    /// Refunds of what was never sold here: when, and how many pence.
    unmatched: Vec<(String, i64)>,
    /// Net spend of each calendar year, in pence.
    years: BTreeMap<String, i64>,
}

/// Ten thousandths of a pound.
fn price(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    whole.parse::<i64>().unwrap() * 10_000 + format!("{part:0<4}").parse::<i64>().unwrap()
}

fn tier(spend: i64) -> usize {
    usize::from(spend >= 35_000) + usize::from(spend >= 100_000)
}

/// All customers; points as they were issued and taken back, by day.
struct Shop {
    customers: HashMap<String, Customer>,
    issued: BTreeMap<String, i64>,
    taken: BTreeMap<String, i64>,
}

fn shop() -> Shop {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/retail/online_retail_ii_2009_2010.csv.zst");
    let mut reader = csv::Reader::from_reader(zstd::Decoder::new(fs::File::open(path).unwrap()).unwrap());
    let mut lines: Vec<(String, usize, csv::StringRecord)> = Vec::new();
    for (number, line) in reader.records().enumerate() {
        let line = line.unwrap();
        if !line[2].is_empty() {
            lines.push((line[1].to_owned(), number, line));
        }
    }
    lines.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut shop = Shop { customers: HashMap::new(), issued: BTreeMap::new(), taken: BTreeMap::new() };
    for (time, _, line) in lines {
        let (day, year) = (time[..10].to_owned(), time[..4].to_owned());
        let customer = shop.customers.entry(line[2].to_owned()).or_default();
        let (back, price) = (line[0].starts_with('C'), price(&line[5]));
        let pieces: i64 = line[4].parse().unwrap();
        let amount = (if back { -pieces } else { pieces } * price).div_euclid(100);
        let spend = customer.years.entry(year).or_default();
        if !back {
            let factor = [100, 125, 150][tier(*spend)];
            let points = (amount * factor).div_euclid(10_000);
            *spend += amount;
            *shop.issued.entry(day).or_default() += points;
            let (invoice, sku) = (line[0].to_owned(), line[3].to_owned());
            customer.sales.push(Sale { time, invoice, sku, price, amount, left: amount, points, taken: 0 });
            continue;
        }
        *spend -= amount;
        let mut rest = amount;
        for sale in customer.sales.iter_mut().rev() {
            if rest == 0 {
                break;
            }
            if sale.sku != line[3] || sale.price != price || sale.left == 0 {
                continue;
            }
            let part = rest.min(sale.left);
            (rest, sale.left) = (rest - part, sale.left - part);
            // Of the points as much as has come back in all, rounded down.
            let due = sale.points * (sale.amount - sale.left) / sale.amount;
            *shop.taken.entry(day.clone()).or_default() += due - sale.taken;
            sale.taken = due;
        }
        if rest > 0 {
            customer.unmatched.push((day, rest));
        }
    }
    shop
}

/// Days, both included.
type Days = (&'static str, &'static str);

fn within(day: &str, days: Days) -> bool {
    days.0 <= day && day <= days.1
}

impl Customer {
    /// Pence of each purchase: an invoice of one day of which something is left.
    fn purchases(&self, days: Days) -> Vec<i64> {
        let mut orders: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for sale in self.sales.iter().filter(|sale| within(&sale.time[..10], days)) {
            *orders.entry((&sale.time[..10], &sale.invoice)).or_default() += sale.left;
        }
        orders.into_values().filter(|left| *left > 0).collect()
    }

    fn net(&self, days: Days) -> i64 {
        let back = self.unmatched.iter().filter(|(day, _)| within(day, days)).map(|(_, pence)| pence);
        self.purchases(days).iter().sum::<i64>() - back.sum::<i64>()
    }

    fn active(&self, days: Days) -> bool {
        self.sales.iter().any(|sale| within(&sale.time[..10], days) && (sale.left > 0 || sale.amount == 0))
    }

    fn seen(&self, until: &str) -> bool {
        let sold = self.sales.iter().map(|sale| &sale.time[..10]);
        sold.chain(self.unmatched.iter().map(|(day, _)| day.as_str())).any(|day| day <= until)
    }
}

fn fraction(part: i64, whole: i64) -> String {
    meed::value::Exact::new(i128::from(part), i128::from(whole)).unwrap().to_string()
}

fn pounds(pence: i64) -> String {
    meed::value::format_minor(pence, 2)
}

const WHOLE: Days = ("2009-12-01", "2010-12-09");
const YEAR: Days = ("2009-12-10", "2010-12-09");
const HALF: Days = ("2010-06-10", "2010-12-09");
const HALF_BEFORE: Days = ("2009-12-10", "2010-06-09");

/// What is known of one time.
fn computed(shop: &Shop, days: Days) -> BTreeMap<&'static str, Value> {
    let all = || shop.customers.values();
    let bought = || all().map(|customer| customer.purchases(days)).filter(|purchases| !purchases.is_empty());
    let customers = i64::try_from(bought().count()).unwrap();
    let least = |least: usize| i64::try_from(bought().filter(|purchases| purchases.len() >= least).count()).unwrap();
    let members = i64::try_from(all().filter(|customer| customer.seen(days.1)).count()).unwrap();
    let active = i64::try_from(all().filter(|customer| customer.active(days)).count()).unwrap();
    let purchases = i64::try_from(bought().flatten().count()).unwrap();
    let by_day = |sums: &BTreeMap<String, i64>| -> i64 {
        sums.iter().filter(|(day, _)| within(day, days)).map(|(_, points)| points).sum()
    };
    BTreeMap::from([
        ("members", json!(members)),
        ("active_members", json!(fraction(active, members))),
        ("customers", json!(customers)),
        ("repeat_purchase", json!(fraction(least(2), customers))),
        ("loyal_customers", json!(fraction(least(4), customers))),
        ("purchases", json!(purchases)),
        ("frequency", json!(fraction(purchases, customers))),
        ("net_spend", json!(pounds(all().map(|customer| customer.net(days)).sum()))),
        ("basket", json!(fraction(bought().flatten().sum(), 100 * purchases))),
        ("issued", json!(by_day(&shop.issued).to_string())),
        ("taken_back", json!(by_day(&shop.taken).to_string())),
    ])
}

fn judged() -> (World, Watch<'static>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs/retail");
    let loaded = Program::from_path(&folder).unwrap();
    let versions: &'static [Arc<Program>] = Vec::leak(loaded.versions.into_iter().map(Arc::new).collect());
    let map = Map::parse("retail.map.yaml", &fs::read_to_string(folder.join("retail.map.yaml")).unwrap()).unwrap();
    let inputs = Inputs::find(&[folder.join("online_retail_ii_2009_2010.csv.zst")]).unwrap();
    let events = EventStream::new(&versions[0], &inputs, Some(&map), 0).unwrap().flatten().collect();
    let (mut world, mut watch) = (World::new(compile(versions)), Watch::new(versions).unwrap());
    world.submit(events, &mut |outcome| watch.outcome(&outcome));
    world.advance(None, &mut |outcome| watch.outcome(&outcome));
    (world, watch)
}

fn told(report: &Report) -> Value {
    serde_json::to_value(report.json()).unwrap()
}

#[test]
fn the_retail_figures_are_those_of_its_lines() {
    let shop = shop();
    let (world, watch) = judged();
    let wanted = |months| Wanted { months, purchases: Vec::new(), survey: None };
    let year = watch.clone().report(&world, &wanted(12), None).unwrap().unwrap();
    let half = watch.report(&world, &wanted(6), None).unwrap().unwrap();
    assert!(year.html().len() < 1_000_000);

    for (report, days, before) in [(&year, YEAR, None), (&half, HALF, Some(HALF_BEFORE))] {
        let report = told(report);
        let figures = figures(&report);
        for (key, value) in computed(&shop, days) {
            assert_eq!(figures[key].0, value, "{key} of {days:?}");
        }
        let Some(before) = before else {
            assert!(figures["retention"].0["unknown"].is_string(), "the year before is not recorded");
            continue;
        };
        for (key, value) in computed(&shop, before) {
            assert_eq!(figures[key].1, value, "{key} of {before:?}");
        }
        let all = || shop.customers.values().filter(|customer| !customer.purchases(before).is_empty());
        let again = all().filter(|customer| !customer.purchases(days).is_empty()).count();
        let rate = fraction(i64::try_from(again).unwrap(), i64::try_from(all().count()).unwrap());
        assert_eq!(figures["retention"].0, rate);
    }

    let year = told(&year);
    let figures = figures(&year);
    let ever: Vec<&Customer> =
        shop.customers.values().filter(|customer| !customer.purchases(WHOLE).is_empty()).collect();
    let net: i64 = shop.customers.values().map(|customer| customer.net(WHOLE)).sum();
    assert_eq!(pounds(net), "8348208.56", "as the page about the data says");
    assert_eq!(figures["customer_value"].0, fraction(net, 100 * i64::try_from(ever.len()).unwrap()));
    let points: i64 = shop.issued.values().sum::<i64>() - shop.taken.values().sum::<i64>();
    assert_eq!(figures["outstanding"].0, points.to_string());
    assert_eq!(figures["liability"].0, pounds(points));

    // Days since the last purchase, and the one in the middle.
    let last = |customer: &Customer| {
        let days: BTreeSet<&str> =
            customer.sales.iter().filter(|sale| sale.left > 0).map(|sale| &sale.time[..10]).collect();
        let day = |text: &str| meed::value::Day::parse(text).unwrap();
        i64::from(day(WHOLE.1).days_since(day(days.last().unwrap())))
    };
    let mut days: Vec<i64> = ever.iter().map(|customer| last(customer)).collect();
    days.sort_unstable();
    let half = days.len() / 2;
    let middle = if days.len() % 2 == 1 { 2 * days[half] } else { days[half - 1] + days[half] };
    assert_eq!(figures["recency"].0, fraction(middle, 2));

    // Who ends in which tier: by what was spent in 2010.
    let mut tiers = [0; 3];
    for customer in shop.customers.values() {
        tiers[tier(customer.years.get("2010").copied().unwrap_or(0))] += 1;
    }
    let rows = table(&year, "tiers")["rows"].as_array().unwrap().clone();
    assert_eq!(rows.iter().map(|row| row[1].as_i64().unwrap()).collect::<Vec<_>>(), tiers);

    // How many bought in each month.
    for row in table(&year, "spend_over_time")["rows"].as_array().unwrap() {
        let month = row[0].as_str().unwrap();
        let (first, last): (&'static str, &'static str) = (format!("{month}-01").leak(), format!("{month}-31").leak());
        let purchases: usize = shop.customers.values().map(|customer| customer.purchases((first, last)).len()).sum();
        assert_eq!(row[1], purchases, "{month}");
        let net: i64 = shop.customers.values().map(|customer| customer.net((first, last))).sum();
        assert_eq!(row[2], pounds(net), "{month}");
    }
}
