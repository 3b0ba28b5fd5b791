//! Rewards and ways to pay with points.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn gives_nothing(span: Span, reward: &str) -> Diagnostic {
    error("E0340", span, format!("`{reward}` gives nothing"))
        .help("add a line, such as `gives voucher $5 valid 90 days`")
}

pub(in crate::check) fn gives_twice(span: Span) -> Diagnostic {
    error("E0340", span, "a reward gives one thing").help("declare a reward for each")
}

pub(in crate::check) fn automatic_without_cost(span: Span, reward: &str) -> Diagnostic {
    error(
        "E0340",
        span,
        format!("`{reward}` is redeemed whenever the balance covers its cost, so it needs one above nothing"),
    )
    .help("add a line, such as `cost 500 points`")
}

pub(in crate::check) fn nothing_to_use(span: Span, reward: &str) -> Diagnostic {
    error("E0347", span, format!("what `{reward}` gives is there at once, so nobody uses a voucher of it"))
        .help("take this line out, or give a voucher: `gives voucher $5 valid 90 days`")
}

pub(in crate::check) fn basket_without_bill(span: Span, reward: &str) -> Diagnostic {
    error("E0347", span, format!("no `bill` says how large the basket is when a voucher of `{reward}` is used"))
        .help("declare it for the event with which vouchers are used: `event use { bill money, optional }`")
}

pub(in crate::check) fn not_of_rewards(span: Span, word: &str) -> Diagnostic {
    error("E0345", span, format!("`{word}` belongs to earns and rules; it says nothing here"))
        .help("take this line out")
}

pub(in crate::check) fn step_not_constant(span: Span) -> Diagnostic {
    error("E0233", span, "a step of a ladder pays a fixed amount for a fixed amount")
        .note("it may not depend on an event, a member or the day")
        .help("write it like `100 points -> $3`; what depends on the bill is said beside it: `at most 50% of bill`")
}

pub(in crate::check) fn cost_of_what(span: Span, found: &str, amount: Option<String>) -> Diagnostic {
    let diagnostic = error("E0344", span, format!("an amount of a unit is expected here, this is {found}"));
    match amount {
        Some(amount) => diagnostic.help(format!("say which unit: `{amount}`")).edit(span, amount),
        None => diagnostic.help("write how many of which unit, such as `100 points`"),
    }
}

pub(in crate::check) fn part_of_nothing(span: Span, text: &str) -> Diagnostic {
    error("E0344", span, format!("`{text}` says no amount: nobody knows of what it is a part"))
        .help("write how many of which unit, such as `100 points`")
        .note("a part of a bill is paid with a `redeem`: `at most 50% of bill`")
}

pub(in crate::check) fn rate_turned(span: Span, turned: String) -> Diagnostic {
    error("E0344", span, "a rate says first how much of a unit is paid, then what money it is good for")
        .help(format!("turn it round: `{turned}`"))
        .edit(span, turned)
}

pub(in crate::check) fn negative_cost(span: Span) -> Diagnostic {
    error("E0344", span, "a reward costs nothing or more, not less")
}

pub(in crate::check) fn amount_and_worth(span: Span) -> Diagnostic {
    error("E0341", span, "a gift has an amount or a worth, not both")
        .help("`worth` is for things, such as `product \"trial size\" worth $5`")
}

pub(in crate::check) fn credit_of_what(span: Span) -> Diagnostic {
    error("E0341", span, "credit is paid out in a unit")
        .help("say how much in which: `gives credit $5 as store_credit`")
}

pub(in crate::check) fn only_credit_as(span: Span, unit: &str) -> Diagnostic {
    error("E0341", span, format!("only credit is paid out in a unit such as `{unit}`"))
        .help("write `gives credit … as …`")
}

pub(in crate::check) fn discount_number(span: Span, text: &str) -> Diagnostic {
    error("E0341", span, "a discount is a percentage or an amount of money").help(format!("write `{text}%`"))
}

pub(in crate::check) fn no_rate(span: Span, redeem: &str) -> Diagnostic {
    error("E0342", span, format!("`{redeem}` does not say what points are worth"))
        .help("add a line, such as `rate 100 points = $5`")
}

pub(in crate::check) fn rate_and_ladder(span: Span) -> Diagnostic {
    error("E0342", span, "there is a rate and a ladder").help("keep one of the two")
}

pub(in crate::check) fn ladder_not_rising(span: Span) -> Diagnostic {
    error("E0343", span, "the steps of a ladder rise: more points, more money")
        .help("write them from the smallest to the largest")
}
