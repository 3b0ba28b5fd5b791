//! The wording of every message about syntax.

use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::source::Span;

fn error(code: &'static str, at: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(Code(code), at, message)
}

// E0100 to E0109: the file and its brackets

/// The file is too large to be read.
pub(super) fn file_too_large(at: Span, size: usize, limit: usize) -> Diagnostic {
    error("E0100", at, format!("this file has {size} bytes; at most {limit} can be read"))
        .help("split it into files and `import` them")
}

/// Brackets nest too deep.
pub(super) fn too_deep(at: Span, limit: usize) -> Diagnostic {
    error("E0101", at, format!("brackets are nested more than {limit} deep"))
        .help("give a part of it a name with `let` or `measure`")
}

/// An opening bracket without its closing one.
pub(super) fn unclosed_bracket(at: Span, bracket: &str, edit: Option<Edit>) -> Diagnostic {
    let d = error("E0102", at, format!("this `{bracket}` is never closed"))
        .label(format!("its `{}` is missing", partner(bracket)));
    match edit {
        Some(edit) => Diagnostic { edits: vec![edit], ..d.help("close it after its last statement") },
        None => d,
    }
}

/// A closing bracket without its opening one.
pub(super) fn unopened_bracket(at: Span, bracket: &str) -> Diagnostic {
    error("E0103", at, format!("this `{bracket}` closes nothing"))
        .label(format!("there is no `{}` before it", partner(bracket)))
        .help("take it away, or add the bracket that it should close")
}

fn partner(bracket: &str) -> &'static str {
    match bracket {
        "{" => "}",
        "}" => "{",
        "(" => ")",
        ")" => "(",
        "[" => "]",
        _ => "[",
    }
}

/// A marker that a version control system left.
pub(super) fn conflict_marker(at: Span) -> Diagnostic {
    error("E0104", at, "this file has an unresolved merge conflict")
        .label("the markers `<<<<<<<`, `=======` and `>>>>>>>` do not belong to the program")
        .help("keep one of the two versions and delete the three marker lines")
}

/// A text literal is too long.
pub(super) fn text_too_long(at: Span, limit: usize) -> Diagnostic {
    error("E0105", at, format!("this text is longer than {limit} bytes"))
}

/// A statement has too many operators.
pub(super) fn too_many_operators(at: Span, limit: usize) -> Diagnostic {
    error("E0106", at, format!("this statement has more than {limit} operators"))
        .help("use `x in (a, b, c)` instead of many `or`, or a `table`")
}

/// A statement has too many filters.
pub(super) fn too_many_filters(at: Span, limit: usize) -> Diagnostic {
    error("E0107", at, format!("this statement has more than {limit} `where`"))
        .help("give parts of it names with `measure`")
}

/// A statement could be read but not understood: a fault of this program.
pub(super) fn not_understood(at: Span) -> Diagnostic {
    error("E0108", at, "this statement was read but not understood; this is a fault of meed, please report it")
}

// E0110 to E0119: items and blocks

/// An item is missing the braces of its block; the edits put them in.
pub(super) fn block_missing(at: Span, word: &str, edits: Vec<Edit>) -> Diagnostic {
    let d = error("E0110", at, format!("`{word}` needs a block in braces"))
        .label("its `{` is missing here")
        .help(format!("write `{word} … {{` on this line, and `}}` after its statements"));
    Diagnostic { edits, ..d }
}

/// A block where none may be.
pub(super) fn no_block_here(at: Span, word: &str) -> Diagnostic {
    let d = error("E0111", at, format!("`{word}` has no block")).label("this brace is not expected");
    match word {
        "when" | "where" | "only" | "if" => d.help(
            "a condition is a line of its own and holds for the whole block; an amount has cases: \
             `give 50 points when channel is web, 10 points otherwise`",
        ),
        _ => d,
    }
}

/// A block that belongs to nothing.
pub(super) fn block_without_statement(at: Span) -> Diagnostic {
    error("E0112", at, "this block belongs to no statement").label("what it belongs to is missing before it")
}

/// Something after the closing brace.
pub(super) fn after_block(at: Span, found: &str) -> Diagnostic {
    error("E0113", at, format!("`{found}` is not expected after a block")).label("begin a new line here")
}

/// The opening brace on a line of its own.
pub(super) fn brace_on_own_line(at: Span, before: Span) -> Diagnostic {
    let gap = Span { file: at.file, start: before.end, end: at.start };
    error("E0114", at, "the opening brace belongs on the line before")
        .label("a line end ends the statement")
        .help("end the line before with ` {`")
        .edit(gap, " ")
}

/// A statement that may stand once stands twice.
pub(super) fn written_twice(at: Span, before: Span, word: &str) -> Diagnostic {
    error("E0115", at, format!("`{word}` is written twice in this block"))
        .label("the second time")
        .related(before, "the first time")
        .help("keep one of the two")
}

/// A condition or suffix stands twice.
pub(super) fn condition_twice(at: Span, words: &str) -> Diagnostic {
    let word = words.split_whitespace().next().unwrap_or("this");
    error("E0115", at, format!("`{word}` is written twice here"))
        .help("keep one of the two; join conditions with `and`")
}

/// An option stands twice, or excludes an earlier one.
pub(super) fn option_twice(at: Span, before: Span) -> Diagnostic {
    error("E0115", at, "this option and an earlier one say the same thing twice")
        .label("the second one")
        .related(before, "the first one")
        .help("keep one of the two")
}

/// A line that ends in a comma.
pub(super) fn comma_at_line_end(at: Span) -> Diagnostic {
    error("E0116", at, "statements on lines of their own have no comma between them")
        .label("a comma at the end says that the statement goes on")
        .help("take the comma away")
        .edit(at, "")
}

/// Two fields of a record without a comma between them.
pub(super) fn comma_missing(at: Span, gap: Span) -> Diagnostic {
    error("E0117", at, "a comma is missing before this")
        .help("fields and values are separated by commas")
        .edit(gap, ",")
}

// E0120 to E0129: statements

/// A word that begins no item.
pub(super) fn unknown_item(at: Span, found: &str, similar: Option<&str>, words: &[String]) -> Diagnostic {
    let message = format!("`{found}` does not begin an item");
    with_similar(error("E0120", at, message).label("expected an item"), at, similar, "items begin with", words)
}

/// A word that begins no statement of this block.
pub(super) fn unknown_statement(
    at: Span,
    found: &str,
    place: &str,
    similar: Option<&str>,
    words: &[String],
) -> Diagnostic {
    let message = format!("`{found}` is not a statement of {place}");
    let lead = format!("the statements of {place} begin with");
    with_similar(error("E0121", at, message), at, similar, &lead, words)
}

fn with_similar(d: Diagnostic, at: Span, similar: Option<&str>, lead: &str, words: &[String]) -> Diagnostic {
    match similar {
        Some(word) => d.help(format!("did you mean `{word}`?")).edit(at, word),
        None if words.is_empty() => d,
        None => d.note(format!("{lead} {}", quoted(words, "and"))),
    }
}

/// Something else was expected.
pub(super) fn expected(at: Span, found: &str, what: &str) -> Diagnostic {
    error("E0123", at, format!("expected {what}, found `{found}`"))
}

/// The statement ends before it is complete.
pub(super) fn ends_early(at: Span, last: &str, what: &str) -> Diagnostic {
    error("E0124", at, format!("expected {what} after `{last}`, but the statement ends")).label("it ends here")
}

/// The statement is complete, but something follows.
pub(super) fn not_expected(at: Span, found: &str, similar: Option<&str>, words: &[String]) -> Diagnostic {
    let d =
        error("E0125", at, format!("`{found}` is not expected here")).label("the statement is complete before this");
    match similar {
        Some(word) => d.help(format!("did you mean `{word}`?")).edit(at, word),
        None if words.is_empty() => d,
        None => d.note(format!("the statement can end here, or go on with {}", quoted(words, "or"))),
    }
}

/// Two statements on one line.
pub(super) fn own_line(at: Span, found: &str, edit: Edit) -> Diagnostic {
    let d =
        error("E0125", at, format!("`{found}` is not expected here")).label("the statement is complete before this");
    Diagnostic { edits: vec![edit], ..d.help("begin a new line for a new statement") }
}

/// How a statement is written, for what is wrong with one.
pub(super) fn with_forms(d: Diagnostic, forms: &[&str]) -> Diagnostic {
    let forms: Vec<String> = forms.iter().map(|form| (*form).to_owned()).collect();
    match forms.as_slice() {
        [] => d,
        forms => d.help(format!("it is written like {}", quoted(forms, "or"))),
    }
}

/// A block in round brackets.
pub(super) fn round_block(at: Span, edits: Vec<Edit>) -> Diagnostic {
    let d = error("E0125", at, "`(` is not expected here").label("the statement is complete before this");
    Diagnostic { edits, ..d.help("a block stands in braces: `{ … }`") }
}

/// A tier without the name of its tiers.
pub(super) fn tier_alone(at: Span, tier: &str, edit: Option<Edit>) -> Diagnostic {
    let d = error("E0147", at, "`grant` names the tiers, then the tier");
    match edit {
        Some(edit) => {
            let help = format!("write `{}{tier}`", edit.text);
            Diagnostic { edits: vec![edit], ..d.help(help) }
        }
        None => d.help("it is written like `grant status silver for 1 month`"),
    }
}

/// A name that begins with a digit.
pub(super) fn digit_name(at: Span, found: &str, edit: Edit) -> Diagnostic {
    let d = error("E0473", at, format!("`{found}` is not a name"))
        .label("a name begins with a letter or `_`")
        .help(format!("write `{}`", edit.text));
    Diagnostic { edits: vec![edit], ..d }
}

/// A word of the language where a name is expected.
pub(super) fn reserved(at: Span, word: &str) -> Diagnostic {
    error("E0126", at, format!("`{word}` is a word of the language and cannot be a name"))
        .label("choose another name")
        .help(format!("`{word}_` or `my_{word}` are names"))
}

/// Quotes around a name.
pub(super) fn quoted_name(at: Span, name: &str) -> Diagnostic {
    let bare = name.trim_matches('"');
    let d = error("E0127", at, "names stand without quotes").label("expected a name");
    if bare.is_empty() || bare.contains(|c: char| !c.is_alphanumeric() && c != '_') {
        return d.help("a name is one word of letters, digits and `_`");
    }
    d.help(format!("write `{bare}`")).edit(at, bare)
}

/// A field type that does not exist.
pub(super) fn unknown_type(at: Span, found: &str, similar: Option<&str>, words: &[String]) -> Diagnostic {
    let d = error("E0128", at, format!("`{found}` is not a type of field"));
    with_similar(d, at, similar, "the types are", words)
}

/// Comparisons do not chain.
pub(super) fn chained_comparison(at: Span) -> Diagnostic {
    error("E0129", at, "comparisons do not chain").help("write `a < b and b < c`, or `b in a to c`")
}

// E0130 to E0139: literals

/// A day that is not in the calendar.
pub(super) fn no_such_date(at: Span, found: &str) -> Diagnostic {
    error("E0130", at, format!("there is no day `{found}`")).help("dates are written year-month-day: `2026-06-30`")
}

/// A time that is on no clock.
pub(super) fn no_such_time(at: Span, found: &str) -> Diagnostic {
    let help = match found {
        "24:00" => "times go from `00:00` to `23:59`; a day ends at the `00:00` of the next: `18:00 to 00:00`",
        _ => "times go from `00:00` to `23:59`",
    };
    error("E0131", at, format!("there is no time `{found}`")).help(help)
}

/// A day number that no period has.
pub(super) fn no_such_day(at: Span, found: &str) -> Diagnostic {
    error("E0130", at, format!("no period has a day {found}")).help("days are counted from 1; the last is `last day`")
}

/// An escape that means nothing.
pub(super) fn bad_escape(at: Span, found: &str, text: Span) -> Diagnostic {
    error("E0132", at, format!("`{found}` means nothing in a text"))
        .related(text, "in this text")
        .help(r#"write `\\` for a backslash, `\"` for a quote, `\n`, `\t`, `\u{e9}`"#)
}

/// A brace in a text that is not closed.
pub(super) fn open_interpolation(at: Span) -> Diagnostic {
    error("E0133", at, "this `{` in a text is never closed")
        .help(r"`{member.name}` puts a value into the text; write `\{` for a plain brace")
}

/// A text without its closing quote. Where it was meant to end is for its author to say.
pub(super) fn unclosed_text(at: Span) -> Diagnostic {
    error("E0134", at, "this text has no closing quote").label("it begins here").help("add `\"` where it ends")
}

/// A number written in a way that is not the language's.
pub(super) fn number_form(at: Span, found: &str, right: &str, why: &str) -> Diagnostic {
    error("E0135", at, format!("`{found}` is not how a number is written here"))
        .label(why)
        .help(format!("write `{right}`"))
        .edit(at, right)
}

/// A number with a comma that may stand before decimals or between thousands.
pub(super) fn number_doubt(at: Span, found: &str, thousands: &str, decimal: &str) -> Diagnostic {
    error("E0135", at, format!("`{found}` is not how a number is written here"))
        .label("decimals stand behind a point, thousands are separated by `_`")
        .help(format!("write `{decimal}` or `{thousands}`, whichever is meant"))
}

/// A date written in a way that is not the language's.
pub(super) fn date_form(at: Span, found: &str, right: &str, other: Option<&str>) -> Diagnostic {
    let d = error("E0136", at, format!("`{found}` is not how a date is written here"))
        .label("dates are written year-month-day");
    match other {
        Some(other) => d.help(format!("write `{right}` or `{other}`, whichever day is meant")),
        None => d.help(format!("write `{right}`")).edit(at, right),
    }
}

// E0140 to E0149: habits from elsewhere

/// A sign that the language says differently.
pub(super) fn sign(at: Span, found: &str, edits: Vec<Edit>, help: &str) -> Diagnostic {
    let d = error("E0140", at, format!("`{found}` is not a sign of this language")).help(help.to_owned());
    if matches!(found, "=" | ":" | "->") {
        return Diagnostic { message: format!("`{found}` cannot stand here"), edits, ..d };
    }
    Diagnostic { edits, ..d }
}

/// A sign for which another one or a word stands here.
pub(super) fn other_sign(at: Span, found: &str, right: &str) -> Diagnostic {
    error("E0140", at, format!("`{found}` cannot stand here")).help(format!("write `{right}`")).edit(at, right)
}

/// A word of the language in capitals.
pub(super) fn capitals(at: Span, found: &str, right: &str) -> Diagnostic {
    error("E0470", at, format!("`{found}` is written in lower case"))
        .label("words of the language have no capitals")
        .help(format!("write `{right}`"))
        .edit(at, right)
}

/// A word or sign that is missing before what was found, or at the end.
pub(super) fn word_missing(at: Span, word: &str, found: Option<&str>, edit: Edit) -> Diagnostic {
    if word == "," {
        let d = error("E0117", at, "a comma is missing before this");
        return Diagnostic { edits: vec![edit], ..d.help("parts of a statement are separated by commas") };
    }
    let message = match found {
        Some(found) => format!("`{word}` is missing before `{found}`"),
        None => format!("`{word}` is missing at the end"),
    };
    Diagnostic { edits: vec![edit], ..error("E0471", at, message).help(format!("write `{word}` here")) }
}

/// A phrase that is said otherwise here.
pub(super) fn phrase(at: Span, right: &str, why: &str, edit: Edit) -> Diagnostic {
    let d = error("E0147", at, why.to_owned());
    let help = match right {
        "" => "leave it out".to_owned(),
        _ if edit.text.starts_with('\n') => format!("write `{right}` on a line of its own"),
        _ => format!("write `{right}`"),
    };
    Diagnostic { edits: vec![edit], ..d.help(help) }
}

/// A phrase that leaves out what stands elsewhere in the file.
pub(super) fn left_out(at: Span, why: &str, help: String, edit: Option<Edit>) -> Diagnostic {
    Diagnostic { edits: edit.into_iter().collect(), ..error("E0147", at, why).help(help) }
}

/// A bullet before a statement.
pub(super) fn bullet(at: Span, found: &str, edit: Edit) -> Diagnostic {
    let d = error("E0472", at, format!("`{found}` does not begin a statement"));
    Diagnostic { edits: vec![edit], ..d.help("take it away; a statement begins with its word") }
}

/// A name with hyphens or blanks.
pub(super) fn hyphen(at: Span, found: &str, edit: Edit) -> Diagnostic {
    let d = error("E0473", at, format!("`{found}` is not a name"))
        .label("letters, digits and `_` make a name")
        .help(format!("write `{}`", found.replace(['-', ' '], "_")));
    Diagnostic { edits: vec![edit], ..d }
}

/// A text without quotes.
pub(super) fn bare_text(at: Span, right: &str, edit: Edit) -> Diagnostic {
    Diagnostic {
        edits: vec![edit],
        ..error("E0143", at, "texts stand in double quotes").help(format!("write `{right}`"))
    }
}

/// A list of words in another form.
pub(super) fn word_list(at: Span, right: &str, edit: Edit) -> Diagnostic {
    let d = error("E0128", at, "the words that a field may have are listed after `one of`");
    Diagnostic { edits: vec![edit], ..d.help(format!("write `{right}`")) }
}

/// `first purchase` as a condition.
pub(super) fn first_event(at: Span, event: &str) -> Diagnostic {
    error("E0147", at, format!("the first `{event}` is found by counting"))
        .help(format!("declare `measure so_far = count of {event}`, then write `when so_far is 1`"))
}

/// A time of day written in a way that is not the language's.
pub(super) fn time_form(at: Span, found: &str, right: &str, edits: Vec<Edit>) -> Diagnostic {
    let d = error("E0135", at, format!("`{found}` is not how a time is written here"))
        .label("times go from `00:00` to `23:59`")
        .help(format!("write `{right}`"));
    Diagnostic { edits, ..d }
}

/// A character that a word processor put in.
pub(super) fn typographic(at: Span, found: char, right: &str) -> Diagnostic {
    let name = match right {
        " " => "a special blank".to_owned(),
        "" => "an invisible character".to_owned(),
        _ => format!("`{found}`"),
    };
    let help = match right {
        "" => "delete it".to_owned(),
        " " => "write a plain blank".to_owned(),
        right => format!("write `{right}`"),
    };
    error("E0141", at, format!("{name} (U+{:04X}) cannot stand here", u32::from(found)))
        .label("word processors and messengers put such characters in")
        .help(help)
        .edit(at, right)
}

/// A character that turns the direction of writing round.
pub(super) fn direction(at: Span, found: char, in_text: bool, edits: Vec<Edit>) -> Diagnostic {
    let number = u32::from(found);
    let d = error("E0607", at, format!("U+{number:04X} turns the direction of writing round"))
        .label("from here on people read something else than what stands here")
        .help(if in_text { format!("write `\\u{{{number:x}}}` where it is meant") } else { "delete it".to_owned() });
    Diagnostic { edits, ..d }
}

/// Quotes that a word processor put in; `pair` is the whole text and the same in straight quotes.
pub(super) fn curly_quotes(at: Span, found: char, pair: Option<(Span, String)>) -> Diagnostic {
    let d = typographic(at, found, "\"");
    match pair {
        Some((whole, text)) => Diagnostic { edits: Vec::new(), ..d }.edit(whole, text),
        None => d,
    }
}

/// `each month` without its word; `sliding` where a sliding time could stand there too.
pub(super) fn bare_period(at: Span, word: &str, period: &str, sliding: bool) -> Diagnostic {
    let help = match sliding {
        true => format!("write `{word} calendar {period}`, or `in any 1 {period}` for a sliding time"),
        false => format!("write `{word} calendar {period}`"),
    };
    error("E0148", at, format!("`{word} {period}` does not say when a {period} begins"))
        .help(help)
        .edit(at, format!("calendar {period}"))
}

/// A comment in another language's form.
pub(super) fn comment_form(at: Span, found: &str, right: Option<String>) -> Diagnostic {
    let d = error("E0142", at, format!("`{found}` does not begin a comment"))
        .help("comments begin with `#` and end with their line");
    match right {
        Some(right) => d.edit(at, right),
        None => d,
    }
}

/// Text in single quotes.
pub(super) fn single_quotes(at: Span, right: Option<String>) -> Diagnostic {
    let d = error("E0143", at, "texts stand in double quotes");
    match right {
        Some(right) => d.help(format!("write `{right}`")).edit(at, right),
        None => d.help("write `\"…\"`"),
    }
}

/// A semicolon; `rest` is where it stands with the blanks around it, and how far the next line is indented.
pub(super) fn semicolon(at: Span, rest: Option<(Span, &str)>) -> Diagnostic {
    let d = error("E0144", at, "statements have no semicolon");
    match rest {
        None => d.help("take it away; a statement ends with its line").edit(at, ""),
        Some((span, indent)) => d.help("begin a new line for each statement").edit(span, format!("\n{indent}")),
    }
}

/// `if`, `then` and `else`.
pub(super) fn conditional(at: Span, found: &str, edits: Vec<Edit>) -> Diagnostic {
    let d = error("E0145", at, format!("there is no `{found}`"));
    let help = match edits.is_empty() {
        false => "a condition begins with `when`, the other case ends with `otherwise`",
        true => "write the cases of a value: `2 points when A, 1 point when B, 0 points otherwise`",
    };
    Diagnostic { edits, ..d.help(help) }
}

/// A line that begins with an operator.
pub(super) fn operator_first(at: Span, found: &str) -> Diagnostic {
    error("E0146", at, format!("a line cannot begin with `{found}`"))
        .label("a line end ends the statement before")
        .help(format!("end the line before with `{found}`"))
}

// E0150 to E0159: statements whose parts do not go together

/// A list where one value is needed.
pub(super) fn list_as_bound(at: Span) -> Diagnostic {
    error("E0150", at, "a range has one smallest and one largest value").help("write `x in 1 to 5`")
}

/// A call or lookup of a name with dots.
pub(super) fn dotted_call(at: Span) -> Diagnostic {
    error("E0151", at, "tables and functions have names without dots")
}

/// A name with dots where a plain name is needed.
pub(super) fn dotted_name(at: Span) -> Diagnostic {
    error("E0151", at, "a plain name is needed here, without dots")
}

/// A row with too few or too many keys.
pub(super) fn row_width(at: Span, found: usize, width: usize) -> Diagnostic {
    let keys = if found == 1 { "key" } else { "keys" };
    error("E0152", at, format!("this row has {found} {keys}; the table has {width}"))
        .help("write one key for each name after `by`, `_` for anything, then the value")
}

/// A row of keys in a table of bands.
pub(super) fn row_in_bands(at: Span) -> Diagnostic {
    error("E0153", at, "a band begins with `up to`, `below`, `above` or `else`")
}

/// A band in a table of keys.
pub(super) fn band_in_table(at: Span) -> Diagnostic {
    error("E0154", at, "only a table `in bands` has `up to`, `below` and `above`")
        .help("write `in bands` or `in marginal bands` after the table's key")
}

/// A date with `after`.
pub(super) fn date_and_after(at: Span) -> Diagnostic {
    error("E0155", at, "`after` goes with a day of every year, not with one date")
        .help("write `on 30 september after 36 months`")
}

/// `at most` of something that is not limited there.
pub(super) fn at_most_of_what(at: Span) -> Diagnostic {
    error("E0156", at, "`at most` needs `per order`, or a percentage `of bill`")
        .help("write `at most $25 per order` or `at most 50% of bill`")
}

/// Words in backticks, joined by commas and a last word.
pub(super) fn quoted(words: &[String], last: &str) -> String {
    let mut out = String::new();
    for (i, word) in words.iter().enumerate() {
        if i > 0 {
            out.push_str(if i + 1 == words.len() { " " } else { ", " });
            if i + 1 == words.len() {
                out.push_str(last);
                out.push(' ');
            }
        }
        out.push('`');
        out.push_str(word);
        out.push('`');
    }
    out
}
