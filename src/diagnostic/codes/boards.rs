//! Leaderboards.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0440",
        "what ranks members",
        "A leaderboard ranks members by a declared measure.",
        "leaderboard league {\n  place 1 { give 5 points }\n}",
        "measure monthly = count of visit, each calendar month\nleaderboard league {\n  by monthly\n  place 1 { give 5 points }\n}",
    ),
    code(
        "E0441",
        "no end of the ranking",
        "Places are given at the end of the period of the measure, so it needs one that is the same for all members.",
        "measure ever = count of visit\nleaderboard league {\n  by ever\n  place 1 { give 5 points }\n}",
        "measure monthly = count of visit, each calendar month\nleaderboard league {\n  by monthly\n  place 1 { give 5 points }\n}",
    ),
    code(
        "E0442",
        "places of a leaderboard",
        "A leaderboard says what its places bring, from the first down, each place once.",
        "measure monthly = count of visit, each calendar month\nleaderboard league {\n  by monthly\n  place 1 to 3 { give 5 points }\n  place 3 { give 1 point }\n}",
        "measure monthly = count of visit, each calendar month\nleaderboard league {\n  by monthly\n  place 1 to 3 { give 5 points }\n  place 4 { give 1 point }\n}",
    ),
    code(
        "E0455",
        "unknown leaderboard",
        "A scenario that expects a place names a declared leaderboard.",
        "scenario \"s\" {\n  ann visit 2026-01-02 { order A1 } expect leage place 1\n}",
        "measure monthly = count of visit, each calendar month\nleaderboard league {\n  by monthly\n  place 1 { give 5 points }\n}\nscenario \"s\" {\n  ann visit 2026-01-02 { order A1 }\n  advance to 2026-02-01 expect ann league place 1\n}",
    ),
];
