//! What postings of a unit come to.

use super::outcome::Account;

/// What a posting is to the sums of its unit; the first of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Adds a posting, and says what it was; nothing where it moved value between accounts of members. Both accounts count: what had lapsed and
    /// is taken back is taken back, and lapsed no longer. So what was issued is always what was taken back, spent, has lapsed, or is still there.
    pub fn post(&mut self, from: &Account, to: &Account, amount: i128) -> Option<Flow> {
        let flows = [(side(from, Flow::Issued), -amount), (side(to, Flow::Reversed), amount)];
        for (flow, amount) in flows {
            match flow {
                Some(Flow::Issued) => self.issued -= amount,
                Some(Flow::Reversed) => self.reversed += amount,
                Some(Flow::Spent) => self.spent += amount,
                Some(Flow::Expired) => self.expired += amount,
                None => {}
            }
        }
        flows.into_iter().filter_map(|(flow, _)| flow).min()
    }

    /// Adds other sums.
    pub fn add(&mut self, other: Self) {
        self.issued += other.issued;
        self.reversed += other.reversed;
        self.spent += other.spent;
        self.expired += other.expired;
    }
}

/// What it is that value leaves an account, or reaches it; who issues has a flow for each.
fn side(account: &Account, issuer: Flow) -> Option<Flow> {
    match account {
        Account::Available | Account::Pending | Account::Transfer => None,
        Account::Issuer | Account::Partner(_) => Some(issuer),
        Account::Redeemed | Account::Cause(_) => Some(Flow::Spent),
        Account::Expired => Some(Flow::Expired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_what_is_still_there() {
        let (partner, soup) = (Account::Partner("mill".into()), Account::Cause("soup".into()));
        let mut flows = Flows::default();
        for (from, to, amount, flow) in [
            (Account::Issuer, Account::Pending, 100, Some(Flow::Issued)),
            (partner.clone(), Account::Available, 50, Some(Flow::Issued)),
            (Account::Pending, Account::Available, 100, None),
            (Account::Available, Account::Redeemed, 60, Some(Flow::Spent)),
            (Account::Available, soup.clone(), 5, Some(Flow::Spent)),
            (Account::Available, Account::Expired, 40, Some(Flow::Expired)),
            // Comes back too late; comes back; a gift that a late event takes back.
            (Account::Redeemed, Account::Expired, 10, Some(Flow::Spent)),
            (Account::Redeemed, Account::Available, 20, Some(Flow::Spent)),
            (soup, Account::Available, 1, Some(Flow::Spent)),
            // What had lapsed is taken back, in part for good.
            (Account::Expired, Account::Issuer, 30, Some(Flow::Reversed)),
            (Account::Issuer, Account::Expired, 2, Some(Flow::Issued)),
            (Account::Available, partner, 7, Some(Flow::Reversed)),
        ] {
            assert_eq!(flows.post(&from, &to, amount), flow, "{from:?} {to:?}");
        }
        assert_eq!(flows, Flows { issued: 152, reversed: 37, spent: 34, expired: 22 });
        // 150 - 60 - 5 - 40 + 20 + 1 - 7
        assert_eq!(flows.issued - flows.reversed - flows.spent - flows.expired, 59);
    }
}
