//! What each account holds by the journal, and by the members.

use std::collections::BTreeMap;
use std::sync::Arc;

use meed::Program;
use meed::engine::{Account, Outcome, State, What};
use meed::hir::{RefundFloor, UnitId};

/// What each account of each member holds by a journal.
pub fn accounts(journal: &[Outcome]) -> BTreeMap<(Arc<str>, UnitId, Account), i128> {
    let mut accounts = BTreeMap::new();
    for outcome in journal {
        if let What::Posted { unit, from, to, amount, .. } = &outcome.what {
            *accounts.entry((outcome.member.clone(), *unit, from.clone())).or_insert(0) -= i128::from(*amount);
            *accounts.entry((outcome.member.clone(), *unit, to.clone())).or_insert(0) += i128::from(*amount);
        }
    }
    accounts
}

/// Where the journal's accounts and a member's purses disagree.
pub fn disagreement(
    program: &Program,
    state: &State,
    accounts: &BTreeMap<(Arc<str>, UnitId, Account), i128>,
) -> Option<String> {
    for (id, unit) in program.units.pairs() {
        let purse = state.units.at(id);
        let account = |account: Account| accounts.get(&(state.member.clone(), id, account)).copied().unwrap_or(0);
        let debt = if matches!(unit.refunds, RefundFloor::BelowZero(_)) { purse.debt } else { 0 };
        let sum: i128 =
            accounts.iter().filter(|((member, of, _), _)| *member == state.member && *of == id).map(|(_, n)| n).sum();
        let pairs = [
            ("available", account(Account::Available), i128::from(purse.available()) - i128::from(debt)),
            ("pending", account(Account::Pending), i128::from(purse.pending())),
            ("expired", account(Account::Expired), i128::from(purse.totals.expired)),
            ("all accounts", sum, 0),
        ];
        for (name, journal, held) in pairs {
            if journal != held {
                return Some(format!(
                    "{} {} of {}: {journal} by the journal, {held} by the member",
                    name, unit.name, state.member
                ));
            }
        }
        if purse.lots.iter().any(|lot| lot.left <= 0) || purse.debt < 0 {
            return Some(format!("an empty lot or a negative debt of {}: {purse:?}", unit.name));
        }
    }
    None
}
