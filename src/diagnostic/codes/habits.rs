//! Habits from elsewhere, and names that mislead.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0470",
        "a word in capitals",
        "The words of the language are written in lower case. Names may have capitals, and are told apart by them.",
        "earn base on purchase {\n  give 1 point per $1 Of subtotal\n}",
        "earn base on purchase {\n  give 1 point per $1 of subtotal\n}",
    ),
    code(
        "E0471",
        "a word is missing",
        "With this one word the statement could be read.",
        "measure spend = sum purchase.subtotal",
        "measure spend = sum of purchase.subtotal",
    ),
    code(
        "E0472",
        "a bullet before a statement",
        "Lists of a word processor have bullets; a statement begins with its word.",
        "earn base on purchase {\n  - give 5 points\n}",
        "earn base on purchase {\n  give 5 points\n}",
    ),
    code(
        "E0473",
        "a name with a hyphen",
        "A hyphen is a minus sign. Words of a name are joined by `_`.",
        "earn double-points on purchase {\n  give 5 points\n}",
        "earn double_points on purchase {\n  give 5 points\n}",
    ),
    code(
        "E0474",
        "a unit named like a time",
        "A number before `hours` is a duration, and scenarios expect `$5 off`, `charged`, `matched` and `10 points expired`, so no amount of a unit could be written with such a name.",
        "unit hours also hour {\n  expires never\n}",
        "unit play_hours also play_hour {\n  label   \"hours\"\n  expires never\n}",
    ),
    code(
        "E0475",
        "names that look alike",
        "Letters of different scripts may look the same, such as the Latin and the Cyrillic `o`. A reader cannot tell such names apart.",
        "let rate = 1\nlet r\u{430}te = 2",
        "let rate = 1\nlet other_rate = 2",
    ),
    code(
        "E0476",
        "a milestone above the goal",
        "A milestone lies on the way to the goal. What is above it comes after the challenge is completed.",
        "challenge ten {\n  window ever\n  goal count of visit reaches 10\n  milestone at 12 {\n    give 5 points\n  }\n}",
        "challenge ten {\n  window ever\n  goal count of visit reaches 10\n  milestone at 5 {\n    give 5 points\n  }\n}",
    ),
];
