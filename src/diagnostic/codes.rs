//! The registry of codes: what each message means, with a wrong and a right text. Every room contributes one list.
//!
//! Wrong and right texts stand in a program such as [`AROUND`], unless they have a `program` block of their own.

mod amounts;
mod boards;
mod challenges;
mod files;
mod habits;
mod invariants;
mod layout;
mod lints;
mod meeting;
mod names;
mod partner;
mod parts;
mod play;
mod rules;
mod statements;
mod values;
mod writing;

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The code, such as `E0200`.
    pub code: &'static str,
    /// In a few words, lower case.
    pub title: &'static str,
    /// Why it matters and what to do.
    pub text: &'static str,
    /// A text that has the error.
    pub wrong: &'static str,
    /// The same without it.
    pub right: &'static str,
}

/// The lists of all rooms.
const ROOMS: &[&[Explanation]] = &[
    layout::LIST,
    statements::LIST,
    writing::LIST,
    names::LIST,
    values::LIST,
    parts::LIST,
    amounts::LIST,
    rules::LIST,
    files::LIST,
    challenges::LIST,
    meeting::LIST,
    partner::LIST,
    boards::LIST,
    play::LIST,
    habits::LIST,
    invariants::LIST,
    lints::LIST,
];

/// The program around wrong and right texts.
pub const AROUND: &str = r#"program "Around" {
  currency USD
  timezone "UTC"
}
event purchase {
  order    id
  subtotal money
  tip      money, optional
  channel  one of store, web, optional
  items    list of {
    sku      id
    category text
    price    money
  }, optional
}
event refund reverses purchase by order { subtotal money }
event visit { order id }
member {
  region   text default "north"
  app_user flag default no
}
unit points also point {
  round   down per event
  expires never
  refunds may go below zero
}
unit stamps also stamp {
  expires never
  refunds stop at zero
}
measure orders = count of purchase
measure yearly_spend = sum of purchase.subtotal, each calendar year
"#;

/// What a code means; `None` where there is no such code.
pub fn explain(code: &str) -> Option<&'static Explanation> {
    all().find(|explanation| explanation.code.eq_ignore_ascii_case(code))
}

/// All codes, room by room.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    ROOMS.iter().copied().flatten()
}

/// An explanation, short to write.
const fn code(
    code: &'static str,
    title: &'static str,
    text: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> Explanation {
    Explanation { code, title, text, wrong, right }
}
