//! Members with others: transfers, friends, groups, leaderboards; partners, causes and funds.

use crate::engine::words;
use crate::hir::{Charity, Fund, FundPool, Leaderboard, Pool, Price, Referral, Transfer};
use crate::value::{Exact, Value};

use super::Entry;
use super::earning::upper;
use super::speech::Speech;

impl Speech<'_> {
    /// Transfers, referrals, pools and leaderboards.
    pub fn together(&self) -> Vec<Entry> {
        let program = self.program;
        let mut entries: Vec<Entry> = program.transfers.iter().map(|transfer| self.transfer(transfer)).collect();
        entries.extend(program.referrals.iter().map(|referral| self.referral(referral)));
        entries.extend(program.pools.iter().map(|pool| self.pool(pool)));
        entries.extend(program.leaderboards.iter().map(|board| self.board(board)));
        entries
    }

    fn transfer(&self, transfer: &Transfer) -> Entry {
        let mut details = self.gates(&transfer.gates);
        details.extend(self.bounds(transfer.minimum.as_ref(), transfer.at_most.as_ref(), transfer.steps.as_ref()));
        details.extend(transfer.fee.as_ref().map(|fee| {
            let fee = self.value(fee);
            self.t(format!("you pay {fee} beside"), format!("另付 {fee}"))
        }));
        details.push(match transfer.fresh {
            true => self.t("what arrives counts as new", "到账后重新计算有效期"),
            false => self.t("what arrives keeps its date", "到账后保留原有效期"),
        });
        details.extend(self.limits(&transfer.limits));
        let unit = self.unit(transfer.unit);
        Entry {
            name: self.label(transfer.label.as_ref(), &transfer.name),
            anchor: self.anchor("transfer", &transfer.name),
            text: self.t(format!("You can give {unit} to another member."), format!("您可以把{unit}赠给其他会员。")),
            details,
        }
    }

    fn referral(&self, referral: &Referral) -> Entry {
        let (event, friend) = (self.event(referral.event), self.effects(referral.friend));
        let mut details = self.rule_details(self.program.rules.at(referral.friend));
        details.extend(referral.within.map(|span| {
            let span = self.span(span);
            self.t(format!("within {span} of joining"), format!("须在入会 {span} 内"))
        }));
        if let Some(rule) = referral.referrer {
            let effects = self.effects(rule);
            details.push(self.t(format!("who brought the friend: {effects}"), format!("推荐人：{effects}")));
            details.extend(self.rule_details(self.program.rules.at(rule)));
        }
        Entry {
            name: self.label(referral.label.as_ref(), &referral.name),
            anchor: self.anchor("referral", &referral.name),
            text: self.t(
                format!("With the first {event} of a friend whom a member brought, the friend: {friend}."),
                format!("被推荐的朋友首次{event}时，朋友：{friend}。"),
            ),
            details,
        }
    }

    fn pool(&self, pool: &Pool) -> Entry {
        let collects = pool.collects.iter().map(|(unit, share)| {
            let (unit, share) = (self.unit(*unit), words::percent(*share));
            self.t(
                format!("{share} of the {unit} that each earns goes to the group"),
                format!("每人获得的{unit}的 {share} 归入小组"),
            )
        });
        let mut details: Vec<String> = collects.collect();
        details.extend(
            pool.most.map(|most| self.t(format!("at most {most} members in a group"), format!("每组最多 {most} 人"))),
        );
        details.push(match pool.founder_spends {
            true => self.t("only who founded the group may spend", "仅创建者可使用"),
            false => self.t("each of the group may spend", "组员均可使用"),
        });
        Entry {
            name: self.label(pool.label.as_ref(), &pool.name),
            anchor: self.anchor("pool", &pool.name),
            text: self.t(
                "Members can collect and spend together in a group. What the group has stays with it.",
                "会员可以组成小组共同积累和使用，小组所有归小组。",
            ),
            details,
        }
    }

    fn board(&self, board: &Leaderboard) -> Entry {
        let measure = self.program.measures.at(board.by);
        let mut details = Vec::new();
        for place in &board.places {
            let effects = self.effects(place.rule);
            let range = if place.first == place.last {
                place.first.to_string()
            } else {
                format!("{}–{}", place.first, place.last)
            };
            details.push(self.t(format!("place {range}: {effects}"), format!("第 {range} 名：{effects}")));
            details.extend(self.rule_details(self.program.rules.at(place.rule)));
        }
        details.push(match board.first_to_reach {
            true => self.t("of equals, who reached it first comes first", "相同者先达到的在前"),
            false => self.t("equals share a place", "相同者并列"),
        });
        details.extend(board.least.map(|least| {
            let least = words::value(self.program, measure.ty, &Value::Exact(least));
            self.t(format!("who has less than {least} has no place"), format!("不足 {least} 的不参与排名"))
        }));
        let (period, by) = (self.each(board.period), self.name(&measure.name));
        Entry {
            name: self.label(board.label.as_ref(), &board.name),
            anchor: self.anchor("leaderboard", &board.name),
            text: self.t(format!("Members ranked by their {by}, {period}."), format!("{period}按{by}排名。")),
            details,
        }
    }

    fn prices(&self, prices: &[Price], en: &str, zh: &str) -> Vec<String> {
        let said = prices.iter().map(|price| {
            let (steps, money) = (self.value(&price.steps), self.value(&price.money));
            self.t(format!("{en} {money} for {steps}"), format!("{zh} {steps} 为 {money}"))
        });
        said.collect()
    }

    /// Partners, causes and funds.
    pub fn giving(&self) -> Vec<Entry> {
        let partners = self.program.partners.iter().map(|partner| {
            let mut details = self.prices(&partner.issued, "it pays", "其支付");
            details.extend(self.prices(&partner.redeemed, "it is paid", "其收取"));
            if !partner.reserve.is_zero() {
                let reserve = words::percent(partner.reserve);
                details.push(
                    self.t(format!("{reserve} of what it pays is held back"), format!("其支付的 {reserve} 预留")),
                );
            }
            let each = self.each(partner.settles);
            Entry {
                name: self.label(partner.label.as_ref(), &partner.name),
                anchor: self.anchor("partner", &partner.name),
                text: self.t(
                    format!("A partner of the program; accounts are settled {each}."),
                    format!("本计划的合作方，{each}结算。"),
                ),
                details,
            }
        });
        let causes = self.program.charities.iter().map(|cause| self.cause(cause));
        partners.chain(causes).chain(self.program.funds.iter().map(|fund| self.fund(fund))).collect()
    }

    fn cause(&self, cause: &Charity) -> Entry {
        let mut details = self.prices(&cause.rates, "it gets", "折算");
        details.extend(cause.vouchers.map(|share| {
            let share = words::percent(share);
            self.t(format!("vouchers are worth {share} of their value to it"), format!("代金券按面值的 {share} 计"))
        }));
        details.extend(self.gates(&cause.gates));
        details.extend(self.bounds(cause.minimum.as_ref(), None, cause.steps.as_ref()));
        details.extend(self.limits(&cause.limits));
        details.extend(cause.matching.as_ref().map(|matching| {
            let share = words::percent(matching.share);
            let most = matching.most.map_or(String::new(), |most| {
                let most = self.money(Exact::from(most));
                self.t(format!(", up to {most} for all members"), format!("，全体会员合计最多 {most}"))
            });
            let window = matching.window.map_or(String::new(), |kind| {
                let each = self.each(kind);
                self.t(format!(" {each}"), format!("（{each}）"))
            });
            self.t(
                format!("the program adds {share} to what you give{most}{window}"),
                format!("计划另加您捐赠的 {share}{most}{window}"),
            )
        }));
        let takes = !cause.rates.is_empty() || cause.vouchers.is_some();
        Entry {
            name: self.label(cause.label.as_ref(), &cause.name),
            anchor: self.anchor("cause", &cause.name),
            text: match takes {
                true => self.t("You can give to it. What you gave is not returned.", "您可以向其捐赠，捐出后不退。"),
                false => self.t("The program gives to it.", "由计划捐赠。"),
            },
            details,
        }
    }

    fn fund(&self, fund: &Fund) -> Entry {
        let pool = match &fund.pool {
            FundPool::Fixed(minor) => self.money(Exact::from(*minor)),
            FundPool::Share(event, field, share) => {
                let fields = &self.program.events.at(*event).fields;
                let field = fields.get(*field).map_or_else(String::new, |field| self.name(&field.name));
                let (share, event) = (words::percent(*share), self.event(*event));
                self.t(
                    format!("{share} of the {field} of all {event} events"),
                    format!("全部{event}的{field}的 {share}"),
                )
            }
        };
        let causes = fund.among.iter().map(|cause| self.program.charities.at(*cause));
        let causes: Vec<String> = causes.map(|cause| self.label(cause.label.as_ref(), &cause.name)).collect();
        let mut details = self.gates(&fund.gates);
        details.push(match fund.cost {
            Some((unit, cost)) => {
                let cost = self.quantity(unit, Exact::from(cost));
                self.t(format!("a vote costs {cost}"), format!("每票 {cost}"))
            }
            None => self.t("votes cost nothing", "投票免费"),
        });
        if fund.floor > 0 {
            let floor = self.money(Exact::from(fund.floor));
            details.push(self.t(format!("no share is below {floor}"), format!("每份不低于 {floor}")));
        }
        details.extend(fund.paid.map(|span| {
            let span = self.span(span);
            self.t(format!("paid {span} after the period"), format!("期末后 {span}支付"))
        }));
        details.extend(self.limits(&fund.limits));
        let (each, causes) = (self.each(fund.period), self.all(&causes));
        Entry {
            name: self.label(fund.label.as_ref(), &fund.name),
            anchor: self.anchor("fund", &fund.name),
            text: self.t(
                format!("{} {each} for {causes}, divided by your votes; without votes, equally.", upper(&pool)),
                format!("{each} {pool}，由您投票分给{causes}；无人投票则平分。"),
            ),
            details,
        }
    }
}
