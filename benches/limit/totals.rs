//! What a run comes to.

use std::fmt;

/// Totals of all members, and a checksum over what each of them has.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Totals {
    pub events: u64,
    pub members: u64,
    pub earned: i64,
    pub redeemed: i64,
    pub expired: i64,
    pub clawed: i64,
    pub balance: i64,
    pub debt: i64,
    pub tiers: [u64; 4],
    pub vouchers: u64,
    pub explorer: u64,
    pub streaks: u64,
    pub charity: i64,
    pub rejected: u64,
    pub ignored: u64,
    pub checksum: u64,
}

/// What one member has at the end.
pub struct Standing {
    pub balance: i64,
    pub debt: i64,
    pub vouchers: u64,
    pub explorer: u64,
    pub streaks: u64,
    pub tier: usize,
}

impl Totals {
    /// Counts a member of a name.
    pub fn add(&mut self, name: impl Iterator<Item = u8>, of: &Standing) {
        self.members += 1;
        self.balance += of.balance;
        self.debt += of.debt;
        self.vouchers += of.vouchers;
        self.explorer += of.explorer;
        self.streaks += of.streaks;
        self.tiers[of.tier] += 1;
        let name = name.fold(0, |sum, byte| (sum * 31 + u64::from(byte)) % 65_521);
        let amounts = of.balance.unsigned_abs() * 31 + of.debt.unsigned_abs() * 17;
        let marks = of.vouchers * 1_009 + of.explorer * 4_001 + of.streaks * 6_007 + of.tier as u64 * 7_919;
        self.checksum += name * ((amounts + marks) % 65_521);
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [basic, bronze, silver, gold] = self.tiers;
        write!(f, "events={} members={} earned={} ", self.events, self.members, self.earned)?;
        write!(f, "redeemed={} expired={} clawed={} ", self.redeemed, self.expired, self.clawed)?;
        write!(f, "balance={} debt={} tiers={basic}/{bronze}/{silver}/{gold} ", self.balance, self.debt)?;
        write!(f, "vouchers={} explorer={} streaks={} ", self.vouchers, self.explorer, self.streaks)?;
        write!(f, "charity={} rejected={} ignored={} ", self.charity, self.rejected, self.ignored)?;
        write!(f, "checksum={}", self.checksum)
    }
}
