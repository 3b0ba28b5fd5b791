//! What postings of a unit come to.

use super::outcome::Account;

/// What a posting is to the sums of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// An award.
    Issued,
    /// An award is taken back.
    Reversed,
    /// Value is spent, or comes back from where it was spent.
    Spent,
    /// Value lapses, or comes back after it had.
    Expired,
}

/// Sums of the postings of one unit, in its smallest steps.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Flows {
    /// Awarded.
    pub issued: i128,
    /// Taken back.
    pub reversed: i128,
    /// Spent, less what came back.
    pub spent: i128,
    /// Lapsed, less what came back.
    pub expired: i128,
}

impl Flows {
    /// Adds a posting, and says what it was; nothing where it moved value between accounts of members.
    pub fn post(&mut self, from: &Account, to: &Account, amount: i128) -> Option<Flow> {
        let issuer = |account: &Account| matches!(account, Account::Issuer | Account::Partner(_));
        let flow = match (from, to) {
            (from, to) if issuer(from) && to.is_own() => {
                self.issued += amount;
                Flow::Issued
            }
            (from, to) if from.is_own() && issuer(to) => {
                self.reversed += amount;
                Flow::Reversed
            }
            (_, Account::Redeemed | Account::Cause(_)) => {
                self.spent += amount;
                Flow::Spent
            }
            (Account::Redeemed, _) => {
                self.spent -= amount;
                Flow::Spent
            }
            (_, Account::Expired) => {
                self.expired += amount;
                Flow::Expired
            }
            (Account::Expired, _) => {
                self.expired -= amount;
                Flow::Expired
            }
            _ => return None,
        };
        Some(flow)
    }

    /// Adds other sums.
    pub fn add(&mut self, other: Self) {
        self.issued += other.issued;
        self.reversed += other.reversed;
        self.spent += other.spent;
        self.expired += other.expired;
    }
}
