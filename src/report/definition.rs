//! What each figure and table means: the words stand on every page, in every document, and in `docs/report.md`.

/// What something on the page means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// What machines call it.
    pub key: &'static str,
    /// What people call it, with its usual abbreviation.
    pub name: &'static str,
    /// How it is computed. "The period" and "the earlier period" are those at the top of the page, "the end" is the end of the period.
    pub formula: &'static str,
}

macro_rules! definitions {
    ($($(#[$doc:meta])* $id:ident = $key:literal, $name:literal, $formula:literal;)+) => {
        $($(#[$doc])* pub const $id: Definition = Definition { key: $key, name: $name, formula: $formula };)+
        /// All of them, in the order of the page.
        pub const ALL: &[Definition] = &[$($id),+];
    };
}

definitions! {
    /// Who belongs to the program.
    MEMBERS = "members", "Members",
        "Who has joined, or was seen, by the end and has not left.";
    /// Who came.
    NEW_MEMBERS = "new_members", "New members",
        "Who joined, or was first seen, in the period, whether still there or not.";
    /// Who went.
    LEFT_MEMBERS = "left_members", "Members who left",
        "Who left in the period and has not come back.";
    /// Who does something.
    ACTIVE = "active_members", "Active members (AER)",
        "Members with an event of their own in the period ÷ members. Joining, leaving, changes of data, changes by hand, refunds, and what came back whole are no events of their own.";
    /// Who buys.
    CUSTOMERS = "customers", "Customers",
        "Who made a purchase in the period, member still or not.";
    /// Who buys for the first time.
    NEW_CUSTOMERS = "new_customers", "New customers",
        "Customers whose first purchase in the records lies in the period.";
    /// Who has ever bought.
    ALL_CUSTOMERS = "all_customers", "All customers",
        "Who has ever bought in the records.";
    /// Who comes back after a period.
    RETENTION = "retention", "Retention (CRR)",
        "Customers of the earlier period who bought again in the period ÷ customers of the earlier period.";
    /// Who buys twice.
    REPEAT = "repeat_purchase", "Repeat purchase (RPP)",
        "Customers with at least 2 purchases in the period ÷ customers.";
    /// Who buys often.
    LOYAL = "loyal_customers", "Loyal customers (LCR)",
        "Customers with at least 4 purchases in the period ÷ customers.";
    /// How long ago.
    RECENCY = "recency", "Recency",
        "Days from the last purchase to the end: the median of all who have ever bought.";
    /// How often.
    FREQUENCY = "frequency", "Frequency",
        "Purchases in the period ÷ customers.";
    /// How many purchases.
    PURCHASES = "purchases", "Purchases",
        "Purchases of the period of which more than nothing is left after refunds.";
    /// How much in all.
    NET_SPEND = "net_spend", "Net spend",
        "What is left, after refunds, of the purchases of the period, less refunds of the period whose purchase is not in the records.";
    /// How much at once.
    BASKET = "basket", "Basket",
        "What is left, after refunds, of the purchases of the period ÷ purchases.";
    /// How much by whom.
    VALUE = "customer_value", "Value per customer (CLV)",
        "Net spend of the whole history ÷ everybody who has ever bought: what has been, not a forecast.";
    /// Who would recommend.
    NPS = "nps", "Net promoter score (NPS)",
        "100 × (promoters, who answered 9 or 10, less detractors, who answered 0 to 6) ÷ all who answered in the period. The last answer of each counts; answers other than 0 to 10 do not.";
    /// What was promised.
    ISSUED = "issued", "Issued",
        "Awarded in the period, before refunds.";
    /// What was taken back.
    REVERSED = "taken_back", "Taken back",
        "Taken back in the period with refunds, whenever it was awarded.";
    /// What was used.
    REDEEMED = "redeemed", "Redeemed",
        "Spent in the period for rewards, on bills and for causes, less what came back.";
    /// What lapsed.
    EXPIRED = "expired", "Expired",
        "Lapsed in the period, less what refunds took back of it later.";
    /// What is promised.
    OUTSTANDING = "outstanding", "Outstanding",
        "What members have at the end, available or pending, less what they owe.";
    /// What that costs.
    LIABILITY = "liability", "Liability",
        "What is outstanding × what one is worth to its member at the end.";
    /// What is used of what was promised.
    REDEMPTION = "redemption_rate", "Redemption rate",
        "Redeemed ÷ (issued less taken back), over the whole history.";
    /// What is never used.
    BREAKAGE = "breakage", "Breakage",
        "Of what was in lots whose time is over by the end: the part that expired ÷ all of it that was not taken back (expired, spent, or still there).";
    /// What it was good for.
    MONEY_OFF = "money_off", "Money off bills",
        "Money that points have paid of bills in the period, less what came back with orders.";
    /// What it costs.
    COST = "cost", "Cost",
        "What all rules gave in the period, added up: see the cost by rule.";
    /// Customers over time.
    CUSTOMERS_OVER_TIME = "customers_over_time", "Customers over time",
        "Who bought in each part of the history: for the first time, or again.";
    /// Sales over time.
    SPEND_OVER_TIME = "spend_over_time", "Spend over time",
        "Purchases, net spend and basket of each part of the history.";
    /// Retention over time.
    RETENTION_OVER_TIME = "retention_over_time", "Retention over time",
        "Of those who bought in the part before, who bought again in this one. Only parts that are whole in the records count.";
    /// How recent.
    RECENCY_BANDS = "recency_bands", "Recency of customers",
        "Days from the last purchase to the end, of all who have ever bought.";
    /// How frequent.
    FREQUENCY_BANDS = "frequency_bands", "Frequency of customers",
        "How many purchases customers have made in the period.";
    /// How they answered.
    ANSWERS = "nps_answers", "Answers to the survey",
        "The last answer of each member in the period.";
    /// Points over time.
    POINTS_OVER_TIME = "points_over_time", "Points over time",
        "Issued, taken back, redeemed and expired in each part of the history; outstanding at the end of each.";
    /// Who holds what.
    TIERS_NOW = "tiers", "Tiers",
        "Members by the tier that they hold at the end.";
    /// Who held what.
    TIERS_OVER_TIME = "tiers_over_time", "Tiers over time",
        "Members by the tier that they held at the end of each part of the history.";
    /// Who rose and fell.
    TIER_MOVES = "tier_moves", "Tier moves",
        "How often members went from one tier to another in the period.";
    /// Who buys how much.
    BASKET_BY_TIER = "basket_by_tier", "Basket by tier",
        "Purchases of the period by the tier that was held just before each.";
    /// What rewards come to.
    REWARDS = "rewards", "Rewards",
        "Vouchers issued in the period, what became of them by the end, and what they are worth. Those taken back with a refund do not count.";
    /// What challenges come to.
    CHALLENGES = "challenges", "Challenges",
        "Over the whole history. Started: running, completed or ended. Ended: begun, and not completed in time. Rate: completed ÷ (completed and ended).";
    /// What each rule costs.
    COSTS = "costs", "Cost by rule",
        "Of each rule in the period: points given less points taken back, those that partners pay for left out, × what one is worth at the end; vouchers that it issued and that were not taken back, at their value; gifts of the program to causes. What members pay for with points is not counted again.";
    /// Partners.
    PARTNERS = "partners", "Settlement with partners",
        "Points that each partner paid for and took, by period of settlement, and what it owes in money; below zero, what it is owed.";
    /// Causes.
    CAUSES = "causes", "Raised for causes",
        "Money for each cause over the whole history, less what came back: given by members and by the program, and what the program added to it.";
}
