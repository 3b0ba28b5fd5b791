//! Programs that nobody would write but to do harm: each is refused or judged, on a stack of ordinary size and before anybody loses patience.

use std::fmt::Write as _;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use meed::check::{MAX_ITEMS, MAX_MESSAGES};
use meed::engine::{Engine, MAX_ROUNDS, What, World};
use meed::{Diagnostics, Loaded, Program, compile, scenario};

const HEAD: &str = r#"
program "Hostile" {
  currency USD
  timezone "UTC"
}
event purchase {
  order    id
  subtotal money
  qty      count default 1
}
event visit
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
measure spend = sum of purchase.subtotal, each calendar year
"#;

/// What is done comes to an end: on the stack of a main thread, and within a time that only what has no end would need.
fn ends<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (told, end) = mpsc::channel();
    let run = move || {
        let done = work();
        told.send(()).unwrap();
        done
    };
    let thread = std::thread::Builder::new().stack_size(8 << 20).spawn(run).unwrap();
    let over = end.recv_timeout(Duration::from_secs(240)) == Err(mpsc::RecvTimeoutError::Timeout);
    assert!(!over, "{what} has no end");
    thread.join().unwrap_or_else(|_| panic!("{what} fails"))
}

/// `count` texts, one after another.
fn many(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

fn load(what: &str, body: &str) -> Result<Loaded, Diagnostics> {
    let text = format!("{HEAD}{body}");
    ends(what, move || Program::from_text("hostile.meed", &text))
}

fn codes(what: &str, body: &str) -> Vec<&'static str> {
    match load(what, body) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.messages.iter().map(|message| message.code.0).collect(),
    }
}

/// Plays the scenarios of a program with both engines, and says what does not hold.
fn played(what: &str, body: &str) -> Vec<String> {
    let loaded = load(what, body).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
    let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    ends(what, move || {
        let engines = [Engine::reference(&programs), compile::compile(&programs)];
        let verdicts = engines.iter().flat_map(|engine| scenario::run_all(engine, &programs[0]));
        verdicts.flat_map(|verdict| verdict.failures).map(|f| format!("{} / {}", f.expected, f.got)).collect()
    })
}

fn plays(what: &str, body: &str) {
    assert_eq!(played(what, body), [""; 0], "{what}");
}

#[test]
fn names_through_names_are_bounded_in_either_order() {
    let last = 10_000;
    let chains = [
        (many(last, |i| format!("let n{i} = n{} + 1\n", i + 1)), format!("let n{last} = 1\n")),
        (many(last, |i| format!("segment n{i} = not n{}\n", i + 1)), format!("segment n{last} = spend > $5\n")),
        (many(last, |i| format!("measure n{i} = n{} + 1\n", i + 1)), format!("measure n{last} = count of visit\n")),
    ];
    for (chain, end) in chains {
        let lines: Vec<&str> = chain.lines().rev().collect();
        for text in [format!("{chain}{end}"), format!("{end}{}\n", lines.join("\n"))] {
            let codes = codes("a chain", &text);
            assert!(!codes.is_empty() && codes.iter().all(|code| *code == "E0520"), "{codes:?}");
        }
    }
    plays(
        "a short chain",
        &format!(
            "{}let n30 = 1\nearn e on visit {{ give 1 point * n0 }}\nscenario \"s\" {{ ann visit 2026-01-01 expect 31 points }}\n",
            many(30, |i| format!("let n{i} = n{} + 1\n", i + 1))
        ),
    );
}

#[test]
fn names_that_double_are_bounded() {
    for (first, next) in [
        ("let n0 = 1\n", "let n{+} = n{} + n{}\n"),
        ("segment n0 = spend > $1\n", "segment n{+} = n{} and not n{}\n"),
        ("measure n0 = count of visit\n", "measure n{+} = n{} + n{}\n"),
    ] {
        let line = |i: usize| next.replace("{+}", &(i + 1).to_string()).replace("{}", &i.to_string());
        assert!(codes("doubling", &format!("{first}{}", many(30, line))).contains(&"E0521"), "{next}");
        assert_eq!(codes("little doubling", &format!("{first}{}", many(10, line))), [""; 0], "{next}");
    }
}

#[test]
fn every_way_around_is_told_but_never_walked_twice() {
    let names = many(10_000, |i| format!("let n{i} = n{} + 1\n", (i + 1) % 10_000));
    assert!(!codes("a ring of names", &names).is_empty());
    // Every rule moves every measure, and every measure other rules: there is no way around, and a million ways through.
    let knit = many(1000, |i| {
        format!(
            "measure m{i} = sum of points.earned, last {} days\nrule r{i} when m{i} reaches {} {{ give 1 stamp }}\n\
             rule g{i} on visit {{ give 1 point }}\n",
            i % 300 + 1,
            i + 1
        )
    });
    assert_eq!(codes("knit rules", &format!("unit stamps also stamp {{ expires never }}\n{knit}")), [""; 0]);
    let rings = many(2000, |i| {
        format!(
            "measure m{i} = sum of points.earned, last {} days\nrule r{i} when m{i} reaches 9 {{ give 1 point }}\n",
            i % 300 + 1
        )
    });
    let found = codes("rings of rules", &rings);
    assert!(found.len() == 1001 && found.iter().take(1000).all(|code| *code == "E0391"), "{found:?}");
    // Two ladders of each step ask both of the step before: ways double at every step.
    let ladder = |name: String, asks: String| {
        format!("tiers {name} {{\n  low\n  high {{ reach {asks} }}\n  holds for ever\n}}\n")
    };
    let steps = many(40, |i| {
        let asks = || format!("a{i} is high or b{i} is high");
        ladder(format!("a{}", i + 1), asks()) + &ladder(format!("b{}", i + 1), asks())
    });
    let first = ladder("a0".to_owned(), "spend > $1".to_owned()) + &ladder("b0".to_owned(), "spend > $2".to_owned());
    assert_eq!(codes("ladders of ladders", &(first + &steps)), [""; 0]);
}

#[test]
fn ten_thousand_of_everything_are_checked_and_judged() {
    const N: usize = 10_000;
    let kinds = [
        many(N, |i| format!("earn e{i} on purchase {{\n  when qty is {i}\n  give 1 point per $1 of subtotal\n}}\n")),
        many(N, |i| format!("rule r{i} on purchase {{\n  when qty is {i}\n  give 1 point per $1 of subtotal\n}}\n")),
        format!(
            "event other {{ word one of {} }}\nearn e on purchase {{\n  when qty is 7\n  give 5 points\n}}\n",
            (0..N).map(|i| format!("w{i}")).collect::<Vec<_>>().join(", ")
        ),
        format!(
            "table rate by qty {{\n{}  else 0\n}}\nearn e on purchase {{ give rate[qty] as points }}\n",
            many(N, |i| format!("  {i} {}\n", i % 9 - i % 9 + 5))
        ),
        format!(
            "earn e on purchase {{\n  when qty is 7\n  give 5 points\n}}\n{}",
            many(N, |i| { format!("reward w{i} {{\n  cost 5 points\n  gives product \"p{i}\"\n}}\n") })
        ),
    ];
    let story = "scenario \"s\" { ann purchase 2026-01-02 { order A, subtotal $5, qty 7 } expect 5 points }\n";
    for kind in kinds {
        plays(kind.lines().next().unwrap_or_default(), &format!("{kind}{story}"));
    }
    let story = |i: usize| format!("scenario \"s{i}\" {{ ann visit 2026-01-02 expect 1 point }}\n");
    plays("scenarios", &format!("earn e on visit {{ give 1 point }}\n{}", many(N, story)));
}

#[test]
fn a_program_full_of_mistakes_is_told_what_was_meant() {
    const N: usize = MAX_ITEMS / 2 - 10;
    let text =
        many(N, |i| format!("let rate_of_month_{i} = 1\nearn e{i} on visit {{ give 1 point * rate_of_mont_{i} }}\n"));
    let Err(wrong) = load("typing errors", &text) else { panic!("names that are not declared") };
    assert_eq!(wrong.messages.len(), MAX_MESSAGES + 1);
    assert!(
        wrong.messages.iter().take(10).all(|message| message.help.iter().any(|help| help.contains("did you mean")))
    );
}

#[test]
fn names_as_long_as_files_are_names() {
    let long = "n".repeat(1 << 20);
    plays(
        "a long name",
        &format!(
            "let {long} = 2\nearn e on visit {{ give 1 point * {long} }}\nscenario \"s\" {{ ann visit 2026-01-02 expect 2 points }}\n"
        ),
    );
    assert_eq!(codes("an unknown long name", &format!("earn e on visit {{ give 1 point * {long} }}\n")), ["E0200"]);
    assert!(!codes("a long word", &format!("earn e on visit {{ {long} }}\n{long} x\n")).is_empty());
    assert!(!codes("a long number", &format!("let a = {}\n", "9".repeat(1 << 20))).is_empty());
}

#[test]
fn comments_of_a_whole_file_are_read_and_larger_files_are_not() {
    let line = "# a comment that says nothing, at some length, as comments sometimes do\n";
    assert_eq!(codes("comments", &line.repeat(15 * 1024 * 1024 / line.len())), [""; 0]);
    assert_eq!(codes("a hundred megabytes of comments", &line.repeat(100 * 1024 * 1024 / line.len())), ["E0100"]);
}

#[test]
fn what_nests_is_read_once() {
    for (open, middle, close) in [
        ("not ", "spend > $1", ""),
        ("-", "1", ""),
        ("floor(", "1", ")"),
        ("1 when spend > $1 and (", "spend > $1", ")"),
        ("(", "1", " + 1) * 2"),
        ("x[", "1", "]"),
        ("sum of a.b where ", "spend > $1", ""),
    ] {
        for depth in [16, 60, 200, 3000] {
            let text = format!("let a = {}{middle}{}\n", open.repeat(depth), close.repeat(depth));
            let _ = codes(open, &text);
        }
    }
    let holes = |count: usize| format!("rule r on visit {{\n  message \"{}\"\n}}\n", "{member.id}".repeat(count));
    assert_eq!(codes("a text with holes", &holes(700)), [""; 0]);
    let cases = many(10_000, |i| format!("{i} when spend > ${i}, "));
    assert_eq!(codes("many cases", &format!("let a = {cases}0 otherwise\n")), ["E0106"]);
}

#[test]
fn wide_and_long_tables_are_read_from_files() {
    let folder = std::env::temp_dir().join(format!("meed-hostile-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut wide = format!("sku,{}\n", (0..50).map(|i| format!("c{i}")).collect::<Vec<_>>().join(","));
    for row in 0..10_000 {
        let _ = writeln!(wide, "s{row},{}", (0..50).map(|i| (row + i).to_string()).collect::<Vec<_>>().join(","));
    }
    std::fs::write(folder.join("wide.csv"), wide).unwrap();
    let text = format!(
        "{HEAD}table wide by sku, column from \"wide.csv\"\nevent scan {{ sku text, column text }}\nearn e on scan {{ give wide[sku, column] as points }}\n"
    );
    std::fs::write(folder.join("wide.meed"), text).unwrap();
    let path = folder.join("wide.meed");
    let loaded = ends("a wide table", move || Program::from_path(&path).map_err(|wrong| wrong.to_string()));
    std::fs::remove_dir_all(&folder).unwrap();
    // A table has the keys that it declares and one value; fifty columns are a mistake that is told once.
    assert!(loaded.is_err_and(|told| told.lines().count() < 10));
}

#[test]
fn a_table_of_many_rows_is_looked_up_in() {
    const ROWS: usize = 300_000;
    let folder = std::env::temp_dir().join(format!("meed-hostile-long-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("long.meed");
    std::fs::write(folder.join("long.csv"), format!("sku,value\n{}", many(ROWS, |row| format!("s{row},{row}\n"))))
        .unwrap();
    std::fs::write(
        &path,
        format!(
            "{HEAD}table bonus by sku from \"long.csv\"\nevent scan {{ sku text }}\n\
             earn e on scan {{ give bonus[sku] * 1 point }}\n\
             scenario \"s\" {{ ann scan 2026-01-02 {{ sku \"s{}\" }} expect {} points }}\n",
            ROWS - 1,
            ROWS - 1
        ),
    )
    .unwrap();
    let failed = ends("a long table", move || {
        let loaded = Program::from_path(&path).unwrap_or_else(|wrong| panic!("{wrong}"));
        let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
        let engine = compile::compile(&programs);
        scenario::run_all(&engine, &programs[0]).iter().filter(|verdict| !verdict.failures.is_empty()).count()
    });
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(failed, 0);
}

#[test]
fn files_that_import_each_other_are_read_once() {
    const FILES: usize = 200;
    let folder = std::env::temp_dir().join(format!("meed-hostile-ring-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for i in 0..FILES {
        // Each takes in the next and one far away: there are many ways to every file.
        let (next, far) = ((i + 1) % FILES, i * 7 % FILES);
        let head = if i == 0 { HEAD } else { "" };
        let text = format!("import \"f{next}.meed\"\nimport \"f{far}.meed\"\n{head}let n{i} = {i}\n");
        std::fs::write(folder.join(format!("f{i}.meed")), text).unwrap();
    }
    let first = folder.join("f0.meed");
    let codes = ends("a ring of files", move || match Program::from_path(&first) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.messages.iter().map(|message| message.code.0).collect(),
    });
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(!codes.is_empty() && codes.len() <= 2 * FILES && codes.iter().all(|code| *code == "E0401"), "{codes:?}");
}

#[test]
fn units_that_turn_into_each_other_for_ever_are_judged() {
    const UNITS: usize = 50;
    let ring = many(UNITS, |i| {
        let next = (i + 1) % UNITS;
        format!(
            "unit u{i} {{ expires never }}\n\
             exchange x{i} of u{i} to u{next} {{\n  rate 1 u{i} -> 2 u{next}\n  every calendar month on day 1\n}}\n"
        )
    });
    // Each month doubles fifty times: what does not fit any more is told, and the months go on.
    let (posted, failed) = posted(&format!("{ring}earn e on purchase {{ give 1 u0 }}\n"), "2036-01-02");
    assert!(posted > UNITS && posted < 100_000, "{posted} posted, {failed} failed");
}

#[test]
fn names_that_look_alike_are_told_apart() {
    for (first, second) in [("rate", "rаte"), ("ten", "t\u{435}n"), ("tier_l", "tier_1"), ("corn", "com")] {
        let loaded =
            load("names", &format!("let {first} = 1\nlet {second} = 2\n")).unwrap_or_else(|wrong| panic!("{wrong}"));
        assert!(loaded.warnings.iter().any(|warning| warning.code.0 == "E0475"), "{first} {second}");
    }
    let text = many(5_000, |i| format!("let n{i} = 1\nlet \u{43f}{i} = 1\n"));
    assert_eq!(codes("many names", &text), [""; 0]);
}

#[test]
fn directions_that_turn_round_are_told() {
    for text in ["# a \u{202e} b\n", "let a = 1  # \u{2066}b\u{2069}\n", "rule r on visit { message \"a\u{202b}b\" }\n"]
    {
        assert_eq!(codes("a direction", text), ["E0607"], "{text:?}");
    }
    // Scripts that are written from right to left, with their marks, and a direction that everybody sees.
    for text in ["# \u{5e9}\u{5dc}\u{5d5}\u{5dd}\u{200f}\n", "rule r on visit { message \"\u{645}\\u{202b}b\" }\n"] {
        assert_eq!(codes("a script", text), [""; 0], "{text:?}");
    }
}

/// Plays one event and says how many amounts were posted, and how many failed.
fn posted(body: &str, until: &str) -> (usize, usize) {
    let loaded = load("a short program", body).unwrap_or_else(|wrong| panic!("{wrong}"));
    let programs: Vec<Arc<Program>> = loaded.versions.into_iter().map(Arc::new).collect();
    let until = programs[0].settings.zone.start_of(meed::value::Day::parse(until).unwrap());
    let start = meed::value::Day::parse("2026-01-02").unwrap();
    let purchase = super::props::history::event(
        &programs[0],
        "purchase",
        "e1",
        "ann",
        programs[0].settings.zone.start_of(start),
        0,
        &[("order", super::props::history::text("A")), ("subtotal", super::props::history::number(1_000_000_000))],
    );
    ends("one event", move || {
        let mut world = World::new(compile::compile(&programs));
        let (mut posted, mut failed) = (0, 0);
        let mut count = |what: &What| match what {
            What::Posted { .. } => posted += 1,
            What::Failed(_) => failed += 1,
            _ => {}
        };
        world.submit(vec![purchase], &mut |outcome| count(&outcome.what));
        world.advance(Some(until), &mut |outcome| count(&outcome.what));
        (posted, failed)
    })
}

#[test]
fn one_event_reaches_a_thousand_million_steps() {
    let (posted, failed) = posted("rule r each time spend reaches another $0.01 { give 1 point }\n", "2026-01-03");
    assert!(posted + failed >= 1 && posted < 1_000_000, "{posted} posted, {failed} failed");
}

/// A chain of rules, each declared before the one that sets it off: one further with every round.
fn chain(length: usize) -> (usize, usize) {
    let link = |i: usize| {
        let i = length - i;
        let next = if i < length { format!("give 1 s{}", i + 1) } else { "give 1 point".to_owned() };
        format!(
            "unit s{i} {{ expires never }}\nmeasure m{i} = sum of s{i}.earned, each calendar year\n\
             rule r{i} when m{i} reaches 1 {{ {next} }}\n"
        )
    };
    posted(&format!("earn e on purchase {{ give 1 s1 }}\n{}", many(length, link)), "2026-01-03")
}

#[test]
fn rules_may_set_each_other_off_a_limited_number_of_times() {
    assert_eq!(chain(MAX_ROUNDS), (MAX_ROUNDS + 1, 0));
    assert_eq!(chain(MAX_ROUNDS + 1), (0, 1));
}

#[test]
fn a_hundred_years_pass_day_by_day() {
    let rule = "rule r every calendar day {\n  when points.balance < 1_000\n  give 1 point\n}\n";
    assert_eq!(posted(rule, "2126-01-02"), (1_000, 0));
}

#[test]
fn absurd_stretches_of_time_are_refused_or_judged() {
    for stretch in [
        "last 999999999 days",
        "last 99999999999999999999 days",
        "last 2147483647 months",
        "last 9223372036854775807 seconds",
    ] {
        let body = format!(
            "measure m = sum of purchase.subtotal, {stretch}\nearn e on visit {{\n  when m > $1\n  give 1 point\n}}\n"
        );
        let story = "scenario \"s\" {\n  ann purchase 2026-01-02 { order A, subtotal $5 }\n  ann visit 2026-01-03\n}\n";
        if codes(stretch, &body).is_empty() {
            let told = played(stretch, &format!("{body}{story}"));
            assert!(told.iter().all(|told| told.contains("beyond the calendar")), "{stretch}: {told:?}");
        }
    }
}

/// A command over a program and some events ends with a success, in bounded time and with less memory than an ordinary machine has.
fn commanded(what: &str, body: &str, arguments: &[&str]) -> String {
    let folder = std::env::temp_dir().join(format!("meed-hostile-{what}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("hostile.meed"), format!("{HEAD}{body}")).unwrap();
    let event = |i: usize| {
        format!(
            "{{\"id\":\"e{i}\",\"type\":\"purchase\",\"member\":\"m{}\",\"time\":\"2026-01-02T10:00:00Z\",\"order\":\"o{i}\",\"subtotal\":{i}}}\n",
            i % 9
        )
    };
    std::fs::write(folder.join("events.jsonl"), many(100, event)).unwrap();
    let script = format!("ulimit -v {}; exec \"$0\" \"$@\"", 1024 * 1024);
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_meed")]).args(arguments).current_dir(&folder);
    let output = ends(what, move || command.output().unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn a_ladder_of_ten_thousand_tiers_is_reported() {
    let tiers = many(10_000, |i| format!("  t{} at ${}\n", i + 1, i + 1));
    let body = format!("tiers status by spend {{\n  t0\n{tiers}  holds for ever\n}}\n");
    commanded("tiers", &body, &["report", "hostile.meed", "events.jsonl", "-o", "report.html"]);
}

#[test]
#[cfg(target_os = "linux")]
fn eight_thousand_years_pass_in_a_scenario() {
    let body = "rule r every calendar week { give 1 point }\n\
                scenario \"s\" {\n  ann visit 0001-01-01\n  advance to 9999-12-31\n}\n";
    commanded("years", body, &["test", "hostile.meed"]);
}

#[test]
fn draws_that_win_themselves_are_refused() {
    let draw = |limit: &str| {
        format!(
            "reward spin {{ gives entry wheel }}\ndraw wheel {{\n  commitment \
             \"sha256:630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd\"\n  prize spin 100%\n{limit}}}\n\
             rule r on visit {{ enter wheel }}\n\
             scenario \"s\" {{ ann visit 2026-01-02 expect wheel entered 3 times }}\n"
        )
    };
    assert_eq!(codes("a draw without end", &draw("")), ["E0391"]);
    plays("a draw with a limit", &draw("  limit 3 times each calendar day\n"));
}

#[test]
#[cfg(target_os = "linux")]
fn what_members_have_together_is_more_than_one_can_have() {
    let body = |period: &str| {
        format!(
            "reward huge {{ gives voucher $90_000_000_000_000_000 }}\n\
             rule r every calendar {period} {{\n  give 9_000_000_000_000_000_000 points\n  issue huge\n}}\n\
             rule v on purchase {{ issue huge }}\n\
             scenario \"s\" {{\n  ann visit 2026-01-02\n  bob visit 2026-01-02\n  advance to 2026-02-01 expect 5 points\n}}\n"
        )
    };
    let failures = played("a sum", &body("month"));
    assert!(failures.iter().all(|failure| failure == "5 points / more than can be written"), "{failures:?}");
    assert_eq!(failures.len(), 2);
    let old = std::env::temp_dir().join(format!("meed-hostile-old-{}.meed", std::process::id()));
    std::fs::write(&old, format!("{HEAD}{}", body("week"))).unwrap();
    commanded("sum", &body("month"), &["diff", old.to_str().unwrap(), "hostile.meed", "--events", "events.jsonl"]);
    std::fs::remove_file(old).unwrap();
}

#[test]
fn thousands_of_rules_of_the_clock_take_their_turns() {
    let daily =
        |i: usize| format!("rule r{i} every calendar day at {:02}:{:02} {{ give 1 point }}\n", i / 60 % 24, i % 60);
    assert_eq!(posted(&many(3_000, daily), "2026-03-03"), (3_000 * 60, 0));
    // Where members meet, somebody else may have to hear of each turn.
    let together = format!("rule shared on visit {{\n  give 1 point\n  budget 5 points\n}}\n{}", many(1_000, daily));
    assert_eq!(posted(&together, "2026-02-03"), (1_000 * 32, 0));
}

#[test]
fn thousands_of_limits_in_one_earn_are_asked_once() {
    let limits = many(30_000, |i| format!("  limit {} points each calendar day\n", i + 10));
    let story = "scenario \"s\" { ann purchase 2026-01-02 { order A, subtotal $500 } expect 10 points }\n";
    plays("limits", &format!("earn e on purchase {{\n  give 1 point per $1 of subtotal\n{limits}}}\n{story}"));
}

#[test]
fn thousands_of_lines_are_rounded_each_by_itself() {
    let lines = many(9_000, |i| format!("{{ sku s{i}, price $1.50 }}, "));
    let body = format!(
        "event order {{\n  key id\n  items list of {{ sku id, price money }}\n}}\n\
         earn e on order.items {{\n  give 1 point per $1 of price\n  round down per item\n}}\n\
         earn f on order.items {{\n  give 1 point per $1 of price\n  round up per item\n  unless earned g\n}}\n\
         earn g on order.items {{\n  where price > $100\n  give 1 point\n}}\n\
         scenario \"s\" {{ ann order 2026-01-02 {{ key A, items [ {} ] }} expect 27_000 points }}\n",
        lines.trim_end_matches(", ")
    );
    plays("lines", &body);
}

#[test]
#[cfg(target_os = "linux")]
fn a_report_on_thousands_of_units_is_as_long_as_the_program() {
    let body = many(3_000, |i| {
        format!("unit u{i} {{ expires never, worth $0.01 }}\nearn e{i} on purchase {{ give 1 u{i} }}\n")
    });
    let report = commanded("units", &body, &["report", "hostile.meed", "events.jsonl"]);
    assert!(report.len() < 30 * 1024 * 1024 && report.contains("further units"), "{} bytes", report.len());
}

#[test]
#[cfg(target_os = "linux")]
fn thousands_of_invariants_are_attacked_in_one_play() {
    let body = many(2_000, |i| format!("invariant i{i} = points.balance >= -{i} points\n"));
    let told = commanded("invariants", &body, &["verify", "hostile.meed", "--runs", "20"]);
    assert!(told.contains("2000 invariants") && told.contains("nothing was found"), "{told}");
}

#[test]
fn units_that_all_turn_into_each_other_are_checked() {
    const UNITS: usize = 60;
    let units = many(UNITS, |i| format!("unit u{i} {{ expires never }}\n"));
    let ways = (0..UNITS).flat_map(|from| (0..UNITS).filter(move |to| *to != from).map(move |to| (from, to)));
    let exchanges: String = ways
        .map(|(from, to)| format!("exchange x{from}_{to} of u{from} to u{to} {{ rate 1 u{from} -> 1 u{to} }}\n"))
        .collect();
    let loaded = load("exchanges", &format!("{units}{exchanges}")).unwrap_or_else(|wrong| panic!("{wrong}"));
    ends("circles of exchanges", move || meed::lint::lint(&loaded.versions).len());
}
