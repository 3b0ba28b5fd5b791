//! The registry of codes: what each message means, with a wrong and a right text. Every room contributes one list.

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
const ROOMS: &[&[Explanation]] = &[];

/// What a code means; `None` where there is no such code.
pub fn explain(code: &str) -> Option<&'static Explanation> {
    all().find(|explanation| explanation.code == code)
}

/// All codes, room by room.
pub fn all() -> impl Iterator<Item = &'static Explanation> {
    ROOMS.iter().copied().flatten()
}
