//! What falls due for a program as a whole, whoever its members are: it reads the shared pots, and tells members by mail.

use std::sync::Arc;

use crate::hir::{DrawId, FundId, LeaderboardId};
use crate::value::Instant;

use super::mail::{Content, Letter};
use super::outcome::{Cause, Outcome, What};
use super::pots::Pots;
use super::version::Version;

/// Something due. At one instant the order of the variants is the order of execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// A period of a fund ends.
    Divide(FundId),
    /// A fund pays out.
    Pay(FundId),
    /// Winners are drawn.
    Draw(DrawId),
    /// Places are given.
    Rank(LeaderboardId),
    /// It is decided what rules bring.
    Decide,
}

/// The program as a whole, at a moment.
pub struct House<'h> {
    /// The version in force.
    pub version: &'h Version,
    /// What members share.
    pub pots: &'h mut Pots,
    /// Where outcomes go.
    pub out: &'h mut Vec<Outcome>,
}

impl House<'_> {
    /// When something is next due, and what.
    pub fn next_due(&self) -> Option<(Instant, Due)> {
        let ends = self.fund_ends().map(|(at, fund)| (at, Due::Divide(fund)));
        let pays = self.fund_pays().map(|(at, fund)| (at, Due::Pay(fund)));
        let drawing = self.next_drawing().map(|(at, draw)| (at, Due::Draw(draw)));
        let ranking = self.board_ends().map(|(at, board)| (at, Due::Rank(board)));
        let deciding = self.next_decision().map(|at| (at, Due::Decide));
        ends.into_iter().chain(pays).chain(drawing).chain(ranking).chain(deciding).min()
    }

    /// Does what is due. What cannot be done is reported and over: the period of a fund that cannot be divided, say.
    pub fn perform(&mut self, at: Instant, due: Due) {
        match due {
            Due::Divide(fund) => {
                if let Err(fault) = self.divide_fund(at, fund) {
                    self.emit(at, self.pots.version, Cause::Fund(fund), What::Failed(fault.to_string()));
                }
            }
            Due::Pay(fund) => self.pay_fund(at, fund),
            Due::Draw(id) => self.draw(at, id),
            Due::Rank(id) => self.give_places(at, id),
            Due::Decide => self.decide(at),
        }
    }

    /// Sends a letter about something; `about` and its number are its identity.
    pub fn send(&mut self, about: &str, at: Instant, to: Arc<str>, content: Content) {
        let id = format!("{about}/{}", self.pots.mail.len() + 1).into();
        self.pots.mail.push_back(Letter { id, from: "".into(), to, at, content });
    }

    /// Notes an outcome of no member.
    pub fn emit(&mut self, at: Instant, version: u32, cause: Cause, what: What) {
        let member = "".into();
        self.out.push(Outcome { member, time: at, event: None, version, cause, what, corrects: None });
    }
}
