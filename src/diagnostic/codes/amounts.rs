//! Earns, boosts and limits.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0310",
        "earn without amount",
        "An earn says what it gives.",
        "earn base on purchase { when subtotal > $5 }",
        "earn base on purchase {\n  when subtotal > $5\n  give 10 points\n}",
    ),
    code(
        "E0311",
        "several units",
        "One earn gives one unit, so that its boosts and limits are clear.",
        "earn base on purchase {\n  give 10 points\n  give 1 stamp\n}",
        "earn base on purchase { give 10 points }\nearn extra on purchase { give 1 stamp }",
    ),
    code(
        "E0312",
        "where without lines",
        "`where` chooses lines of a list; `when` asks about the event.",
        "earn base on purchase {\n  where channel is web\n  give 10 points\n}",
        "earn base on purchase {\n  when channel is web\n  give 10 points\n}",
    ),
    code(
        "E0313",
        "what a boost does",
        "A boost multiplies (`2x`), adds a part (`20%`), or adds an amount.",
        "earn base on purchase {\n  give 10 points\n  boost 2 when channel is web\n}",
        "earn base on purchase {\n  give 10 points\n  boost 2x when channel is web\n}",
    ),
    code(
        "E0314",
        "boost of another unit",
        "A boost adds to what its earn gives.",
        "earn base on purchase {\n  give 10 points\n  boost 1 stamp when channel is web\n}",
        "earn base on purchase {\n  give 10 points\n  boost 5 points when channel is web\n}",
    ),
    code(
        "E0315",
        "limit",
        "A limit bounds how much of the given unit, or how often.",
        "earn base on purchase {\n  give 10 points\n  limit 500 stamps each calendar day\n}",
        "earn base on purchase {\n  give 10 points\n  limit 500 points each calendar day\n}",
    ),
    code(
        "E0317",
        "split by which tier",
        "`tier split` divides an order where it crosses a threshold, so exactly one ladder must be asked about.",
        "earn base on purchase {\n  give 10 points\n  tier split\n}",
        "earn base on purchase {\n  give 10 points\n  tier after\n}",
    ),
    code(
        "E0318",
        "unless earned by another event",
        "`unless earned` excludes earns of one and the same event.",
        "earn call on visit { give 1 stamp }\nearn base on purchase {\n  give 1 stamp\n  unless earned call\n}",
        "earn extra on purchase { give 1 stamp }\nearn base on purchase {\n  give 1 stamp\n  unless earned extra\n}",
    ),
    code(
        "E0319",
        "not of boosts",
        "Refunds and cooldowns belong to the earn.",
        "earn base on purchase { give 10 points }\nboost double on base {\n  2x\n  cooldown 24 hours\n}",
        "earn base on purchase {\n  give 10 points\n  cooldown 24 hours\n}\nboost double on base { 2x }",
    ),
    code(
        "E0320",
        "amount of no unit",
        "What is given is an amount of a unit, never a bare number or money.",
        "earn base on purchase { give 10 }",
        "earn base on purchase { give 10 points }",
    ),
];
