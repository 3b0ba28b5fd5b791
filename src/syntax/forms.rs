//! How statements are written: one example for each, that a message shows where it proposes no change.

use pest::Parser;

use super::grammar::{Grammar, Rule};

/// Examples of a statement: the blocks in which it is written so, none for all of them, and the text.
type Form = (&'static [Rule], &'static str);

const ALL: &[Rule] = &[];
const ITEM: &[Rule] = &[Rule::item];
const UNIT: &[Rule] = &[Rule::unit_lines];
const TIERS: &[Rule] = &[Rule::tiers_lines];
const LEVEL: &[Rule] = &[Rule::level_lines];
const EVENT: &[Rule] = &[Rule::event_lines];
const REWARD: &[Rule] = &[Rule::reward_lines];
const REDEEM: &[Rule] = &[Rule::redeem_lines];
const PROGRAM: &[Rule] = &[Rule::program_lines];
const FLOWS: &[Rule] = &[
    Rule::earn_lines,
    Rule::boost_lines,
    Rule::rule_lines,
    Rule::reward_lines,
    Rule::redeem_lines,
    Rule::option_lines,
    Rule::place_lines,
];
const CHALLENGE: &[Rule] = &[Rule::challenge_lines];

/// The first that fits is shown; those of one block stand before those of all.
const FORMS: &[Form] = &[
    (ITEM, "program \"Corner Coffee\" { … }"),
    (ITEM, "import \"common.meed\""),
    (ITEM, "event purchase { … }"),
    (ITEM, "member { … }"),
    (ITEM, "unit points also point { … }"),
    (ITEM, "let rate = 4 points until 2026-03-31, 3 points after"),
    (ITEM, "table bonus by category { … }"),
    (ITEM, "measure yearly_spend = sum of purchase.subtotal, each calendar year"),
    (ITEM, "segment at_risk = days since purchase > 90"),
    (ITEM, "invariant never_below = points.balance >= 0"),
    (ITEM, "tiers status by yearly_spend { … }"),
    (ITEM, "earn base on purchase { … }"),
    (ITEM, "boost weekend on base { … }"),
    (ITEM, "stack holiday best"),
    (ITEM, "limit yearly on base { … }"),
    (ITEM, "rule welcome on join { … }"),
    (ITEM, "rule big_spender when yearly_spend reaches $1_000 { … }"),
    (ITEM, "rule every_fifth each time visits reaches another 5 { … }"),
    (ITEM, "rule statement every calendar month { … }"),
    (ITEM, "rule come_back 60 days after last purchase { … }"),
    (ITEM, "reward coffee { … }"),
    (ITEM, "redeem cash_off { … }"),
    (ITEM, "challenge three_visits { … }"),
    (ITEM, "transfer gift of points { … }"),
    (ITEM, "referral friends by invited_by on join { … }"),
    (ITEM, "pool household { … }"),
    (ITEM, "partner acme { … }"),
    (ITEM, "exchange to_miles of points to miles { … }"),
    (ITEM, "cause oxfam { … }"),
    (ITEM, "fund village { … }"),
    (ITEM, "choice treat { … }"),
    (ITEM, "draw raffle { … }"),
    (ITEM, "leaderboard regulars { … }"),
    (ITEM, "scenario \"the first order\" { … }"),
    (ITEM, "only scenario \"the first order\" { … }"),
    (ITEM, "skip scenario \"the first order\" { … }"),
    (PROGRAM, "currency USD"),
    (PROGRAM, "accepts EUR at 1.08"),
    (PROGRAM, "timezone \"Europe/Paris\""),
    (PROGRAM, "week starts sunday"),
    (PROGRAM, "year starts 1 april"),
    (PROGRAM, "quarters start february"),
    (PROGRAM, "leap day birthdays on feb 28"),
    (PROGRAM, "late accept within 30 days"),
    (PROGRAM, "join required"),
    (PROGRAM, "effective from 2026-07-01"),
    (EVENT, "unmatched counts"),
    (EVENT, "excess dropped"),
    (EVENT, "reversible within 90 days"),
    (&[Rule::member_lines], "consent email when email_ok"),
    (&[Rule::table_lines], "else 1"),
    (&[Rule::table_lines], "up to $100 1 point"),
    (&[Rule::table_lines], "below $100 1 point"),
    (&[Rule::table_lines], "above 2 points"),
    (UNIT, "decimals 2"),
    (UNIT, "money USD"),
    (UNIT, "keeps while status >= gold"),
    (UNIT, "spends oldest first"),
    (UNIT, "balance at most 10_000 points"),
    (UNIT, "refunds may go below zero"),
    (UNIT, "refunds stop at zero"),
    (UNIT, "returns grace 30 days"),
    (UNIT, "worth $0.01"),
    (UNIT, "not transferable"),
    (UNIT, "buckets monthly"),
    (TIERS, "rises at once"),
    (TIERS, "holds until end of next calendar year"),
    (TIERS, "holds for 12 months"),
    (TIERS, "falls by one level"),
    (TIERS, "grace 30 days"),
    (TIERS, "refunds lower at once"),
    (TIERS, "surplus rolls over"),
    (TIERS, "perks stack upward"),
    (LEVEL, "reach yearly_spend >= $300"),
    (LEVEL, "keep yearly_spend >= $200"),
    (LEVEL, "always visits >= 1"),
    (LEVEL, "perk \"Free delivery\""),
    (&[Rule::earn_lines], "boosts multiply"),
    (&[Rule::earn_lines], "tier after"),
    (&[Rule::earn_lines], "as of booked"),
    (&[Rule::earn_lines], "unless earned base"),
    (REWARD, "cost 100 points"),
    (REWARD, "gives product \"a coffee\""),
    (REWARD, "gives voucher $5 valid 30 days"),
    (REWARD, "stock 500"),
    (REWARD, "automatic"),
    (&[Rule::reward_lines, Rule::redeem_lines], "minimum basket $50"),
    (REWARD, "usable when bill >= $40"),
    (REDEEM, "minimum 500 points"),
    (REDEEM, "rate 100 points = $1"),
    (REDEEM, "ladder 100 points -> $3, 250 points -> $8"),
    (REDEEM, "at most 50% of bill"),
    (REDEEM, "at most $25 per order"),
    (CHALLENGE, "window 2026-06-01 to 2026-06-30"),
    (CHALLENGE, "window each calendar month"),
    (CHALLENGE, "window 14 days from activation"),
    (CHALLENGE, "goal count of visit reaches 3"),
    (CHALLENGE, "any goal"),
    (CHALLENGE, "milestone at 50% { … }"),
    (CHALLENGE, "claim within 30 days"),
    (CHALLENGE, "shared by everyone"),
    (CHALLENGE, "on change carry"),
    (CHALLENGE, "refunds take back if unused"),
    (&[Rule::transfer_lines, Rule::exchange_lines], "fee 10 points"),
    (&[Rule::transfer_lines, Rule::exchange_lines], "at most 5_000 points"),
    (&[Rule::transfer_lines], "fresh lots"),
    (&[Rule::referral_lines], "friend { … }"),
    (&[Rule::referral_lines], "referrer { … }"),
    (&[Rule::pool_lines], "members at most 4"),
    (&[Rule::pool_lines], "collects 50% of points"),
    (&[Rule::pool_lines], "spends everyone"),
    (&[Rule::partner_lines], "settles each calendar month"),
    (&[Rule::partner_lines], "issued 1 point = $0.01"),
    (&[Rule::partner_lines], "redeemed 1 point = $0.008"),
    (&[Rule::partner_lines], "reserve 20%"),
    (&[Rule::exchange_lines], "rate 3 points -> 1 mile"),
    (&[Rule::exchange_lines], "bonus 500 miles for every full 3_000 points"),
    (&[Rule::exchange_lines], "every calendar month on day 1"),
    (&[Rule::cause_lines], "rate 100 points = $1"),
    (&[Rule::cause_lines], "vouchers at 50%"),
    (&[Rule::cause_lines], "match 50% up to $1_000 each calendar year"),
    (&[Rule::fund_lines], "pool $1_000 each calendar quarter"),
    (&[Rule::fund_lines], "votes cost 1 point"),
    (&[Rule::fund_lines], "among school, library"),
    (&[Rule::fund_lines], "floor $50"),
    (&[Rule::fund_lines], "paid 5 days after"),
    (&[Rule::leaderboard_lines], "by visits_this_month"),
    (&[Rule::leaderboard_lines], "at least 2"),
    (&[Rule::leaderboard_lines], "ties share the place"),
    (&[Rule::leaderboard_lines], "place 1 to 3 { … }"),
    (&[Rule::choice_lines], "default cake"),
    (&[Rule::choice_lines], "forfeit"),
    (&[Rule::choice_lines], "option cake { … }"),
    (&[Rule::draw_lines], "commitment \"sha256:…\""),
    (&[Rule::draw_lines], "prize mug 1 in 50 stock 10"),
    (&[Rule::draw_lines], "pity mug after 10 losses"),
    (&[Rule::draw_lines], "drawn at 2026-06-30 at 18:00"),
    (&[Rule::draw_lines], "drawn every calendar month"),
    (&[Rule::draw_lines], "several prizes per member"),
    (&[Rule::scenario_lines], "advance to 2026-06-30"),
    (&[Rule::scenario_lines], "expect ann.status is gold, ann.points.balance is 100"),
    (&[Rule::scenario_lines], STEP),
    (FLOWS, "refunds keep"),
    (ALL, "label \"Points\", fr \"Points\""),
    (ALL, "round down per event"),
    (ALL, "pending 15 days"),
    (ALL, "expires 12 months after earning"),
    (ALL, "expires 12 months after last purchase"),
    (ALL, "expires at end of next calendar year"),
    (ALL, "also expires at end of next calendar year"),
    (ALL, "let counted = max($5, subtotal)"),
    (ALL, "give 1 point per $1 of subtotal"),
    (ALL, "give 50 points"),
    (ALL, "boost 2x when status is gold"),
    (ALL, "when subtotal >= $50"),
    (ALL, "where category is \"hair\""),
    (ALL, "only status >= gold"),
    (ALL, "during 2026-06-01 to 2026-06-30"),
    (ALL, "during saturday, sunday"),
    (ALL, "during 17:00 to 19:00"),
    (ALL, "limit 50 points each calendar month"),
    (ALL, "limit 1 times each calendar day"),
    (ALL, "budget 10_000 points"),
    (ALL, "cooldown 24 hours"),
    (ALL, "needs activation"),
    (ALL, "stack holiday"),
    (ALL, "funded 50% by acme"),
    (ALL, "within 30 days"),
    (ALL, "minimum 500 points"),
    (ALL, "steps of 100 points"),
    (ALL, "clamp"),
    (ALL, "at partner acme"),
    (ALL, "decided at 2026-06-30"),
    (ALL, "take 10 points"),
    (ALL, "convert points to vouchers at 100 points -> $1"),
    (ALL, "donate $1 to oxfam"),
    (ALL, "issue coffee"),
    (ALL, "badge explorer"),
    (ALL, "grant status silver for 1 month"),
    (ALL, "extend points by 6 months"),
    (ALL, "restart yearly_spend"),
    (ALL, "activate weekend for 7 days"),
    (ALL, "open three_visits"),
    (ALL, "message email \"Welcome\""),
    (ALL, "offer treat"),
    (ALL, "enter raffle 3 times"),
];

/// A step of a scenario begins with the name of a member.
const STEP: &str = "ann purchase 2026-03-01 { order A1, subtotal $10 } expect 10 points";

/// Lines that begin with a name.
const NAMED: &[(Rule, &str)] = &[
    (Rule::scenario_lines, STEP),
    (Rule::event_lines, "subtotal money"),
    (Rule::member_lines, "birthday date, optional"),
    (Rule::field_lines, "price money"),
    (Rule::tiers_lines, "gold at $1_000"),
    (Rule::level_head, "gold at $1_000"),
    (Rule::table_lines, "hair 3"),
];

/// Words that are no statements of a block, and where what they say stands there.
const ELSEWHERE: &[(Rule, &str, &str)] = &[
    (Rule::reward_lines, "valid", "gives voucher $5 valid 30 days"),
    (Rule::reward_lines, "expires", "gives voucher $5 valid 30 days"),
    (Rule::reward_lines, "worth", "gives product \"a coffee\" worth $5"),
    (Rule::reward_lines, "when", "only status >= gold"),
    (Rule::rule_lines, "upgrade", "grant status silver for 1 month"),
    (Rule::rule_lines, "promote", "grant status silver for 1 month"),
    (Rule::rule_lines, "set", "grant status silver for 1 month"),
    (Rule::boost_lines, "times", "2x"),
    (Rule::boost_lines, "multiply", "2x"),
    (Rule::boost_lines, "boost", "2x"),
    (Rule::earn_lines, "otherwise", "give 50 points when channel is web, 10 points otherwise"),
];

/// How many examples a message shows.
const SHOWN: usize = 3;

/// Examples of the statement that begins with a word: of its block if there are any, else of all blocks.
pub(super) fn of(rule: Rule, word: &str) -> Vec<&'static str> {
    let begins = |form: &str| form.split(' ').next() == Some(word);
    let own: Vec<_> = FORMS.iter().filter(|(rules, form)| rules.contains(&rule) && begins(form)).collect();
    let all = FORMS.iter().filter(|(rules, form)| rules.is_empty() && rule != Rule::item && begins(form));
    let found: Vec<_> = if own.is_empty() { all.collect() } else { own };
    let named = NAMED.iter().filter(|(of, _)| *of == rule && found.is_empty()).map(|(_, form)| *form);
    let elsewhere = ELSEWHERE.iter().filter(|(of, said, _)| *of == rule && *said == word).map(|(.., form)| *form);
    let found = found.iter().map(|(_, form)| *form).filter(|form| rule == Rule::item || !is_foreign(rule, form));
    found.chain(named).chain(elsewhere).take(SHOWN).collect()
}

/// Whether a statement of all blocks cannot stand in this one.
fn is_foreign(rule: Rule, form: &str) -> bool {
    Grammar::parse(rule, form.trim_end_matches(" { … }")).is_err()
}

#[cfg(test)]
mod tests {
    use super::super::explain::first_words;
    use super::*;

    const BLOCKS: &[Rule] = &[
        Rule::item,
        Rule::program_lines,
        Rule::event_lines,
        Rule::member_lines,
        Rule::field_lines,
        Rule::table_lines,
        Rule::unit_lines,
        Rule::tiers_lines,
        Rule::level_lines,
        Rule::earn_lines,
        Rule::boost_lines,
        Rule::limit_lines,
        Rule::rule_lines,
        Rule::reward_lines,
        Rule::redeem_lines,
        Rule::challenge_lines,
        Rule::transfer_lines,
        Rule::referral_lines,
        Rule::pool_lines,
        Rule::partner_lines,
        Rule::exchange_lines,
        Rule::cause_lines,
        Rule::fund_lines,
        Rule::choice_lines,
        Rule::option_lines,
        Rule::draw_lines,
        Rule::leaderboard_lines,
        Rule::place_lines,
        Rule::scenario_lines,
    ];

    #[test]
    fn every_statement_has_an_example_that_can_be_read() {
        let mut wrong: Vec<String> = Vec::new();
        for &rule in BLOCKS {
            for word in first_words(rule) {
                let forms = of(rule, &word);
                if forms.is_empty() {
                    wrong.push(format!("{rule:?} {word}: no example"));
                }
                let unread = forms.iter().filter(|form| is_foreign(rule, form));
                wrong.extend(unread.map(|form| format!("{rule:?} {word}: {form}")));
            }
        }
        let elsewhere = ELSEWHERE.iter().filter(|(rule, _, form)| is_foreign(*rule, form));
        wrong.extend(elsewhere.map(|elsewhere| format!("{elsewhere:?}")));
        wrong.extend(NAMED.iter().filter(|(rule, form)| is_foreign(*rule, form)).map(|named| format!("{named:?}")));
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn every_example_is_of_a_statement() {
        let is_shown = |(rules, form): &&Form| {
            let word = form.split(' ').next().unwrap_or_default();
            let blocks = if rules.is_empty() { BLOCKS } else { *rules };
            *form == STEP || blocks.iter().any(|rule| first_words(*rule).iter().any(|first| first == word))
        };
        let lost: Vec<_> = FORMS.iter().filter(|form| !is_shown(form)).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}
