//! Transfers, referrals, pools, and amounts for other members.

use super::error;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

pub(in crate::check) fn not_transferable(span: Span, unit: &str, declared: Span) -> Diagnostic {
    error("E0370", span, format!("`{unit}` is declared as `not transferable`"))
        .related(declared, "here")
        .help("take that line out, or let members give something else")
}

pub(in crate::check) fn referrer_no_member(span: Span, attribute: &str) -> Diagnostic {
    error("E0371", span, format!("`{attribute}` does not hold a member"))
        .help(format!("declare it as one: `member {{ {attribute} member, optional }}`"))
}

pub(in crate::check) fn referrer_unknown(span: Span, attribute: &str, near: Option<String>) -> Diagnostic {
    let diagnostic =
        error("E0371", span, format!("members have no attribute `{attribute}` that says who referred them"));
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).edit(span, near),
        None => diagnostic.help(format!("add it: `member {{ {attribute} member, optional }}`")),
    }
}

/// How a referrer is given something by what the friend did.
pub(in crate::check) fn by_the_friend(referrer: &str) -> String {
    format!("what the friend did is known in the block `friend`: move the line there, and end it with `to {referrer}`")
}

pub(in crate::check) fn referral_on_lines(span: Span) -> Diagnostic {
    error("E0372", span, "a referral counts a whole event, not one of its lines")
        .help("name the event, and ask for its lines in `when`")
}

pub(in crate::check) fn referral_for_nobody(span: Span, name: &str) -> Diagnostic {
    error("E0372", span, format!("`{name}` brings nobody anything"))
        .help("add a block, such as `referrer { give 100 points }`")
}

pub(in crate::check) fn collected_twice(span: Span, unit: &str) -> Diagnostic {
    error("E0373", span, format!("this pool collects `{unit}` twice")).help("keep one of the lines")
}

pub(in crate::check) fn pool_of_one(span: Span) -> Diagnostic {
    error("E0373", span, "a group has two members or more, and the number is whole").help("such as `members at most 6`")
}

pub(in crate::check) fn not_a_member(span: Span, text: &str) -> Diagnostic {
    error("E0374", span, format!("`{text}` does not hold a member"))
        .help("an amount goes to a member: a field or an attribute of the type `member`")
}

pub(in crate::check) fn fee_of_what(span: Span, found: &str) -> Diagnostic {
    error("E0452", span, format!("a fee is money or an amount of a unit, and this is {found}"))
        .help("such as `fee $5` or `fee 10% of amount as points`")
}
