//! Exports as shops and services write them, read with and without maps.

use meed::events::{Map, guess};

use super::cli::{Folder, meed};
use super::events::{read, scratch, shop};

const SHOP: &str = "tests/cases/input/shop.meed";

/// What a run comes to, of sums alone and with a journal: the same.
fn sums(folder: &Folder, arguments: &[&str]) -> String {
    let run = |more: &[&str]| {
        let output = meed(&[&["run", SHOP, "--format", "json"], arguments, more].concat());
        String::from_utf8(output.stdout).unwrap()
    };
    let (alone, journal) = (run(&[]), run(&["-o", &folder.named("out")]));
    assert_eq!(alone, journal);
    alone
}

/// The kernel reads the currency of amounts by whatever name as the fold does.
#[test]
fn a_currency_by_any_name_counts_the_same_everywhere() {
    let folder = Folder::new("currency");
    let write = |name: &str, text: String| {
        std::fs::write(folder.join(name), text).unwrap();
        folder.named(name)
    };
    let record = |n: usize, more: &str| {
        format!(
            "{{\"id\":\"{n}\",\"type\":\"purchase\",\"member\":\"m{}\",\"time\":\"2026-02-0{}T10:00:00Z\",\"order\":\"{n}\",\"total\":100.00{more}}}\n",
            n % 2,
            n % 8 + 1,
        )
    };
    let names =
        ["", ",\"Currency\":\"EUR\"", ",\"Currency\":null", ",\"order_currency\":\"eur\"", ",\"Currency\":\"GBP\""];
    let doubts =
        [",\"base_currency\":\"EUR\"", ",\"base_currency\":\"USD\"", ",\"Currency\":\"EUR\",\"base_currency\":\"USD\""];
    let all = names.iter().chain(&doubts).cycle().take(40).enumerate();
    let told = sums(&folder, &[&write("events.jsonl", all.map(|(n, more)| record(n, more)).collect())]);
    // A hundred dollars, a hundred euros at 1.08: of eight records two are rejected.
    assert!(told.contains("\"rejects\":10") && told.contains("\"issued\":\"3120\""), "{told}");
    let cells = ["", "EUR", "eur", "USD", "CHF"];
    let row = |(n, cell): (usize, &&str)| {
        format!("{n},purchase,m{},2026-02-0{}T10:00:00Z,{n},100.00,{cell}\n", n % 3, n % 8 + 1)
    };
    let rows: String = cells.iter().cycle().take(40).enumerate().map(row).collect();
    for name in ["Currency", "Currency Code", "Waluta"] {
        let table = write("events.csv", format!("id,type,member,time,order,total,{name}\n{rows}"));
        let map = write(
            "map.yaml",
            "events:\n  - {event: purchase, id: id, member: member, time: time, fields: {order: order, total: total}}\n".to_owned(),
        );
        for more in [&[][..], &["--map", &map]] {
            let told = sums(&folder, &[&[table.as_str()][..], more].concat());
            assert!(told.contains("\"rejects\":8") && told.contains("\"issued\":\"3328\""), "{told}");
        }
    }
}

/// What is made of a file through the map that is guessed for it: how many purchases and refunds, the map, what is told of it, and the events.
fn guessed(name: &str, text: &str) -> ([usize; 2], String, String, String) {
    let (program, path) = (shop::program(), scratch(name));
    std::fs::write(&path, text).unwrap();
    let guess = guess(&program, &path).unwrap();
    let map = Map::parse("guess", &guess.map).unwrap_or_else(|error| panic!("{error}: {}", guess.map));
    let told = read(&program, &path, Some(&map));
    let count = |event: &str| told.matches(&format!(" {event} ")).count();
    ([count("purchase"), count("refund")], guess.map, guess.doubts.join("\n"), told)
}

/// Rows of orders with some cells behind those that each order has.
fn orders(columns: &str, rows: &[&str]) -> String {
    let row = |(n, more): (usize, &&str)| format!("A{n},ann{n},2026-02-0{}T10:00:00Z,10.00,{more}\n", n + 1);
    format!("Order,Customer,Date,Subtotal,{columns}\n{}", rows.iter().enumerate().map(row).collect::<String>())
}

/// Whatever its name, a column that says what became of an order is looked at; what is not paid, cancelled or refunded is no sale.
#[test]
fn the_state_of_an_order_has_many_names() {
    let words = ["paid", "processing", "pending", "draft", "cancelled", "refunded"];
    for name in [
        "Financial Status",
        "order_status",
        "order-status",
        "Payment Status",
        "state",
        "Statut",
        "estado",
        "Status zamówienia",
    ] {
        let (events, map, doubts, _) = guessed("states.csv", &orders(name, &words));
        assert_eq!(events, [2, 0], "{name}: {map}");
        for said in ["`draft`, `pending`, as it is not paid", "`cancelled`, as it was", "`refunded`, as it came back"] {
            assert!(doubts.contains(said), "{name}: {doubts}");
        }
    }
    let words = [
        ["complete", "processing", "pending_payment", "canceled", "holded", "closed"],
        ["completed", "processing", "checkout-draft", "trash", "on-hold", "failed"],
        [
            "Shipped",
            "Shipped - Delivered to Buyer",
            "Pending",
            "Cancelled",
            "Unshipped",
            "Shipped - Returned to Seller",
        ],
        ["bezahlt", "versandt", "offen", "storniert", "Entwurf", "erstattet"],
        ["Paiement accepté", "Livré", "En attente", "Annulé", "Brouillon", "Remboursé"],
        ["Pagado", "Completado", "Pendiente", "Cancelado", "Borrador", "Reembolsado"],
        ["opłacone", "zrealizowane", "oczekujące", "anulowane", "nieopłacone", "zwrócone"],
    ];
    for words in words {
        let (events, map, ..) = guessed("states.csv", &orders("Status", &words));
        assert_eq!(events, [2, 0], "{map}");
    }
    // What is no state of an order is none.
    for (name, words) in [("State", ["NY", "CA", "NY"]), ("Customer Status", ["gold", "paid", "open"])] {
        let (events, map, doubts, _) = guessed("states.csv", &orders(name, &words));
        assert_eq!((events, doubts.as_str()), ([3, 0], ""), "{map}");
    }
}

/// A column may only mark what was called off, with a day or a yes.
#[test]
fn what_is_marked_as_called_off_is_left_out() {
    for (name, words) in [
        ("Cancelled at", ["", "2026-02-03 10:00:00", ""]),
        ("Voided", ["no", "yes", "no"]),
        ("is_cancelled", ["false", "true", "FALSE"]),
        ("Storniert", ["", "X", ""]),
        ("Refunded at", ["", "2026-02-03", ""]),
    ] {
        let (events, map, doubts, _) = guessed("marks.csv", &orders(name, &words));
        assert_eq!(events, [2, 0], "{map}");
        assert!(doubts.contains(&format!("rows that say so in `{name}`")), "{doubts}");
    }
    // Rows behind the sample may be marked though none in it is.
    let (events, map, doubts, _) = guessed("marks.csv", &orders("Cancelled at", &["", ""]));
    assert_eq!((events, doubts.as_str()), ([2, 0], ""), "{map}");
    assert!(map.contains("when: {column: \"Cancelled at\", is: not empty}"), "{map}");
    // An amount is no mark.
    let (events, map, ..) = guessed("marks.csv", &orders("Cancellation fee", &["0.00", "5.00", "0.00"]));
    assert_eq!(events, [3, 0], "{map}");
}

/// Beside the column that says it best others are looked at too, and what nobody knows in them is told.
#[test]
fn other_states_are_looked_at_too() {
    let rows = ["Sale,Completed", "Sale,Denied", "Sale,Refunded", "Return,Completed", "Sale,Sent on"];
    let (events, map, doubts, _) = guessed("others.csv", &orders("Type,Status", &rows));
    // What came back has a row of its own: the sale was one.
    assert_eq!(events, [3, 1], "{map}");
    assert!(doubts.contains("rows whose `Status` is `Denied`, as it is not paid"), "{doubts}");
    assert!(doubts.contains("does not look at `Status` where it is `Sent on`"), "{doubts}");
    // What waits to be sent was paid.
    let rows = ["unfulfilled,paid", "fulfilled,paid", "fulfilled,pending", "cancelled,paid"];
    let (events, map, ..) = guessed("others.csv", &orders("Fulfillment Status,Financial Status", &rows));
    assert_eq!(events, [2, 0], "{map}");
}

/// What came back of a sale is taken off it where the row says how much; without, nobody knows.
#[test]
fn what_came_back_is_taken_off() {
    let rows = ["paid,0.00", "partially_refunded,4.00", "paid,"];
    let (events, map, doubts, told) = guessed("returned.csv", &orders("Status,Refunded Amount", &rows));
    assert_eq!(events, [3, 0], "{map}");
    assert!(told.contains("Exact(600)") && told.matches("Exact(1000)").count() == 2, "{told}");
    assert!(doubts.contains("takes `Refunded Amount` off each sale"), "{doubts}");
    let (events, map, doubts, _) = guessed("returned.csv", &orders("Status", &["paid", "partially_refunded", "paid"]));
    assert_eq!(events, [2, 0], "{map}");
    assert!(doubts.contains("nobody knows what `partially_refunded`"), "{doubts}");
}

/// Further lines of an order have neither its state nor its total.
#[test]
fn further_lines_of_an_order_are_left_out() {
    let line = |order: &str, said: &str| format!("#{order},{order}@x,{said},2026-02-01T10:00:00Z\n");
    let lines = [("1", "paid,10.00"), ("1", ","), ("2", "refunded,10.00"), ("2", ","), ("3", "paid,5.00")];
    let lines: String = lines.iter().map(|(order, said)| line(order, said)).collect();
    let text = &format!("Order,Email,Financial Status,Total,Created at\n{lines}");
    let (events, map, _, told) = guessed("further.csv", text);
    assert_eq!(events, [2, 0], "{map}");
    assert!(map.contains("id: \"Order\"") && told.contains("a further line of an order"), "{map}{told}");
}

/// A name says the zone of times, the currency, and where the records are; nobody is a member.
#[test]
fn names_say_more_than_what_a_column_is() {
    let text = "Order,Customer ID,Created (UTC),Net,Currency\nA1,7,2026-01-01 02:00:00,10.00,EUR\nA2,8,2026-01-02 02:00:00,10.00,USD\nA3,0,2026-01-02 02:00:00,10.00,USD\n";
    let (events, map, doubts, told) =
        guessed("names.csv", &text.replace("Net", "Net Sales,Gross Sales").replace("10.00", "10.00,12.00"));
    assert_eq!(events, [2, 0], "{map}");
    assert!(map.contains("currency: \"Currency\"") && map.contains("zone: UTC"), "{map}");
    assert!(doubts.contains("rows whose `Customer ID` is `0`, as guests"), "{doubts}");
    assert!(told.contains("2025-12-31T21:00:00-05:00") && told.contains("Exact(1000)"), "{told}");
    let record = |n: u8| {
        format!(
            "{{\"id\":\"c{n}\",\"customer\":{{\"id\":\"k{n}\"}},\"created\":177209814{n},\"amount\":4373,\"status\":\"succeeded\"}}"
        )
    };
    let text = format!("{{\"object\":\"list\",\"data\":[{}],\"more\":false}}", [0, 1, 2].map(record).join(","));
    let (events, map, doubts, _) = guessed("names.json", &text);
    assert_eq!(events, [3, 0], "{map}");
    assert!(map.contains("records: \"data\"") && map.contains("member: \"customer.id\""), "{map}");
    assert!(doubts.contains("if they are cents"), "{doubts}");
}

/// The object around an amount says its currency, also where a map takes the amount alone.
#[test]
fn the_object_around_an_amount_says_its_currency() {
    let (program, path) = (shop::program(), scratch("around.jsonl"));
    let record = |n: u8, more: &str| {
        format!("{{\"no\":\"{n}\",\"who\":\"ann\",\"when\":\"2026-02-01T10:00:00Z\",\"currency\":\"USD\",{more}}}\n")
    };
    let records = [
        record(1, "\"paid\":{\"amount\":1000,\"currency_code\":\"EUR\"}"),
        record(2, "\"paid\":{\"amount\":1000}"),
        record(3, "\"paid\":{\"amount\":1000,\"currency\":\"GBP\"}"),
        record(4, "\"paid\":{\"amount\":1000,\"currency\":\"EUR\"},\"back\":{\"amount\":100,\"currency\":\"USD\"}"),
    ];
    std::fs::write(&path, records.concat()).unwrap();
    let map = "
events:
  - event: purchase
    id: no
    member: who
    time: when
    fields: {order: no, subtotal: {subtract: [paid.amount, {column: back.amount, default: 0}], unit: minor}}
";
    let told = read(&program, &path, Some(&Map::parse("map.yaml", map).unwrap()));
    let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with("    ")).collect();
    assert!(lines[0].contains("Exact(1080)") && lines[1].contains("Exact(1000)"), "{told}");
    assert!(lines[2].contains("the amount is in GBP"), "{told}");
    assert!(lines[3].contains("`paid.currency` names EUR and `back.currency` names USD: say in the map"), "{told}");
}
