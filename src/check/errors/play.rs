//! Choices and draws.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

fn near(diagnostic: Diagnostic, span: Span, near: Option<String>) -> Diagnostic {
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).edit(span, near),
        None => diagnostic,
    }
}

pub(in crate::check) fn unknown_choice(span: Span, name: &str, close: Option<String>) -> Diagnostic {
    near(error("E0410", span, format!("no choice is called `{name}`")), span, close)
}

pub(in crate::check) fn unknown_option(span: Span, word: &str, choice: &str, close: Option<String>) -> Diagnostic {
    near(error("E0410", span, format!("`{choice}` has no option `{word}`")), span, close)
}

pub(in crate::check) fn few_options(span: Span, name: &str) -> Diagnostic {
    error("E0411", span, format!("`{name}` leaves nothing to choose: a choice has two options or more"))
        .help("such as `option cake { issue cake }`")
}

pub(in crate::check) fn no_default(span: Span) -> Diagnostic {
    error("E0412", span, "this does not say what happens when nobody chooses in time")
        .help("add `default` and an option, or `forfeit`")
}

pub(in crate::check) fn no_deadline(span: Span) -> Diagnostic {
    error("E0412", span, "an offer without a deadline stays open until the member chooses")
        .help("add a deadline, such as `within 14 days`, or take this line out")
}

pub(in crate::check) fn default_and_forfeit(span: Span, forfeit: Span) -> Diagnostic {
    error("E0412", span, "an offer that nobody chooses from in time cannot both be taken and be lost")
        .related(forfeit, "here it is lost")
        .help("keep one of the lines")
}

pub(in crate::check) fn bare(span: Span, name: &str, parts: &str) -> Diagnostic {
    error("E0413", span, format!("`{name}` alone is no value")).help(format!("ask for a number of it: {parts}"))
}

pub(in crate::check) fn unknown_draw(span: Span, name: &str, close: Option<String>) -> Diagnostic {
    near(error("E0414", span, format!("no draw is called `{name}`")), span, close)
}

pub(in crate::check) fn no_commitment(span: Span, name: &str) -> Diagnostic {
    error("E0415", span, format!("`{name}` does not say to which secret it is committed"))
        .help("make a seed with `meed draw commit --seed-file secret.seed`, keep it secret, and paste the line that it prints")
}

pub(in crate::check) fn bad_commitment(span: Span) -> Diagnostic {
    error("E0415", span, "a commitment is `sha256:` and 64 hexadecimal digits")
        .help("`meed draw commit --seed-file secret.seed` prints the whole line")
}

pub(in crate::check) fn no_prizes(span: Span, name: &str) -> Diagnostic {
    error("E0416", span, format!("in `{name}` there is nothing to win"))
        .help("add a prize, such as `prize mug 1 in 50`")
}

pub(in crate::check) fn prize_twice(span: Span, reward: &str) -> Diagnostic {
    error("E0416", span, format!("`{reward}` is a prize of this draw already"))
        .help("write it once, with odds and stock together")
}

pub(in crate::check) fn odds_above_one(span: Span) -> Diagnostic {
    error("E0417", span, "the odds of all prizes together are above 100%").help("what is left over is no prize")
}

pub(in crate::check) fn no_odds(span: Span, reward: &str) -> Diagnostic {
    error("E0417", span, format!("this does not say how likely `{reward}` is"))
        .help("add odds, such as `2%` or `1 in 500`; or the moment at which winners are drawn: `drawn at 2026-06-30`")
}

pub(in crate::check) fn odds_of_sweepstake(span: Span) -> Diagnostic {
    error("E0417", span, "where winners are drawn, there are no odds: each prize goes to somebody")
        .help("say how many there are: `stock 10`")
}

pub(in crate::check) fn no_stock(span: Span, reward: &str) -> Diagnostic {
    error("E0418", span, format!("this does not say how many of `{reward}` are drawn")).help("such as `stock 10`")
}

pub(in crate::check) fn stock_of_reward(span: Span, reward: &str, declared: Span) -> Diagnostic {
    error("E0418", span, format!("`{reward}` has a stock of its own, which prizes do not use"))
        .related(declared, "here")
        .help("write the stock behind the prize")
}

pub(in crate::check) fn pity_without_prize(span: Span, reward: &str) -> Diagnostic {
    error("E0419", span, format!("`{reward}` is not a prize of this draw"))
        .help(format!("add it: `prize {reward}`, with odds, with `stock`, or with neither"))
}

pub(in crate::check) fn pity_of_sweepstake(span: Span) -> Diagnostic {
    error("E0419", span, "where winners are drawn together, nobody loses several times in a row")
        .help("take this line out, or let entries win at once: without `drawn`")
}

pub(in crate::check) fn several_of_instant(span: Span) -> Diagnostic {
    error("E0419", span, "each entry wins for itself, so a member can win several prizes anyway")
        .help("take this line out; `limit 1 times ever` lets each member enter once")
}
