//! Limits of programs, and of what one event brings about.

use std::sync::Arc;

use meed::check::{MAX_DECIMALS, MAX_ITEMS, MAX_NESTING, MAX_PARTS, MAX_STEPS};
use meed::engine::{MAX_WON, MOST_AT_ONCE};
use meed::{Program, check, compile, engine, scenario, syntax};

const HEAD: &str = "program \"P\" {\n  currency USD\n  timezone \"UTC\"\n}\n";
const SHOP: &str = r"
event visit
event purchase {
  order    id
  subtotal money
}
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
";

/// The codes and words of what is said about a program.
fn said(body: &str) -> Vec<(&'static str, String)> {
    let text = format!("{HEAD}{body}");
    // What is as deep as may be is read on the stack of a main thread.
    let read = move || match Program::from_text("p.meed", &text) {
        Ok(loaded) => loaded.warnings,
        Err(wrong) => wrong.messages,
    };
    let messages = std::thread::Builder::new().stack_size(8 << 20).spawn(read).unwrap().join().unwrap();
    messages.into_iter().map(|message| (message.code.0, message.message)).collect()
}

/// Nothing is said of the good text; of the bad one the code is, with the limit in its message.
fn both_sides(good: &str, bad: &str, code: &str, limit: impl ToString) {
    assert_eq!(said(good), [], "{code} at {}", limit.to_string());
    let told = said(bad);
    let is_told = told.iter().any(|(said, words)| *said == code && words.contains(&limit.to_string()));
    assert!(is_told, "{code} above {}: {told:?}", limit.to_string());
}

#[test]
fn programs_have_a_limit_of_declarations() {
    let lets = |items: usize| (1..items).map(|n| format!("let a{n} = 1\n")).collect::<String>();
    both_sides(&lets(MAX_ITEMS), &lets(MAX_ITEMS + 1), "E0500", MAX_ITEMS);
}

#[test]
fn names_in_blocks_units_and_names_through_names_have_limits() {
    let parts = |count: usize| {
        let values = vec!["1"; count - 1].join(", ");
        format!("{SHOP}earn e on visit {{\n  let a = max({values})\n  give 1 point * a\n}}\n")
    };
    both_sides(&parts(MAX_PARTS), &parts(MAX_PARTS + 1), "E0218", MAX_PARTS);
    let decimals = |count: i64| format!("unit grams {{\n  decimals {count}\n  expires never\n}}\n");
    both_sides(&decimals(MAX_DECIMALS), &decimals(MAX_DECIMALS + 1), "E0286", MAX_DECIMALS);
    // A name counts for 8, and its use for one more; so does each function around the last value.
    let nested = |depth: usize| {
        let (names, functions) = ((depth - 8) / 9, (depth - 8) % 9);
        let chain: String = (0..names).map(|n| format!("let n{n} = n{}\n", n + 1)).collect();
        format!("{chain}let n{names} = {}1{}\n", "abs(".repeat(functions), ")".repeat(functions))
    };
    both_sides(&nested(MAX_NESTING), &nested(MAX_NESTING + 1), "E0520", MAX_NESTING);
    // A hundred uses of 95 uses of a name, and so many more uses that the next one is too much.
    let uses = |name: &str, count: usize, between: &str| vec![name; count].join(between);
    let (b, c) = (uses("a", 95, " + "), uses("b", 100, " + "));
    let steps =
        |more: usize| format!("let a = 1\nlet b = {b}\nlet c = {c}\nlet d = max(c, {})\n", uses("a", more, ", "));
    let counts: Vec<usize> = (1..1_000).collect();
    let most = counts.partition_point(|more| said(&steps(*more)).is_empty());
    assert!((1..counts.len()).contains(&most), "{most}");
    both_sides(&steps(most), &steps(most + 1), "E0521", MAX_STEPS);
}

#[test]
fn a_file_of_the_largest_size_is_read() {
    let comment = |bytes: usize| format!("#{}", "x".repeat(bytes - HEAD.len() - 1));
    both_sides(&comment(syntax::MAX_FILE), &comment(syntax::MAX_FILE + 1), "E0100", syntax::MAX_FILE);
}

#[test]
fn messages_have_a_limit() {
    for (wrong, limit) in [("giv 1 point", syntax::MAX_MESSAGES), ("give 1 poimt", check::MAX_MESSAGES)] {
        let earns = |count: usize| {
            let earns: String = (0..count).map(|n| format!("earn e{n} on visit {{ {wrong} }}\n")).collect();
            said(&format!("{SHOP}{earns}"))
        };
        let most = earns(limit);
        assert!(most.len() == limit && most.iter().all(|(code, _)| *code != "E0605"), "{}", most.len());
        for more in [1, 500] {
            let above = earns(limit + more);
            let (last, others) = above.split_last().unwrap();
            assert!(others.len() == limit && last.0 == "E0605" && last.1.contains(&limit.to_string()), "{last:?}");
        }
    }
}

/// What does not hold of the only scenario of a program.
fn played(body: &str) -> Vec<String> {
    let loaded = Program::from_text("p.meed", &format!("{HEAD}{SHOP}{body}")).unwrap_or_else(|wrong| panic!("{wrong}"));
    let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    let engines = [engine::Engine::reference(&programs), compile::compile(&programs)];
    let verdicts = engines.iter().flat_map(|engine| scenario::run_all(engine, &programs[0]));
    verdicts.flat_map(|verdict| verdict.failures).map(|f| format!("{} / {}", f.expected, f.got)).collect()
}

#[test]
fn one_event_brings_a_limited_number_of_things() {
    let (most, above) = (MOST_AT_ONCE, MOST_AT_ONCE + 1);
    let rule =
        "measure spend = sum of purchase.subtotal\nrule r each time spend reaches another $1 {\n  give 1 point\n}\n";
    let crossing = format!(
        "{rule}scenario \"s\" {{\n  ann purchase 2026-01-02 {{ order A, subtotal ${most} }} expect {most} points\n  \
         bob purchase 2026-01-02 {{ order B, subtotal ${above} }} expect error \"more than {most} times at once\"\n}}\n"
    );
    assert_eq!(played(&crossing), [""; 0]);
    let reward = "reward pen {\n  cost  1 point\n  gives product \"a pen\"\n}\n";
    let asked = format!(
        "{reward}scenario \"s\" {{\n  ann adjusts 2026-01-02 {{ unit points, amount 30_000 }}\n  \
         ann redeems 2026-01-02 {{ reward pen, quantity {most} }} expect -{most} points, pen\n  \
         ann redeems 2026-01-02 {{ reward pen, quantity {above} }} expect refused \"the quantity is above {most}\"\n}}\n"
    );
    assert_eq!(played(&asked), [""; 0]);
    let by_itself = format!(
        "earn e on purchase {{\n  give 1 point per $1 of subtotal\n}}\nreward pen {{\n  cost      1 point\n  gives     product \"a pen\"\n  \
         automatic\n}}\nscenario \"s\" {{\n  ann purchase 2026-01-02 {{ order A, subtotal ${most} }} expect 0 points\n  \
         bob purchase 2026-01-02 {{ order B, subtotal ${above} }} expect error \"more than {most} times at once\"\n}}\n"
    );
    assert_eq!(played(&by_itself), [""; 0]);
}

/// A draw whose prize is an entry of the next one, and so on: so many are won by one entry. Each has one prize, which is always won.
fn won_in_a_row(count: usize) -> String {
    let draw = |i: usize| {
        let prize = if i < count { format!("entry d{}", i + 1) } else { "product \"a pen\"".to_owned() };
        format!(
            "reward r{i} {{\n  gives {prize}\n}}\ndraw d{i} {{\n  commitment \"sha256:{}\"\n  prize r{i} 100%\n}}\n",
            "5869393055fdf2923fdfb7af08128da19cfd99ec1f986cc5bc41aa199694bd13"
        )
    };
    (0..=count).map(draw).collect::<String>() + "rule spin on visit {\n  enter d0\n}\n"
}

#[test]
fn an_entry_wins_a_limited_number_of_entries_in_a_row() {
    let play = |count: usize, expected: &str| {
        let scenario = format!("scenario \"s\" {{\n  ann visit 2026-01-02 expect {expected}\n}}\n");
        assert_eq!(played(&(won_in_a_row(count) + &scenario)), [""; 0], "{count}");
    };
    play(MAX_WON, &format!("r{MAX_WON}"));
    play(MAX_WON + 1, &format!("error \"more than {MAX_WON} times in a row\""));
}
