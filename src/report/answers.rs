//! What members say: the net promoter score.

use crate::value::Exact;

use super::customers::{Customers, shown};
use super::definition as means;
use super::figure::{Chart, Figure, Section, Table, text};
use super::scope::Window;
use super::value::{Answer, Quantity, count, ratio, share};

const NO_ANSWERS: &str = "nobody has answered in this time";

fn is_score(score: Exact) -> bool {
    score.to_i64().is_some_and(|score| (0..=10).contains(&score))
}

impl Customers<'_> {
    /// What members say.
    pub fn answers(&self) -> Section {
        let title = "Recommendation".to_owned();
        if let Err(why) = self.survey {
            let figures = vec![Figure::new(means::NPS, Err(why.to_owned()))];
            return Section { title, figures, tables: Vec::new() };
        }
        let groups = |window: Window| {
            let mut groups = [0_usize; 3];
            for person in self.people {
                let last = person.answers.iter().rfind(|(day, score)| window.contains(*day) && is_score(*score));
                let Some(score) = last.and_then(|(_, score)| score.to_i64()) else { continue };
                let group = usize::from(score >= 7) + usize::from(score >= 9);
                groups.get_mut(group).into_iter().for_each(|count| *count += 1);
            }
            groups
        };
        let nps = |window: Window| -> Answer {
            let [detractors, passives, promoters] = groups(window);
            let all = detractors + passives + promoters;
            let (for_it, against) = (ratio(promoters, all, NO_ANSWERS)?, ratio(detractors, all, NO_ANSWERS)?);
            let net = for_it.sub(against).and_then(|net| net.mul(Exact::from(100)));
            net.map(Quantity::Score).map_err(|error| error.to_string())
        };
        let [detractors, passives, promoters] = groups(self.scope.period);
        let all = detractors + passives + promoters;
        let figure = Figure::new(means::NPS, nps(self.scope.period))
            .after(self.scope.before(nps))
            .note(format!("{} answers", shown(all)));
        let row = |name: &str, number: usize| vec![text(name), count(number), share(number, all, NO_ANSWERS)];
        let rows = vec![row("promoters", promoters), row("passives", passives), row("detractors", detractors)];
        let table = Table::new(means::ANSWERS, &["answer", "members", "share"], rows).drawn(Chart::Bars(1));
        Section { title, figures: vec![figure], tables: vec![table] }
    }
}
