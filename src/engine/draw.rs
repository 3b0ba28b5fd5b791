//! Draws: entries, what they win at once, and winners drawn together (S32).

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};

use crate::hir::{DrawId, DrawKind, Drawn, RewardId};
use crate::value::Instant;

use super::brought::Brought;
use super::clock::next_beat;
use super::fact::Gifted;
use super::fault::Fault;
use super::fold::{Fold, View};
use super::house::House;
use super::limits::{MAX_WON, MOST_AT_ONCE};
use super::lottery;
use super::mail::Content;
use super::many::Numbered;
use super::outcome::{Cause, EntryChange, What};
use super::redeem::Answer;
use super::state::number_after;

/// An entry of a draw, kept with its member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number among the member's.
    pub number: u32,
    /// The draw.
    pub draw: DrawId,
    /// The version of the program under which it was made.
    pub version: u32,
    /// Its identity: member, event, and which of the entries of that event it is.
    pub id: Arc<str>,
    /// When it was made.
    pub at: Instant,
    /// Its place among all that happened to the draw.
    pub place: u64,
    /// When its winners are drawn; none where it was decided at once.
    pub drawing: Option<Instant>,
    /// What it has won.
    pub prize: Option<RewardId>,
    /// Whether it won because it ended a row of losses.
    pub pity: bool,
    /// The place at which it was taken out again.
    pub gone: Option<u64>,
    /// Whether its prize went back to stock then.
    pub back: bool,
    /// What it brought.
    pub brought: Brought,
}

impl Numbered for Entry {
    fn number(&self) -> u32 {
        self.number
    }
}

/// Entries that wait for one drawing, by place: identity and member.
pub type Waiting = OrdMap<u64, (Arc<str>, Arc<str>)>;

/// What all members share of a draw.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drum {
    /// How much has happened: entries, and entries taken out.
    pub place: u64,
    /// How many prizes are gone, by reward.
    pub taken: BTreeMap<RewardId, u64>,
    /// Entries that wait, by the moment at which winners are drawn.
    pub waiting: BTreeMap<Instant, Waiting>,
}

impl Fold<'_> {
    /// Makes so many entries of a draw.
    pub fn enter(&mut self, id: DrawId, times: i64) -> Result<(), Fault> {
        if times > MOST_AT_ONCE {
            return Err(Fault::TooOften);
        }
        for _ in 0..times {
            let drawing = match self.drawing(id)? {
                Ok(drawing) => drawing,
                Err(reason) => {
                    self.emit(Cause::Rule(self.program.draws.at(id).entry), What::Unreached(reason));
                    return Ok(());
                }
            };
            if !self.fire(self.program.draws.at(id).entry, View::default())? {
                return Ok(());
            }
            self.enter_once(id, drawing)?;
        }
        Ok(())
    }

    /// Whether the member can enter a draw now.
    pub fn may_enter(&mut self, id: DrawId) -> Result<Answer, Fault> {
        if let Err(reason) = self.drawing(id)? {
            return Ok(Err(reason));
        }
        let draw = self.program.draws.at(id);
        let rule = self.program.rules.at(draw.entry);
        let cause = Cause::Rule(draw.entry);
        if !self.cooled(cause, rule.cooldown)? || !self.open(cause, &rule.gates, View::default())? {
            return Ok(Err(format!("`{}` is not open for this member now", draw.name)));
        }
        let fitted = self.fit_rule(cause, &rule.limits, crate::value::Exact::ONE, View::default())?;
        if fitted.amount.is_zero() {
            return Ok(Err(format!("the limit of `{}` is reached", draw.name)));
        }
        Ok(Ok(()))
    }

    /// When an entry of now is drawn; none where it is decided at once, and a reason where it comes too late.
    fn drawing(&self, id: DrawId) -> Result<Result<Option<Instant>, String>, Fault> {
        let draw = self.program.draws.at(id);
        Ok(match &draw.kind {
            DrawKind::Instant(_) => Ok(None),
            DrawKind::Sweepstake { drawn, .. } => match self.next_drawn(drawn)? {
                Some(at) => Ok(Some(at)),
                None => Err(format!("`{}` is over", draw.name)),
            },
        })
    }

    /// The next moment at which something is drawn or decided; none where that is over.
    pub fn next_drawn(&self, drawn: &Drawn) -> Result<Option<Instant>, Fault> {
        Ok(match drawn {
            Drawn::At(at) => Some(*at).filter(|at| self.at.now < *at),
            Drawn::Every(rhythm) => Some(next_beat(&self.version.calendar, None, rhythm, self.at.now)?),
        })
    }

    fn enter_once(&mut self, id: DrawId, drawing: Option<Instant>) -> Result<(), Fault> {
        let draw = self.program.draws.at(id);
        let version = self.version;
        let Some(seed) = version.seeds.get(&id) else { return Err(Fault::NoSeed(draw.name.to_string())) };
        let entry = self.entry_id(id);
        let number = number_after(self.state.entries.last().map(|last| last.number))?;
        let member = self.state.member.clone();
        let drum = self.pots.draws.entry(id).or_default();
        drum.place += 1;
        let place = drum.place;
        let (mut prize, mut pity) = (None, false);
        match (drawing, &draw.kind) {
            (Some(at), _) => {
                drum.waiting.entry(at).or_default().insert(place, (entry.clone(), member));
            }
            (None, DrawKind::Instant(rule)) => {
                let drawn = lottery::head(&lottery::number(seed, &draw.name, None, &entry));
                let left = |at: &usize| {
                    let prize = draw.prizes.get(*at);
                    prize.is_some_and(|prize| {
                        let taken = drum.taken.get(&prize.reward).copied().unwrap_or(0);
                        prize.stock.is_none_or(|stock| taken < stock)
                    })
                };
                prize = lottery::hit(drawn, lottery::odds(draw)).filter(left);
                if let (None, Some(rule)) = (prize, rule) {
                    let lost = self.state.entries.iter().rev().filter(|e| e.draw == id && e.gone.is_none());
                    let row = lost.take_while(|entry| entry.prize.is_none()).take(rule.after as usize).count();
                    prize = (row as u64 + 1 >= rule.after).then_some(rule.prize as usize).filter(left);
                    pity = prize.is_some();
                }
            }
            (None, DrawKind::Sweepstake { .. }) => {}
        }
        let prize = prize.and_then(|at| draw.prizes.get(at));
        if let Some(prize) = prize {
            *drum.taken.entry(prize.reward).or_insert(0) += 1;
        }
        let reward = prize.map(|prize| prize.reward);
        self.state.entries.push(Entry {
            number,
            draw: id,
            version: self.state.version,
            id: entry.clone(),
            at: self.at.now,
            place,
            drawing,
            prize: reward,
            pity,
            gone: None,
            back: false,
            brought: Brought::default(),
        });
        let change = match (drawing, reward) {
            (Some(_), _) => EntryChange::Entered,
            (None, Some(_)) => EntryChange::Won,
            (None, None) => EntryChange::Lost,
        };
        self.emit(Cause::Rule(draw.entry), What::Entry { draw: id, entry, change, prize: reward });
        self.keep_gift(Gifted::Entry(number));
        if let Some(prize) = prize {
            if self.won > MAX_WON {
                return Err(Fault::NoLastEntry);
            }
            self.won += 1;
            let brought = self.collect(|fold| fold.fire(prize.rule, View::default())).map(|(_, brought)| brought);
            self.won -= 1;
            let brought = brought?;
            if let Some(entry) = self.state.entries.numbered_mut(number) {
                entry.brought = brought;
            }
        }
        Ok(())
    }

    /// `ann/e17/1`: the member with slashes written as `%2F`, the event or the step of the clock, and which of its entries it is.
    fn entry_id(&self, id: DrawId) -> Arc<str> {
        let member = self.state.member.replace('%', "%25").replace('/', "%2F");
        let source = match &self.event {
            Some(event) => format!("{member}/{}/", event.id),
            None => format!("{member}/clock-{}-{}/", self.at.now.millis(), self.step_name()),
        };
        let now = self.at.now;
        let of_now = self.state.entries.iter().rev().take_while(|entry| entry.at == now);
        let earlier = of_now.filter(|entry| entry.draw == id && entry.id.starts_with(&source)).count();
        format!("{source}{}", earlier + 1).into()
    }

    /// Whether something of an entry stays when what made it is no more: it was drawn with others, or its prize is used.
    pub fn entry_stays(&self, number: u32) -> bool {
        let Some(entry) = self.state.entries.numbered(number).filter(|entry| entry.gone.is_none()) else {
            return false;
        };
        let waiting = |at: Instant| self.pots.draws.get(&entry.draw).and_then(|drum| drum.waiting.get(&at));
        let drawn = |at: Instant| !waiting(at).is_some_and(|waiting| waiting.contains_key(&entry.place));
        entry.drawing.is_some_and(drawn) || self.is_used(&entry.brought)
    }

    /// Whether a voucher of what something brought is no longer open.
    fn is_used(&self, brought: &Brought) -> bool {
        let used = |gift: &Gifted| matches!(gift, Gifted::Voucher(number) if !self.state.vouchers.is_open(*number));
        brought.gifts.iter().any(used)
    }

    /// What made an entry is no more: it is taken out, and an unused prize goes back to stock. What was drawn together stays.
    /// Returns whether something stays.
    pub fn cancel_entry(&mut self, number: u32) -> Result<bool, Fault> {
        let waits = |entry: &&mut Entry| entry.gone.is_none();
        let used = self.state.entries.numbered(number).is_some_and(|entry| self.is_used(&entry.brought));
        let Some(entry) = self.state.entries.numbered_mut(number).filter(waits) else { return Ok(false) };
        let (id, prize, name) = (entry.draw, entry.prize, entry.id.clone());
        let mut brought = std::mem::take(&mut entry.brought);
        let cause = Cause::Rule(self.program.draws.at(id).entry);
        let drum = self.pots.draws.entry(id).or_default();
        if let Some(drawing) = entry.drawing {
            let waiting = drum.waiting.get_mut(&drawing).and_then(|waiting| waiting.remove(&entry.place));
            drum.waiting.retain(|_, waiting| !waiting.is_empty());
            if waiting.is_none() {
                if prize.is_some() {
                    let won = format!("entry `{name}` won when `{}` was drawn", self.program.draws.at(id).name);
                    self.emit(cause, What::Irreversible(won));
                }
                return Ok(true);
            }
        }
        drum.place += 1;
        entry.gone = Some(drum.place);
        if let (Some(reward), false) = (prize, used) {
            if let Some(taken) = drum.taken.get_mut(&reward) {
                *taken = taken.saturating_sub(1);
            }
            if let Some(entry) = self.state.entries.numbered_mut(number) {
                entry.back = true;
            }
        }
        self.emit(cause, What::Entry { draw: id, entry: name, change: EntryChange::Cancelled, prize });
        self.revoke(&mut brought)
    }

    /// Takes the entries of a member who leaves out of what is not yet drawn.
    pub fn leave_draws(&mut self) -> Result<(), Fault> {
        let waits = |entry: &&Entry| {
            let waiting = entry.drawing.and_then(|at| self.pots.draws.get(&entry.draw)?.waiting.get(&at));
            waiting.is_some_and(|waiting| waiting.contains_key(&entry.place))
        };
        let numbers: Vec<u32> = self.state.entries.iter().filter(waits).map(|entry| entry.number).collect();
        numbers.into_iter().try_for_each(|number| self.cancel_entry(number).map(drop))
    }

    /// An entry of the member has won a prize when winners were drawn.
    pub fn win(&mut self, id: DrawId, name: &Arc<str>, prize: u32) -> Result<(), Fault> {
        let Some(prize) = self.program.draws.get(id).and_then(|draw| draw.prizes.get(prize as usize)) else {
            return Ok(());
        };
        let own = |entry: &&Entry| entry.draw == id && entry.id == *name;
        let number = self.state.entries.iter().find(own).map(|entry| entry.number);
        let entry = number.and_then(|number| self.state.entries.numbered_mut(number));
        let Some(entry) = entry else { return Ok(()) };
        entry.prize = Some(prize.reward);
        let what = What::Entry { draw: id, entry: name.clone(), change: EntryChange::Won, prize: Some(prize.reward) };
        self.emit(Cause::Rule(self.program.draws.at(id).entry), what);
        self.fire(prize.rule, View::default()).map(drop)
    }
}

impl House<'_> {
    /// When winners are next drawn, and of what.
    pub fn next_drawing(&self) -> Option<(Instant, DrawId)> {
        let first = |(id, drum): (&DrawId, &Drum)| Some((*drum.waiting.keys().next()?, *id));
        self.pots.draws.iter().filter_map(first).min()
    }

    /// Draws winners, who are told by mail.
    pub fn draw(&mut self, at: Instant, id: DrawId) {
        let Some(waiting) = self.pots.draws.get_mut(&id).and_then(|drum| drum.waiting.remove(&at)) else { return };
        let version = self.version;
        let Some(draw) = version.program.draws.get(id) else { return };
        let cause = Cause::Rule(draw.entry);
        let place = self.pots.version;
        let (Some(seed), DrawKind::Sweepstake { several, .. }) = (version.seeds.get(&id), &draw.kind) else {
            return self.emit(at, place, cause, What::Failed(Fault::NoSeed(draw.name.to_string()).to_string()));
        };
        let ranked = waiting
            .values()
            .map(|(entry, member)| (entry, &**member, lottery::number(seed, &draw.name, Some(at), entry)));
        let stock: Vec<u64> = draw.prizes.iter().map(|prize| prize.stock.unwrap_or(0)).collect();
        let winners = lottery::winners(ranked.collect(), &stock, *several);
        let (entries, prizes) = (waiting.len() as u64, winners.len() as u64);
        let members: BTreeMap<&Arc<str>, &Arc<str>> = waiting.values().map(|(entry, member)| (entry, member)).collect();
        self.emit(at, place, cause, What::Drawn { draw: id, entries, prizes });
        for (entry, prize) in winners {
            let Some(member) = members.get(entry) else { continue };
            let prize = u32::try_from(prize).unwrap_or(u32::MAX);
            let about = format!("{}-{}", draw.name, at.millis());
            self.send(&about, at, (*member).clone(), Content::Prize(id, entry.clone(), prize));
        }
    }
}
