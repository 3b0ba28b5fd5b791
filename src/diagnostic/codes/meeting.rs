//! Members that meet.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0370",
        "unit that stays with its member",
        "What is declared `not transferable` cannot be given to other members.",
        "unit miles {\n  expires never\n  not transferable\n}\ntransfer gift of miles {\n  minimum 10 miles\n}",
        "unit miles {\n  expires never\n}\ntransfer gift of miles {\n  minimum 10 miles\n}",
    ),
    code(
        "E0371",
        "who referred the friend",
        "A referral needs an attribute of members, of the type `member`, that says who referred them. It is set when they join.",
        "referral friends by invited_by on purchase {\n  referrer { give 100 points }\n}",
        "member {\n  invited_by member, optional\n}\nreferral friends by invited_by on purchase {\n  referrer { give 100 points }\n}",
    ),
    code(
        "E0372",
        "what a referral is about",
        "A referral waits for an event of the friend, and brings the friend, the referrer or both something.",
        "member {\n  invited_by member, optional\n}\nreferral friends by invited_by on purchase {\n  when subtotal >= $50\n}",
        "member {\n  invited_by member, optional\n}\nreferral friends by invited_by on purchase {\n  when subtotal >= $50\n  friend { give 50 points }\n}",
    ),
    code(
        "E0373",
        "what a pool collects",
        "A group has two members or more, and collects one share of each unit.",
        "pool family {\n  members at most 1\n  collects 50% of points\n}",
        "pool family {\n  members  at most 6\n  collects 50% of points\n}",
    ),
    code(
        "E0374",
        "amount for nobody",
        "`give … to` needs a field or an attribute of the type `member`.",
        "rule thanks on purchase {\n  give 10 points to order\n}",
        "member {\n  helper member, optional\n}\nrule thanks on purchase {\n  give 10 points to helper\n}",
    ),
    code(
        "E0452",
        "what a fee is",
        "A fee for a transfer is money, which the till collects, or an amount of a unit, which the giver pays.",
        "transfer gift of points {\n  fee 5%\n}",
        "transfer gift of points {\n  fee 5% of amount as points\n}",
    ),
];
