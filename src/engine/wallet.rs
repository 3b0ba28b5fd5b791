//! The vouchers of a member, and which of them lapses next.

use serde::{Deserialize, Serialize};

use crate::value::Instant;

use super::many::Many;
use super::state::{Note, Voucher};

/// Vouchers in the order of their numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wallet {
    all: Many<Voucher>,
    /// Which open voucher lapses next and when, where that is known.
    #[serde(skip)]
    next: Note<Option<Option<(Instant, u32)>>>,
}

impl Wallet {
    /// All vouchers.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Voucher> {
        self.all.iter()
    }

    /// Those that are neither used nor lapsed nor cancelled.
    pub fn open(&self) -> impl Iterator<Item = &Voucher> {
        self.iter().filter(|voucher| voucher.closed.is_none())
    }

    /// The newest voucher.
    pub fn last(&self) -> Option<&Voucher> {
        self.all.last()
    }

    /// The voucher of a number.
    pub fn get(&self, number: u32) -> Option<&Voucher> {
        self.all.numbered(number)
    }

    /// Whether the voucher of a number is open.
    pub fn is_open(&self, number: u32) -> bool {
        self.get(number).is_some_and(|voucher| voucher.closed.is_none())
    }

    /// The voucher of a number, to be changed.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Voucher> {
        self.next.0 = None;
        self.all.numbered_mut(number)
    }

    /// All vouchers, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Voucher> {
        self.next.0 = None;
        self.all.iter_mut()
    }

    /// Adds the newest voucher.
    pub fn add(&mut self, voucher: Voucher) {
        if let (Note(Some(next)), Some(end)) = (&mut self.next, voucher.expires) {
            *next = Some(next.map_or((end, voucher.number), |next| next.min((end, voucher.number))));
        }
        self.all.push(voucher);
    }

    /// When an open voucher lapses next, and its number.
    pub fn next_to_lapse(&mut self) -> Option<(Instant, u32)> {
        if self.next.0.is_none() {
            self.next.0 = Some(self.open().filter_map(|voucher| Some((voucher.expires?, voucher.number))).min());
        }
        self.next.0.flatten()
    }
}

impl FromIterator<Voucher> for Wallet {
    fn from_iter<I: IntoIterator<Item = Voucher>>(vouchers: I) -> Self {
        Self { all: vouchers.into_iter().collect(), next: Note(None) }
    }
}
