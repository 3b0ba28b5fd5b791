//! What is no mistake of language and probably not meant.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0585",
        "a measure that has just begun",
        "A rule of the calendar looks at the beginning of its period, and a measure of the same period begins anew at that moment: it is always nothing. Look on the last day, or give by the last moment of the period with a challenge that is `decided at end`.",
        "measure year_spend = sum of purchase.subtotal, each calendar year\nrule yearly every calendar year {\n  give 1 point per $100 of year_spend\n}",
        "measure year_spend = sum of purchase.subtotal, each calendar year\nrule yearly every calendar year on last day at 23:59 {\n  give 1 point per $100 of year_spend\n}",
    ),
    code(
        "E0586",
        "a scenario about somebody to whom nothing happens",
        "What is expected of a member with no events holds by itself, or fails without a reason that anybody sees. Mostly the name is a slip for that of another member.",
        "earn base on purchase { give 1 point per $1 of subtotal }\nscenario \"a purchase\" {\n  anna purchase 2026-01-02 { order A1, subtotal $5 } expect 5 points\n  expect ana.points.balance is 0\n}",
        "earn base on purchase { give 1 point per $1 of subtotal }\nscenario \"a purchase\" {\n  anna purchase 2026-01-02 { order A1, subtotal $5 } expect 5 points\n  expect anna.points.balance is 5\n}",
    ),
    code(
        "E0587",
        "an amount of a refund that nothing answers to",
        "How much of an order comes back is said by a field that both events have under one name. Under another name it says nothing, and every refund takes back the whole order.",
        "event purchase_b { order id, subtotal money }\nevent refund_b reverses purchase_b by order { amount money }\nearn base on purchase_b { give 1 point per $1 of subtotal }",
        "event purchase_b { order id, subtotal money }\nevent refund_b reverses purchase_b by order { subtotal money }\nearn base on purchase_b { give 1 point per $1 of subtotal }",
    ),
    code(
        "E0588",
        "a case that is never reached",
        "Of several cases the first that holds is taken. One that holds only where an earlier one does is never reached: put the narrower one first.",
        "earn base on purchase { give 10 points when subtotal >= $10, 50 points when subtotal >= $50, 0 points otherwise }",
        "earn base on purchase { give 50 points when subtotal >= $50, 10 points when subtotal >= $10, 0 points otherwise }",
    ),
    code(
        "E0590",
        "never true",
        "Conditions that contradict each other, or ask for a value that nothing has, never hold together: the rule does nothing. Drop one, or join them by `or`.",
        "earn base on purchase {\n  when subtotal > $50\n  when subtotal < $20\n  give 1 point per $1 of subtotal\n}",
        "earn base on purchase {\n  when subtotal > $20\n  when subtotal < $50\n  give 1 point per $1 of subtotal\n}",
    ),
    code(
        "E0591",
        "never reached",
        "A tier whose condition cannot hold is nobody's, and a row of a table is never used where one above it fits all that it fits. Of two rows that say the same `check --fix` takes out the second; which of two that differ is meant, their author knows.",
        "table weight by channel {\n  store 1\n  web   2\n  store 3\n  else  1\n}\nearn base on purchase { give 1 point per $1 of subtotal * weight[channel] }",
        "table weight by channel {\n  store 3\n  web   2\n  else  1\n}\nearn base on purchase { give 1 point per $1 of subtotal * weight[channel] }",
    ),
    code(
        "E0592",
        "a gap that nobody decided",
        "A table by words or tiers without a row for one of them fails with the first event that has it. Add the row, or end with `else`. So does a table in bands above the last of them: end it with `above`.",
        "event tasting { kind one of tea, coffee, cocoa }\ntable weight by kind {\n  tea    1\n  coffee 2\n}\nearn taste on tasting {\n  give  1 point * weight[kind]\n  limit 1 time each calendar day\n}",
        "event tasting { kind one of tea, coffee, cocoa }\ntable weight by kind {\n  tea    1\n  coffee 2\n  else   1\n}\nearn taste on tasting {\n  give  1 point * weight[kind]\n  limit 1 time each calendar day\n}",
    ),
    code(
        "E0593",
        "a cap below one award",
        "A limit that is smaller than what one event brings cuts every award, or with `reject` lets none through.",
        "earn review on visit {\n  give  50 points\n  limit 30 points each calendar day\n}",
        "earn review on visit {\n  give  50 points\n  limit 100 points each calendar day\n}",
    ),
    code(
        "E0594",
        "a gift without a bound",
        "What brings a fixed amount and costs nothing (a visit, a review, a share) is worth repeating. Say how often: a `limit`, a `cooldown`, or a `budget` for all members together.",
        "event checkin\nearn hello on checkin {\n  give 50 points\n}",
        "event checkin\nearn hello on checkin {\n  give  50 points\n  limit 1 time each calendar day\n}",
    ),
    code(
        "E0595",
        "a boost that never applies",
        "A boost by `1x` changes nothing, and one whose condition contradicts that of its earn is never asked. `check --fix` takes out the first kind.",
        "earn base on purchase {\n  give  1 point per $1 of subtotal\n  boost 1x when channel is web\n}",
        "earn base on purchase {\n  give  1 point per $1 of subtotal\n  boost 2x when channel is web\n}",
    ),
    code(
        "E0596",
        "a tier that rewards keep out of reach",
        "A reward that is redeemed by itself takes points as soon as there are enough for it. A tier that asks for as many at once is then nobody's: let it ask for what was earned.",
        "tiers status {\n  guest\n  gold { reach points.balance >= 500 }\n  holds for ever\n}\nreward voucher {\n  cost      100 points\n  gives     discount $1\n  automatic\n}",
        "measure collected = sum of points.earned, each calendar year\ntiers status {\n  guest\n  gold { reach collected >= 500 }\n  holds for ever\n}\nreward voucher {\n  cost      100 points\n  gives     discount $1\n  automatic\n}",
    ),
    code(
        "E0597",
        "points that cost more than they earn",
        "Where the points of a dollar buy a dollar or more, whoever spends them buys for nothing.",
        "earn base on purchase { give 100 points per $1 of subtotal }\nredeem cash_off { rate 100 points = $1 }",
        "earn base on purchase { give 1 point per $1 of subtotal }\nredeem cash_off { rate 100 points = $1 }",
    ),
    code(
        "E0598",
        "exchanges that gain",
        "Units that can be turned into each other in a circle, with more at its end than at its beginning, are made out of nothing.",
        "exchange out of points to stamps {\n  rate 1 point -> 2 stamps\n}\nexchange back of stamps to points {\n  rate 1 stamp -> 1 point\n}",
        "exchange out of points to stamps {\n  rate 2 points -> 2 stamps\n}\nexchange back of stamps to points {\n  rate 1 stamp -> 1 point\n}",
    ),
    code(
        "E0599",
        "no scenario",
        "A program without scenarios proves nothing, and the next change of it may break anything. `meed test --new` makes one of real events.",
        "earn base on purchase { give 1 point per $1 of subtotal }",
        "earn base on purchase { give 1 point per $1 of subtotal }\nscenario \"a purchase\" {\n  ann purchase 2026-01-02 { order A1, subtotal $5 } expect 5 points\n}",
    ),
];
