//! Refunds, what holds in general, and what words mean.

use crate::arena::Arena;
use crate::engine::words;
use crate::hir::{
    Compare, EventDef, EventKind, FieldDef, FieldId, FieldType, Kind, Net, RefundFloor, ReturnOrder, Returned,
    Reversal, Rows, Source, Table, Tally, Unit, UnitId, Unmatched, Window,
};
use crate::value::{Exact, LeapDay, Value};

use super::Entry;
use super::earning::upper;
use super::speech::Speech;

impl Speech<'_> {
    /// What a refund takes back.
    pub fn reversals(&self) -> Vec<Entry> {
        let events = self.program.events.iter().filter_map(|def| Some((def, def.reversal.as_ref()?)));
        let mut entries: Vec<Entry> = events.map(|(def, reversal)| self.reversal(def, reversal)).collect();
        if !entries.is_empty() {
            entries.extend(self.program.units.pairs().map(|(id, unit)| self.unit_refunds(id, unit)));
        }
        entries
    }

    fn reversal(&self, def: &EventDef, reversal: &Reversal) -> Entry {
        let (own, of) = (self.name(&def.name), self.event(reversal.of));
        let mut details = Vec::new();
        details.extend(reversal.within.or(self.program.events.at(reversal.of).reversible).map(|span| {
            let span = self.span(span);
            self.t(format!("within {span}"), format!("须在 {span} 内"))
        }));
        if reversal.lines.is_some() {
            details.push(self.t("item by item", "可按商品逐件退回"));
        }
        details.push(match reversal.unmatched {
            Unmatched::Refused => {
                self.t(format!("without a {of} to take back it has no effect"), format!("找不到对应{of}时无效"))
            }
            Unmatched::Counts => self.t(
                format!("without a {of} to take back it still lowers what is counted"),
                format!("找不到对应{of}时仍减少累计"),
            ),
        });
        let text = self.t(
            format!(
                "A {own} takes back what the {of} has brought, in proportion to what comes back, unless a rule says \
                 otherwise."
            ),
            format!("{own}按退回比例收回{of}所获，规则另有说明的除外。"),
        );
        Entry { name: own, anchor: self.anchor("event", &def.name), text, details }
    }

    fn unit_refunds(&self, id: UnitId, unit: &Unit) -> Entry {
        let name = self.unit(id);
        let text = match unit.refunds {
            RefundFloor::BelowZero(least) => {
                let least = least.map_or(String::new(), |least| {
                    let least = self.quantity(id, Exact::from(-least));
                    self.t(format!(", down to {least}"), format!("，最低 {least}"))
                });
                self.t(
                    format!("If you have spent the {name} already, you have less than none afterwards{least}."),
                    format!("如{name}已使用，余额可为负{least}。"),
                )
            }
            RefundFloor::StopAtZero => self.t(
                format!("If you have spent the {name} already, the next ones repay what is missing."),
                format!("如{name}已使用，由之后获得的抵扣。"),
            ),
            RefundFloor::OnlyPending => self
                .t(format!("Only {name} that you cannot use yet are taken back."), format!("只收回尚未生效的{name}。")),
        };
        let returned = match unit.returned {
            Returned::Forfeit => self.t(
                "what you spent on the order comes back with its old date, and is lost if that is over",
                "用于该订单的按原有效期退还，已过期的作废",
            ),
            Returned::Grace(span) => {
                let span = self.span(span);
                self.t(
                    format!("what you spent on the order comes back, for at least {span}"),
                    format!("用于该订单的将退还，至少有效 {span}"),
                )
            }
            Returned::FreshLot => self.t(
                "what you spent on the order comes back; what had expired counts as new",
                "用于该订单的将退还，已过期的重新计算有效期",
            ),
        };
        let order = match unit.return_order {
            ReturnOrder::ProRata => self.t("of a part, both come back in proportion", "部分退货时按比例退还"),
            ReturnOrder::PointsFirst => {
                self.t(format!("of a part, {name} come back first"), format!("部分退货时先退{name}"))
            }
            ReturnOrder::MoneyFirst => self.t("of a part, money comes back first", "部分退货时先退金额"),
        };
        let taken = unit.refunds_in_order.then(|| {
            self.t(
                "what is taken back is taken in the order in which you would spend it, whatever it came from",
                "收回时按使用顺序扣除，不论来自哪笔",
            )
        });
        let details = taken.into_iter().chain([returned, order]).collect();
        Entry { name, anchor: format!("refunds {}", unit.name), text, details }
    }

    /// Currency, days, late records, consent.
    pub fn general(&self) -> Vec<Entry> {
        let settings = &self.program.settings;
        let mut entries = Vec::new();
        let mut entry = |name: String, text: String| {
            entries.push(Entry { anchor: format!("program {name}"), name, text, details: Vec::new() });
        };
        let code = settings.currency.code();
        entry(self.t("Money", "货币"), self.t(format!("All money is in {code}."), format!("金额以 {code} 计。")));
        let zone = settings.zone.name();
        let own = settings.zone_of_member.map_or(String::new(), |_| {
            self.t(", or in your own time zone where we know it", "（已知您所在时区的，按您的时区）")
        });
        entry(
            self.t("Days", "日期"),
            self.t(format!("Days end at midnight in {zone}{own}."), format!("每日以 {zone} 的零点为界{own}。")),
        );
        for (currency, rate, _) in &settings.accepts {
            let (code, rate) = (currency.code(), self.value(rate));
            entry(
                code.to_owned(),
                self.t(format!("Amounts in {code} are counted at {rate}."), format!("{code} 金额按 {rate} 折算。")),
            );
        }
        if settings.join_required {
            entry(self.t("Joining", "入会"), self.t("You must join first.", "须先入会。"));
        }
        if let Some(late) = settings.late {
            let late = self.span(late);
            entry(
                self.t("Late records", "迟到记录"),
                self.t(
                    format!("What reaches us more than {late} late does not count."),
                    format!("迟到超过 {late} 的记录不计入。"),
                ),
            );
        }
        if self.program.attributes.iter().any(|field| &*field.name == "birthday") {
            let (en, zh) = match settings.leap_day {
                LeapDay::Feb28 => ("28 February", "2 月 28 日"),
                LeapDay::Mar1 => ("1 March", "3 月 1 日"),
            };
            entry(
                self.t("Birthdays", "生日"),
                self.t(
                    format!("Birthdays on 29 February are on {en} in other years."),
                    format!("2 月 29 日的生日在平年为 {zh}。"),
                ),
            );
        }
        for consent in &self.program.consents {
            let (channel, when) = (self.name(&consent.channel), self.condition(&consent.when));
            entry(
                channel.clone(),
                self.t(
                    format!("We write to you by {channel} only if {when}."),
                    format!("仅当{when}时，才通过 {channel} 联系您。"),
                ),
            );
        }
        entries
    }

    /// Measures, segments, named values and tables.
    pub fn definitions(&self) -> Vec<Entry> {
        let plain = |keyword: &str, name: &std::sync::Arc<str>, text: String, details| Entry {
            name: self.name(name),
            anchor: self.anchor(keyword, name),
            text,
            details,
        };
        let mut entries = Vec::new();
        for measure in self.program.measures.iter() {
            let mut details = Vec::new();
            details.extend(match measure.net {
                Net::OfOriginal => None,
                Net::WhenReversed => {
                    Some(self.t("what comes back lowers it when it comes back", "退回时在退回当时减少"))
                }
                Net::Gross => Some(self.t("what comes back does not lower it", "退回不减少")),
            });
            details.extend(measure.share.as_ref().map(|share| {
                let (percent, filter) = (words::percent(share.share), self.condition(&share.filter));
                self.t(
                    format!("at most {percent} of it may be such for which {filter}"),
                    format!("其中{filter}的部分最多占 {percent}"),
                )
            }));
            let text = self.measured(&measure.source);
            let whole = matches!(measure.source, Source::Formula(_) | Source::Streak { .. } | Source::Run { .. });
            let window = self.window(measure.window);
            let window = if whole { String::new() } else { self.t(format!(", {window}"), format!("（{window}）")) };
            let text = self.t(format!("{}{window}.", upper(&text)), format!("{text}{window}。"));
            entries.push(plain("measure", &measure.name, text, details));
        }
        for segment in self.program.segments.iter() {
            let condition = self.condition(&segment.condition);
            let text = self.t(format!("Members for whom {condition}."), format!("{condition}的会员。"));
            entries.push(plain("segment", &segment.name, text, Vec::new()));
        }
        // A constant is said where it is used.
        for named in self.program.lets.iter().filter(|named| !matches!(named.value.kind, Kind::Const(_))) {
            let value = self.value(&named.value);
            let text = self.t(format!("{}.", upper(&value)), format!("{value}。"));
            entries.push(plain("let", &named.name, text, Vec::new()));
        }
        for table in self.program.tables.iter() {
            let text = self.t("By what you look up in it:", "按以下对应：");
            entries.push(plain("table", &table.name, text, self.rows(table)));
        }
        entries.extend(self.usual());
        entries
    }

    /// What is taken where an event or a member says nothing.
    fn usual(&self) -> Vec<Entry> {
        let program = self.program;
        // Fields of joins and updates are attributes.
        let happens = |def: &&EventDef| !matches!(def.kind, EventKind::Join | EventKind::Update);
        let declared = program.events.iter().filter(happens);
        let mut entries: Vec<Entry> = declared
            .map(|def| Entry {
                name: def.kind.id().map_or_else(|| self.name(&def.name), |id| self.event(id)),
                anchor: self.anchor("event", &def.name),
                text: self.t("What counts where a record of it leaves something open:", "记录未说明时按以下计："),
                details: self.left_open(&def.fields),
            })
            .collect();
        entries.push(Entry {
            name: self.t("you", "会员"),
            anchor: "member ".to_owned(),
            text: self.t("What counts as long as we know nothing else of you:", "未登记时按以下计："),
            details: self.left_open(&self.program.attributes),
        });
        entries.retain(|entry| !entry.details.is_empty());
        entries
    }

    fn left_open(&self, fields: &Arena<FieldId, FieldDef>) -> Vec<String> {
        // What a field of every program is by itself goes without saying: it is written nowhere.
        let written = fields.iter().filter(|field| field.span.start < field.span.end);
        let usual = written.flat_map(|field| match (&field.ty, &field.default) {
            (FieldType::List(inner), _) => self.left_open(inner),
            (_, None) => Vec::new(),
            (ty, Some(value)) => {
                let (name, value) = (self.name(&field.name), words::field(self.program, ty, value));
                vec![self.t(format!("without a word about {name}: {value}"), format!("未说明{name}时：{value}"))]
            }
        });
        usual.collect()
    }

    fn bound(&self, how: Compare, value: &str) -> String {
        match how {
            Compare::AtMost => self.t(format!("up to {value}"), format!("至多 {value}")),
            Compare::Less => self.t(format!("below {value}"), format!("低于 {value}")),
            Compare::More => self.t(format!("above {value}"), format!("高于 {value}")),
            Compare::AtLeast => self.t(format!("from {value}"), format!("至少 {value}")),
            Compare::Is | Compare::IsNot => self.name(value),
        }
    }

    fn rows(&self, table: &Table) -> Vec<String> {
        let colon = self.t(": ", "：");
        match &table.rows {
            Rows::Exact { rows, otherwise } => {
                let said = rows.iter().map(|(cells, value)| {
                    let cells = cells.iter().zip(&table.keys).map(|(cell, ty)| match cell {
                        None => self.t("anything", "任意"),
                        Some((how, value)) => self.bound(*how, &words::value(self.program, *ty, value)),
                    });
                    format!("{}{colon}{}", cells.collect::<Vec<_>>().join(", "), self.value(value))
                });
                let other = otherwise.as_ref().map(|value| {
                    let value = self.value(value);
                    self.t(format!("otherwise: {value}"), format!("其他：{value}"))
                });
                said.chain(other).collect()
            }
            Rows::Bands { bands, marginal } => {
                let said = bands.iter().map(|band| {
                    let to = band.to.zip(table.keys.first()).map(|(to, ty)| {
                        let how = if band.inclusive { Compare::AtMost } else { Compare::Less };
                        self.bound(how, &words::value(self.program, *ty, &Value::Exact(to)))
                    });
                    let to = to.unwrap_or_else(|| self.t("above", "以上"));
                    format!("{to}{colon}{}", self.value(&band.value))
                });
                let note = "each rate is for the part of the amount in its band";
                let note = marginal.then(|| self.t(note, "各档比率只适用于该档内的金额"));
                said.chain(note).collect()
            }
        }
    }

    /// A condition on what is counted, behind it.
    pub fn of_which(&self, filter: Option<&crate::hir::Expr>) -> String {
        filter.map_or(String::new(), |filter| {
            let filter = self.condition(filter);
            self.t(format!(" for which {filter}"), format!("（{filter}）"))
        })
    }

    fn measured(&self, source: &Source) -> String {
        match source {
            Source::Events { .. } => self.counted(source),
            Source::Streak { event, filter, period, shield } => {
                let (event, period, filter) =
                    (self.event(*event), self.period(*period), self.of_which(filter.as_ref()));
                let mut text = self.t(
                    format!("how many {period}s in a row you have a {event}{filter}"),
                    format!("连续有{event}{filter}的{period}数"),
                );
                if let Some(enough) = &shield.enough {
                    let (counted, least) = &**enough;
                    let (what, least) = (self.counted(&counted.source), self.amount_of(counted.ty, *least));
                    text.push_str(&self.t(
                        format!("; a {period} counts when {what} reaches {least}"),
                        format!("；{what}达到 {least} 的{period}才计入"),
                    ));
                }
                if let Some((count, span)) = shield.repairs {
                    let span = self.span(span);
                    text.push_str(&self.t(
                        format!("; {count} missed in any {span} is forgiven"),
                        format!("；任意 {span} 内可补 {count} 次"),
                    ));
                }
                if let Some((unit, counts)) = shield.frozen {
                    let unit = self.unit(unit);
                    let counted = self.t(", and the missed time counts", "，且计入");
                    let counts = if counts { &counted } else { "" };
                    text.push_str(&self.t(
                        format!("; one of your {unit} is spent for a missed one{counts}"),
                        format!("；错过时消耗一个{unit}{counts}"),
                    ));
                }
                text
            }
            Source::Run { event, filter, within } => {
                let (event, filter) = (self.event(*event), self.condition(filter));
                let within = within.map_or(String::new(), |span| {
                    let span = self.span(span);
                    self.t(format!(", within {span} of the last"), format!("（距最后一次 {span} 内）"))
                });
                self.t(
                    format!("how many {event} events in a row for which {filter}{within}"),
                    format!("连续{filter}的{event}次数{within}"),
                )
            }
            Source::Postings { unit, tally } => {
                let (en, zh) = match tally {
                    Tally::Earned => ("you earned", "获得"),
                    Tally::Spent => ("you spent", "使用"),
                    Tally::Expired => ("that expired", "过期"),
                    Tally::Reversed => ("that were taken back", "收回"),
                    Tally::Received => ("you received from others", "收到"),
                    Tally::Given => ("you gave to others", "赠出"),
                };
                let unit = self.unit(*unit);
                self.t(format!("the {unit} {en}"), format!("{zh}的{unit}"))
            }
            Source::Formula(formula) => self.value(formula),
        }
    }

    pub fn window(&self, window: Window) -> String {
        match window {
            Window::Ever => self.t("over all time", "累计"),
            Window::Period(kind) => self.each(kind),
            Window::LastDays(span) => {
                self.t(format!("in any {}", self.span(span)), format!("最近 {}", self.span(span)))
            }
            Window::LastExactly(span) => {
                let span = self.span(span);
                self.t(format!("in any {span} to the moment"), format!("最近 {span}（精确）"))
            }
            Window::SinceRise(ladder) => {
                let ladder = self.program.ladders.at(ladder);
                let name = self.label(ladder.label.as_ref(), &ladder.name);
                self.t(format!("since your {name} last rose"), format!("自上次{name}上升以来"))
            }
        }
    }
}
