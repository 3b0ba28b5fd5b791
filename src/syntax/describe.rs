//! Rules of the grammar in a designer's words.

use super::grammar::Rule;

/// The word of a keyword rule.
pub(super) fn keyword(rule: Rule) -> Option<String> {
    let name = format!("{rule:?}");
    name.strip_prefix("kw_").map(|word| word.replace('_', "-"))
}

/// Whether a rule can follow any value, so that it says nothing about what was meant.
pub(super) fn follows_any_value(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::EOI
            | Rule::add_op
            | Rule::mul_op
            | Rule::compare
            | Rule::as_suffix
            | Rule::rate_suffix
            | Rule::full_suffix
            | Rule::order_tail
            | Rule::is_tail
            | Rule::in_tail
            | Rule::call
            | Rule::index
            | Rule::kw_as
            | Rule::kw_per
            | Rule::kw_for
            | Rule::kw_by
            | Rule::minus
            | Rule::unit_name
            | Rule::condition
    )
}

/// The words of a rule that is a choice between words.
pub(super) fn choices(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::weekday => &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
        Rule::time_unit => &["seconds", "minutes", "hours", "days", "weeks", "months", "quarters", "years"],
        Rule::period => &["day", "week", "month", "quarter", "year"],
        Rule::condition => &["when", "until", "from", "after", "otherwise"],
        Rule::change => &["rises", "falls", "changes"],
        Rule::expires_line => &["expires", "also"],
        Rule::scenario_item => &["scenario", "only", "skip"],
        Rule::stack_mode => &["best", "add", "multiply", "first", "exclusive"],
        Rule::gift_kind => {
            &["product", "discount", "voucher", "gift", "credit", "experience", "shipping", "entry", "donation"]
        }
        Rule::newest => &["latest", "oldest"],
        Rule::field_suffix => &["optional", "default"],
        Rule::window => &["each", "ever"],
        Rule::measure_option => &["each", "last", "since", "ever", "gross", "net"],
        Rule::pending => &["until"],
        Rule::trigger => &["on", "when", "each", "every"],
        Rule::end_of => &["end"],
        Rule::hold => &["until", "for", "rolling"],
        Rule::side_line => &["friend", "referrer"],
        Rule::expiry => &["on", "at"],
        Rule::level_at => &["at"],
        Rule::milestone_line => &["milestone"],
        _ => &[],
    }
}

/// What a rule is called; none where it is a detail of another.
pub(super) fn phrase(rule: Rule) -> Option<String> {
    if let Some(word) = keyword(rule) {
        return Some(format!("`{word}`"));
    }
    let phrase = match rule {
        Rule::ident | Rule::idents | Rule::unit_name => "a name",
        Rule::path => "a name such as `subtotal` or `purchase.subtotal`",
        Rule::language => "a language such as `zh` or `fr-CA`",
        Rule::currency_code => "a currency code such as `USD`",
        Rule::number | Rule::decimal => "a number",
        Rule::percent => "a percentage such as `20%`",
        Rule::date => "a date such as `2026-06-01`",
        Rule::time => "a time such as `09:00`",
        Rule::moment => "a date such as `2026-06-01`",
        Rule::month => "a month",
        Rule::month_day => "a day of the year such as `30 september`",
        Rule::weekday => "a day of the week",
        Rule::text => "a text in double quotes",
        Rule::duration => "a duration such as `30 days`",
        Rule::time_unit => "a unit of time such as `days`",
        Rule::money => "an amount of money such as `$5`",
        Rule::quantity | Rule::cases | Rule::sum | Rule::term | Rule::unary | Rule::postfix | Rule::amount_line => {
            "an amount"
        }
        Rule::bare_limit_line | Rule::limit => "an amount such as `500 points`, or `3 times`",
        Rule::any_cases | Rule::primary | Rule::operand | Rule::operand_unary | Rule::named => "a value",
        Rule::expr | Rule::and_expr | Rule::not_expr | Rule::comparison => "a value or a condition",
        Rule::condition => "`when`, `until`, `from`, `after` or `otherwise`",
        Rule::close_round => "`)`",
        Rule::close_square => "`]`",
        Rule::close_brace => "`}`",
        Rule::comma => "a comma",
        Rule::equals => "`=`",
        Rule::arrow => "`->`",
        Rule::minus => "`-`",
        Rule::period => "`day`, `week`, `month`, `quarter` or `year`",
        Rule::window => "a time such as `each calendar month`, `in any 30 days`, `per event` or `ever`",
        Rule::window_each => "`each calendar month` or the like",
        Rule::end_of => "`end of` a period",
        Rule::hold => "`until end of …`, `for …` or `rolling`",
        Rule::field_type => "a type of field such as `money`, `count` or `one of a, b`",
        Rule::field_suffix => "`optional` or `default`",
        Rule::enum_value => "a value of the list",
        Rule::default_value => "a default value",
        Rule::measure_option => "an option such as `each calendar year`, `last 30 days` or `gross`",
        Rule::newest => "`latest first` or `oldest first`",
        Rule::reverses => "`reverses`",
        Rule::pending => "a duration such as `15 days`, or `until` an event",
        Rule::expiry => "when it expires: `never`, `12 months after earning`, `at end of calendar year` …",
        Rule::expiry_after => "a duration such as `12 months`",
        Rule::season => "dates, days of the week or times",
        Rule::trigger => "when the rule is considered: `on purchase`, `when status rises`, `every calendar month` …",
        Rule::gift_kind => "what kind of gift: `product`, `discount`, `voucher`, `credit` …",
        Rule::stack_mode => "`best`, `add`, `multiply`, `first` or `exclusive`",
        Rule::period_day => "`day 1`, `last day`, a day of the week or of the year",
        Rule::key | Rule::keys_row => "a key",
        Rule::bound => "a bound such as `500` or `$100`",
        Rule::record => "a record in braces",
        Rule::record_field => "a field and its value",
        Rule::record_value | Rule::record_literal => "a value",
        Rule::expectation => "what is expected, such as `5 points`, `refused` or `status is gold`",
        Rule::expects | Rule::expect_step => "`expect`",
        Rule::valid => "`valid`",
        Rule::rate_step | Rule::ladder_step | Rule::bonus_step => "an amount such as `100 points`",
        Rule::change => "`rises`, `falls` or `changes`",
        Rule::reaches => "`reaches`",
        Rule::translation => "a language and a text",
        Rule::odds => "odds such as `2%` or `1 in 500`",
        _ => return None,
    };
    Some(phrase.to_owned())
}

/// The block that the statements of a rule stand in.
pub(super) fn block(rule: Rule) -> &'static str {
    match rule {
        Rule::program_lines => "`program`",
        Rule::event_lines => "an event",
        Rule::member_lines | Rule::field_lines => "a list of fields",
        Rule::unit_lines => "a unit",
        Rule::table_lines => "a table",
        Rule::tiers_lines => "tiers",
        Rule::level_lines => "a level",
        Rule::earn_lines => "an earn",
        Rule::boost_lines => "a boost",
        Rule::limit_lines => "a limit",
        Rule::rule_lines => "a rule",
        Rule::reward_lines => "a reward",
        Rule::redeem_lines => "a redeem",
        Rule::challenge_lines => "a challenge",
        Rule::transfer_lines => "a transfer",
        Rule::referral_lines => "a referral",
        Rule::pool_lines => "a pool",
        Rule::partner_lines => "a partner",
        Rule::exchange_lines => "an exchange",
        Rule::cause_lines => "a cause",
        Rule::fund_lines => "a fund",
        Rule::side_head => "a referral",
        Rule::milestone_head => "a challenge",
        Rule::level_head => "tiers",
        Rule::option_head => "a choice",
        Rule::place_head => "a leaderboard",
        Rule::scenario_lines => "a scenario",
        Rule::choice_lines => "a choice",
        Rule::option_lines => "an option",
        Rule::draw_lines => "a draw",
        Rule::leaderboard_lines => "a leaderboard",
        Rule::place_lines => "a place",
        _ => "this block",
    }
}
