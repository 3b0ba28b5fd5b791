//! What members collect and how long it lasts, and their tiers.

use crate::hir::{
    End, Expiry, ExpiryRule, Fall, Guarded, Hold, Kind, Ladder, LadderId, LadderRefund, Pending, Rise, SpendOrder,
    Tier, Unit, UnitId,
};
use crate::value::Rounding;

use super::Entry;
use super::earning::upper;
use super::speech::Speech;

impl Speech<'_> {
    /// Units.
    pub fn units(&self) -> Vec<Entry> {
        self.program.units.pairs().map(|(id, unit)| self.unit_entry(id, unit)).collect()
    }

    fn unit_entry(&self, id: UnitId, unit: &Unit) -> Entry {
        let name = self.unit(id);
        let worth = unit.worth.as_ref().map(|worth| self.value(worth));
        let text = match (worth, unit.money) {
            (Some(worth), _) => {
                self.t(format!("{} are worth {worth} each.", upper(&name)), format!("每个{name}价值 {worth}。"))
            }
            (None, true) => {
                self.t(format!("{} are money of this program.", upper(&name)), format!("{name}是本计划内的金额。"))
            }
            (None, false) => {
                self.t(format!("{} have no value in money.", upper(&name)), format!("{name}没有金额价值。"))
            }
        };
        let mut details = vec![self.rounding(unit.rounding)];
        if !unit.pending.is_empty() {
            details.push(self.pending(&unit.pending));
        }
        let expiry = self.expiry(&unit.expiry, !unit.pending.is_empty());
        details.extend(if unit.expiry.is_empty() { vec![self.t("they never expire", "永不过期")] } else { expiry });
        details.extend(unit.keeps_while.as_ref().map(|keeps| {
            let keeps = self.condition(keeps);
            self.t(format!("nothing expires while {keeps}"), format!("只要{keeps}，就不会过期"))
        }));
        details.push(match unit.spends {
            SpendOrder::SoonestExpiry => self.t("those that expire soonest are spent first", "先使用最早到期的"),
            SpendOrder::Oldest => self.t("the oldest are spent first", "先使用最早获得的"),
        });
        details.extend(unit.at_most.as_ref().map(|most| {
            let most = self.value(most);
            self.t(
                format!("you can have {most} at most; what goes beyond is not given"),
                format!("最多持有 {most}，超出不再发放"),
            )
        }));
        if let Some(kind) = unit.buckets {
            let period = self.period(kind);
            details.push(self.t(
                format!("those earned in different {period}s cannot be spent together"),
                format!("不同{period}获得的不能合并使用"),
            ));
        }
        if !self.program.transfers.iter().any(|transfer| transfer.unit == id) {
            details.push(self.t("they cannot be passed on to others", "不可转让"));
        }
        Entry { name, anchor: self.anchor("unit", &unit.name), text, details }
    }

    pub fn rounding(&self, rounding: Rounding) -> String {
        let (en, zh) = match rounding {
            Rounding::Down => ("fractions are rounded down", "小数部分舍去"),
            Rounding::Up => ("fractions are rounded up", "小数部分进一"),
            Rounding::Nearest => ("fractions are rounded to the nearest whole step, halves up", "四舍五入"),
            Rounding::HalfEven => {
                ("fractions are rounded to the nearest whole step, halves to the even one", "四舍六入五成双")
            }
        };
        self.t(en, zh)
    }

    pub fn pending(&self, cases: &Guarded<Pending>) -> String {
        let said = self.cases(cases, |pending| match pending {
            Pending::No => self.t("at once", "立即"),
            Pending::For(span) => self.t(format!("{} later", self.span(*span)), format!("{}后", self.span(*span))),
            Pending::Until { event, .. } => {
                let event = self.event(*event);
                self.t(format!("with the {event} of the same number"), format!("同一编号的{event}时"))
            }
        });
        self.t(format!("you can use them {said}"), format!("可用时间：{said}"))
    }

    /// When lots lapse; `waits` where they can be used only some time after they were earned.
    pub fn expiry(&self, rules: &[ExpiryRule], waits: bool) -> Vec<String> {
        let said = rules.iter().map(|rule| {
            let when = self.cases(&rule.cases, |case| {
                let since = match waits && !case.from_earning {
                    true => self.t("you can use them", "可用"),
                    false => self.t("you earned them", "获得"),
                };
                let counted = self.t(", counted from earning", "（自获得日起算）");
                let told = !case.from_earning || matches!(case.expiry, Expiry::At(End::After(..)));
                format!("{}{}", self.lapse(&case.expiry, &since), if told { "" } else { &counted })
            });
            let also = self.t("also, whichever comes first: ", "另外（以先到者为准）：");
            let also = if rule.also { &also } else { "" };
            self.t(format!("{also}they expire {when}"), format!("{also}过期时间：{when}"))
        });
        said.collect()
    }

    fn lapse(&self, expiry: &Expiry, since: &str) -> String {
        match expiry {
            Expiry::Never => self.t("never", "永久有效"),
            Expiry::At(end) => self.end(*end, since),
            Expiry::On(day) => {
                self.t(format!("at the end of {day}, if earned by then"), format!("{day} 当日结束（此前获得的）"))
            }
            Expiry::Idle { span, end_of, events } => {
                let events: Vec<String> = events.iter().map(|event| self.event(*event)).collect();
                let (span, events) = (self.span(*span), self.list(&events, "or", "或"));
                let end = end_of.map_or(String::new(), |kind| {
                    let period = self.period(kind);
                    self.t(format!(", at the end of that {period}"), format!("的当{period}末"))
                });
                self.t(
                    format!("{span} after your last {events}{end}, all of them together"),
                    format!("距上次{events} {span}{end}，全部一并过期"),
                )
            }
        }
    }

    /// The end of a time that begins as `since` says: `you earned them`.
    pub fn end(&self, end: End, since: &str) -> String {
        match end {
            End::After(span, None) => {
                let span = self.span(span);
                self.t(format!("{span} after {since}"), format!("{since}后 {span}"))
            }
            End::After(span, Some(kind)) => {
                let (span, period) = (self.span(span), self.period(kind));
                self.t(
                    format!("at the end of the {period} that is {span} after {since}"),
                    format!("{since} {span}后所在{period}的末尾"),
                )
            }
            End::Period { kind, ahead } => {
                let period = self.period(kind);
                match ahead {
                    0 => self.t(format!("at the end of the same {period}"), format!("当{period}末")),
                    1 => self.t(format!("at the end of the next {period}"), format!("下一{period}末")),
                    more => {
                        self.t(format!("at the end of the {period} {more} later"), format!("其后第 {more} {period}末"))
                    }
                }
            }
            End::Month { month, ahead } => {
                let (years, month) = (ahead + 1, self.month(month));
                let plural = if years == 1 { "" } else { "s" };
                self.t(
                    format!("at the end of {month}, {years} year{plural} after the calendar year"),
                    format!("其后第 {years} 年 {month}末"),
                )
            }
            End::YearDay { month, day, after } => {
                let after = self.span(after);
                self.t(
                    format!("on the first {day} {} that is at least {after} later", self.month(month)),
                    format!("至少 {after}之后的首个 {month} 月 {day} 日"),
                )
            }
        }
    }

    pub fn hold(&self, hold: Hold) -> String {
        match hold {
            Hold::Until(End::After(span, None)) => {
                self.t(format!("for {}", self.span(span)), format!("保留 {}", self.span(span)))
            }
            Hold::Until(end) => {
                let end = self.end(end, &self.t("you reach it", "达到"));
                let bare = end.strip_prefix("at ").or(end.strip_prefix("on ")).unwrap_or(&end);
                self.t(format!("until {bare}"), format!("保留至{end}"))
            }
            Hold::UntilDay(day) => self.t(format!("until the end of {day}"), format!("保留至 {day}")),
            Hold::Rolling => self.t("as long as the condition holds", "在满足条件期间有效"),
            Hold::ForEver => self.t("for ever", "永久有效"),
        }
    }

    pub fn tier(&self, ladder: LadderId, tier: u32) -> String {
        let found = self.program.ladders.at(ladder).tiers.get(tier as usize);
        found.map_or_else(String::new, |tier| self.label(tier.label.as_ref(), &tier.name))
    }

    /// Ladders, each with its tiers.
    pub fn tiers(&self) -> Vec<Entry> {
        self.program.ladders.iter().map(|ladder| self.ladder(ladder)).collect()
    }

    fn ladder(&self, ladder: &Ladder) -> Entry {
        let names: Vec<String> = ladder.tiers.iter().map(|tier| self.label(tier.label.as_ref(), &tier.name)).collect();
        let rungs = ladder.tiers.iter().zip(&names).enumerate();
        let mut details: Vec<String> =
            rungs.map(|(place, (tier, name))| self.rung(ladder, place, tier, name)).collect();
        details.push(match ladder.rises {
            Rise::AtOnce => self.t("you rise at once", "达到后立即升级"),
            Rise::AtPeriodEnd(kind) => {
                let period = self.period(kind);
                self.t(format!("you rise at the end of the {period}"), format!("在{period}末升级"))
            }
            Rise::After(span) => {
                let span = self.span(span);
                self.t(format!("you rise {span} later, if it still holds"), format!("{span}后仍满足则升级"))
            }
        });
        let hold = self.hold(ladder.holds);
        details.push(self.t(
            format!("you hold a tier {hold}, and anew whenever you fulfil what keeps it"),
            format!("等级{hold}；期间再次满足条件则重新计算"),
        ));
        details.push(match ladder.falls {
            Fall::ToEarned => {
                self.t("then you have the highest tier that you still have a right to", "到期后为仍符合条件的最高等级")
            }
            Fall::ByOne => self.t("then you fall by one tier", "到期后降一级"),
        });
        details.extend(ladder.grace.map(|span| {
            let span = self.span(span);
            self.t(format!("a tier ends {span} later than that"), format!("另有 {span} 宽限期"))
        }));
        details.push(match ladder.refunds {
            LadderRefund::AtPeriodEnd => self.t(
                "if what you give back takes the ground of a tier, it ends with the period",
                "退货导致不再达标的，在周期末失去等级",
            ),
            LadderRefund::AtOnce => self.t(
                "if what you give back takes the ground of a tier, it ends at once",
                "退货导致不再达标的，立即失去等级",
            ),
            LadderRefund::Never => self.t("giving something back never takes a tier", "退货不影响等级"),
        });
        if let Some(measure) = ladder.rollover {
            let measure = self.name(&self.program.measures.at(measure).name);
            let above = ladder.tiers.iter().zip(&names).filter_map(|(tier, name)| {
                let above = self.value(tier.surplus.as_ref()?);
                Some(self.t(format!("{name}: above {above}"), format!("{name}：超过 {above} 的部分")))
            });
            let above = above.collect::<Vec<_>>().join(&self.t("; ", "；"));
            details.push(self.t(
                format!("what your {measure} has beyond the highest tier that it reaches counts in the next period ({above})"),
                format!("{measure}超出所达最高等级的部分计入下一周期（{above}）"),
            ));
        }
        if ladder.perks_stack && ladder.tiers.iter().any(|tier| !tier.perks.is_empty()) {
            details.push(self.t("a tier has what those below it bring, too", "同时享有以下各级的权益"));
        }
        let all = self.all(&names);
        Entry {
            name: self.label(ladder.label.as_ref(), &ladder.name),
            anchor: self.anchor("tiers", &ladder.name),
            text: self.t(format!("There are {all}."), format!("共有{all}。")),
            details,
        }
    }

    fn rung(&self, ladder: &Ladder, place: usize, tier: &Tier, name: &str) -> String {
        let by = ladder.by.map(|by| self.name(&self.program.measures.at(by).name));
        let mut parts = vec![match (&tier.threshold, &tier.reach, by) {
            // What must always hold stands beside the threshold.
            (Some(threshold), reach, Some(by)) if !reach.as_ref().is_some_and(|r| matches!(r.kind, Kind::And(_))) => {
                let threshold = self.value(threshold);
                self.t(format!("when your {by} reaches {threshold}"), format!("{by}达到 {threshold}"))
            }
            (_, Some(reach), _) => {
                let reach = self.condition(reach);
                self.t(format!("when {reach}"), format!("当{reach}"))
            }
            _ if place == 0 => self.t("everybody", "所有会员"),
            _ => self.t("given by the program only", "仅由计划授予"),
        }];
        let asked = |expr: &Option<crate::hir::Expr>| expr.as_ref().map(|expr| self.condition(expr));
        if let Some(keep) = asked(&tier.keep).filter(|keep| asked(&tier.reach).as_ref() != Some(keep)) {
            parts.push(self.t(format!("kept when {keep}"), format!("保级条件：{keep}")));
        }
        if !tier.perks.is_empty() {
            let perks: Vec<String> = tier.perks.iter().map(ToString::to_string).collect();
            parts.push(self.t(format!("brings {}", self.all(&perks)), format!("享有{}", self.all(&perks))));
        }
        if !tier.issues.is_empty() {
            let gifts: Vec<String> = tier.issues.iter().map(|reward| format!("“{}”", self.reward(*reward))).collect();
            let gifts = self.all(&gifts);
            parts.push(self.t(format!("on reaching it you get {gifts}"), format!("升级时获得{gifts}")));
        }
        self.t(format!("**{name}**: {}", parts.join("; ")), format!("**{name}**：{}", parts.join("；")))
    }
}
