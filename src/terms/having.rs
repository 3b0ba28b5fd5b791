//! What members can have: rewards, money off, exchanges, choices and draws.

use crate::engine::words;
use crate::hir::{
    Choice, Decided, Draw, DrawKind, Drawn, Exchange, Expr, Gift, GiftKind, PartnerId, Redeem, RedeemForm, Reward,
    Validity,
};
use crate::value::{Exact, format_instant};

use super::Entry;
use super::earning::upper;
use super::speech::Speech;

impl Speech<'_> {
    /// Rewards, then ways to pay, then what turns one unit into another, then choices and draws.
    pub fn having(&self) -> Vec<Entry> {
        let program = self.program;
        let mut entries: Vec<Entry> = program.rewards.iter().map(|reward| self.reward_entry(reward)).collect();
        entries.extend(program.redeems.iter().map(|redeem| self.redeem(redeem)));
        entries.extend(program.exchanges.iter().map(|exchange| self.exchange(exchange)));
        entries.extend(program.choices.iter().map(|choice| self.choice(choice)));
        entries.extend(program.draws.iter().map(|draw| self.draw(draw)));
        entries
    }

    fn gift(&self, gift: &Gift) -> String {
        let (en, zh) = match gift.kind {
            GiftKind::Product => ("a product", "商品"),
            GiftKind::Discount => ("a discount", "折扣"),
            GiftKind::Voucher => ("a voucher", "代金券"),
            GiftKind::GiftCard => ("a gift card", "礼品卡"),
            GiftKind::Credit => ("credit", "余额"),
            GiftKind::Experience => ("an experience", "体验"),
            GiftKind::Shipping => ("shipping", "运费优惠"),
            GiftKind::Entry => ("an entry into a draw", "抽奖机会"),
            GiftKind::Donation => ("a donation", "捐赠"),
        };
        let mut text = gift.text.as_ref().map_or_else(|| self.t(en, zh), ToString::to_string);
        if let Some(value) = &gift.value {
            let value = self.value(value);
            text.push_str(&self.t(format!(" (worth {value})"), format!("（价值 {value}）")));
        }
        if let Some(draw) = gift.draw {
            let draw = self.program.draws.at(draw);
            let name = self.label(draw.label.as_ref(), &draw.name);
            text.push_str(&self.t(format!(", “{name}”"), format!("“{name}”")));
        }
        text
    }

    fn reward_entry(&self, reward: &Reward) -> Entry {
        let gift = self.gift(&reward.gives);
        let text = match &reward.cost {
            Some((_, cost)) => {
                let cost = self.value(cost);
                self.t(format!("{} for {cost}.", upper(&gift)), format!("{gift}，需 {cost}。"))
            }
            None => self.t(
                format!("{}; given by the program, not to be asked for.", upper(&gift)),
                format!("{gift}；由计划发放，不可兑换。"),
            ),
        };
        let mut details = self.gates(&reward.gates);
        if !reward.gives.valid.is_empty() {
            let valid = self.cases(&reward.gives.valid, |valid| match valid {
                Validity::Until(end) => {
                    let end = self.end(*end, &self.t("you get it", "获得"));
                    self.t(format!("it ends {end}"), end.clone())
                }
                Validity::Between(from, to) => {
                    self.t(format!("it is good from {from} to {to}"), format!("{from} 至 {to}"))
                }
            });
            details.push(self.t(valid.clone(), format!("有效期：{valid}")));
        }
        if let Some(stock) = &reward.stock {
            let days: Vec<String> = stock.released.iter().map(|day| self.weekday(*day)).collect();
            let (count, at, days) = (stock.count, stock.at, self.all(&days));
            details.push(if days.is_empty() {
                self.t(format!("there are {count} for all members"), format!("全体会员共 {count} 份"))
            } else {
                self.t(
                    format!("{count} for all members, released on {days} at {at}; what is left is not added"),
                    format!("每{days} {at} 放出 {count} 份，剩余不累加"),
                )
            });
        }
        details.extend(self.limits(&reward.limits));
        details.extend(reward.minimum_basket.as_ref().map(|least| self.basket(least)));
        details.extend(reward.usable.when.iter().map(|when| {
            let when = self.condition(when);
            self.t(format!("it can be used when {when}"), format!("使用条件：{when}"))
        }));
        if reward.automatic {
            details.push(self.t("it happens by itself as soon as you have enough", "余额足够时自动兑换"));
        }
        details.extend(reward.partner.map(|partner| self.at_partner(partner)));
        let name = self.label(reward.label.as_ref(), &reward.name);
        Entry { name, anchor: self.anchor("reward", &reward.name), text, details }
    }

    fn basket(&self, least: &Expr) -> String {
        let least = self.value(least);
        self.t(format!("for bills of at least {least}"), format!("账单须至少 {least}"))
    }

    fn partner(&self, partner: PartnerId) -> String {
        let partner = self.program.partners.at(partner);
        self.label(partner.label.as_ref(), &partner.name)
    }

    fn at_partner(&self, partner: PartnerId) -> String {
        let name = self.partner(partner);
        self.t(format!("at {name}"), format!("在{name}使用"))
    }

    /// The least, the most and the steps of an amount.
    pub fn bounds(&self, least: Option<&Expr>, most: Option<&Expr>, steps: Option<&Expr>) -> Vec<String> {
        let said = |bound: Option<&Expr>, en: (&str, &str), zh: (&str, &str)| {
            let bound = self.value(bound?);
            Some(self.t(format!("{}{bound}{}", en.0, en.1), format!("{}{bound}{}", zh.0, zh.1)))
        };
        let bounds = [
            said(least, ("at least ", ""), ("至少 ", "")),
            said(most, ("at most ", " at once"), ("每次最多 ", "")),
            said(steps, ("in steps of ", ""), ("须为 ", " 的整数倍")),
        ];
        bounds.into_iter().flatten().collect()
    }

    fn redeem(&self, redeem: &Redeem) -> Entry {
        let text = match &redeem.form {
            RedeemForm::Rate(points, money) => {
                let (points, money) = (self.value(points), self.value(money));
                self.t(format!("{points} pay {money} of a bill."), format!("{points} 抵 {money}。"))
            }
            RedeemForm::Ladder(steps) => {
                let step = |(points, money): &(i64, i64)| {
                    let points = self.quantity(redeem.unit, Exact::from(*points));
                    let money = self.money(Exact::from(*money));
                    self.t(format!("{points} pay {money}"), format!("{points} 抵 {money}"))
                };
                let said = self.all(&steps.iter().rev().map(step).collect::<Vec<_>>());
                self.t(format!("{said}, the largest that fit first."), format!("{said}（优先用最大的一档）。"))
            }
        };
        let mut details = self.gates(&redeem.gates);
        details.extend(redeem.minimum_basket.as_ref().map(|least| self.basket(least)));
        details.extend(redeem.at_most.as_ref().map(|most| {
            let most = self.value(most);
            self.t(format!("at most {most} off one order"), format!("每单最多抵 {most}"))
        }));
        details.extend(redeem.at_most_share.map(|share| {
            let share = words::percent(share);
            self.t(format!("at most {share} of the bill"), format!("最多抵账单的 {share}"))
        }));
        details.extend(self.bounds(redeem.minimum.as_ref(), None, redeem.steps.as_ref()));
        details.extend(self.limits(&redeem.limits));
        details.push(match redeem.clamp {
            true => self.t("more than you have or the bill needs is reduced", "超出余额或账单的部分自动减少"),
            false => self.t("more than you have or the bill needs is refused", "超出余额或账单的请求不予受理"),
        });
        details.extend(redeem.partner.map(|partner| self.at_partner(partner)));
        Entry { name: self.name(&redeem.name), anchor: self.anchor("redeem", &redeem.name), text, details }
    }

    fn exchange(&self, exchange: &Exchange) -> Entry {
        let (takes, gives) = (self.value(&exchange.takes), self.value(&exchange.gives));
        let mut details = self.gates(&exchange.gates);
        details.extend(self.bounds(exchange.minimum.as_ref(), exchange.at_most.as_ref(), None));
        details.extend(exchange.fee.as_ref().map(|fee| {
            let fee = self.value(fee);
            self.t(format!("{fee} are taken beside"), format!("另扣 {fee}"))
        }));
        for bonus in &exchange.bonuses {
            let (every, more) = (self.value(&bonus.every), self.value(&bonus.gives));
            let when = bonus.when.as_ref().map_or(String::new(), |when| {
                let when = self.condition(when);
                self.t(format!(" if {when}"), format!("（若{when}）"))
            });
            details.push(
                self.t(format!("{more} more for every full {every}{when}"), format!("每满 {every} 另加 {more}{when}")),
            );
            details.extend(self.limits(&bonus.limits));
        }
        details.extend(self.limits(&exchange.limits));
        if exchange.clamp {
            details.push(self.t("an amount that does not fit is reduced", "不足整数倍或超出余额的自动减少"));
        }
        details.extend(exchange.partner.map(|partner| {
            let name = self.partner(partner);
            self.t(format!("with {name}"), format!("与{name}兑换"))
        }));
        let text =
            self.t(format!("{takes} become {gives}, in whole steps."), format!("{takes} 换 {gives}，按整数倍。"));
        let name = self.label(exchange.label.as_ref(), &exchange.name);
        Entry { name, anchor: self.anchor("exchange", &exchange.name), text, details }
    }

    fn choice(&self, choice: &Choice) -> Entry {
        let names: Vec<String> =
            choice.options.iter().map(|option| self.label(option.label.as_ref(), &option.name)).collect();
        let mut details = Vec::new();
        for (option, name) in choice.options.iter().zip(&names) {
            let effects = self.effects(option.rule);
            details.push(self.t(format!("**{name}**: {effects}"), format!("**{name}**：{effects}")));
            details.extend(self.rule_details(self.program.rules.at(option.rule)));
        }
        details.extend(choice.within.map(|span| {
            let span = self.span(span);
            self.t(format!("within {span}"), format!("须在 {span} 内选择"))
        }));
        details.push(match choice.default.and_then(|place| names.get(place as usize)) {
            Some(name) => self.t(format!("without a choice in time, you get {name}"), format!("逾期未选则为{name}")),
            None if choice.within.is_some() => self.t("without a choice in time, you get nothing", "逾期未选则作废"),
            None => self.t("the offer stays open", "选择不设期限"),
        });
        let options = self.list(&names, "or", "或");
        Entry {
            name: self.label(choice.label.as_ref(), &choice.name),
            anchor: self.anchor("choice", &choice.name),
            text: self
                .t(format!("When it is offered to you, choose {options}."), format!("收到选择时，可选{options}。")),
            details,
        }
    }

    fn draw(&self, draw: &Draw) -> Entry {
        let mut details = Vec::new();
        for prize in &draw.prizes {
            let mut said = format!("“{}”", self.reward(prize.reward));
            if !prize.odds.is_zero() {
                let odds = words::percent(prize.odds);
                said.push_str(&self.t(format!(", with a chance of {odds}"), format!("，概率 {odds}")));
            }
            if let Some(count) = prize.stock {
                said.push_str(&self.t(format!(", {count} of them"), format!("，共 {count} 份")));
            }
            details.push(said);
        }
        let text = match &draw.kind {
            DrawKind::Instant(pity) => {
                let prize = pity.as_ref().and_then(|pity| Some((pity.after, draw.prizes.get(pity.prize as usize)?)));
                details.extend(prize.map(|(after, prize)| {
                    let name = self.reward(prize.reward);
                    self.t(
                        format!("after {after} losses in a row, the last of them wins “{name}” instead"),
                        format!("连续第 {after} 次未中必得“{name}”"),
                    )
                }));
                self.t("Each entry wins or loses at once.", "每次参与即时开奖。")
            }
            DrawKind::Sweepstake { drawn, several } => {
                details.push(match several {
                    true => self.t("one member may win several prizes", "一人可多次中奖"),
                    false => self.t("one member wins one prize at most", "每人最多中奖一次"),
                });
                let drawn = self.drawn(*drawn);
                self.t(format!("Winners are drawn {drawn}."), format!("{drawn}开奖。"))
            }
        };
        details.extend(self.rule_details(self.program.rules.at(draw.entry)));
        let hash: String = draw.commitment.iter().map(|byte| format!("{byte:02x}")).collect();
        details.push(self.t(
            format!("a secret number fixed the outcome before; its SHA-256 is `{hash}`, so that anybody can check it"),
            format!("结果由事先封存的秘密数决定，其 SHA-256 为 `{hash}`，事后任何人可验证"),
        ));
        Entry {
            name: self.label(draw.label.as_ref(), &draw.name),
            anchor: self.anchor("draw", &draw.name),
            text,
            details,
        }
    }

    fn drawn(&self, drawn: Drawn) -> String {
        match drawn {
            Drawn::At(at) => {
                let at = format_instant(at, &self.program.settings.zone);
                self.t(format!("at {at}"), at.clone())
            }
            Drawn::Every(rhythm) => self.rhythm(rhythm),
        }
    }

    /// When it is decided for all together what a rule brings.
    pub fn decided(&self, decided: Decided) -> String {
        match decided {
            Decided::When(drawn) => {
                let drawn = self.drawn(drawn);
                self.t(format!("what you get is decided {drawn}"), format!("{drawn}揭晓"))
            }
            Decided::End => self.t("what you get is decided when its time is over", "结束时揭晓"),
        }
    }
}
