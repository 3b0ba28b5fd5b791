//! Names that are unknown, declared twice, or not to be seen from where they are written.

use std::sync::Arc;

use super::{error, suggest};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

pub(in crate::check) fn unknown_name(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    suggest(error("E0200", span, format!("nothing is called `{name}` here")).label("not declared"), near)
}

pub(in crate::check) fn own_event(span: Span, event: &str, field: &str) -> Diagnostic {
    error("E0200", span, format!("nothing is called `{event}` here"))
        .label("the event at hand")
        .help(format!("its fields stand without its name: write `{field}`"))
        .edit(span, field)
}

pub(in crate::check) fn reward_as_value(span: Span, reward: &str) -> Diagnostic {
    error("E0200", span, format!("nothing is called `{reward}` here"))
        .label("a reward")
        .help(format!("a reward is no amount: issue it with a statement of its own, `issue {reward}`"))
}

pub(in crate::check) fn tier_without_ladder(span: Span, tier: &str, ladder: &str, alone: bool) -> Diagnostic {
    let diagnostic = error("E0200", span, format!("nothing is called `{tier}` here"))
        .label(format!("a tier of `{ladder}`"))
        .help(format!("write `{ladder} is {tier}`, or `{ladder} >= {tier}` for those above it too"));
    if alone { diagnostic.edit(span, format!("{ladder} is {tier}")) } else { diagnostic }
}

pub(in crate::check) fn tier_as_reward(span: Span, tier: &str, ladder: &str) -> Diagnostic {
    error("E0207", span, format!("no reward is called `{tier}`"))
        .label(format!("a tier of `{ladder}`"))
        .help(format!("write `{ladder} is {tier}`"))
        .edit(span, format!("{ladder} is {tier}"))
}

pub(in crate::check) fn ladder_as_measure(span: Span, ladder: &str) -> Diagnostic {
    error("E0210", span, format!("no measure is called `{ladder}`"))
        .label("these are tiers")
        .help(format!("tiers are risen to: `when {ladder} rises to …`"))
}

pub(in crate::check) fn field_of_other(
    span: Span,
    name: &str,
    event: &str,
    others: &[Arc<str>],
    mend: String,
) -> Diagnostic {
    let others: Vec<_> = others.iter().map(|other| format!("`{other}`")).collect();
    error("E0200", span, format!("nothing is called `{name}` here"))
        .label(format!("`{event}` has no such field"))
        .note(format!("it is a field of {}", others.join(", ")))
        .help(mend)
}

pub(in crate::check) fn word_computed_with(span: Span, name: &str, field: &str) -> Diagnostic {
    error("E0200", span, format!("nothing is called `{name}` here"))
        .label("not declared")
        .note(format!(
            "`{name}` is a word of `{field}`; words stand right behind `is` or `in`, and nothing is computed with them"
        ))
        .help(format!("end the condition with it: `{field} is {name}`"))
}

pub(in crate::check) fn lookalike(span: Span, name: &str, first: &str, at: Span) -> Diagnostic {
    let diagnostic = Diagnostic::warning(Code("E0475"), span, format!("`{name}` looks like another name, and is not"))
        .related(at, "the other one")
        .help("write both with the same letters, or give one of them another name");
    let number =
        |letter: char| if letter.is_ascii() { String::new() } else { format!(" (U+{:04X})", u32::from(letter)) };
    match name.chars().zip(first.chars()).find(|(own, other)| own != other) {
        Some((own, other)) if name.chars().count() == first.chars().count() => diagnostic.note(format!(
            "this one is written with `{own}`{}, the other one with `{other}`{}",
            number(own),
            number(other)
        )),
        _ => diagnostic,
    }
}

pub(in crate::check) fn duplicate(span: Span, name: &str, first: Option<Span>) -> Diagnostic {
    let message = match first {
        Some(_) => format!("`{name}` is declared twice"),
        None => format!("`{name}` is written twice"),
    };
    let diagnostic = error("E0201", span, message).label("again here");
    match first {
        Some(first) => diagnostic.related(first, "first here").help("give one of them another name"),
        None => diagnostic.help("keep one of them"),
    }
}

pub(in crate::check) fn local_taken(span: Span, name: &str) -> Diagnostic {
    error("E0219", span, format!("`{name}` is something else already in this block"))
        .help(format!("give the value a name of its own, such as `own_{name}`"))
}

pub(in crate::check) fn local_too_large(span: Span, name: &str, most: usize) -> Diagnostic {
    error("E0218", span, format!("`{name}` is made of more than {most} parts, with the names in it"))
        .help("compute it in fewer steps, or put steps into a table")
}

pub(in crate::check) fn old_name_in_use(span: Span, old: &str, first: Span) -> Diagnostic {
    error("E0217", span, format!("`{old}` cannot be an old name: something has it already"))
        .related(first, "here")
        .help("what members hold under a name goes to one thing only: rename, or keep the name")
}

pub(in crate::check) fn event_of_field(span: Span, name: &str, event: &str) -> Diagnostic {
    error("E0202", span, format!("no event is called `{name}`"))
        .note(format!("`{name}` is a field of `{event}`"))
        .help(format!("write `{event}.{name}`"))
        .edit(span, format!("{event}.{name}"))
}

/// Names in backticks with commas between them, if they are few enough to be read.
fn listed<'n>(names: impl Iterator<Item = &'n Arc<str>>) -> Option<String> {
    const MOST: usize = 12;
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    (1..=MOST).contains(&names.len()).then(|| names.join(", "))
}

pub(in crate::check) fn unknown_event<'n>(
    span: Span,
    name: &str,
    near: Option<String>,
    known: impl Iterator<Item = &'n Arc<str>> + Clone,
) -> Diagnostic {
    let mut diagnostic = error("E0202", span, format!("no event is called `{name}`"));
    // `activate` is near, and something else.
    if matches!(name, "activity" | "inactivity") {
        let all = listed(known).unwrap_or_else(|| "`purchase`".to_owned());
        return diagnostic.help(format!("name the event that counts as activity, or several joined by `or`: {all}"));
    }
    let is_declared = known.clone().any(|known| near.as_deref() == Some(known));
    if let (Some(known), false) = (listed(known), is_declared) {
        diagnostic = diagnostic.note(format!("the events of this program: {known}"));
    }
    match near {
        None => diagnostic.help(format!("write another event, or declare this one: `event {name} {{ … }}`")),
        near => suggest(diagnostic, near),
    }
}

pub(in crate::check) fn unknown_field(span: Span, name: &str, owner: &str, near: Option<String>) -> Diagnostic {
    suggest(error("E0203", span, format!("`{owner}` has no field `{name}`")), near)
}

pub(in crate::check) fn unknown_attribute(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0203", span, format!("members have no attribute `{name}`"));
    match near {
        None => diagnostic.help(format!("declare it: `member {{ {name} text, optional }}`")),
        near => suggest(diagnostic, near),
    }
}

pub(in crate::check) fn unknown_unit(span: Span, name: &str, near: Option<String>, known: &[Arc<str>]) -> Diagnostic {
    let diagnostic = error("E0204", span, format!("no unit is called `{name}`"));
    match (near, known) {
        (None, []) => diagnostic.help(format!("declare it: `unit {name} {{ … }}`")),
        (None, known) => {
            let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            diagnostic.note(format!("the units of this program: {}", known.join(", ")))
        }
        (near, _) => suggest(diagnostic, near),
    }
}

/// The plural of a declared name, or its singular, is the other name of the same unit.
pub(in crate::check) fn other_number(span: Span, name: &str, unit: &str, declared: Span) -> Diagnostic {
    let end = Span { start: declared.end, ..declared };
    error("E0204", span, format!("no unit is called `{name}`"))
        .related(declared, format!("`{unit}` is"))
        .help(format!("give `{unit}` a second name: `unit {unit} also {name}`"))
        .edit(end, format!(" also {name}"))
}

pub(in crate::check) fn month_as_unit(span: Span, name: &str) -> Diagnostic {
    error("E0204", span, format!("no unit is called `{name}`"))
        .label("a month")
        .help("a date is written year-month-day, such as `2026-06-01`")
}

pub(in crate::check) fn measure_as_unit(number: Span, span: Span, name: &str, text: &str) -> Diagnostic {
    error("E0204", span, format!("no unit is called `{name}`"))
        .label("a measure")
        .help(format!("what it counts is a plain number: write `{text}`"))
        .edit(number.to(span), text)
}

pub(in crate::check) fn factor_as_unit(number: Span, span: Span, count: &str) -> Diagnostic {
    error("E0204", span, "no unit is called `x`")
        .help(format!("a factor has no blank: `{count}x`"))
        .edit(number.to(span), format!("{count}x"))
}

pub(in crate::check) fn unknown_word(span: Span, name: &str, words: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0205", span, format!("`{name}` is not one of {words}"));
    match near {
        None => diagnostic.help(format!("write one of them, or add `{name}` where they are listed after `one of`")),
        near => suggest(diagnostic, near),
    }
}

pub(in crate::check) fn unknown_tier(
    span: Span,
    name: &str,
    ladder: &str,
    tiers: &str,
    near: Option<String>,
) -> Diagnostic {
    let diagnostic = error("E0206", span, format!("`{ladder}` has no tier `{name}`"));
    suggest(diagnostic.note(format!("its tiers: {tiers}")), near)
}

pub(in crate::check) fn unknown_ladder(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    suggest(error("E0206", span, format!("no tiers are called `{name}`")), near)
}

pub(in crate::check) fn unknown_reward(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0207", span, format!("no reward is called `{name}`"));
    match near {
        None => diagnostic.help(format!("declare it: `reward {name} {{ gives … }}`")),
        near => suggest(diagnostic, near),
    }
}

pub(in crate::check) fn unknown_earn(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    suggest(error("E0208", span, format!("no earn is called `{name}`")), near)
}

pub(in crate::check) fn unknown_stack(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0209", span, format!("no stack is called `{name}`"));
    match near {
        None => diagnostic.help(format!("declare how its members meet: `stack {name} best`")),
        near => suggest(diagnostic, near),
    }
}

/// What a member has is no measure, and can be one.
pub(in crate::check) fn balance_as_measure(span: Span, name: &str) -> Diagnostic {
    let last = name.rsplit('.').next().unwrap_or(name);
    error("E0210", span, format!("no measure is called `{name}`"))
        .label("what a member has now")
        .help(format!("name it first: `measure {last} = {name}`, then write `{last}` here"))
}

pub(in crate::check) fn unknown_measure(span: Span, name: &str, near: Option<String>, history: bool) -> Diagnostic {
    let diagnostic = error("E0210", span, format!("no measure is called `{name}`"));
    if history {
        return diagnostic.help(format!("name it first: `measure total = sum of {name}`, then write `total` here"));
    }
    suggest(diagnostic, near)
}

pub(in crate::check) fn unknown_table(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    suggest(error("E0211", span, format!("no table is called `{name}`")), near)
}

pub(in crate::check) fn table_as_function(span: Span, table: &str) -> Diagnostic {
    error("E0212", span, format!("there is no function `{table}`"))
        .label("a table")
        .help(format!("a table is looked up with square brackets: `{table}[…]`"))
}

pub(in crate::check) fn birthday_of_member(span: Span) -> Diagnostic {
    error("E0202", span, "no event is called `member.birthday`".to_owned())
        .label("the day that a member has told")
        .help("the event of that day is `birthday`")
        .edit(span, "birthday")
}

pub(in crate::check) fn unknown_function(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let known = "`min`, `max`, `abs`, `floor`, `ceil`, `round`, `year`, `month`, `day`, `weekday`";
    suggest(
        error("E0212", span, format!("there is no function `{name}`")).note(format!("the functions: {known}")),
        near,
    )
}

pub(in crate::check) fn unknown_badge(span: Span, name: &str, near: Option<String>) -> Diagnostic {
    let diagnostic = error("E0213", span, format!("no badge or reward is called `{name}`"));
    match near {
        None => diagnostic.help(format!("a badge exists when a rule gives it: `badge {name}`")),
        near => suggest(diagnostic, near),
    }
}

pub(in crate::check) fn badge_and_reward(span: Span, name: &str) -> Diagnostic {
    error("E0201", span, format!("the badge `{name}` has the name of a reward"))
        .help("give the badge another name, so that `has` means one of them")
}

pub(in crate::check) fn unknown_part(
    span: Span,
    part: &str,
    of: &str,
    known: &str,
    near: Option<String>,
) -> Diagnostic {
    suggest(error("E0214", span, format!("`{of}` has no part `{part}`")).note(format!("its parts: {known}")), near)
}

pub(in crate::check) fn no_parts(span: Span, part: &str, of: &str) -> Diagnostic {
    error("E0214", span, format!("`{of}` has no part `{part}`")).note(format!("`{of}` is a single value"))
}

/// `counts`: whether the field is one that can be added up.
pub(in crate::check) fn no_event_here(span: Span, name: &str, events: &[Arc<str>], counts: bool) -> Diagnostic {
    let diagnostic = error("E0215", span, format!("`{name}` is a field of an event, and no event is at hand here"));
    let [event, ..] = events else { return diagnostic };
    let diagnostic = diagnostic.note(format!(
        "`{event}` has this field; a tier, segment, measure formula or named value looks at the member only"
    ));
    if counts {
        diagnostic.help(format!("sum it up over time: `measure total = sum of {event}.{name}`"))
    } else {
        diagnostic.help(format!(
            "ask it where the event is at hand, inside an earn or rule `on {event}`; or count: `measure so_many = count of {event} where {name} …`"
        ))
    }
}

pub(in crate::check) fn date_or_event(span: Span, name: &str, written: &str, of: &str) -> Diagnostic {
    let since = written.strip_suffix(name).unwrap_or("days since ");
    let whose = if of == "member" { "a date of the member" } else { "a date of the event at hand" };
    Diagnostic::warning(Code("E0589"), span, format!("`{name}` is {whose}, and an event too: the date is meant here"))
        .label("the date")
        .help(format!("to count from the date, write `{since}{of}.{name}`"))
        .help(format!("to count from the event, write `{since}last {name}`"))
}
