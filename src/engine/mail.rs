//! Mail between members: the only way, beside shared pots, in which they touch each other (S30). A letter is delivered right after the
//! event or the step of the clock that sent it, at the same moment, in the order in which it was sent.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::hir::{ChallengeId, DrawId, EventId, EventKind, Funding, LeaderboardId, RuleId, UnitId};
use crate::value::{Exact, Instant, Value};

use super::decide::Claimant;
use super::event::Event;
use super::fact::{Award, Sent, Uses};
use super::fault::Fault;
use super::few::Few;
use super::fold::{Fold, View};
use super::ledger::{Grant, Whose};
use super::limit::Claims;
use super::outcome::Cause;
use super::purse::LotExpiry;

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Its identity: that of what sent it, and its number.
    pub id: Arc<str>,
    /// Who sends it; empty where the program as a whole does.
    pub from: Arc<str>,
    /// To whom.
    pub to: Arc<str>,
    /// The moment.
    pub at: Instant,
    /// What it says.
    pub content: Content,
}

/// What a letter says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// An amount, in steps, by something of the sender's, and who pays which share.
    Award(Cause, UnitId, i64, Vec<(Arc<str>, Exact)>),
    /// What a group has of an amount that one of its members earns, likewise.
    Collected(Cause, UnitId, i64, Vec<(Arc<str>, Exact)>),
    /// A challenge is completed with what all have brought in: which, of which time, and how much that is.
    Complete(ChallengeId, Instant, Exact),
    /// A challenge is no longer completed, as all together have less: which, of which time, and how much that is.
    Uncomplete(ChallengeId, Instant, Exact),
    /// A milestone is reached with what all have brought in: of which challenge, of which time, which, and how much that is.
    Milestone(ChallengeId, Instant, u32, Exact),
    /// All together have less than a milestone: of which challenge, of which time, and which.
    Below(ChallengeId, Instant, u32),
    /// An event to be judged for the addressee as if it were the addressee's own.
    Request(Event),
    /// Parts of lots that the sender gives away, with their expiry.
    Lots(Cause, UnitId, Vec<Passed>),
    /// The program sets off a rule for the addressee; a name says why.
    Fire(RuleId, Arc<str>),
    /// A friend has done what was asked: sets off a rule for the addressee.
    Referral(RuleId, Arc<str>),
    /// An entry of the addressee has won a prize of a draw, by position.
    Prize(DrawId, Arc<str>, u32),
    /// It is decided now what a rule brings.
    Decide(RuleId, Claimant),
    /// A place on a leaderboard: which, with what, among how many.
    Place(LeaderboardId, u32, Exact, u64),
    /// An order that the addressee has paid for came back: what it was, and what is left of it.
    Returned(Arc<str>, Exact, Exact),
    /// A part of what an earlier letter brought is taken back: its amount in all, in steps.
    TakeBack(Arc<str>, i64),
    /// All that an earlier letter brought is taken back.
    Recall(Arc<str>),
}

/// A part of a lot that changes hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passed {
    /// How much, in steps.
    pub amount: i64,
    /// When it was earned.
    pub earned: Instant,
    /// When it lapses; as if earned on arrival where that is not kept.
    pub expires: Option<LotExpiry>,
}

impl Fold<'_> {
    /// Sends a letter; returns its identity.
    pub fn send(&mut self, to: Arc<str>, content: Content) -> Arc<str> {
        let letter = self.letter(to, content);
        let id = letter.id.clone();
        self.pots.mail.push_back(letter);
        id
    }

    /// A letter of this moment.
    pub fn letter(&mut self, to: Arc<str>, content: Content) -> Letter {
        let source = match &self.event {
            Some(event) => event.id.to_string(),
            None => format!("clock-{}-{}-{}", self.state.member, self.at.now.millis(), self.step_name()),
        };
        self.letters += 1;
        let id = format!("{source}/{}", self.letters).into();
        Letter { id, from: self.state.member.clone(), to, at: self.at.now, content }
    }

    /// Takes a letter in. The member's clock has come to its moment.
    pub fn receive(&mut self, letter: &Letter) -> Result<(), Fault> {
        self.advance(letter.at)?;
        self.go_to(letter.at);
        self.found();
        self.within = Claims::default();
        self.before = self.tiers();
        self.note_prior(None)?;
        match &letter.content {
            Content::Request(event) => {
                return self.judge_now(&Arc::new(Event { id: letter.id.clone(), ..event.clone() }));
            }
            _ => self.event = Some(Arc::new(self.letter_event(letter))),
        }
        match &letter.content {
            Content::TakeBack(earlier, amount) => self.taken_back(earlier, *amount)?,
            Content::Recall(earlier) => self.recalled(earlier)?,
            Content::Returned(order, was, is) => self.returned_to_pool(order, *was, *is)?,
            Content::Uncomplete(id, opened, sum) => self.undo_together(*id, *opened, *sum)?,
            Content::Below(id, opened, which) => self.leave_milestone(*id, *opened, *which)?,
            // What brings something is recorded, so that measures count it and what it brings can be taken back.
            _ => self.record(None, |fold| fold.unpack(letter))?,
        }
        self.event = None;
        Ok(())
    }

    /// A letter as an event of the addressee.
    fn letter_event(&self, letter: &Letter) -> Event {
        let sender = || if letter.from.is_empty() { Value::Missing } else { Value::Text(letter.from.clone()) };
        let referral = matches!(letter.content, Content::Referral(..));
        let kind = if referral { EventKind::Referral } else { EventKind::Receive }.id().unwrap_or(EventId(0));
        let given: Vec<(&str, Value)> = match &letter.content {
            Content::Referral(_, name) => vec![("friend", sender()), ("referral", Value::Text(name.clone()))],
            Content::Award(cause, ..) | Content::Collected(cause, ..) | Content::Lots(cause, ..) => {
                let name = super::words::cause(self.program, *cause).1.map(|(name, _)| Value::Text(name.clone()));
                vec![("from", sender()), ("what", name.unwrap_or_default())]
            }
            Content::Fire(_, name) => vec![("what", Value::Text(name.clone()))],
            Content::Decide(rule, _) => {
                let name = self.program.rules.get(*rule).map(|rule| Value::Text(rule.name.clone()));
                vec![("what", name.unwrap_or_default())]
            }
            Content::Complete(id, ..) | Content::Milestone(id, ..) => {
                vec![("what", Value::Text(self.program.challenges.at(*id).name.clone()))]
            }
            Content::Prize(draw, ..) => {
                let name = self.program.draws.get(*draw).map(|draw| Value::Text(draw.name.clone()));
                vec![("what", name.unwrap_or_default())]
            }
            Content::Place(board, ..) => {
                let name = self.program.leaderboards.get(*board).map(|board| Value::Text(board.name.clone()));
                vec![("what", name.unwrap_or_default())]
            }
            Content::TakeBack(..)
            | Content::Returned(..)
            | Content::Recall(_)
            | Content::Uncomplete(..)
            | Content::Below(..)
            | Content::Request(_) => Vec::new(),
        };
        let fields = self.program.events.at(kind).fields.iter().map(|field| {
            let value = given.iter().find(|(name, _)| *name == &*field.name).map(|(_, value)| value.clone());
            value.or_else(|| field.default.clone()).unwrap_or_default()
        });
        Event {
            id: letter.id.clone(),
            member: self.state.member.clone(),
            kind,
            time: letter.at,
            sequence: 0,
            sent_by: None,
            foreign: Default::default(),
            fields: fields.collect(),
        }
    }

    fn unpack(&mut self, letter: &Letter) -> Result<(), Fault> {
        match &letter.content {
            Content::Award(cause, unit, amount, funding) | Content::Collected(cause, unit, amount, funding) => {
                let collected = matches!(letter.content, Content::Collected(..));
                let funding: Vec<Funding> = funding
                    .iter()
                    .map(|(partner, share)| Funding { partner: partner.clone(), share: *share })
                    .collect();
                let granted = self.grant(&Grant {
                    cause: *cause,
                    unit: *unit,
                    line: None,
                    amount: *amount,
                    pending: None,
                    expiry: &[],
                    funding: &funding,
                    whose: if collected { Whose::Collected } else { Whose::Own },
                })?;
                let award = self.award(*cause, *unit, granted.amount);
                self.keep(Award {
                    collected,
                    lot: granted.lot,
                    funded: granted.funded,
                    prices: granted.prices,
                    ..award
                });
            }
            Content::Lots(cause, unit, parts) => {
                for part in parts {
                    self.take_lot(*cause, *unit, part)?;
                }
            }
            Content::Fire(rule, _) | Content::Referral(rule, _) => {
                self.fire(*rule, View::default())?;
            }
            Content::Complete(id, opened, sum) => self.completed_together(*id, *opened, *sum)?,
            Content::Milestone(id, opened, which, sum) => self.milestone_together(*id, *opened, *which, *sum)?,
            Content::Decide(rule, claim) => self.decide(*rule, claim)?,
            Content::Prize(draw, entry, prize) => self.win(*draw, entry, *prize)?,
            Content::Place(board, place, score, of) => self.placed(*board, *place, *score, *of)?,
            Content::TakeBack(..)
            | Content::Returned(..)
            | Content::Recall(_)
            | Content::Uncomplete(..)
            | Content::Below(..)
            | Content::Request(_) => {}
        }
        Ok(())
    }

    /// An award of this moment without lot, limits or conditions.
    pub fn award(&self, cause: Cause, unit: UnitId, granted: i64) -> Award {
        Award {
            cause,
            unit,
            line: None,
            effect: 0,
            granted,
            taken: 0,
            lot: None,
            uses: Uses::default(),
            on_refund: crate::hir::OnRefund::Proportion,
            seen: Few::default(),
            funded: Few::default(),
            prices: Few::default(),
            at: self.at.now,
            sent: None,
            shared: 0,
            collected: false,
            footing: None,
        }
    }

    /// The position of the fact that a letter became.
    pub fn letter_fact(&self, id: &Arc<str>) -> Option<usize> {
        self.state.facts.iter().rposition(|fact| fact.event.id == *id && !fact.gone)
    }

    /// So much of what a letter brought, in all, is to be taken back.
    fn taken_back(&mut self, letter: &Arc<str>, amount: i64) -> Result<(), Fault> {
        let Some(position) = self.letter_fact(letter) else { return Ok(()) };
        let Some(mut award) = self.state.facts.get(position).and_then(|fact| fact.awards.first().cloned()) else {
            return Ok(());
        };
        let rest = amount.min(award.granted) - award.taken;
        let debts = self.debts();
        let place = self.state.facts.get(position).map_or(0, |fact| fact.place);
        if rest > 0 {
            self.take_back(award.cause, &mut award, rest)?;
        }
        if let Some(slot) = self.state.facts.get_mut(position).and_then(|fact| fact.awards.first_mut()) {
            *slot = award;
        }
        self.return_automatic(place, &debts)?;
        self.settle()
    }

    fn recalled(&mut self, letter: &Arc<str>) -> Result<(), Fault> {
        if self.withdraw_claim(letter) {
            return Ok(());
        }
        let Some(position) = self.letter_fact(letter) else { return Ok(()) };
        let Some((place, since)) = self.state.facts.get(position).map(|fact| (fact.place, fact.event.time)) else {
            return Ok(());
        };
        let ground = self.standing_ground(since)?;
        let debts = self.debts();
        self.undo_whole(position)?;
        self.rejudge(ground)?;
        self.return_automatic(place, &debts)?;
        self.settle()
    }

    /// Keeps with what brought it that it sent a letter which goes with it.
    pub fn keep_sent(&mut self, sent: Sent) {
        if let Some(brought) = &mut self.collecting {
            brought.sent.push(sent);
        } else if let Some(fact) = self.own_fact() {
            fact.sent.push(sent);
        }
    }
}
