//! Names, amounts, times and conditions in words.

use std::sync::Arc;

use crate::engine::words;
use crate::hir::{
    Aggregate, Builtin, ChallengeRead, Compare, During, EventKind, Expr, Function, Guarded, Kind, Label, Level,
    Operator, Program, Read, Standing, Type, UnitId,
};
use crate::value::{Exact, Month, PeriodKind, TimeSpan, TimeUnit, Value, Weekday};

pub(super) struct Speech<'p> {
    pub program: &'p Program,
    pub chinese: bool,
}

impl Speech<'_> {
    /// What is said in the language of the page.
    pub fn t(&self, en: impl Into<String>, zh: impl Into<String>) -> String {
        if self.chinese { zh.into() } else { en.into() }
    }

    /// A name as people read it.
    pub fn name(&self, name: &str) -> String {
        name.replace('_', " ")
    }

    /// What people call a thing.
    pub fn label(&self, label: Option<&Label>, name: &str) -> String {
        let language = if self.chinese { "zh" } else { "en" };
        label.map_or_else(|| self.name(name), |label| label.read_in(language).1.to_string())
    }

    pub fn list(&self, parts: &[String], en: &str, zh: &str) -> String {
        match parts {
            [] => String::new(),
            [one] => one.clone(),
            [rest @ .., last] => {
                format!("{}{}{last}", rest.join(&self.t(", ", "、")), self.t(format!(" {en} "), zh))
            }
        }
    }

    pub fn all(&self, parts: &[String]) -> String {
        self.list(parts, "and", "和")
    }

    pub fn span(&self, span: TimeSpan) -> String {
        if !self.chinese {
            return span.to_string();
        }
        let parts = [
            (i64::from(span.months / 12), "年"),
            (i64::from(span.months % 12), "个月"),
            (i64::from(span.days), "天"),
            (span.millis / 3_600_000, "小时"),
            (span.millis % 3_600_000 / 60_000, "分钟"),
            (span.millis % 60_000 / 1_000, "秒"),
        ];
        parts.iter().filter(|(count, _)| *count != 0).map(|(count, unit)| format!("{count} {unit}")).collect()
    }

    pub fn period(&self, kind: PeriodKind) -> String {
        let (en, zh) = match kind {
            PeriodKind::Day => ("day", "日"),
            PeriodKind::Week => ("week", "周"),
            PeriodKind::Month => ("month", "月"),
            PeriodKind::Quarter => ("quarter", "季度"),
            PeriodKind::Year => ("year", "年"),
            PeriodKind::MembershipYear => ("membership year", "会员年"),
        };
        self.t(en, zh)
    }

    /// `each calendar month`.
    pub fn each(&self, kind: PeriodKind) -> String {
        let period = self.period(kind);
        let calendar = if kind == PeriodKind::MembershipYear { "" } else { "calendar " };
        self.t(format!("each {calendar}{period}"), format!("每{period}"))
    }

    pub fn weekday(&self, day: Weekday) -> String {
        let zh = match day {
            Weekday::Monday => "周一",
            Weekday::Tuesday => "周二",
            Weekday::Wednesday => "周三",
            Weekday::Thursday => "周四",
            Weekday::Friday => "周五",
            Weekday::Saturday => "周六",
            Weekday::Sunday => "周日",
        };
        self.t(capital(&day.to_string()), zh)
    }

    pub fn month(&self, number: u8) -> String {
        let en = Month::from_number(number).map_or_else(String::new, |month| capital(&month.to_string()));
        self.t(en, format!("{number} 月"))
    }

    pub fn money(&self, minor: Exact) -> String {
        let said = words::money(self.program, minor);
        // Whole amounts need no cents, before a currency code or at the end.
        let said = said.replace(".00 ", " ");
        said.strip_suffix(".00").map_or_else(|| said.clone(), str::to_owned)
    }

    pub fn unit(&self, unit: UnitId) -> String {
        let def = self.program.units.at(unit);
        if self.chinese { self.label(def.label.as_ref(), &def.name) } else { self.name(&def.name) }
    }

    pub fn quantity(&self, unit: UnitId, steps: Exact) -> String {
        let def = self.program.units.at(unit);
        if def.money {
            return self.t(
                format!("{} of {}", self.money(steps), self.unit(unit)),
                format!("{} {}", self.money(steps), self.unit(unit)),
            );
        }
        let said = words::quantity(self.program, unit, steps);
        match said.split_once(' ') {
            Some((number, _)) if self.chinese => format!("{number} {}", self.unit(unit)),
            _ => self.name(&said),
        }
    }

    /// A time at which something is open.
    pub fn season(&self, season: &During) -> String {
        match season {
            During::Weekday(day) => self.t(format!("on {}s", self.weekday(*day)), self.weekday(*day)),
            During::Month(month) => self.t(format!("in {}", self.month(*month)), self.month(*month)),
            During::Times(from, to) => self.t(format!("from {from} to before {to}"), format!("{from} 至 {to} 之前")),
            During::Days(Some(from), Some(to)) if from == to => self.t(format!("on {from}"), from.to_string()),
            During::Days(Some(from), Some(to)) => {
                self.t(format!("from {from} to {to}, both days included"), format!("{from} 至 {to}（含首尾两日）"))
            }
            During::Days(Some(from), None) => self.t(format!("from {from} on"), format!("{from} 起")),
            During::Days(None, Some(to)) => self.t(format!("until {to}"), format!("至 {to}")),
            During::Days(None, None) => self.t("at any time", "任何时间"),
        }
    }

    /// Alternatives with their guards, each said by `say`.
    pub fn cases<T>(&self, cases: &Guarded<T>, say: impl Fn(&T) -> String) -> String {
        let parts = cases.iter().map(|(guard, value)| {
            let mut text = say(value);
            text.push_str(&self.guard(guard.from, guard.until, guard.when.as_deref(), cases.len() > 1));
            text
        });
        parts.collect::<Vec<_>>().join(&self.t("; ", "；"))
    }

    fn guard(
        &self,
        from: Option<crate::value::Day>,
        until: Option<crate::value::Day>,
        when: Option<&Expr>,
        several: bool,
    ) -> String {
        let mut parts = Vec::new();
        parts.extend(from.map(|day| self.t(format!("from {day} on"), format!("{day} 起"))));
        parts.extend(until.map(|day| self.t(format!("until {day}"), format!("至 {day}"))));
        parts.extend(
            when.map(|when| self.t(format!("if {}", self.condition(when)), format!("若{}", self.condition(when)))),
        );
        match parts.as_slice() {
            [] if several => self.t(" otherwise", "（其他情况）"),
            [] => String::new(),
            parts if self.chinese => format!("（{}）", parts.join("，")),
            parts => format!(" {}", parts.join(" ")),
        }
    }

    /// A condition.
    pub fn condition(&self, expr: &Expr) -> String {
        match &expr.kind {
            Kind::And(parts) => self.joined(parts, " and ", "且"),
            Kind::Or(parts) => self.joined(parts, " or ", "或"),
            Kind::Not(inner) => {
                self.t(format!("not ({})", self.condition(inner)), format!("并非（{}）", self.condition(inner)))
            }
            Kind::Segment(id) => {
                let segment = self.program.segments.at(*id);
                self.t(
                    format!("you are “{}”", self.name(&segment.name)),
                    format!("您属于“{}”", self.name(&segment.name)),
                )
            }
            Kind::Compare(how, left, right) => self.comparison(*how, left, right),
            Kind::In(item, list) => {
                let list: Vec<String> = list.iter().map(|other| self.value(other)).collect();
                let item = self.value(item);
                self.t(
                    format!("{item} is {}", self.list(&list, "or", "或")),
                    format!("{item}为{}", self.list(&list, "or", "或")),
                )
            }
            Kind::Between(item, low, high) => {
                let (item, low, high) = (self.value(item), self.value(low), self.value(high));
                self.t(format!("{item} is from {low} to {high}"), format!("{item}在 {low} 至 {high} 之间（含）"))
            }
            Kind::Missing(inner) => {
                let inner = self.value(inner);
                self.t(format!("{inner} is not known"), format!("{inner}未知"))
            }
            Kind::Const(Value::Bool(true)) => self.t("in any case", "任何情况"),
            Kind::Const(Value::Bool(false)) => self.t("never", "从不"),
            Kind::Read(Read::Badge(id)) => {
                let name = self.name(&self.program.badges.at(*id).name);
                self.t(format!("you have the badge “{name}”"), format!("您持有徽章“{name}”"))
            }
            Kind::Read(Read::Voucher(id)) => {
                let reward = self.program.rewards.at(*id);
                let name = self.label(reward.label.as_ref(), &reward.name);
                self.t(format!("you have an unused “{name}”"), format!("您有未使用的“{name}”"))
            }
            Kind::Fold { aggregate: aggregate @ (Aggregate::Any | Aggregate::All), list, filter, .. } => {
                let every = *aggregate == Aggregate::All;
                let _ = list;
                let filter = filter.as_ref().map_or_else(String::new, |filter| self.condition(filter));
                self.t(
                    format!("for {} of the items {filter}", if every { "all" } else { "one" }),
                    format!("{}商品满足{filter}", if every { "所有" } else { "任一" }),
                )
            }
            _ => {
                let value = self.value(expr);
                self.t(format!("{value} is yes"), format!("{value}为是"))
            }
        }
    }

    fn joined(&self, parts: &[Expr], en: &str, zh: &str) -> String {
        let said = parts.iter().map(|part| match part.kind {
            Kind::Or(_) | Kind::And(_) => {
                self.t(format!("({})", self.condition(part)), format!("（{}）", self.condition(part)))
            }
            _ => self.condition(part),
        });
        said.collect::<Vec<_>>().join(&self.t(en, zh))
    }

    fn comparison(&self, how: Compare, left: &Expr, right: &Expr) -> String {
        let other = self.value(right);
        if let Kind::Since(unit, since) = &left.kind {
            let (unit, since) = (self.time_unit(*unit), self.value(since));
            let (en, zh) = match how {
                Compare::Is => ("exactly", "恰好"),
                Compare::IsNot => ("not exactly", "并非恰好"),
                Compare::Less => ("less than", "不足"),
                Compare::AtMost => ("at most", "至多"),
                Compare::More => ("more than", "超过"),
                Compare::AtLeast => ("at least", "至少"),
            };
            return self.t(format!("it is {en} {other} {unit} since {since}"), format!("距{since}{zh} {other} {unit}"));
        }
        let item = self.value(left);
        if matches!(left.ty, Type::Tier(_) | Type::Enum(_)) {
            let said = match how {
                Compare::AtLeast => Some((format!("{item} is {other} or higher"), format!("{item}为 {other} 或以上"))),
                Compare::More => Some((format!("{item} is higher than {other}"), format!("{item}高于 {other}"))),
                Compare::AtMost => Some((format!("{item} is {other} or lower"), format!("{item}为 {other} 或以下"))),
                Compare::Less => Some((format!("{item} is lower than {other}"), format!("{item}低于 {other}"))),
                Compare::Is | Compare::IsNot => None,
            };
            if let Some((en, zh)) = said {
                return self.t(en, zh);
            }
        }
        let dated = matches!(left.ty, Type::Date | Type::Moment | Type::Time);
        let (en, zh) = match (how, dated) {
            (Compare::Is, _) => ("is", "为"),
            (Compare::IsNot, _) => ("is not", "不为"),
            (Compare::Less, true) => ("is before", "早于"),
            (Compare::AtMost, true) => ("is not after", "不晚于"),
            (Compare::More, true) => ("is after", "晚于"),
            (Compare::AtLeast, true) => ("is not before", "不早于"),
            (Compare::Less, false) => ("is less than", "少于"),
            (Compare::AtMost, false) => ("is at most", "不超过"),
            (Compare::More, false) => ("is more than", "超过"),
            (Compare::AtLeast, false) => ("is at least", "不少于"),
        };
        self.t(format!("{item} {en} {other}"), format!("{item}{zh} {other}"))
    }

    fn time_unit(&self, unit: TimeUnit) -> String {
        let (en, zh) = match unit {
            TimeUnit::Second => ("seconds", "秒"),
            TimeUnit::Minute => ("minutes", "分钟"),
            TimeUnit::Hour => ("hours", "小时"),
            TimeUnit::Day => ("days", "天"),
            TimeUnit::Week => ("weeks", "周"),
            TimeUnit::Month => ("months", "个月"),
            TimeUnit::Quarter => ("quarters", "个季度"),
            TimeUnit::Year => ("years", "年"),
        };
        self.t(en, zh)
    }

    /// A value: an amount, a name, a calculation.
    pub fn value(&self, expr: &Expr) -> String {
        match &expr.kind {
            Kind::Const(value) => self.constant(expr, value),
            Kind::Field(_) | Kind::Line(_) | Kind::Opened(_) => {
                let text = self.program.sources.text(expr.span);
                let name = self.name(text.rsplit('.').next().unwrap_or(text));
                self.t(format!("the {name}"), name)
            }
            Kind::Read(read) => self.read(*read),
            Kind::Builtin(builtin) => self.builtin(*builtin),
            Kind::Let(id) => {
                let value = &self.program.lets.at(*id).value;
                match value.kind {
                    Kind::Const(_) => self.value(value),
                    _ => format!("“{}”", self.name(&self.program.lets.at(*id).name)),
                }
            }
            Kind::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right),
            Kind::Shift(moment, span, back) => {
                let (moment, span) = (self.value(moment), self.value(span));
                match back {
                    true => self.t(format!("{span} before {moment}"), format!("{moment}之前 {span}")),
                    false => self.t(format!("{span} after {moment}"), format!("{moment}之后 {span}")),
                }
            }
            Kind::Times(span, count) => self.t(
                format!("{} times {}", self.value(count), self.value(span)),
                format!("{} 的 {} 倍", self.value(span), self.value(count)),
            ),
            Kind::Negate(inner) => self.t(format!("less {}", self.value(inner)), format!("负 {}", self.value(inner))),
            Kind::Call(function, parts) => self.call(*function, parts),
            Kind::Rate { quantity, per, value, full, within } => {
                let (gives, per_said, of) = (self.value(quantity), self.value(per), self.value(value));
                let slack = if within.is_zero() {
                    String::new()
                } else {
                    let within = self.amount_of(per.ty, *within);
                    self.t(
                        format!(" (what misses a step by at most {within} counts)"),
                        format!("（差额不超过 {within} 也算）"),
                    )
                };
                let full = if *full { self.t("full ", "满 ") } else { String::new() };
                self.t(
                    format!("{gives} for every {full}{per_said} of {of}{slack}"),
                    format!("{of}每{full} {per_said} 得 {gives}{slack}"),
                )
            }
            // A share of something is of its kind; else it is turned into something else.
            Kind::Scale(inner, share) if inner.ty == expr.ty => {
                let (share, of) = (words::percent(*share), self.value(inner));
                self.t(format!("{share} of {of}"), format!("{of}的 {share}"))
            }
            Kind::Scale(inner, _) => match expr.ty {
                Type::Quantity(unit) => {
                    let (unit, inner) = (self.unit(unit), self.value(inner));
                    self.t(format!("{inner} as {unit}"), format!("{inner}（折成{unit}）"))
                }
                _ => self.value(inner),
            },
            Kind::Lookup(table, keys) => {
                let name = self.name(&self.program.tables.at(*table).name);
                let keys: Vec<String> = keys.iter().map(|key| self.value(key)).collect();
                self.t(
                    format!("what the table “{name}” has for {}", self.all(&keys)),
                    format!("表“{name}”中{}对应的值", self.all(&keys)),
                )
            }
            Kind::Fold { aggregate, value, filter, .. } => {
                let of = value.as_ref().map_or_else(|| self.t("items", "商品"), |value| self.value(value));
                let filter = filter.as_ref().map_or(String::new(), |filter| {
                    self.t(
                        format!(" of the items for which {}", self.condition(filter)),
                        format!("（{}的商品）", self.condition(filter)),
                    )
                });
                format!("{}{filter}", self.aggregate(*aggregate, &of))
            }
            Kind::Since(unit, since) => {
                let (unit, since) = (self.time_unit(*unit), self.value(since));
                self.t(format!("the {unit} since {since}"), format!("距{since}的{unit}数"))
            }
            Kind::Cases(cases) => {
                let parts = cases.iter().map(|case| {
                    let guard =
                        self.guard(case.guard.from, case.guard.until, case.guard.when.as_deref(), cases.len() > 1);
                    self.value(&case.value) + &guard
                });
                parts.collect::<Vec<_>>().join(&self.t("; ", "；"))
            }
            _ => self.condition(expr),
        }
    }

    fn constant(&self, expr: &Expr, value: &Value) -> String {
        let written = self.program.sources.text(expr.span).trim();
        match (expr.ty, value) {
            // A fifth is written as 20%.
            (Type::Number, Value::Exact(number)) if written.ends_with('%') => words::percent(*number),
            (Type::Money, Value::Exact(minor)) => self.money(*minor),
            (Type::Quantity(unit), Value::Exact(steps)) => self.quantity(unit, *steps),
            (Type::Tier(ladder), Value::Ordinal(place)) => {
                let tier = self.program.ladders.at(ladder).tiers.get(*place as usize);
                tier.map_or_else(String::new, |tier| self.label(tier.label.as_ref(), &tier.name))
            }
            (_, Value::Span(span)) => self.span(*span),
            _ => self.name(&words::value(self.program, expr.ty, value)),
        }
    }

    pub(super) fn amount_of(&self, ty: Type, value: Exact) -> String {
        match ty {
            Type::Money => self.money(value),
            Type::Quantity(unit) => self.quantity(unit, value),
            _ => value.to_string(),
        }
    }

    fn read(&self, read: Read) -> String {
        let your = |en: &str, zh: &str| self.t(format!("your {en}"), format!("您的{zh}"));
        let plain = |name: &str| {
            let name = self.name(name);
            your(&name, &name)
        };
        match read {
            Read::Measure(id) => plain(&self.program.measures.at(id).name),
            Read::Tier(id, standing) => {
                let ladder = self.program.ladders.at(id);
                let name = self.label(ladder.label.as_ref(), &ladder.name);
                match standing {
                    Standing::Current => your(&name, &name),
                    Standing::Before => your(&format!("{name} before"), &format!("此前的{name}")),
                    Standing::Highest => your(&format!("highest {name} ever"), &format!("曾达到的最高{name}")),
                }
            }
            Read::Attribute(id) if id == Program::MEMBER_ID => your("number", "编号"),
            Read::Attribute(id) => self.program.attributes.get(id).map_or_else(String::new, |field| plain(&field.name)),
            Read::Balance(unit, level) => {
                let unit = self.unit(unit);
                match level {
                    Level::Balance => your(&unit, &unit),
                    Level::Available => your(&format!("available {unit}"), &format!("可用{unit}")),
                    Level::Pending => your(&format!("pending {unit}"), &format!("待生效{unit}")),
                    Level::Debt => your(&format!("owed {unit}"), &format!("欠回的{unit}")),
                }
            }
            Read::Last(event) => {
                let name = self.name(&self.program.events.at(event).name);
                your(&format!("last {name}"), &format!("上次{name}"))
            }
            Read::Joined => self.t("the day you joined", "您的入会日"),
            Read::Expired => self.t("what expired", "过期的数量"),
            Read::Challenge(id, what) => {
                let challenge = self.program.challenges.at(id);
                let name = self.label(challenge.label.as_ref(), &challenge.name);
                match what {
                    ChallengeRead::Progress => your(&format!("progress in “{name}”"), &format!("“{name}”进度")),
                    ChallengeRead::Open => {
                        self.t(format!("how often “{name}” runs for you"), format!("进行中的“{name}”次数"))
                    }
                    ChallengeRead::Completed => {
                        self.t(format!("how often you completed “{name}”"), format!("完成“{name}”的次数"))
                    }
                }
            }
            Read::Offers(id) => {
                let name = self.name(&self.program.choices.at(id).name);
                your(&format!("open offers of “{name}”"), &format!("“{name}”待选项"))
            }
            Read::Entries(id) => {
                let name = self.name(&self.program.draws.at(id).name);
                your(&format!("entries of “{name}”"), &format!("“{name}”参与次数"))
            }
            Read::Wins(id) => {
                let name = self.name(&self.program.draws.at(id).name);
                your(&format!("wins of “{name}”"), &format!("“{name}”中奖次数"))
            }
            Read::MeasureBefore(id) => {
                let name = self.name(&self.program.measures.at(id).name);
                self.t(format!("your {name} before it began"), format!("开始之前您的{name}"))
            }
            Read::Place(id) => {
                let board = self.program.leaderboards.at(id);
                let name = self.label(board.label.as_ref(), &board.name);
                self.t(format!("your place on “{name}”"), format!("您在“{name}”的名次"))
            }
            Read::Badge(_) | Read::Voucher(_) => String::new(),
        }
    }

    fn builtin(&self, builtin: Builtin) -> String {
        let (en, zh) = match builtin {
            Builtin::Today => ("the day", "当日"),
            Builtin::Now => ("the moment", "当时"),
            Builtin::Time => ("the time of day", "当时时刻"),
            Builtin::Weekday => ("the weekday", "星期"),
            Builtin::Month => ("the month", "月份"),
            Builtin::DayOfMonth => ("the day of the month", "当月日期"),
            Builtin::Year => ("the year", "年份"),
        };
        self.t(en, zh)
    }

    fn arithmetic(&self, operator: Operator, left: &Expr, right: &Expr) -> String {
        let (a, b) = (self.value(left), self.value(right));
        if operator == Operator::Multiply && a.ends_with('%') {
            return self.t(format!("{a} of {b}"), format!("{b}的 {a}"));
        }
        if operator == Operator::Multiply && b.ends_with('%') {
            return self.t(format!("{b} of {a}"), format!("{a}的 {b}"));
        }
        let (en, zh) = match operator {
            Operator::Add => ("plus", "加"),
            Operator::Subtract => ("less", "减"),
            Operator::Multiply => ("times", "乘"),
            Operator::Divide => ("divided by", "除以"),
        };
        self.t(format!("{a} {en} {b}"), format!("{a}{zh}{b}"))
    }

    fn call(&self, function: Function, parts: &[Expr]) -> String {
        let said: Vec<String> = parts.iter().map(|part| self.value(part)).collect();
        let first = said.first().cloned().unwrap_or_default();
        let all = self.all(&said);
        let (en, zh) = match function {
            Function::Min => (format!("the smaller of {all}"), format!("{all}中较小者")),
            Function::Max => (format!("the larger of {all}"), format!("{all}中较大者")),
            Function::Abs => (format!("{first} without its sign"), format!("{first}的绝对值")),
            Function::Floor => (format!("{first} rounded down"), format!("{first}（向下取整）")),
            Function::Ceil => (format!("{first} rounded up"), format!("{first}（向上取整）")),
            Function::Round => (format!("{first} rounded"), format!("{first}（四舍五入）")),
            Function::YearOf => (format!("the year of {first}"), format!("{first}的年份")),
            Function::MonthOf => (format!("the month of {first}"), format!("{first}的月份")),
            Function::DayOf => (format!("the day of the month of {first}"), format!("{first}的日期")),
            Function::WeekdayOf => (format!("the weekday of {first}"), format!("{first}的星期")),
        };
        self.t(en, zh)
    }

    /// How many become one.
    pub fn aggregate(&self, aggregate: Aggregate, of: &str) -> String {
        let (en, zh) = match aggregate {
            Aggregate::Sum => (format!("the sum of {of}"), format!("{of}之和")),
            Aggregate::Count => (format!("the number of {of}"), format!("{of}数量")),
            Aggregate::Distinct => (format!("the number of different values of {of}"), format!("不同{of}的数量")),
            Aggregate::Largest => (format!("the largest of {of}"), format!("{of}最大值")),
            Aggregate::Smallest => (format!("the smallest of {of}"), format!("{of}最小值")),
            Aggregate::Average => (format!("the average of {of}"), format!("{of}平均值")),
            Aggregate::First => (format!("the first of {of}"), format!("首个{of}")),
            Aggregate::Last => (format!("the last of {of}"), format!("最近一个{of}")),
            Aggregate::Any => (format!("whether any of {of}"), format!("是否有{of}")),
            Aggregate::All => (format!("whether all of {of}"), format!("是否全部{of}")),
        };
        self.t(en, zh)
    }

    pub fn event(&self, id: crate::hir::EventId) -> String {
        let def = self.program.events.at(id);
        let own = match def.kind {
            EventKind::Join => "入会",
            EventKind::Leave => "退出",
            EventKind::Update => "资料更新",
            EventKind::Birthday => "生日",
            EventKind::Anniversary => "入会周年",
            EventKind::Redeem => "兑换",
            EventKind::Use => "用券",
            EventKind::Activate => "开启",
            EventKind::Choose => "选择",
            EventKind::Adjust => "人工调整",
            EventKind::Exchange => "互换",
            EventKind::Donate => "捐赠",
            EventKind::Vote => "投票",
            EventKind::Transfer => "转赠",
            EventKind::Receive => "收到转赠",
            EventKind::Referral => "推荐成功",
            EventKind::Claim => "领取",
            EventKind::Enroll => "加入小组",
            EventKind::Withdraw => "退出小组",
            EventKind::Merge => "合并账户",
            EventKind::Unmerge => "拆分账户",
            EventKind::Erase => "删除资料",
            EventKind::Declared => return self.name(&def.name),
        };
        self.t(self.name(&def.name), own)
    }

    pub fn reward(&self, id: crate::hir::RewardId) -> String {
        let reward = self.program.rewards.at(id);
        self.label(reward.label.as_ref(), &reward.name)
    }

    pub fn anchor(&self, keyword: &str, name: &Arc<str>) -> String {
        format!("{keyword} {name}")
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
