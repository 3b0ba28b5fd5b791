//! Offers: something to choose from, open until the member chooses or its time ends.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{ChoiceId, RuleId};
use crate::value::{Instant, TimeSpan};

use super::brought::Brought;
use super::fact::Gifted;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::many::Numbered;
use super::outcome::{Cause, OfferChange, What};
use super::redeem::Answer;
use super::state::number_after;
use super::words;

/// An offer of a choice to a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Its number among the member's.
    pub number: u32,
    /// What may be chosen from.
    pub choice: ChoiceId,
    /// When it was made.
    pub at: Instant,
    /// When its time ends.
    pub until: Option<Instant>,
    /// What became of it: `None` while it is open.
    pub closed: Option<OfferChange>,
    /// The option that was taken.
    pub option: Option<Arc<str>>,
    /// What that brought.
    pub brought: Brought,
}

impl Numbered for Offered {
    fn number(&self) -> u32 {
        self.number
    }
}

impl Fold<'_> {
    /// Offers a choice; the offer goes with what made it.
    pub fn offer(&mut self, cause: Cause, id: ChoiceId) -> Result<(), Fault> {
        let within = self.program.choices.at(id).within;
        let until = within.map(|within: TimeSpan| self.cx(View::default()).end_after(self.at.now, within, None));
        let number = number_after(self.state.offers.last().map(|last| last.number))?;
        self.state.offers.push(Offered {
            number,
            choice: id,
            at: self.at.now,
            until: until.transpose()?,
            closed: None,
            option: None,
            brought: Brought::default(),
        });
        self.emit(cause, What::Offer { choice: id, offer: number, change: OfferChange::Offered, option: None });
        self.keep_gift(Gifted::Offer(number));
        Ok(())
    }

    /// Judges a `choose` event: it takes the oldest open offer.
    pub fn choose(&mut self) -> Result<Answer, Fault> {
        let program = self.program;
        let (name, word) = (self.text("offer").unwrap_or_default(), self.text("choice").unwrap_or_default());
        let Some(id) = program.choices.find(|choice| choice.name == name) else {
            return Err(words::unknown(&name, "a choice", program.choices.iter().map(|choice| &*choice.name)));
        };
        let choice = program.choices.at(id);
        let Some(option) = choice.options.iter().find(|option| option.name == word) else {
            let options = choice.options.iter().map(|option| &*option.name);
            return Err(words::unknown(&word, "an option of this choice", options));
        };
        let open = |offer: &&Offered| offer.choice == id && offer.closed.is_none();
        let Some(number) = self.state.offers.iter().find(open).map(|offer| offer.number) else {
            return Ok(Err(format!("no offer of `{name}` is open")));
        };
        if !self.take_option(number, id, option.rule, &option.name)? {
            return Ok(Err(format!("`{word}` of `{name}` is not open for this member now")));
        }
        Ok(Ok(()))
    }

    /// Takes an option of an open offer; false where that is not possible, and then nothing has changed.
    fn take_option(&mut self, number: u32, id: ChoiceId, rule: RuleId, word: &Arc<str>) -> Result<bool, Fault> {
        let (taken, brought) = self.collect(|fold| fold.fire(rule, View::default()))?;
        if !taken {
            return Ok(false);
        }
        if let Some(offer) = self.state.offers.numbered_mut(number) {
            offer.closed = Some(OfferChange::Chosen);
            offer.option = Some(word.clone());
            offer.brought = brought;
        }
        let option = Some(word.clone());
        self.emit(Cause::Rule(rule), What::Offer { choice: id, offer: number, change: OfferChange::Chosen, option });
        Ok(true)
    }

    /// The time of an offer has ended: its default is taken, else it is forfeited.
    pub fn end_offer(&mut self, number: u32) -> Result<(), Fault> {
        let Some(id) = self.state.offers.numbered(number).map(|offer| offer.choice) else {
            return Ok(());
        };
        let choice = self.program.choices.at(id);
        let default = choice.default.filter(|_| !self.state.left).and_then(|at| choice.options.get(at as usize));
        if let Some(option) = default
            && self.take_option(number, id, option.rule, &option.name)?
        {
            return Ok(());
        }
        self.close_offer(number, OfferChange::Expired);
        Ok(())
    }

    fn close_offer(&mut self, number: u32, change: OfferChange) {
        if let Some(offer) = self.state.offers.numbered_mut(number) {
            offer.closed = Some(change);
            let choice = offer.choice;
            self.emit(Cause::Event, What::Offer { choice, offer: number, change, option: None });
        }
    }

    /// What made an offer is no more: an open offer is cancelled, and what a taken option brought is taken back.
    /// Returns whether something of that stays.
    pub fn cancel_offer(&mut self, number: u32) -> Result<bool, Fault> {
        let Some(offer) = self.state.offers.numbered_mut(number) else { return Ok(false) };
        let (before, mut brought) = (offer.closed, std::mem::take(&mut offer.brought));
        let stays = self.revoke(&mut brought)?;
        if matches!(before, None | Some(OfferChange::Chosen)) {
            self.close_offer(number, OfferChange::Cancelled);
        }
        Ok(stays)
    }
}
