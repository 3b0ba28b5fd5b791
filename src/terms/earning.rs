//! How members earn: earns, boosts, rules, and challenges.

use crate::engine::words;
use crate::hir::{
    Activation, BoostAmount, Combine, Direction, Earn, Effect, EventId, EventKind, Excess, Expr, Funding, Gates, Kind,
    LimitId, LimitKind, OnRefund, Rhythm, RhythmDay, Rule, RuleId, StackId, StackMode, TierAt, Trigger,
};
use crate::value::{Exact, TimeSpan, Value};

use super::Entry;
use super::speech::Speech;

impl Speech<'_> {
    /// Earns, then rules that nothing else calls.
    pub fn earning(&self) -> Vec<Entry> {
        let earns = self.program.earns.iter().map(|earn| self.earn(earn));
        let rules = self.program.rules.pairs().filter(|(_, rule)| !matches!(rule.trigger, Trigger::Called(_)));
        earns.chain(rules.map(|(id, rule)| self.rule(id, rule))).collect()
    }

    fn earn(&self, earn: &Earn) -> Entry {
        let event = self.event(earn.event);
        let amount = self.value(&earn.give);
        let each = match earn.list {
            Some(_) => self.t(format!("for each item of a {event}"), format!("{event}中的每件商品")),
            None => self.with_each(earn.event),
        };
        let mut details = self.gates(&earn.gates);
        for &id in &earn.boosts {
            let boost = self.program.boosts.at(id);
            let said = match &boost.amount {
                BoostAmount::Share(Expr { kind: Kind::Const(Value::Exact(share)), .. }) => words::percent(*share),
                amount => self.value(amount.value()),
            };
            let what = match &boost.amount {
                BoostAmount::Share(_) => self.t(format!("{said} more"), format!("加 {said}")),
                BoostAmount::Factor(_) => self.t(format!("{said} times as much"), format!("{said} 倍")),
                BoostAmount::Add(_) => self.t(format!("{said} more"), format!("另加 {said}")),
            };
            let mut parts = vec![what];
            parts.extend(self.gates(&boost.gates));
            parts.extend(self.limits(&boost.limits));
            parts.extend(boost.activation.map(|activation| self.activation(activation)));
            parts.extend(boost.stack.map(|stack| self.stack(stack)));
            parts.extend(self.funded(&boost.funding));
            let name =
                if boost.name == earn.name { String::new() } else { format!("“{}”: ", self.name(&boost.name)) };
            details.push(format!("{name}{}", parts.join(&self.t(", ", "，"))));
        }
        if earn.boosts.len() > 1 {
            details.push(match earn.combine {
                Combine::Add => self.t("several of these are added up", "多项加成相加"),
                Combine::Multiply => self.t("several of these multiply each other", "多项加成相乘"),
                Combine::Best => self.t("of several, only the largest counts", "多项加成取最大的一项"),
            });
        }
        details.extend(self.limits(&earn.limits));
        details.extend(earn.activation.map(|activation| self.activation(activation)));
        details.extend(earn.cooldown.map(|span| self.cooldown(span)));
        if !earn.unless_earned.is_empty() {
            let others: Vec<String> = earn
                .unless_earned
                .iter()
                .map(|other| format!("“{}”", self.name(&self.program.earns.at(*other).name)))
                .collect();
            details.push(self.t(
                format!("not together with {}", self.list(&others, "or", "或")),
                format!("不与{}同享", self.list(&others, "or", "或")),
            ));
        }
        details.extend(earn.stack.map(|stack| self.stack(stack)));
        match earn.tier {
            TierAt::Before => {}
            TierAt::After => details.push(self.t("the tier that the event leads to counts", "按该事件之后的等级计算")),
            TierAt::Split(_) => {
                details.push(
                    self.t("each part of the amount counts at the tier in which it was made", "金额按所处等级分段计算"),
                );
            }
        }
        details.extend(earn.as_of.as_ref().map(|day| {
            let day = self.value(day);
            self.t(format!("as things were on {day}"), format!("按{day}当日的规则"))
        }));
        if let Some((rounding, _)) = earn.round {
            details.push(self.rounding(rounding));
        }
        details.extend(earn.pending.as_ref().filter(|cases| !cases.is_empty()).map(|cases| self.pending(cases)));
        let pending = earn.pending.as_ref().unwrap_or(&self.program.units.at(earn.unit).pending);
        details.extend(self.expiry(&earn.expiry, !pending.is_empty()));
        details.extend(self.funded(&earn.funding));
        details.extend(self.on_refund(earn.on_refund));
        Entry {
            name: self.name(&earn.name),
            anchor: self.anchor("earn", &earn.name),
            text: self.t(format!("{amount}, {each}."), format!("{each}：{amount}。")),
            details,
        }
    }

    fn rule(&self, id: RuleId, rule: &Rule) -> Entry {
        let effects = self.effects(id);
        let when = self.trigger(&rule.trigger);
        Entry {
            name: self.name(&rule.name),
            anchor: self.anchor("rule", &rule.name),
            text: self.t(format!("{}: {effects}.", upper(&when)), format!("{when}：{effects}。")),
            details: self.rule_details(rule),
        }
    }

    /// Conditions and limits of a rule.
    pub fn rule_details(&self, rule: &Rule) -> Vec<String> {
        let mut details = self.gates(&rule.gates);
        details.extend(self.limits(&rule.limits));
        details.extend(rule.activation.map(|activation| self.activation(activation)));
        details.extend(rule.cooldown.map(|span| self.cooldown(span)));
        details.extend(rule.stack.map(|stack| self.stack(stack)));
        details.extend(self.funded(&rule.funding));
        details.extend(rule.decided.map(|decided| self.decided(decided)));
        details.extend(self.refund_of_rule(rule));
        details
    }

    /// Everything that a rule does, with conditions of single effects.
    pub fn effects(&self, id: RuleId) -> String {
        let rule = self.program.rules.at(id);
        let said = rule.effects.iter().map(|(condition, effect)| {
            let what = self.effect(effect);
            condition.as_ref().map_or(what.clone(), |condition| {
                let condition = self.condition(condition);
                self.t(format!("{what} if {condition}"), format!("若{condition}，{what}"))
            })
        });
        let said: Vec<String> = said.collect();
        if said.is_empty() { self.t("nothing by itself", "无") } else { self.all(&said) }
    }

    fn effect(&self, effect: &Effect) -> String {
        match effect {
            Effect::Give(_, amount) => {
                self.t(format!("you get {}", self.value(amount)), format!("您获得 {}", self.value(amount)))
            }
            Effect::GiveTo(_, amount, member) => {
                let (amount, member) = (self.value(amount), self.value(member));
                self.t(format!("{member} gets {amount}"), format!("{member}获得 {amount}"))
            }
            Effect::Take(_, amount) => {
                let amount = self.value(amount);
                self.t(
                    format!("you lose {amount}, as far as you have them"),
                    format!("扣除您的 {amount}（以现有为限）"),
                )
            }
            Effect::Convert { from, price, gives, minimum, maximum, .. } => {
                let (from, price, gives) = (self.unit(*from), self.value(price), self.value(gives));
                let least = minimum.as_ref().map_or(String::new(), |least| {
                    self.t(
                        format!(", if there are at least {}", self.value(least)),
                        format!("，至少需有 {}", self.value(least)),
                    )
                });
                let most = maximum.as_ref().map_or(String::new(), |most| {
                    self.t(format!(", at most {}", self.value(most)), format!("，最多 {}", self.value(most)))
                });
                self.t(
                    format!("your available {from} become {gives} for every {price}{least}{most}"),
                    format!("您的可用{from}每 {price} 换成 {gives}{least}{most}"),
                )
            }
            Effect::Issue(reward) => {
                let reward = self.reward(*reward);
                self.t(format!("you get “{reward}”"), format!("您获得“{reward}”"))
            }
            Effect::Badge(badge) => {
                let badge = self.name(&self.program.badges.at(*badge).name);
                self.t(format!("you get the badge “{badge}”, once"), format!("您获得徽章“{badge}”（一次）"))
            }
            Effect::Grant(ladder, tier, hold) => {
                let name = self.tier(*ladder, *tier);
                let hold = self.hold(*hold);
                self.t(format!("you hold {name} {hold}"), format!("您获得{name}，{hold}"))
            }
            Effect::Extend(unit, span) => {
                let (unit, span) = (self.unit(*unit), self.span(*span));
                self.t(format!("your {unit} expire {span} later"), format!("您的{unit}延期 {span}"))
            }
            Effect::Activate(offer, span) => {
                let offer = self.name(offer);
                let time = span.map_or(String::new(), |span| {
                    self.t(format!(" for {}", self.span(span)), format!("，{}内有效", self.span(span)))
                });
                self.t(format!("“{offer}” is switched on for you{time}"), format!("为您开启“{offer}”{time}"))
            }
            Effect::Restart(measure) => {
                let measure = self.name(&self.program.measures.at(*measure).name);
                self.t(format!("your {measure} begins anew"), format!("您的{measure}重新计算"))
            }
            Effect::Message(channel, label, _) => {
                let text = label.read_in(if self.chinese { "zh" } else { "en" }).1;
                let by = if channel.is_empty() {
                    String::new()
                } else {
                    self.t(format!(" by {channel}"), format!("（{channel}）"))
                };
                self.t(format!("we tell you{by}: “{text}”"), format!("我们通知您{by}：“{text}”"))
            }
            Effect::Donate(cause, amount) => {
                let cause = self.program.charities.at(*cause);
                let (name, amount) = (self.label(cause.label.as_ref(), &cause.name), self.value(amount));
                self.t(format!("{amount} goes to {name}"), format!("向{name}捐出 {amount}"))
            }
            Effect::Exchange(exchange) => {
                let exchange = self.program.exchanges.at(*exchange);
                let name = self.label(exchange.label.as_ref(), &exchange.name);
                self.t(
                    format!("“{name}” happens by itself, as far as there is enough"),
                    format!("自动执行“{name}”（以余额为限）"),
                )
            }
            Effect::Offer(choice) => {
                let choice = self.program.choices.at(*choice);
                let name = self.label(choice.label.as_ref(), &choice.name);
                self.t(format!("you may choose: “{name}”"), format!("您可以选择：“{name}”"))
            }
            Effect::Open(challenge) => {
                let challenge = self.program.challenges.at(*challenge);
                let name = self.label(challenge.label.as_ref(), &challenge.name);
                self.t(format!("“{name}” begins for you"), format!("为您开启“{name}”"))
            }
            Effect::Enter(draw, times) => {
                let draw = self.program.draws.at(*draw);
                let name = self.label(draw.label.as_ref(), &draw.name);
                let times = times.as_ref().map_or_else(|| "1".to_owned(), |times| self.value(times));
                self.t(format!("you get {times} entry into “{name}”"), format!("您获得 {times} 次“{name}”抽奖机会"))
            }
        }
    }

    /// As often as an event comes. Members know what they do themselves by its verb.
    fn with_each(&self, event: EventId) -> String {
        let name = self.event(event);
        match self.program.events.at(event).kind {
            EventKind::Join => self.t("when you join", "入会时"),
            EventKind::Leave => self.t("when you leave", "退出时"),
            EventKind::Birthday => self.t("on your birthday", "生日时"),
            _ => self.t(format!("with each {name}"), format!("每次{name}")),
        }
    }

    fn trigger(&self, trigger: &Trigger) -> String {
        match trigger {
            &Trigger::Event(id, list) => {
                let event = self.event(id);
                match list {
                    Some(_) => self.t(format!("for each item of a {event}"), format!("{event}中的每件商品")),
                    None => self.with_each(id),
                }
            }
            Trigger::Reaches(measure, threshold) => {
                let (measure, threshold) = (self.name(&self.program.measures.at(*measure).name), self.value(threshold));
                self.t(format!("when your {measure} reaches {threshold}"), format!("当您的{measure}达到 {threshold}"))
            }
            Trigger::Another { measure, step, from } => {
                let (measure, step) = (self.name(&self.program.measures.at(*measure).name), self.value(step));
                let from = from.as_ref().map_or(String::new(), |from| {
                    self.t(format!(", from {} on", self.value(from)), format!("（自 {} 起）", self.value(from)))
                });
                self.t(
                    format!("each time your {measure} reaches another {step}{from}"),
                    format!("您的{measure}每再达到 {step}{from}"),
                )
            }
            Trigger::Tier { ladder, direction, to, first } => {
                let ladder_name = &self.program.ladders.at(*ladder);
                let name = self.label(ladder_name.label.as_ref(), &ladder_name.name);
                let (en, zh) = match direction {
                    Direction::Rises => ("rises", "上升"),
                    Direction::Falls => ("falls", "下降"),
                    Direction::Changes => ("changes", "变化"),
                };
                let to = to.map_or(String::new(), |tier| {
                    self.t(format!(" to {}", self.tier(*ladder, tier)), format!("至{}", self.tier(*ladder, tier)))
                });
                let first = if *first { self.t(" for the first time", "（首次）") } else { String::new() };
                self.t(format!("when your {name} {en}{to}{first}"), format!("当您的{name}{zh}{to}{first}"))
            }
            Trigger::Expires(unit) => {
                self.t(format!("when {} expire", self.unit(*unit)), format!("当{}过期", self.unit(*unit)))
            }
            Trigger::Every(rhythm) => self.rhythm(*rhythm),
            Trigger::After { span, event, unless } => {
                let since = event.map_or_else(
                    || self.t("you joined", "入会"),
                    |event| self.t(format!("your last {}", self.event(event)), format!("上次{}", self.event(event))),
                );
                let unless = unless.map_or(String::new(), |event| {
                    self.t(
                        format!(", unless a {} came since", self.event(event)),
                        format!("（其间无{}）", self.event(event)),
                    )
                });
                self.t(
                    format!("{} after {since}{unless}", self.span(*span)),
                    format!("{since}后 {}{unless}", self.span(*span)),
                )
            }
            Trigger::Called(_) => String::new(),
        }
    }

    /// `every calendar month, on day 1 at 00:00`.
    pub fn rhythm(&self, rhythm: Rhythm) -> String {
        let day = match rhythm.day {
            RhythmDay::Nth(number) => self.t(format!("day {number}"), format!("第 {number} 天")),
            RhythmDay::Last => self.t("the last day", "最后一天"),
            RhythmDay::Weekday(day) => self.weekday(day),
            RhythmDay::Date(month, day) => {
                self.t(format!("{day} {}", self.month(month)), format!("{month} 月 {day} 日"))
            }
        };
        let (each, time) = (self.each(rhythm.period), rhythm.time);
        self.t(format!("{each}, on {day} at {time}"), format!("{each}{day} {time}"))
    }

    /// Times and conditions.
    pub fn gates(&self, gates: &Gates) -> Vec<String> {
        let seasons = gates.during.iter().map(|alternatives| {
            let said: Vec<String> = alternatives.iter().map(|season| self.season(season)).collect();
            self.t(format!("only {}", self.list(&said, "or", "或")), format!("仅限{}", self.list(&said, "or", "或")))
        });
        let filters = gates.filter.iter().map(|filter| {
            let filter = self.condition(filter);
            self.t(format!("only items for which {filter}"), format!("仅限{filter}的商品"))
        });
        let conditions = gates.when.iter().map(|when| {
            let when = self.condition(when);
            self.t(format!("only if {when}"), format!("仅当{when}"))
        });
        seasons.chain(filters).chain(conditions).collect()
    }

    /// Limits and budgets.
    pub fn limits(&self, limits: &[LimitId]) -> Vec<String> {
        let said = limits.iter().map(|id| {
            let limit = self.program.limits.at(*id);
            let most = match &limit.kind {
                LimitKind::Times(times) => match self.value(times).as_str() {
                    "1" => self.t("once", "1 次"),
                    times => self.t(format!("{times} times"), format!("{times} 次")),
                },
                LimitKind::Amount(_, most) | LimitKind::Money(most) => self.value(most),
            };
            let window =
                limit.window.map_or_else(|| self.t("with one event", "每次事件"), |window| self.window(window));
            let per: Vec<String> = limit.per.iter().map(|field| self.value(field)).collect();
            let per = if per.is_empty() {
                String::new()
            } else {
                self.t(format!(" for each value of {}", self.all(&per)), format!("（按{}分别计算）", self.all(&per)))
            };
            let whom = limit.budget.map_or(String::new(), |_| self.t(" for all members together", "（全体会员合计）"));
            let reject = if limit.excess == Excess::Reject {
                self.t("; what does not fit whole is not given", "；超出则整笔不给")
            } else {
                String::new()
            };
            self.t(
                format!("at most {most} {window}{per}{whom}{reject}"),
                format!("{window}最多 {most}{per}{whom}{reject}"),
            )
        });
        said.collect()
    }

    pub fn activation(&self, activation: Activation) -> String {
        let within = activation.within.map_or(String::new(), |span| {
            self.t(format!("; that is good for {}", self.span(span)), format!("，{}内有效", self.span(span)))
        });
        let each = if activation.each_time {
            self.t("; each use needs it anew", "；每次使用前需重新开启")
        } else {
            String::new()
        };
        self.t(format!("you must switch it on first{within}{each}"), format!("需先开启{within}{each}"))
    }

    fn cooldown(&self, span: TimeSpan) -> String {
        let span = self.span(span);
        self.t(format!("not again within {span}"), format!("{span}内不重复"))
    }

    fn stack(&self, stack: StackId) -> String {
        let stack = self.program.stacks.at(stack);
        let name = self.name(&stack.name);
        let (en, zh) = match stack.mode {
            StackMode::Add => ("all count", "全部计入"),
            StackMode::Multiply => ("all count, and factors multiply", "全部计入，倍数相乘"),
            StackMode::Best => ("only the one worth most counts", "只计最优的一项"),
            StackMode::First => ("only the first counts", "只计第一项"),
            StackMode::Exclusive => {
                ("only the best counts, and nothing else with it", "只计最优的一项，且不与其他同享")
            }
        };
        self.t(format!("of what belongs to “{name}”, {en}"), format!("“{name}”组内{zh}"))
    }

    pub fn funded(&self, funding: &[Funding]) -> Vec<String> {
        let said = funding.iter().map(|part| {
            let share = part
                .share
                .mul(Exact::from(100))
                .map_or_else(|_| part.share.to_string(), |percent| format!("{percent}%"));
            let partner = self.program.partners.iter().find(|partner| partner.name == part.partner);
            let name = partner
                .map_or_else(|| self.name(&part.partner), |partner| self.label(partner.label.as_ref(), &partner.name));
            self.t(format!("{share} of it is paid by {name}"), format!("其中 {share} 由{name}承担"))
        });
        said.collect()
    }

    /// What a reversal does to what a rule has brought: what the clock did stays, whatever the rule says.
    fn refund_of_rule(&self, rule: &Rule) -> Option<String> {
        let gets = |effect: &Effect| {
            matches!(effect, Effect::Give(..) | Effect::Issue(_) | Effect::Badge(_) | Effect::Grant(..))
        };
        match rule.trigger {
            Trigger::Called(_) => None,
            Trigger::Every(_) | Trigger::After { .. } | Trigger::Expires(_) => {
                let reversible = self.program.events.iter().any(|event| event.reversal.is_some());
                let kept = reversible && rule.effects.iter().any(|(_, effect)| gets(effect));
                if kept { self.on_refund(OnRefund::Keep) } else { None }
            }
            _ => self.on_refund(rule.on_refund),
        }
    }

    fn on_refund(&self, refund: OnRefund) -> Option<String> {
        match refund {
            OnRefund::Proportion => None,
            OnRefund::Rejudge => Some(
                self.t("when a part comes back, it is judged again on what is left", "部分退回时，按剩余部分重新判定"),
            ),
            OnRefund::Keep => Some(self.t("you keep it when something comes back", "退回时保留")),
        }
    }
}

/// A sentence begins with a capital.
pub(super) fn upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
