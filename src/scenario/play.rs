//! Expectations of draws, choices and leaderboards.

use crate::engine::{EntryChange, OfferChange, Outcome, What};
use crate::hir::{ChoiceId, DrawId, EntryState, LeaderboardId, OfferState, RewardId};
use crate::source::Span;

use super::update::{self, Actual};
use super::{Brought, Run};

impl Run<'_> {
    pub(super) fn place(&mut self, brought: &Brought, board: LeaderboardId, place: u32, span: Span) {
        let name = self.program.leaderboards.at(board).name.clone();
        let got = brought.outcomes.iter().filter_map(|o| match (&o.what, self.judged_by(o)) {
            (What::Ranked { board: of, place, .. }, Some(by)) if by.leaderboards.at(*of).name == name => Some(*place),
            _ => None,
        });
        let got: Vec<u32> = got.collect();
        if got.contains(&place) {
            return;
        }
        let said: Vec<String> = got.iter().map(|place| format!("{name} place {place}")).collect();
        let said = if said.is_empty() { "no such place".to_owned() } else { said.join("; ") };
        self.fail(span, format!("{name} place {place}"), said, Vec::new());
        if let [only] = got.as_slice() {
            self.rewrite(update::amount(self.program, span, Actual::Times(i64::from(*only))));
        }
    }

    pub(super) fn entries(&mut self, brought: &Brought, draw: DrawId, state: EntryState, span: Span) {
        let wanted = self.program.draws.at(draw);
        let won = |o: &Outcome, prize: Option<RewardId>| {
            let reward = prize.and_then(|prize| Some(self.judged_by(o)?.rewards.at(prize).name.clone()));
            matches!(state, EntryState::Won(wanted) if reward.as_ref() == Some(&self.program.rewards.at(wanted).name))
        };
        let told: Vec<&Outcome> = brought
            .outcomes
            .iter()
            .filter(|o| match (&o.what, self.judged_by(o)) {
                (What::Entry { draw: of, .. }, Some(by)) => by.draws.at(*of).name == wanted.name,
                _ => false,
            })
            .collect();
        let same = |o: &&&Outcome| match (&o.what, state) {
            (What::Entry { change, .. }, EntryState::Cancelled) => *change == EntryChange::Cancelled,
            (What::Entry { change: EntryChange::Cancelled, .. }, _) => false,
            (What::Entry { .. }, EntryState::Entered(_)) => true,
            (What::Entry { change, .. }, EntryState::Lost) => *change == EntryChange::Lost,
            (What::Entry { change: EntryChange::Won, prize, .. }, EntryState::Won(_)) => won(o, *prize),
            _ => false,
        };
        let count = told.iter().filter(same).count();
        let holds = match state {
            EntryState::Entered(Some(times)) => i64::try_from(count) == Ok(times),
            _ => count > 0,
        };
        if !holds {
            let got: Vec<String> = told.iter().map(|outcome| self.describe(outcome)).collect();
            let got = if got.is_empty() { "no such entry".to_owned() } else { got.join("; ") };
            let expected = self.program.sources.text(span).trim().to_owned();
            self.fail(span, expected, got, Vec::new());
            if matches!(state, EntryState::Entered(Some(_))) {
                let times = i64::try_from(count).unwrap_or(i64::MAX);
                self.rewrite(update::amount(self.program, span, Actual::Times(times)));
            }
        }
    }

    pub(super) fn offer(&mut self, brought: &Brought, choice: ChoiceId, state: OfferState, span: Span) {
        let wanted = self.program.choices.at(choice);
        let (word, option) = match state {
            OfferState::Offered => (OfferChange::Offered, None),
            OfferState::Cancelled => (OfferChange::Cancelled, None),
            OfferState::Expired => (OfferChange::Expired, None),
            OfferState::Chosen(at) => {
                (OfferChange::Chosen, wanted.options.get(at as usize).map(|option| option.name.clone()))
            }
        };
        let told: Vec<&Outcome> = brought
            .outcomes
            .iter()
            .filter(|o| match (&o.what, self.judged_by(o)) {
                (What::Offer { choice: of, .. }, Some(by)) => by.choices.at(*of).name == wanted.name,
                _ => false,
            })
            .collect();
        let same = |o: &&Outcome| match &o.what {
            What::Offer { change, option: taken, .. } => *change == word && *taken == option,
            _ => false,
        };
        if !told.iter().any(same) {
            let got: Vec<String> = told.iter().map(|outcome| self.describe(outcome)).collect();
            let got = if got.is_empty() { "no such offer".to_owned() } else { got.join("; ") };
            let option = option.map_or(String::new(), |option| format!(" {option}"));
            self.fail(span, format!("{} {}{option}", wanted.name, word.word()), got, Vec::new());
        }
    }
}
