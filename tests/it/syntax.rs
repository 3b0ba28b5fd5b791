//! Reading and laying out: one case per file in `tests/cases/syntax`. Files whose name begins with `ok_` have no errors.

use std::fmt::Write as _;
use std::fs;

use meed::diagnostic::Diagnostic;
use meed::source::Sources;
use meed::syntax::ast::{Expr, ExprKind, Item};
use meed::syntax::{self, ast};

fn read(text: &str) -> (ast::File, Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let file = sources.add("test.meed", text);
    let (tree, errors) = syntax::parse(file, text);
    (tree, errors, sources)
}

fn describe(sources: &Sources, d: &Diagnostic) -> String {
    let (line, column) = sources.place(d.span);
    let mut out = format!("{line}:{column} {} {}", d.code, d.message);
    let text = sources.text(d.span).lines().next().unwrap_or("");
    let _ = write!(out, "\n    at `{text}`");
    if let Some(label) = &d.label {
        let _ = write!(out, ": {label}");
    }
    for (span, words) in &d.related {
        let (line, column) = sources.place(*span);
        let _ = write!(out, "\n    {line}:{column} {words}");
    }
    for note in &d.notes {
        let _ = write!(out, "\n    note: {note}");
    }
    for help in &d.help {
        let _ = write!(out, "\n    help: {help}");
    }
    for edit in &d.edits {
        let _ = write!(out, "\n    edit: {:?} -> {:?}", sources.text(edit.span), edit.text);
    }
    out
}

#[test]
fn cases() {
    insta::glob!("../cases/syntax", "*.meed", |path| {
        let text = fs::read_to_string(path).unwrap();
        let (tree, errors, sources) = read(&text);
        let shown: Vec<String> = errors.iter().map(|d| describe(&sources, d)).collect();
        if path.file_name().unwrap().to_string_lossy().starts_with("ok_") {
            assert!(errors.is_empty(), "{}\n{}", path.display(), shown.join("\n"));
        } else {
            insta::assert_snapshot!(format!("{text}\n=== {} items read\n{}", tree.items.len(), shown.join("\n")));
        }
    });
}

fn nested(depth: usize, open: &str, close: &str) -> String {
    format!("segment s = {}a is 1{}\n", open.repeat(depth), close.repeat(depth))
}

#[test]
fn brackets_nest_up_to_the_limit() {
    for (open, close) in [("(", ")"), ("not (", ")"), ("f(", ")"), ("t[", "]"), ("x in (20% of (", "))")] {
        let depth = syntax::MAX_DEPTH / open.matches(['(', '[']).count();
        let (tree, errors, sources) = read(&nested(depth, open, close).replace("a is 1", "a"));
        let shown: Vec<String> = errors.iter().map(|d| describe(&sources, d)).collect();
        assert!(open.starts_with('x') || errors.is_empty(), "{}", shown.join("\n"));
        assert!(tree.items.len() <= 1);
        let (_, errors, _) = read(&nested(syntax::MAX_DEPTH + 1, open, close));
        assert_eq!(errors[0].code.0, "E0101");
    }
}

#[test]
fn limits_hold_on_both_sides() {
    let chain = |n: usize| format!("let a = 1{}\n", " + 1".repeat(n));
    assert!(read(&chain(syntax::MAX_OPERATORS - 1)).1.is_empty());
    assert_eq!(read(&chain(syntax::MAX_OPERATORS)).1[0].code.0, "E0106");
    let text = |n: usize| format!("import \"{}\"\n", "a".repeat(n - 2));
    assert!(read(&text(syntax::MAX_TEXT)).1.is_empty());
    assert_eq!(read(&text(syntax::MAX_TEXT + 1)).1[0].code.0, "E0105");
    let filters = |n: usize| format!("measure m = count of a{}\n", " where x is count of a".repeat(n));
    assert!(read(&filters(syntax::MAX_WHERE)).1.is_empty());
    assert_eq!(read(&filters(syntax::MAX_WHERE + 1)).1[0].code.0, "E0107");
    let deep = format!("rule r on a {{\n message \"{{{}x{}}}\"\n}}\n", "(".repeat(65), ")".repeat(65));
    assert_eq!(read(&deep).1[0].code.0, "E0101");
    assert_eq!(read(&" ".repeat(syntax::MAX_FILE + 1)).1[0].code.0, "E0100");
}

#[test]
fn long_and_hopeless_files_are_read_in_time() {
    let start = std::time::Instant::now();
    let good = "earn e on a {\n  give 1 point per $1 of subtotal when status is vib and (a or b)\n}\n".repeat(3500);
    assert!(read(&good).1.is_empty());
    for bad in
        ["(", "{", "}", "[{(", "a (\n", "\"", "earn x on y {\n giv 1\n", ", ", "not ", "1+", "a.", "where ", "=\n"]
    {
        assert!(!read(&bad.repeat(10_000)).1.is_empty());
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

#[test]
fn every_prefix_and_every_hole_is_survived() {
    let text = fs::read_to_string("tests/cases/syntax/ok_first_program.meed").unwrap();
    for at in (0..text.len()).filter(|at| text.is_char_boundary(*at)).step_by(3) {
        read(&text[..at]);
        let end = (at + 7).min(text.len());
        if text.is_char_boundary(end) {
            read(&format!("{}{}", &text[..at], &text[end..]));
        }
    }
}

#[test]
fn layouts() {
    insta::glob!("../cases/format", "*.meed", |path| {
        let text = fs::read_to_string(path).unwrap();
        insta::assert_snapshot!(format!("{text}\n=== laid out\n{}", syntax::format(&text).unwrap()));
    });
}

#[test]
fn layout_is_stable_and_says_the_same() {
    let mut seen = 0;
    for folder in ["tests/cases/syntax", "tests/cases/format"] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let Ok(once) = syntax::format(&text) else {
                assert!(text.contains("<<<<<<<"), "{}", path.display());
                continue;
            };
            assert_eq!(syntax::format(&once).unwrap(), once, "{}", path.display());
            assert!(once.lines().all(|l| l == l.trim_end()), "{}", path.display());
            if read(&text).1.is_empty() {
                assert!(once.lines().all(|l| l.chars().count() <= 110), "{}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen > 6);
}

#[test]
fn layout_does_not_depend_on_blanks() {
    for name in ["ok_first_program", "ok_units", "ok_rules", "ok_tiers_earns", "ok_expressions", "ok_program"] {
        let text = fs::read_to_string(format!("tests/cases/syntax/{name}.meed")).unwrap();
        let want = syntax::format(&text).unwrap();
        let wide = want.replace(" {\n", "    {   \r\n").replace("\n  ", "\n\t    ").replace(" is ", "  is\t");
        assert_eq!(syntax::format(&wide).unwrap(), want, "{name}");
    }
}

/// Pieces of programs, right and wrong, between which anything may stand.
const PIECES: &[&str] = &[
    "earn base on purchase {",
    "}",
    "{",
    "give 1 point per $1 of subtotal",
    "when",
    "a is b",
    "and",
    ",",
    "(",
    ")",
    "[",
    "]",
    "# note",
    "\n",
    "\n",
    "\n\n",
    "items list of {",
    "order id",
    "one of a, b",
    "optional",
    "\"text {x}\"",
    "\"open",
    "-5",
    "2026-01-01",
    "09:00",
    "20%",
    "1.25x",
    "$5",
    "scenario \"s\" {",
    "ann joins 2026-01-05 {",
    "expect 5 points",
    "let x =",
    "table t by a {",
    "x 5",
    "else 0",
    "积分",
    "“",
    "/* x */",
    "// y",
    ";",
    "é",
    "\u{a0}",
    "tiers s by y {",
    "vib at 5",
    "re-judge",
    "refunds",
    "rule r when x rises {",
    "message \"{a}\"",
];

#[test]
fn a_comma_before_the_end_of_a_block_is_no_fault_of_the_layout() {
    for text in ["unit t { \n give 5, }", "table t by a { \n , } # note", "event x { order id, }"] {
        let once = syntax::format(text).unwrap();
        assert_eq!(syntax::format(&once), Ok(once.clone()), "{text:?}");
    }
}

proptest::proptest! {
    #[test]
    fn anything_is_read_and_laid_out_twice_the_same(picks in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let pieces: Vec<&str> = picks.iter().map(|&i| PIECES[i]).collect();
        let text = pieces.join(" ");
        let (_, errors, sources) = read(&text);
        for error in &errors {
            assert!(error.span.start as usize <= text.len() && error.span.end as usize <= text.len());
            assert!(!describe(&sources, error).is_empty());
            assert_ne!(error.code.0, "E0108", "{text:?}");
        }
        match syntax::format(&text) {
            Ok(once) => assert_eq!(syntax::format(&once), Ok(once.clone()), "{text:?}"),
            Err(error) => panic!("{error}: {text:?}"),
        }
    }
}

/// An expression with all its brackets.
fn show(e: &Expr) -> String {
    let all = |list: &[Expr]| list.iter().map(show).collect::<Vec<_>>().join(", ");
    let not = |negated: &bool| if *negated { "not " } else { "" };
    match &e.kind {
        ExprKind::Number(n) => n.text.to_string(),
        ExprKind::Money { amount, currency } => format!("money({} {})", amount.text, currency.text),
        ExprKind::Percent(n) => format!("{}%", n.text),
        ExprKind::Factor(n) => format!("{}x", n.text),
        ExprKind::Quantity { number, unit } => format!("quantity({} {})", number.text, unit.text),
        ExprKind::Duration(d) => format!("duration({} {:?})", d.count.text, d.unit),
        ExprKind::Date(d) => format!("date({} {} {})", d.year, d.month, d.day),
        ExprKind::Time(t) => format!("time({} {})", t.hour, t.minute),
        ExprKind::Text(t) => format!("{:?}", t.value),
        ExprKind::Flag(b) => format!("{b}"),
        ExprKind::Path(p) => p.to_string(),
        ExprKind::Index { table, keys } => format!("{}[{}]", table.text, all(keys)),
        ExprKind::Call { name, args } => format!("{}({})", name.text, all(args)),
        ExprKind::Unary { op, value } => format!("{op:?}({})", show(value)),
        ExprKind::Binary { op, left, right, .. } => format!("({} {op:?} {})", show(left), show(right)),
        ExprKind::In { value, list, negated } => format!("({} {}in {})", show(value), not(negated), all(list)),
        ExprKind::InRange { value, low, high, negated } => {
            format!("({} {}in {} to {})", show(value), not(negated), show(low), show(high))
        }
        ExprKind::IsMissing { value, negated } => format!("({} is {}missing)", show(value), not(negated)),
        ExprKind::PercentOf { percent, of } => format!("({}% of {})", percent.text, show(of)),
        ExprKind::As { value, unit } => format!("({} as {})", show(value), unit.text),
        ExprKind::Rate { quantity, per, of, full, within } => {
            let within = within.as_ref().map(|w| format!(" within {}", show(w))).unwrap_or_default();
            format!(
                "({} per {} of {}{}{within})",
                show(quantity),
                show(per),
                show(of),
                if *full { " full" } else { "" }
            )
        }
        ExprKind::Aggregate(a) => {
            let filter = a.filter.as_ref().map(|f| format!(" where {}", show(f))).unwrap_or_default();
            format!("({:?} of {}{filter})", a.op, a.of)
        }
        ExprKind::Since { unit, last, since } => {
            format!("({unit:?} since {}{})", if *last { "last " } else { "" }, show(since))
        }
        ExprKind::Has(name) => format!("has({})", name.text),
        ExprKind::ValueOf(amount) => format!("(value of {})", show(amount)),
        ExprKind::By { value, date } => format!("({value} by {} {} {})", date.year, date.month, date.day),
    }
}

#[test]
fn operators_bind_as_documented() {
    let mut out = String::new();
    let lines = fs::read_to_string("tests/cases/expressions.txt").unwrap();
    for line in lines.lines() {
        let text = format!("segment s = {line}\n");
        let (tree, errors, sources) = read(&text);
        let shown = match tree.items.first() {
            Some(Item::Segment(segment)) => {
                assert_eq!(sources.text(segment.condition.span()), line);
                show(&segment.condition)
            }
            _ => errors.iter().map(|e| e.message.clone()).collect(),
        };
        let _ = writeln!(out, "{line}\n    {shown}");
    }
    insta::assert_snapshot!(out);
}
