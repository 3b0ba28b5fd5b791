//! Challenges: what is to be reached, within which time, and what that brings.

use crate::hir::{Activation, Frame, Goal, OnChange, Progress, RewardRefunds, SharedBy, Source};

use super::Entry;
use super::earning::upper;
use super::speech::Speech;

impl Speech<'_> {
    /// Challenges.
    pub fn challenges(&self) -> Vec<Entry> {
        let said = self.program.challenges.iter().map(|challenge| {
            let goals: Vec<String> = challenge.goals.iter().map(|goal| self.goal(goal)).collect();
            let goals = if challenge.any { self.list(&goals, "or", "或") } else { self.all(&goals) };
            let frame = self.frame(&challenge.frame);
            let reward = self.program.rules.at(challenge.reward);
            let mut details = Vec::new();
            details.extend(challenge.only.iter().map(|only| {
                self.t(format!("only if {}", self.condition(only)), format!("仅当{}", self.condition(only)))
            }));
            if challenge.activation {
                details.push(self.activation(Activation { within: None, each_time: false }));
            }
            // Said once for all that the challenge brings.
            let decided = reward.decided.map(|decided| self.decided(decided));
            for milestone in &challenge.milestones {
                let at = if milestone.share { self.percent_of(&milestone.at) } else { self.value(&milestone.at) };
                let effects = self.effects(milestone.reward);
                details.push(self.t(format!("at {at}: {effects}"), format!("达到 {at} 时：{effects}")));
                let own = self.rule_details(self.program.rules.at(milestone.reward));
                details.extend(own.into_iter().filter(|detail| Some(detail) != decided.as_ref()));
            }
            details.extend(self.rule_details(reward));
            details.extend(challenge.claim.map(|span| {
                let span = self.span(span);
                self.t(format!("you must claim it within {span} of completing it"), format!("完成后须在 {span} 内领取"))
            }));
            if let Some(shared) = &challenge.shared {
                details.push(match shared.by {
                    SharedBy::Everyone => {
                        self.t("all members reach the first goal together", "第一个目标由全体会员共同完成")
                    }
                    SharedBy::Attribute(field) => {
                        let field =
                            self.program.attributes.get(field).map_or_else(String::new, |field| self.name(&field.name));
                        self.t(
                            format!("members with the same {field} reach the first goal together"),
                            format!("相同{field}的会员共同完成第一个目标"),
                        )
                    }
                    SharedBy::Pool(pool) => {
                        let pool = self.name(&self.program.pools.at(pool).name);
                        self.t(
                            format!("members of one {pool} reach the first goal together"),
                            format!("同一{pool}的会员共同完成第一个目标"),
                        )
                    }
                });
                details.extend(shared.least.as_ref().map(|least| {
                    self.t(
                        format!("each must bring in at least {}", self.value(least)),
                        format!("每人至少贡献 {}", self.value(least)),
                    )
                }));
            }
            details.push(match challenge.refunds {
                RewardRefunds::Keep => self.t("what it brought stays when something comes back", "退回时已得奖励保留"),
                RewardRefunds::ReJudge => self
                    .t("what it brought is taken back where the goal is no longer reached", "目标不再达成时收回奖励"),
                RewardRefunds::TakeBackIfUnused => self.t(
                    "what it brought is taken back where the goal is no longer reached, unless some of it was used",
                    "目标不再达成时收回未使用的奖励",
                ),
            });
            details.extend(match challenge.change {
                OnChange::Grandfather => None,
                OnChange::Restart => Some(self.t("it begins anew when these terms change", "条款变更时重新开始")),
                OnChange::Carry => {
                    Some(self.t("it goes on with the new goal when these terms change", "条款变更时按新目标继续"))
                }
            });
            let effects = self.effects(challenge.reward);
            Entry {
                name: self.label(challenge.label.as_ref(), &challenge.name),
                anchor: self.anchor("challenge", &challenge.name),
                text: self.t(
                    format!("{}: {goals}. Then {effects}.", upper(&frame)),
                    format!("{frame}：{goals}。完成后{effects}。"),
                ),
                details,
            }
        });
        said.collect()
    }

    fn percent_of(&self, share: &crate::hir::Expr) -> String {
        let written = self.program.sources.text(share.span).trim();
        self.t(format!("{written} of the goal"), format!("目标的 {written}"))
    }

    fn frame(&self, frame: &Frame) -> String {
        match frame {
            Frame::Ever => self.t("at any time", "不限时间"),
            Frame::Days(from, to) => self.t(format!("from {from} to {to}"), format!("{from} 至 {to}")),
            Frame::Each(kind) => self.each(*kind),
            Frame::From { event, filter, length, inclusive } => {
                let length = self.value(length);
                let start = event.map_or_else(
                    || self.t("you switch it on", "开启"),
                    |event| self.t(format!("each {}", self.event(event)), format!("每次{}", self.event(event))),
                );
                let filter = filter.as_ref().map_or(String::new(), |filter| {
                    self.t(format!(" for which {}", self.condition(filter)), format!("（{}）", self.condition(filter)))
                });
                let inclusive = if *inclusive {
                    self.t(", the last moment included", "（含最后一刻）")
                } else {
                    String::new()
                };
                self.t(
                    format!("within {length} of {start}{filter}{inclusive}"),
                    format!("{start}{filter}后 {length} 内{inclusive}"),
                )
            }
        }
    }

    fn goal(&self, goal: &Goal) -> String {
        let threshold = self.value(&goal.threshold);
        match &goal.of {
            Progress::Counted(measure) => {
                let what = self.counted(&measure.source);
                self.t(format!("{what} reaches {threshold}"), format!("{what}达到 {threshold}"))
            }
            Progress::Measured(measure) => {
                let name = self.name(&self.program.measures.at(*measure).name);
                self.t(format!("your {name} reaches {threshold}"), format!("您的{name}达到 {threshold}"))
            }
            Progress::Collected { event, value, wanted, .. } => {
                let wanted: Vec<String> =
                    wanted.iter().map(|one| crate::engine::words::value(self.program, value.ty, one)).collect();
                let (event, value) = (self.event(*event), self.value(value));
                self.t(
                    format!("{event} with each of {} as {value}", self.all(&wanted)),
                    format!("在{event}中集齐{value}：{}", self.all(&wanted)),
                )
            }
            Progress::Steps(steps) => {
                let said: Vec<String> = steps
                    .iter()
                    .map(|step| {
                        let filter = step.filter.as_ref().map_or(String::new(), |filter| {
                            self.t(
                                format!(" for which {}", self.condition(filter)),
                                format!("（{}）", self.condition(filter)),
                            )
                        });
                        let within = step.within.map_or(String::new(), |span| {
                            self.t(
                                format!(" within {} of the step before", self.span(span)),
                                format!("（距上一步 {} 内）", self.span(span)),
                            )
                        });
                        format!("{}{filter}{within}", self.event(step.event))
                    })
                    .collect();
                self.t(format!("in this order: {}", said.join(", then ")), format!("按顺序：{}", said.join("，然后")))
            }
            Progress::Streak { event, filter, period } => {
                let filter = filter.as_ref().map_or(String::new(), |filter| {
                    self.t(format!(" for which {}", self.condition(filter)), format!("（{}）", self.condition(filter)))
                });
                let (event, period) = (self.event(*event), self.period(*period));
                self.t(
                    format!("{threshold} {period}s in a row with a {event}{filter}"),
                    format!("连续 {threshold} 个{period}有{event}{filter}"),
                )
            }
        }
    }

    /// What a source of events counts.
    pub fn counted(&self, source: &Source) -> String {
        match source {
            Source::Events { aggregate, event, list, value, filter } => {
                let event = self.event(*event);
                let of = match (value, list) {
                    (Some(value), _) => self.t(
                        format!("{} of your {event} events", self.value(value)),
                        format!("您{event}的{}", self.value(value)),
                    ),
                    (None, Some(_)) => self.t(format!("items of your {event} events"), format!("您{event}中的商品")),
                    (None, None) => self.t(format!("your {event} events"), format!("您的{event}")),
                };
                let filter = filter.as_ref().map_or(String::new(), |filter| {
                    self.t(format!(" for which {}", self.condition(filter)), format!("（{}）", self.condition(filter)))
                });
                self.aggregate(*aggregate, &format!("{of}{filter}"))
            }
            _ => String::new(),
        }
    }
}
