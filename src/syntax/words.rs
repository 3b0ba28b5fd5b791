//! Words that layout and messages need to know besides the grammar.

/// A line that ends in one of these goes on in the next.
pub(super) const CONTINUING: &[&str] = &["and", "or", "not", "is", "in", "of", "per", "where", "when", "as", "to"];

/// Words inside expressions; no name may be one of them (`reserved` in the grammar).
pub const RESERVED: &[&str] =
    &["and", "or", "not", "is", "in", "of", "per", "where", "when", "otherwise", "as", "missing", "yes", "no", "to"];

/// Words that begin an item.
pub(super) const ITEMS: &[&str] = &[
    "program",
    "import",
    "event",
    "member",
    "unit",
    "let",
    "table",
    "measure",
    "segment",
    "invariant",
    "tiers",
    "earn",
    "boost",
    "stack",
    "limit",
    "rule",
    "reward",
    "redeem",
    "challenge",
    "transfer",
    "referral",
    "pool",
    "partner",
    "exchange",
    "cause",
    "fund",
    "choice",
    "draw",
    "leaderboard",
    "scenario",
    "only",
    "skip",
];

/// The types of fields.
pub(super) const TYPES: &[&str] =
    &["money", "number", "count", "text", "flag", "date", "time", "duration", "id", "one of", "list of", "member"];

/// Words that make one value of many; `of` follows.
pub(super) const AGGREGATES: &[&str] =
    &["sum", "count", "distinct", "largest", "smallest", "average", "first", "last", "streak", "any", "all"];

/// Types of other languages, and the types that they are here.
pub(super) const TYPE_SYNONYMS: &[(&str, &str)] = &[
    ("string", "text"),
    ("str", "text"),
    ("int", "count"),
    ("integer", "count"),
    ("boolean", "flag"),
    ("bool", "flag"),
    ("decimal", "number"),
    ("float", "number"),
    ("double", "number"),
    ("amount", "money"),
    ("price", "money"),
    ("currency", "money"),
    ("datetime", "time"),
    ("timestamp", "time"),
    ("moment", "time"),
    ("identifier", "id"),
    ("uuid", "id"),
    ("customer", "member"),
];

/// Words that people try, and the statement words that they mean.
pub(super) const SYNONYMS: &[(&str, &str)] = &[
    ("when", "only"),
    ("only", "when"),
    ("maximum", "limit"),
    ("multiply", "boost"),
    ("rounding", "round"),
    ("rounded", "round"),
    ("gets", "expect"),
    ("receives", "expect"),
    ("earns", "expect"),
    ("can", "may"),
    ("where", "when"),
    ("requires", "when"),
    ("award", "give"),
    ("awards", "give"),
    ("earn", "give"),
    ("earns", "give"),
    ("cap", "limit"),
    ("max", "limit"),
    ("price", "cost"),
    ("costs", "cost"),
    ("send", "message"),
    ("notify", "message"),
    ("name", "label"),
    ("title", "label"),
    ("multiplier", "boost"),
    ("bonus", "boost"),
    ("expiry", "expires"),
    ("expire", "expires"),
    ("const", "let"),
    ("var", "let"),
    ("tier", "tiers"),
    ("points", "unit"),
    ("currency", "unit"),
    ("test", "scenario"),
    ("coupon", "reward"),
    ("members", "member"),
    ("referee", "friend"),
    ("referred", "friend"),
    ("invitee", "friend"),
    ("inviter", "referrer"),
    ("advocate", "referrer"),
    ("sender", "referrer"),
];
