//! What a program promises of itself.

use super::{Explanation, code};

pub(super) const LIST: &[Explanation] = &[
    code(
        "E0560",
        "value of no amount",
        "`value of` turns an amount of a unit into money by the worth of the unit. Money, numbers and dates have no such value.",
        "invariant cheap = value of orders <= $5",
        "unit coins {\n  round   down per event\n  worth   $0.01\n  expires never\n  refunds stop at zero\n}\ninvariant cheap = value of coins.balance <= $5",
    ),
    code(
        "E0561",
        "invariant about nothing",
        "An invariant must hold for every member after every event. One that reads nothing of the member is always true, or always false, and says nothing about the rules.",
        "invariant sane = 1 < 2",
        "invariant sane = points.balance >= 0",
    ),
];
