//! Rules, rewards, scenarios, and ways around that never end.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code("E0330", "rule without effect", "A rule says what it does.", "rule r on purchase { when subtotal > $5 }", "rule r on purchase {\n  when subtotal > $5\n  give 5 stamps\n}"),
    code("E0331", "day of a rhythm", "A period has the day that a rule names: weekdays belong to weeks, days of a month to years.", "rule r every calendar month on monday { give 1 stamp }", "rule r every calendar week on monday { give 1 stamp }"),
    code("E0332", "step", "Steps of rates, conversions and repetitions are above zero.", "rule r each time orders reaches another 0 { give 1 stamp }", "rule r each time orders reaches another 10 { give 1 stamp }"),
    code("E0333", "restart of a formula", "Only what counts can start again.", "measure twice = orders * 2\nrule r when orders reaches 10 { restart twice }", "rule r when orders reaches 10 { restart orders }"),
    code("E0334", "first fall", "`first time` means above the highest tier ever held, so it belongs to rising.", "tiers status by yearly_spend {\n  member\n  gold at $500\n  holds for 12 months\n}\nrule r when status falls, first time { give 1 stamp }", "tiers status by yearly_spend {\n  member\n  gold at $500\n  holds for 12 months\n}\nrule r when status rises, first time { give 1 stamp }"),
    code("E0335", "granted for how long", "A granted tier is held for a time of its own where the ladder holds tiers only while a condition holds.", "tiers status by yearly_spend {\n  member\n  gold at $500\n  holds rolling\n}\nrule r on join { grant status gold }", "tiers status by yearly_spend {\n  member\n  gold at $500\n  holds rolling\n}\nrule r on join { grant status gold for 90 days }"),
    code("E0336", "stack of a rule", "Stacks decide between earns and boosts of one event; rules are not compared.", "stack holiday best\nrule r on visit {\n  give 1 stamp\n  stack holiday\n}", "stack holiday best\nearn r on visit {\n  give 1 stamp\n  stack holiday\n}"),
    code("E0340", "what a reward gives", "A reward gives one thing; an automatic one has a cost above nothing.", "reward mug { cost 10 points }", "reward mug {\n  cost  10 points\n  gives product \"mug\"\n}"),
    code("E0341", "amount of a gift", "Discounts are percentages or money, credit names the unit it is paid out in, things may say what they are worth.", "reward tenth { gives discount 10 }", "reward tenth { gives discount 10% }"),
    code("E0342", "what points are worth", "A redeem block has a rate or a ladder.", "redeem cash { minimum 100 points }", "redeem cash {\n  rate    100 points = $1\n  minimum 100 points\n}"),
    code("E0343", "ladder", "More points are more money, step by step.", "redeem cash { ladder 100 points -> $3, 50 points -> $1 }", "redeem cash { ladder 50 points -> $1, 100 points -> $3 }"),
    code("E0344", "cost", "A reward costs an amount of a unit.", "reward mug {\n  cost  100\n  gives product \"mug\"\n}", "reward mug {\n  cost  100 points\n  gives product \"mug\"\n}"),
    code("E0345", "not of rewards", "Activation, cooldown, stacks, funding and refunds belong to earns and rules.", "", ""),
    code("E0350", "expiring by", "Only scenarios ask what expires until a day.", "", ""),
    code("E0351", "value of a record", "Records of scenarios are checked like events.", "scenario \"s\" {\n  ann purchase 2026-01-01 { order A1, subtotal 10 }\n}", "scenario \"s\" {\n  ann purchase 2026-01-01 { order A1, subtotal $10 }\n}"),
    code("E0352", "field of a record is missing", "A record has every field that is neither optional nor has a default.", "scenario \"s\" {\n  ann purchase 2026-01-01 { order A1 }\n}", "scenario \"s\" {\n  ann purchase 2026-01-01 { order A1, subtotal $10 }\n}"),
    code("E0353", "time goes back", "Steps of a scenario stand in the order in which they happen.", "scenario \"s\" {\n  ann joins 2026-01-02\n  advance to 2026-01-01\n}", "scenario \"s\" {\n  ann joins 2026-01-01\n  advance to 2026-01-02\n}"),
    code("E0354", "expectation", "An amount, a refusal, a message or a badge is expected of an event; a condition of a member.", "scenario \"s\" {\n  ann joins 2026-01-01\n  expect 10 points\n}", "scenario \"s\" {\n  ann joins 2026-01-01 expect 10 points\n}"),
    code("E0355", "which member", "A condition is about one member, named before the point.", "scenario \"s\" {\n  ann joins 2026-01-01\n  expect orders is 0\n}", "scenario \"s\" {\n  ann joins 2026-01-01\n  expect ann.orders is 0\n}"),
    code("E0390", "defined by itself", "A value that needs itself has no value.", "let a = b + 1\nlet b = a + 1", "let a = 1\nlet b = a + 1"),
    code("E0391", "for ever", "Rules that set each other off never come to rest. A measure that is reached once in its period, and a tier that only rises, end by themselves; what comes again with every amount does not.", "measure got = sum of stamps.earned\nrule r each time got reaches another 10 stamps { give 10 stamps }", "measure got = sum of points.earned\nrule r each time got reaches another 10 points { give 10 stamps }"),
    code("E0392", "tiers by tiers", "Whether a tier is reached cannot depend on that tier.", "tiers a {\n  low\n  high { reach b is up }\n  holds for ever\n}\ntiers b {\n  down\n  up { reach a is high }\n  holds for ever\n}", "tiers a {\n  low\n  high { reach orders > 3 }\n  holds for ever\n}\ntiers b {\n  down\n  up { reach a is high }\n  holds for ever\n}"),
];
