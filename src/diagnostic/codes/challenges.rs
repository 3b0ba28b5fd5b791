//! Challenges.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0430",
        "what a challenge is about",
        "A goal is a measure, or counts events within the time of the challenge.",
        "challenge sprint {\n  window each calendar month\n  give 10 points\n}",
        "challenge sprint {\n  window each calendar month\n  goal count of visit reaches 3\n  give 10 points\n}",
    ),
    code(
        "E0431",
        "within which time",
        "A challenge is over some day: it says within which time its goal is to be reached, or `window ever`.",
        "challenge sprint {\n  goal count of visit reaches 3\n  give 10 points\n}",
        "challenge sprint {\n  window 14 days from activation\n  goal count of visit reaches 3\n  give 10 points\n}",
    ),
    code(
        "E0432",
        "challenge for nothing",
        "A challenge that brings nothing is a measure.",
        "challenge sprint {\n  window ever\n  goal count of visit reaches 3\n}",
        "challenge sprint {\n  window ever\n  goal count of visit reaches 3\n  badge sprinter\n}",
    ),
    code(
        "E0433",
        "who reaches a goal together",
        "Everyone, the groups of a pool, or members that have the same value of an attribute, all within the same time.",
        "challenge sprint {\n  window ever\n  goal count of visit reaches 3\n  shared by town\n  give 10 points\n}",
        "challenge sprint {\n  window ever\n  goal count of visit reaches 3\n  shared by region\n  give 10 points\n}",
    ),
    code(
        "E0434",
        "unknown challenge",
        "What a scenario expects of a challenge names one of the program.",
        "scenario \"x\" {\n  ann visit 2026-01-01 { order A1 } expect sprint completed\n}",
        "challenge sprint {\n  window ever\n  goal one visit\n  badge sprinter\n}\nscenario \"x\" {\n  ann visit 2026-01-01 { order A1 } expect sprint completed\n}",
    ),
    code(
        "E0435",
        "the event that opened a challenge",
        "`opened` is the event that opens the challenge; its fields can be named.",
        "challenge sprint {\n  window 7 days from visit\n  goal sum of purchase.subtotal reaches opened.amount\n  give 10 points\n}",
        "challenge sprint {\n  window 7 days from visit\n  goal one purchase where order is opened.order\n  give 10 points\n}",
    ),
    code(
        "E0436",
        "nothing to activate",
        "An earn, boost, rule or challenge that needs activation can be activated by a rule, too.",
        "rule start on visit {\n  activate duoble for 3 days\n}",
        "earn double on purchase {\n  needs activation\n  give 2 points per $1 of subtotal\n}\nrule start on visit {\n  activate double for 3 days\n}",
    ),
    code(
        "E0453",
        "before the window opened",
        "How a measure stood just before a window opened can be asked where a challenge says how much it wants.",
        "earn e on purchase {\n  when yearly_spend.before > $5\n  give 5 points\n}",
        "challenge more {\n  window each calendar year\n  goal sum of purchase.subtotal reaches yearly_spend.before + $1\n  give 5 points\n}",
    ),
    code(
        "E0454",
        "what can be opened",
        "A challenge whose window begins with an activation is opened for a member, by the member or by a rule. Other windows begin by themselves; there, `activate` lets the member take part.",
        "challenge june {\n  window 2026-06-01 to 2026-06-30\n  goal one visit\n  give 5 points\n}\nrule r on visit {\n  open june\n}",
        "challenge week {\n  window 7 days from activation\n  goal one visit\n  give 5 points\n}\nrule r on visit {\n  open week\n}",
    ),
];
