//! A program in plain words for members, in English or Chinese: everything that it declares, so that nothing is left unsaid.
//!
//! The page is made from the rules alone and says what they say. What the program names itself (tiers, rewards, fields) keeps its name, or the
//! label that it has in the language.

mod challenge;
mod earning;
mod ground;
mod having;
mod keeping;
mod page;
mod speech;
mod together;

use crate::hir::Program;
use speech::Speech;

/// The language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Chinese.
    Chinese,
}

/// One thing that is to be said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entry {
    /// What it is about, as the program calls it.
    pub name: String,
    /// The keyword and the name of the item, to point at.
    pub anchor: String,
    /// The main sentence.
    pub text: String,
    /// Conditions and limits.
    pub details: Vec<String>,
}

/// Things that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What there is to say.
    pub entries: Vec<Entry>,
}

/// A page of terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The name of the program.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// What stands first.
    pub intro: String,
    /// The rest, sections without entries left out.
    pub sections: Vec<Section>,
}

/// Says a program to its members.
pub fn terms(program: &Program, language: Language) -> Terms {
    let speech = Speech { program, chinese: language == Language::Chinese };
    let section = |en: &str, zh: &str, entries: Vec<Entry>| Section { title: speech.t(en, zh), entries };
    let sections = [
        section("What you collect", "您收集什么", speech.units()),
        section("How you earn", "如何获得", speech.earning()),
        section("Challenges", "挑战", speech.challenges()),
        section("Tiers", "等级", speech.tiers()),
        section("What you can have", "可以兑换什么", speech.having()),
        section("With others", "与他人一起", speech.together()),
        section("Partners and causes", "合作方与公益", speech.giving()),
        section("When something comes back", "退货与取消", speech.reversals()),
        section("In general", "一般规则", speech.general()),
        section("What words mean", "名词解释", speech.definitions()),
    ];
    let from = program
        .settings
        .effective_from
        .map_or(String::new(), |day| speech.t(format!(" They hold from {day}."), format!("自 {day} 起生效。")));
    Terms {
        title: program.name.to_string(),
        language,
        intro: speech.t(
            format!("These terms are made from the rules of the program itself.{from}"),
            format!("本条款由计划自身的规则生成。{from}"),
        ),
        sections: sections.into_iter().filter(|section| !section.entries.is_empty()).collect(),
    }
}
