//! Draws.

use std::sync::Arc;

use crate::arena::Id as _;
use crate::hir::{Decided, Draw, DrawId, DrawKind, Drawn, OnRefund, Pity, Prize, RuleId, Trigger};
use crate::syntax::ast::{self, Odds};
use crate::value::{Exact, TimeOfDay};

use super::context::Checker;
use super::effect::Call;
use super::errors;
use super::literal::{self, day, time};
use super::names::{Symbol, nearest, was};
use super::scope::Scope;

impl Checker<'_> {
    /// A whole draw.
    pub fn lower_draw(&mut self, item: &ast::Draw) -> Option<Draw> {
        let name = &item.name;
        let commitment = self.commitment(item)?;
        let (first, swept) = (item.prizes.first(), item.drawn.is_some());
        if first.is_none() {
            return self.fail(errors::play::no_prizes(name.span(), &name.text));
        }
        let mut prizes = Vec::with_capacity(item.prizes.len());
        let mut together = Exact::ZERO;
        for (at, prize) in item.prizes.iter().enumerate() {
            if item.prizes.iter().take(at).any(|other| other.reward == prize.reward) {
                return self.fail(errors::play::prize_twice(prize.reward.span(), &prize.reward.text));
            }
            let prize = self.prize(item, prize, swept)?;
            together = match together.add(prize.odds) {
                Ok(sum) => sum,
                Err(_) => return self.fail(errors::literals::too_large(item.at.0)),
            };
            prizes.push(prize);
        }
        if let (true, Some(last)) = (together > Exact::ONE, item.prizes.last()) {
            return self.fail(errors::play::odds_above_one(last.at.0));
        }
        let kind = match (&item.drawn, &item.pity, item.several) {
            (Some(_), Some(pity), _) => return self.fail(errors::play::pity_of_sweepstake(pity.at.0)),
            (None, _, Some(several)) => return self.fail(errors::play::several_of_instant(several.0)),
            (None, None, None) => DrawKind::Instant(None),
            (None, Some(pity), None) => DrawKind::Instant(Some(self.pity(item, pity)?)),
            (Some(drawn), None, several) => {
                let drawn = self.drawn(&drawn.value, drawn.at)?;
                DrawKind::Sweepstake { drawn, several: several.is_some() }
            }
        };
        let entry = self.called(
            &Call {
                by: "draw",
                name: Arc::clone(&name.text),
                span: name.span(),
                gate: &item.gate,
                effects: &[],
                on_refund: OnRefund::Proportion,
            },
            &Scope::member(),
        )?;
        Some(Draw {
            name: Arc::clone(&name.text),
            was: was(item.was.as_ref()),
            span: name.span(),
            label: item.label.as_ref().map(literal::label),
            commitment,
            prizes,
            kind,
            entry,
        })
    }

    /// A moment, or a rhythm.
    fn drawn(&mut self, drawn: &ast::Drawn, at: ast::At) -> Option<Drawn> {
        Some(match drawn {
            ast::Drawn::At(moment) => {
                let time = moment.time.map_or(TimeOfDay::MIDNIGHT, time);
                Drawn::At(self.zone.at(day(moment.date), time))
            }
            ast::Drawn::Every(rhythm) => {
                let rhythm = ast::Spanned { value: rhythm.clone(), at };
                let Trigger::Every(rhythm) = self.trigger(&rhythm)? else { return None };
                Drawn::Every(rhythm)
            }
        })
    }

    /// When it is decided what a rule brings; `by` is the keyword of the item that sets it off, where that is no rule.
    pub fn decided(
        &mut self,
        decided: Option<&ast::Spanned<ast::Decided>>,
        by: Option<&str>,
    ) -> Option<Option<Decided>> {
        let Some(decided) = decided else { return Some(None) };
        Some(Some(match &decided.value {
            ast::Decided::When(drawn) => Decided::When(self.drawn(drawn, decided.at)?),
            ast::Decided::End if by == Some("challenge") => Decided::End,
            ast::Decided::End => return self.fail(errors::rules::no_end(decided.at.0)),
        }))
    }

    fn commitment(&mut self, item: &ast::Draw) -> Option<[u8; 32]> {
        let Some(commitment) = &item.commitment else {
            return self.fail(errors::play::no_commitment(item.name.span(), &item.name.text));
        };
        let bytes = commitment.value.strip_prefix("sha256:").and_then(bytes_of);
        match bytes {
            Some(bytes) => Some(bytes),
            None => self.fail(errors::play::bad_commitment(commitment.at.0)),
        }
    }

    fn prize(&mut self, item: &ast::Draw, prize: &ast::Prize, swept: bool) -> Option<Prize> {
        let reward = self.reward(&prize.reward)?;
        let declared = *self.items.rewards.get(reward.index())?;
        if let Some(stock) = &declared.stock {
            return self.fail(errors::play::stock_of_reward(prize.at.0, &prize.reward.text, stock.at.0));
        }
        let stock = match &prize.stock {
            Some(stock) => Some(self.whole(stock, 1)?.unsigned_abs()),
            None => None,
        };
        let pitied = item.pity.as_ref().is_some_and(|pity| pity.reward == prize.reward);
        let odds = match (&prize.odds, swept) {
            (Some(odds), true) => return self.fail(errors::play::odds_of_sweepstake(odds.at.0)),
            (None, true) if stock.is_none() => {
                return self.fail(errors::play::no_stock(prize.at.0, &prize.reward.text));
            }
            (None, true) => Exact::ZERO,
            (None, false) if pitied => Exact::ZERO,
            (None, false) => return self.fail(errors::play::no_odds(prize.at.0, &prize.reward.text)),
            (Some(odds), false) => self.odds(odds)?,
        };
        let rule = self.prize_rule(item, &prize.reward)?;
        Some(Prize { reward, odds, stock, rule })
    }

    /// What a winner gets.
    fn prize_rule(&mut self, item: &ast::Draw, reward: &ast::Ident) -> Option<RuleId> {
        let issue = ast::Spanned { value: ast::Effect::Issue(reward.clone()), at: reward.at };
        self.called(
            &Call {
                by: "draw",
                name: format!("{}.{}", item.name.text, reward.text).into(),
                span: reward.span(),
                gate: &ast::Gate::default(),
                effects: &[issue],
                on_refund: OnRefund::Proportion,
            },
            &Scope::member(),
        )
    }

    fn odds(&mut self, odds: &ast::Spanned<Odds>) -> Option<Exact> {
        let share = match &odds.value {
            Odds::Percent(percent) => self.percent(percent)?,
            Odds::Of(one, of) => {
                let (one, of) = (self.whole(one, 1)?, self.whole(of, 1)?);
                Exact::new(i128::from(one), i128::from(of))?
            }
        };
        if share <= Exact::ZERO || share > Exact::ONE {
            return self.fail(errors::play::odds_above_one(odds.at.0));
        }
        Some(share)
    }

    fn pity(&mut self, item: &ast::Draw, pity: &ast::Pity) -> Option<Pity> {
        let after = self.whole(&pity.after, 1)?.unsigned_abs();
        let prize = item.prizes.iter().position(|prize| prize.reward == pity.reward);
        match prize.and_then(|prize| u32::try_from(prize).ok()) {
            Some(prize) => Some(Pity { prize, after }),
            None => self.fail(errors::play::pity_without_prize(pity.reward.span(), &pity.reward.text)),
        }
    }

    /// The draw of a name, or its message.
    pub fn draw(&mut self, name: &ast::Ident) -> Option<DrawId> {
        match self.names.values.get(&name.text) {
            Some(Symbol::Draw(id)) => Some(id),
            _ => {
                let near = nearest(&name.text, self.items.draws.iter().map(|draw| &*draw.name.text));
                self.fail(errors::play::unknown_draw(name.span(), &name.text, near))
            }
        }
    }
}

/// 64 hexadecimal digits as 32 bytes.
fn bytes_of(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let bytes: Vec<u8> = digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit)).collect();
    if text.len() == 64 { bytes.try_into().ok() } else { None }
}
