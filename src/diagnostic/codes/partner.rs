//! Partners, exchanges, causes and funds.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0380",
        "partner",
        "Who pays for points, or takes them, is declared once, with `partner`.",
        "earn bonus on purchase {\n  give   1 point per $1 of subtotal\n  funded 50% by acme\n}",
        "partner acme {\n  settles each calendar month\n}\nearn bonus on purchase {\n  give   1 point per $1 of subtotal\n  funded 50% by acme\n}",
    ),
    code(
        "E0381",
        "cause",
        "Who is given to is declared once, with `cause`.",
        "rule gift on purchase { donate 1% of subtotal to oxfam }",
        "cause oxfam {\n  label \"Oxfam\"\n}\nrule gift on purchase { donate 1% of subtotal to oxfam }",
    ),
    code(
        "E0382",
        "when a partner settles",
        "The statement of a partner covers a calendar period.",
        "partner acme {\n  label \"Acme\"\n}",
        "partner acme {\n  label   \"Acme\"\n  settles each calendar month\n}",
    ),
    code(
        "E0383",
        "two rates for one unit",
        "A partner or a cause has one line for each unit; rates that change have dates in that line.",
        "partner acme {\n  settles each calendar month\n  issued  100 points = $1\n  issued  100 points = $2\n}",
        "partner acme {\n  settles each calendar month\n  issued  100 points = $1 until 2026-06-30, 100 points = $2 after\n}",
    ),
    code(
        "E0384",
        "exchange",
        "An exchange turns one unit into another at a rate. Only one that happens by itself needs activation.",
        "exchange swap of points to stamps { minimum 100 points }",
        "exchange swap of points to stamps {\n  rate    100 points -> 1 stamp\n  minimum 100 points\n}",
    ),
    code(
        "E0385",
        "bounds of gifts",
        "The least gift is an amount of money or of a unit that has a rate; a match is counted by calendar periods.",
        "cause oxfam {\n  rate    500 points = $2.50\n  minimum 3 stamps\n}",
        "cause oxfam {\n  rate    500 points = $2.50\n  minimum 500 points\n}",
    ),
    code(
        "E0386",
        "gift",
        "A rule gives a cause money, or an amount of a unit that the cause has a rate for.",
        "cause oxfam {\n  label \"Oxfam\"\n}\nrule gift on purchase {\n  donate  5 points to oxfam\n  refunds keep\n}",
        "cause oxfam {\n  rate 100 points = $1\n}\nrule gift on purchase {\n  donate  5 points to oxfam\n  refunds keep\n}",
    ),
    code(
        "E0387",
        "what a fund divides",
        "A fund divides an amount of money, or a share of what all members buy, once in each calendar period.",
        "cause oxfam {\n  label \"Oxfam\"\n}\ncause wwf {\n  label \"WWF\"\n}\nfund circle { among oxfam, wwf }",
        "cause oxfam {\n  label \"Oxfam\"\n}\ncause wwf {\n  label \"WWF\"\n}\nfund circle {\n  pool  $5_000 each calendar quarter\n  among oxfam, wwf\n}",
    ),
    code(
        "E0388",
        "shares of a fund",
        "A fund has two causes or more, floors that it can pay, and votes that cost something or nothing.",
        "cause oxfam {\n  label \"Oxfam\"\n}\ncause wwf {\n  label \"WWF\"\n}\nfund circle {\n  pool  $500 each calendar quarter\n  among oxfam, wwf\n  floor $300\n}",
        "cause oxfam {\n  label \"Oxfam\"\n}\ncause wwf {\n  label \"WWF\"\n}\nfund circle {\n  pool  $500 each calendar quarter\n  among oxfam, wwf\n  floor $100\n}",
    ),
];
