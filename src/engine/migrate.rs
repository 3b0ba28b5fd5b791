//! Carries a member from one version of a program to another. Names are identity; a rename says `was old_name` (S41).

use std::sync::Arc;

use crate::arena::{Arena, Id};
use crate::hir::{
    BadgeId, ChallengeId, CharityId, ChoiceId, DrawId, EarnId, EventId, ExchangeId, FieldDef, FieldId, FieldType,
    FundId, LadderId, LeaderboardId, LimitId, MeasureId, OnChange, OnRefund, PoolId, Program, RedeemId, RewardId,
    RuleId, TransferId, UnitId,
};
use crate::value::{Instant, Value};

use super::automatic::Taken;
use super::brought::Brought;
use super::challenge::Running;
use super::choice::Offered;
use super::draw::{Drum, Entry};
use super::event::{Event, Foreign};
use super::fact::{Award, Donation, Fact, Gifted, Payment, Sent, Tallied, Tied, UseKey, Uses};
use super::few::Few;
use super::footing::{Bonus, Footing};
use super::fund::FundPot;
use super::mail::{Content, Letter};
use super::outcome::Cause;
use super::outline::{Field, Outline, limits};
use super::pots::Pots;
use super::state::{Held, Note, State, Voucher};
use super::version::Version;

/// Where each identifier of an old program is in a new one.
struct Names {
    units: Vec<Option<UnitId>>,
    ladders: Vec<Option<LadderId>>,
    measures: Vec<Option<MeasureId>>,
    earns: Vec<Option<EarnId>>,
    rules: Vec<Option<RuleId>>,
    rewards: Vec<Option<RewardId>>,
    redeems: Vec<Option<RedeemId>>,
    badges: Vec<Option<BadgeId>>,
    transfers: Vec<Option<TransferId>>,
    pools: Vec<Option<PoolId>>,
    challenges: Vec<Option<ChallengeId>>,
    exchanges: Vec<Option<ExchangeId>>,
    charities: Vec<Option<CharityId>>,
    funds: Vec<Option<FundId>>,
    /// Partners that have another name now: before, and now.
    partners: Vec<(Arc<str>, Arc<str>)>,
    choices: Vec<Option<ChoiceId>>,
    draws: Vec<Option<DrawId>>,
    boards: Vec<Option<LeaderboardId>>,
    limits: Vec<Option<LimitId>>,
    events: Vec<Option<EventId>>,
}

/// Finds each old name among new names and their former ones.
fn pair<'o, I: Id, T>(
    old: impl IntoIterator<Item = &'o String>,
    new: &Arena<I, T>,
    name: impl Fn(&T) -> (&str, Option<&str>),
) -> Vec<Option<I>> {
    let find = |wanted: &str| {
        new.find(|other| {
            let (now, was) = name(other);
            now == wanted || was == Some(wanted)
        })
    };
    old.into_iter().map(|wanted| find(wanted)).collect()
}

impl Names {
    fn new(old: &Outline, new: &Program) -> Self {
        let now = limits(new, |name, _| name.to_string());
        let before = limits(new, |name, was| was.unwrap_or(name).to_string());
        let limit = |name: &String| {
            now.iter().position(|other| other == name).or_else(|| before.iter().position(|other| other == name))
        };
        Self {
            units: pair(&old.units, &new.units, |u| (&u.name, u.was.as_deref())),
            ladders: pair(old.ladders.iter().map(|(name, _)| name), &new.ladders, |l| (&l.name, l.was.as_deref())),
            measures: pair(&old.measures, &new.measures, |m| (&m.name, m.was.as_deref())),
            earns: pair(&old.earns, &new.earns, |e| (&e.name, e.was.as_deref())),
            rules: pair(&old.rules, &new.rules, |r| (&r.name, r.was.as_deref())),
            rewards: pair(&old.rewards, &new.rewards, |r| (&r.name, r.was.as_deref())),
            redeems: pair(&old.redeems, &new.redeems, |r| (&r.name, r.was.as_deref())),
            badges: pair(&old.badges, &new.badges, |b| (&b.name, None)),
            transfers: pair(&old.transfers, &new.transfers, |t| (&t.name, t.was.as_deref())),
            pools: pair(&old.pools, &new.pools, |p| (&p.name, p.was.as_deref())),
            challenges: pair(&old.challenges, &new.challenges, |c| (&c.name, c.was.as_deref())),
            exchanges: pair(&old.exchanges, &new.exchanges, |x| (&x.name, x.was.as_deref())),
            charities: pair(&old.charities, &new.charities, |x| (&x.name, x.was.as_deref())),
            funds: pair(&old.funds, &new.funds, |x| (&x.name, x.was.as_deref())),
            partners: new.partners.iter().filter_map(|x| Some((x.was.clone()?, x.name.clone()))).collect(),
            draws: pair(&old.draws, &new.draws, |d| (&d.name, d.was.as_deref())),
            boards: pair(&old.leaderboards, &new.leaderboards, |b| (&b.name, b.was.as_deref())),
            choices: pair(&old.choices, &new.choices, |c| (&c.name, c.was.as_deref())),
            limits: old.limits.iter().map(|name| limit(name).map(Id::new)).collect(),
            events: pair(old.events.iter().map(|(name, _)| name), &new.events, |e| (&e.name, None)),
        }
    }

    fn cause(&self, cause: Cause) -> Cause {
        let found = match cause {
            Cause::Earn(id) => of(&self.earns, id).map(Cause::Earn),
            Cause::Rule(id) => of(&self.rules, id).map(Cause::Rule),
            Cause::Ladder(id) => of(&self.ladders, id).map(Cause::Ladder),
            Cause::Unit(id) => of(&self.units, id).map(Cause::Unit),
            Cause::Reward(id) => of(&self.rewards, id).map(Cause::Reward),
            Cause::Redeem(id) => of(&self.redeems, id).map(Cause::Redeem),
            Cause::Transfer(id) => of(&self.transfers, id).map(Cause::Transfer),
            Cause::Exchange(id) => of(&self.exchanges, id).map(Cause::Exchange),
            Cause::Charity(id) => of(&self.charities, id).map(Cause::Charity),
            Cause::Fund(id) => of(&self.funds, id).map(Cause::Fund),
            Cause::Event => Some(Cause::Event),
        };
        found.unwrap_or(Cause::Event)
    }

    fn partner<T: Clone>(&self, (name, of): &(Arc<str>, T)) -> (Arc<str>, T) {
        let renamed = self.partners.iter().find(|(was, _)| was == name).map(|(_, now)| now.clone());
        (renamed.unwrap_or_else(|| name.clone()), of.clone())
    }

    fn key(&self, key: &UseKey) -> Option<UseKey> {
        Some(UseKey { limit: of(&self.limits, key.limit)?, per: key.per.clone() })
    }

    fn uses(&self, uses: &Uses) -> Uses {
        uses.iter().filter_map(|(key, at, amount)| Some((self.key(key)?, *at, *amount))).collect()
    }
}

fn of<I: Id, J: Copy>(table: &[Option<J>], id: I) -> Option<J> {
    table.get(id.index()).copied().flatten()
}

/// Moves the items of one table into the places of another.
fn moved<I: Id, T: Clone>(old: &Arena<I, T>, mut new: Arena<I, T>, names: &[Option<I>]) -> Arena<I, T> {
    for (id, item) in old.pairs() {
        if let Some(to) = of(names, id) {
            *new.at_mut(to) = item.clone();
        }
    }
    new
}

/// An event of another version of the program in terms of this one; `None` where this one has no such type.
pub fn recast(event: Event, old: &Outline, new: &Program) -> Option<Event> {
    let (name, from) = old.events.get(event.kind.index())?;
    let kind = new.events.find(|other| *other.name == **name)?;
    let fields = reorder(&event.fields, from, &new.events.at(kind).fields, new).into();
    let foreign = refielded(&event.foreign, from, &new.events.at(kind).fields);
    Some(Event { kind, fields, foreign, ..event })
}

/// What members hold of the old program that the new one has no place for, in words; empty where nothing is lost.
pub fn lost(state: &State, old: &Outline, new: &Program) -> Vec<String> {
    let names = Names::new(old, new);
    let mut lost = Vec::new();
    for (id, purse) in state.units.pairs() {
        if of(&names.units, id).is_none() && (!purse.lots.is_empty() || purse.debt != 0) {
            lost.push(format!("unit `{}`", old.units.get(id.index()).map_or("", String::as_str)));
        }
    }
    for voucher in state.vouchers.open() {
        if of(&names.rewards, voucher.reward).is_none() {
            lost.push(format!("reward `{}`", old.rewards.get(voucher.reward.index()).map_or("", String::as_str)));
        }
    }
    for offer in state.offers.iter().filter(|offer| offer.closed.is_none()) {
        if of(&names.choices, offer.choice).is_none() {
            lost.push(format!("choice `{}`", old.choices.get(offer.choice.index()).map_or("", String::as_str)));
        }
    }
    for (id, draw) in old.draws.iter().enumerate() {
        let waits = |entry: &Entry| entry.gone.is_none() && entry.drawing.is_some_and(|drawing| drawing > state.clock);
        let own = |entry: &&Entry| entry.draw.index() == id && waits(entry);
        if names.draws.get(id) == Some(&None) && state.entries.iter().any(|entry| own(&entry)) {
            lost.push(format!("draw `{draw}`"));
        }
    }
    for (id, held) in state.ladders.pairs() {
        if of(&names.ladders, id).is_none() && held.tier > 0 {
            lost.push(format!("tiers `{}`", old.ladders.get(id.index()).map_or("", |(name, _)| name.as_str())));
        }
    }
    lost
}

/// The member in another version.
pub fn migrate(state: &State, old: &Outline, to: &Version, version: u32) -> State {
    let new = &to.program;
    let names = Names::new(old, new);
    let fresh = State::new(new, version, state.member.clone(), state.clock);
    let mut next = State {
        attributes: attributes(state, &fresh, old, new),
        units: moved(&state.units, fresh.units, &names.units),
        ladders: fresh.ladders,
        last: moved(&state.last, fresh.last, &names.events),
        facts: state.facts.iter().filter_map(|fact| carry(fact, &names, old, new)).collect(),
        tallies: state.tallies.iter().filter_map(|t| Some(Tallied { unit: of(&names.units, t.unit)?, ..*t })).collect(),
        gauges: fresh.gauges,
        restarts: moved(&state.restarts, fresh.restarts, &names.measures),
        uses: state.uses.iter().filter_map(|(key, by)| Some((names.key(key)?, by.clone()))).collect(),
        challenges: challenges(&state.challenges, fresh.challenges, &names, new, to.from),
        firings: moved(&state.firings, fresh.firings, &names.rules),
        gave: state
            .gave
            .iter()
            .map(|(cause, at)| (names.cause(*cause), *at))
            .filter(|(cause, _)| *cause != Cause::Event)
            .collect(),
        activations: state.activations.iter().map(|(name, at)| (offer(new, name), *at)).collect(),
        vouchers: state
            .vouchers
            .iter()
            .filter_map(|v| {
                let credit = v.credit.as_deref().and_then(|award| reawarded(award, &names)).map(Box::new);
                let uses = names.uses(&v.uses);
                Some(Voucher { reward: of(&names.rewards, v.reward)?, credit, uses, ..v.clone() })
            })
            .collect(),
        badges: moved(&state.badges, fresh.badges, &names.badges),
        frozen: state.frozen.iter().filter_map(|(id, days)| Some((of(&names.measures, *id)?, days.clone()))).collect(),
        entries: state.entries.iter().filter_map(|entry| reentered(entry, &names)).collect(),
        offers: state
            .offers
            .iter()
            .filter_map(|offer| Some(Offered { choice: of(&names.choices, offer.choice)?, ..offer.clone() }))
            .collect(),
        automatic: state.automatic.iter().filter_map(|taken| retaken(taken, &names)).collect(),
        version,
        halted: false,
        ..state.clone()
    };
    for purse in next.units.iter_mut() {
        purse.owed_for = purse.owed_for.map(|cause| names.cause(cause));
    }
    for lot in next.units.iter_mut().flat_map(|purse| purse.lots.iter_mut().chain(purse.used_up.iter_mut())) {
        lot.cause = names.cause(lot.cause);
        for clock in &mut lot.expires.idle {
            clock.events = clock.events.iter().filter_map(|event| of(&names.events, *event)).collect();
        }
    }
    next.offers.iter_mut().for_each(|offer| rebrought(&mut offer.brought, &names));
    for firings in next.firings.iter_mut() {
        firings.each_hanging(&mut |hanging| rebrought(&mut hanging.brought, &names));
    }
    for (id, held) in state.ladders.pairs() {
        if let (Some(to), Some((_, tiers))) = (of(&names.ladders, id), old.ladders.get(id.index())) {
            let mut held = retiered(held, tiers, &new.ladders.at(to).tiers);
            for rise in &mut held.rises {
                rise.first = rise.first.and_then(|rule| of(&names.rules, rule));
                rebrought(&mut rise.brought, &names);
            }
            held.anew = held.anew.iter().filter_map(|(rule, tier)| Some((of(&names.rules, *rule)?, *tier))).collect();
            *next.ladders.at_mut(to) = held;
        }
    }
    next.distrust_gauges();
    next
}

/// What runs of challenges goes on with the goal it began with, begins anew, or goes on with the new goal (S40).
fn challenges(
    old: &Arena<ChallengeId, Running>,
    fresh: Arena<ChallengeId, Running>,
    names: &Names,
    new: &Program,
    from: Instant,
) -> Arena<ChallengeId, Running> {
    let mut next = moved(old, fresh, &names.challenges);
    for (id, running) in next.pairs_mut() {
        for instance in running.open.iter_mut().chain(&mut running.past) {
            rebrought(&mut instance.brought, names);
            instance.milestones.iter_mut().for_each(|(_, brought)| rebrought(brought, names));
        }
        match new.challenges.at(id).change {
            OnChange::Grandfather => {}
            OnChange::Restart => {
                for instance in running.open.iter_mut().filter(|instance| instance.completed.is_none()) {
                    instance.opened = instance.opened.max(from);
                    instance.targets.clear();
                    instance.milestones.clear();
                }
            }
            OnChange::Carry => {
                let running = running.open.iter_mut().filter(|instance| instance.completed.is_none());
                running.for_each(|instance| instance.targets.clear());
            }
        }
    }
    next
}

/// What an offer is called now.
fn offer(new: &Program, name: &Arc<str>) -> Arc<str> {
    let earns = new.earns.iter().map(|earn| (&earn.name, &earn.was));
    let challenges = new.challenges.iter().map(|challenge| (&challenge.name, &challenge.was));
    let rules = new.rules.iter().map(|rule| (&rule.name, &rule.was));
    let mut offers = earns.chain(rules).chain(challenges);
    offers.find(|(_, was)| was.as_ref() == Some(name)).map_or_else(|| name.clone(), |(now, _)| now.clone())
}

fn attributes(state: &State, fresh: &State, old: &Outline, new: &Program) -> Arena<FieldId, Value> {
    let value = |(id, field): (FieldId, &FieldDef)| {
        let at = old.attributes.iter().position(|other| *other.name == *field.name);
        match at.and_then(|at| Some((state.attributes.get(Id::new(at))?, old.attributes.get(at)?))) {
            Some((value, old)) => recast_value(value, old, &field.ty, new),
            None => fresh.attributes.at(id).clone(),
        }
    };
    new.attributes.pairs().map(value).collect()
}

/// Tiers by name; what is held in a tier that is no more is held in the nearest below.
fn retiered(held: &Held, old: &[String], new: &[crate::hir::Tier]) -> Held {
    let find = |tier: u32| -> u32 {
        let same = |name: &String| new.iter().position(|t| *t.name == **name || t.was.as_deref() == Some(name));
        old.iter().take(tier as usize + 1).rev().find_map(same).and_then(|i| u32::try_from(i).ok()).unwrap_or(0)
    };
    let mut held = Held { settled: Note(false), ..held.clone() };
    held.tier = find(held.tier);
    held.highest = find(held.highest);
    held.holds.iter_mut().chain(&mut held.ended).for_each(|hold| hold.tier = find(hold.tier));
    held.rises.iter_mut().for_each(|rise| rise.tier = find(rise.tier));
    held.anew.iter_mut().for_each(|(_, tier)| *tier = find(*tier));
    held.waiting = held.waiting.iter().map(|(tier, at)| (find(*tier), *at)).collect();
    held.history.iter_mut().for_each(|(_, tier)| *tier = find(*tier));
    held
}

fn rebrought(brought: &mut Brought, names: &Names) {
    brought.awards = brought.awards.iter().filter_map(|award| reawarded(award, names)).collect();
    brought.gifts = brought.gifts.iter().filter_map(|gift| regifted(*gift, names)).collect();
    brought.turns = names.uses(&brought.turns);
    brought.donations = brought.donations.iter().filter_map(|donation| regiven(donation, names)).collect();
    brought.sent = brought.sent.iter().map(|sent| resent(sent, names)).collect();
}

fn repaid(payment: &Payment, names: &Names) -> Option<Payment> {
    let unit = of(&names.units, payment.unit)?;
    let partner = payment.partner.as_ref().map(|partner| names.partner(partner));
    let (cause, uses) = (names.cause(payment.cause), names.uses(&payment.uses));
    Some(Payment { unit, cause, uses, partner, ..payment.clone() })
}

fn retaken(taken: &Taken, names: &Names) -> Option<Taken> {
    let mut taken = Taken { payment: repaid(&taken.payment, names)?, ..taken.clone() };
    rebrought(&mut taken.brought, names);
    Some(taken)
}

/// An entry; where its prize is no more, it has won what cannot be told.
fn reentered(entry: &Entry, names: &Names) -> Option<Entry> {
    let mut entry = Entry {
        draw: of(&names.draws, entry.draw)?,
        prize: entry.prize.and_then(|prize| of(&names.rewards, prize)),
        ..entry.clone()
    };
    rebrought(&mut entry.brought, names);
    Some(entry)
}

fn regifted(gift: Gifted, names: &Names) -> Option<Gifted> {
    match gift {
        Gifted::Badge(badge) => of(&names.badges, badge).map(Gifted::Badge),
        numbered @ (Gifted::Voucher(_) | Gifted::Offer(_) | Gifted::Entry(_)) => Some(numbered),
    }
}

fn reawarded(award: &Award, names: &Names) -> Option<Award> {
    Some(Award {
        cause: names.cause(award.cause),
        unit: of(&names.units, award.unit)?,
        uses: names.uses(&award.uses),
        funded: award.funded.iter().map(|part| names.partner(part)).collect(),
        prices: award.prices.iter().map(|price| names.partner(price)).collect(),
        // What was read names things of the old version, whose rule is no longer at hand: what is left goes by value.
        seen: Few::default(),
        on_refund: if award.on_refund == OnRefund::Rejudge { OnRefund::Proportion } else { award.on_refund },
        footing: award.footing.as_deref().map(|footing| Box::new(refooted(footing, names))),
        ..award.clone()
    })
}

/// What limits of boosts get back; what else was recorded is not asked for where nothing is judged again.
fn refooted(footing: &Footing, names: &Names) -> Footing {
    let bonus = |bonus: &Bonus| Bonus { uses: names.uses(&bonus.uses), ..bonus.clone() };
    Footing { bonuses: footing.bonuses.iter().map(bonus).collect(), ..Footing::default() }
}

fn regiven(donation: &Donation, names: &Names) -> Option<Donation> {
    let on_refund = if donation.on_refund == OnRefund::Rejudge { OnRefund::Proportion } else { donation.on_refund };
    let (charity, cause) = (of(&names.charities, donation.charity)?, names.cause(donation.cause));
    let uses = names.uses(&donation.uses);
    Some(Donation { charity, cause, uses, on_refund, seen: Few::default(), ..donation.clone() })
}

fn resent(sent: &Sent, names: &Names) -> Sent {
    Sent { rule: sent.rule.and_then(|rule| of(&names.rules, rule)), seen: Vec::new(), ..sent.clone() }
}

/// What members share in another version.
pub fn migrate_pots(pots: &Pots, old: &Outline, to: &Version, version: u32) -> Pots {
    let names = Names::new(old, &to.program);
    Pots {
        version,
        uses: pots.uses.iter().filter_map(|(key, by)| Some((names.key(key)?, by.clone()))).collect(),
        taken: pots.taken.iter().filter_map(|(id, by)| Some((of(&names.rewards, *id)?, by.clone()))).collect(),
        draws: pots
            .draws
            .iter()
            .filter_map(|(id, drum)| Some((of(&names.draws, *id)?, redrummed(drum, &names))))
            .collect(),
        boards: pots
            .boards
            .iter()
            .filter_map(|((id, end), scores)| Some(((of(&names.boards, *id)?, *end), scores.clone())))
            .collect(),
        arrivals: pots
            .arrivals
            .iter()
            .filter_map(|((id, end), arrivals)| Some(((of(&names.boards, *id)?, *end), arrivals.clone())))
            .collect(),
        undecided: pots.undecided.iter().map(|(at, letters)| (*at, readdressed(letters, &names))).collect(),
        groups: pots.groups.iter().filter_map(|(id, by)| Some((of(&names.pools, *id)?, by.clone()))).collect(),
        common: pots
            .common
            .iter()
            .filter_map(|((id, at, group), common)| {
                Some(((of(&names.challenges, *id)?, *at, group.clone()), common.clone()))
            })
            .collect(),
        matched: pots.matched.iter().filter_map(|(id, by)| Some((of(&names.charities, *id)?, by.clone()))).collect(),
        funds: pots
            .funds
            .iter()
            .filter_map(|(id, pot)| Some((of(&names.funds, *id)?, repotted(pot, &names))))
            .collect(),
        ..pots.clone()
    }
}

/// Letters that wait for a decision of rules that there still are.
fn readdressed(letters: &[Letter], names: &Names) -> Vec<Letter> {
    let letter = |letter: &Letter| match &letter.content {
        Content::Decide(rule, claim) => {
            let content = Content::Decide(of(&names.rules, *rule)?, claim.clone());
            Some(Letter { content, ..letter.clone() })
        }
        _ => Some(letter.clone()),
    };
    letters.iter().filter_map(letter).collect()
}

fn repotted(pot: &FundPot, names: &Names) -> FundPot {
    let charity = |id: &CharityId| of(&names.charities, *id);
    FundPot {
        votes: pot.votes.iter().filter_map(|(id, votes)| Some((charity(id)?, *votes))).collect(),
        unpaid: pot.unpaid.iter().filter_map(|(at, id, amount)| Some((*at, charity(id)?, *amount))).collect(),
        ..pot.clone()
    }
}

fn redrummed(drum: &Drum, names: &Names) -> Drum {
    let taken = drum.taken.iter().filter_map(|(reward, taken)| Some((of(&names.rewards, *reward)?, *taken)));
    Drum { taken: taken.collect(), ..drum.clone() }
}

fn carry(fact: &Fact, names: &Names, old: &Outline, new: &Program) -> Option<Fact> {
    let kind = of(&names.events, fact.event.kind)?;
    let (_, from) = old.events.get(fact.event.kind.index())?;
    let to = &new.events.at(kind).fields;
    let fields = |values: &[Value]| -> Arc<[Value]> { reorder(values, from, to, new).into() };
    let payment = fact.payment.as_ref().and_then(|payment| repaid(payment, names).map(Box::new));
    let gifts = fact.gifts.iter().filter_map(|gift| regifted(*gift, names));
    let tied = fact.tied.iter().filter_map(|tied| {
        Some(Tied { gift: regifted(tied.gift, names)?, cause: names.cause(tied.cause), line: tied.line })
    });
    Some(Fact {
        left: fields(&fact.left),
        reversals: fact.reversals.iter().map(|(at, left)| (*at, fields(left))).collect(),
        awards: fact.awards.iter().filter_map(|award| reawarded(award, names)).collect(),
        gifts: gifts.collect(),
        tied: tied.collect(),
        payment,
        gave: fact.gave.iter().map(|cause| names.cause(*cause)).filter(|cause| *cause != Cause::Event).collect(),
        turns: names.uses(&fact.turns),
        used_up: fact.used_up.clone(),
        sent: fact.sent.iter().map(|sent| resent(sent, names)).collect(),
        donations: fact.donations.iter().filter_map(|donation| regiven(donation, names)).collect(),
        abroad: refielded(&fact.abroad, from, to),
        event: Arc::new(Event {
            kind,
            fields: fields(&fact.event.fields),
            foreign: refielded(&fact.event.foreign, from, to),
            ..(*fact.event).clone()
        }),
        ..*fact
    })
}

/// Amounts in other currencies by the fields of another version.
fn refielded(all: &[Foreign], from: &[Field], to: &Arena<FieldId, FieldDef>) -> Few<Foreign> {
    let one = |foreign: &Foreign| {
        let old = from.get(foreign.field.index())?;
        let field = to.find(|field| *field.name == *old.name)?;
        let of_line = match (foreign.of_line, &to.at(field).ty) {
            (Some((line, of_line)), FieldType::List(lines)) => {
                let name = &old.lines.get(of_line.index())?.name;
                Some((line, lines.find(|field| *field.name == **name)?))
            }
            (Some(_), _) => return None,
            (None, _) => None,
        };
        Some(Foreign { field, of_line, ..*foreign })
    };
    all.iter().filter_map(one).collect()
}

/// The values of fields in the order of another version; lines likewise, words by name.
fn reorder(values: &[Value], from: &[Field], to: &Arena<FieldId, FieldDef>, new: &Program) -> Vec<Value> {
    let value = |field: &FieldDef| {
        let Some(at) = from.iter().position(|other| *other.name == *field.name) else {
            return field.default.clone().unwrap_or_default();
        };
        match (values.get(at), from.get(at)) {
            (Some(value), Some(old)) => recast_value(value, old, &field.ty, new),
            _ => Value::Missing,
        }
    };
    to.iter().map(value).collect()
}

fn recast_value(value: &Value, old: &Field, ty: &FieldType, new: &Program) -> Value {
    match (value, ty) {
        (Value::List(lines), FieldType::List(to)) => {
            let line = |line: &[Value]| if line.is_empty() { Vec::new() } else { reorder(line, &old.lines, to, new) };
            Value::List(lines.iter().map(|fields| line(fields).into()).collect())
        }
        (Value::Ordinal(n), FieldType::OneOf(words)) => {
            let word = old.words.get(*n as usize);
            let place = word.and_then(|word| new.enums.at(*words).words.iter().position(|other| **other == **word));
            place.and_then(|place| u32::try_from(place).ok()).map_or(Value::Missing, Value::Ordinal)
        }
        _ => value.clone(),
    }
}
