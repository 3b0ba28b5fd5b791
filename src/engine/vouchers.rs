//! Vouchers as outcomes tell of them: those that are cancelled are taken off again, with what had been noted when they were issued.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::outcome::{Outcome, VoucherChange, What};

/// Notes about vouchers, by member and number.
#[derive(Debug, Clone)]
pub struct Vouchers<T>(BTreeMap<(Arc<str>, u32), T>);

impl<T> Default for Vouchers<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Clone> Vouchers<T> {
    /// What was noted about the voucher that an outcome is about, and whether there is one more of it from then on (1) or one less (-1); `note`
    /// is what to note about one that is issued now.
    pub fn follow(&mut self, outcome: &Outcome, note: T) -> Option<(T, i64)> {
        let (what, sign) = match &outcome.what {
            What::Withdrawn(before) => (&**before, -1),
            what => (what, 1),
        };
        match what {
            What::Issued { voucher, .. } => {
                let key = (outcome.member.clone(), *voucher);
                if sign < 0 {
                    return Some((self.0.remove(&key).unwrap_or(note), -1));
                }
                self.0.insert(key, note.clone());
                Some((note, 1))
            }
            What::Voucher { voucher, change: VoucherChange::Cancelled, .. } => {
                Some((self.0.get(&(outcome.member.clone(), *voucher))?.clone(), -sign))
            }
            _ => None,
        }
    }

    /// What was noted about the voucher whose time an outcome says is over: there is one less from then on (-1), or it turns out that its time
    /// was not over (1).
    pub fn lapsed(&self, outcome: &Outcome) -> Option<(T, i64)> {
        let (what, sign) = match &outcome.what {
            What::Withdrawn(before) => (&**before, 1),
            what => (what, -1),
        };
        let What::Voucher { voucher, change: VoucherChange::Expired, .. } = what else { return None };
        Some((self.0.get(&(outcome.member.clone(), *voucher))?.clone(), sign))
    }
}
