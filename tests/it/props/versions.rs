//! Programs that change: a second version comes into force in the middle of a history, with the same units, tiers and rewards and other
//! earns, rules and challenges (S40).

use std::sync::Arc;

use meed::engine::Engine;
use meed::journal::state;
use meed::{Program, compile};

use super::history::{self, ALL};
use super::program::{Recipe, text};
use super::run::{Run, difference, disagreement, told};
use super::{ANY, Choices, Verdict, distinct, holds, late, same, shuffled};

/// The two versions of a recipe.
fn versions(recipe: &Recipe) -> Result<(String, Vec<Arc<Program>>), String> {
    let turned = |list: &[Vec<u8>]| list.iter().map(|bytes| bytes.iter().rev().copied().collect()).collect();
    let later = Recipe {
        earns: recipe.earns.iter().skip(recipe.earns.len() / 3).cloned().rev().collect(),
        boosts: Vec::new(),
        rules: turned(&recipe.rules),
        challenges: turned(&recipe.challenges),
        ..recipe.clone()
    };
    let old = text(recipe, ANY);
    let new =
        text(&later, ANY).replacen("program \"Random\" {", "program \"Random\" {\n  effective from 2026-03-01", 1);
    let load = |text: &str| match Program::from_text("random.meed", text) {
        Ok(mut loaded) => Ok(Arc::new(loaded.versions.remove(0))),
        Err(refused) => Err(format!("the checker refuses\n{refused}\n{text}")),
    };
    Ok((format!("{old}\n{new}"), vec![load(&old)?, load(&new)?]))
}

fn with_versions(usual: u32, salt: u8, property: impl Fn(&str, &[Arc<Program>], &Choices, &[u8]) -> Verdict) {
    holds(usual, salt, 30, |recipe, choices, more| {
        let (text, versions) = versions(recipe)?;
        property(&text, &versions, choices, more)
    });
}

fn plan(versions: &[Arc<Program>]) -> Engine {
    compile::compile(versions).with_test_seed()
}

#[test]
fn s40_versions_are_judged_alike_by_plan_and_reference_and_balance() {
    with_versions(30, 17, |text, versions, choices, _| {
        let events = history::events(&versions[1], choices, ALL);
        let story = || format!("{text}\n{}", told(&versions[1], &events));
        let slow = Run::new(Engine::reference(versions).with_test_seed()).singly(&events).advance(Some(late()));
        let fast = Run::new(plan(versions)).singly(&events).advance(Some(late()));
        same("journals", difference(&slow.journal, &fast.journal), story)?;
        same("members", difference(&slow.members(), &fast.members()), story)?;
        let accounts = fast.accounts();
        match fast.world.members().into_iter().find_map(|state| disagreement(&versions[1], state, &accounts)) {
            Some(wrong) => Err(format!("{wrong}\n{}", story())),
            None => Ok(()),
        }
    });
}

#[test]
fn s40_versions_make_no_difference_to_order_and_saving() {
    let path = std::env::temp_dir().join(format!("meed-versions-{}.state", std::process::id()));
    with_versions(30, 18, |text, versions, choices, more| {
        let events = distinct(history::events(&versions[1], choices, ALL));
        let story = || format!("{text}\n{}", told(&versions[1], &events));
        let orderly = Run::new(plan(versions)).singly(&events).advance(Some(late()));
        let mixed = shuffled(events.clone(), more);
        let disorderly = Run::new(plan(versions)).singly(&mixed).advance(Some(late()));
        same("members out of order", difference(&orderly.members(), &disorderly.members()), story)?;
        let cut = usize::from(more[0]) % (events.len() + 1);
        let mut saved = Run::new(plan(versions)).singly(&events[..cut]);
        state::save(&saved.world, &path).map_err(|error| error.to_string())?;
        saved.world = state::load(plan(versions), &path).map_err(|error| format!("{error}\n{}", story()))?;
        let saved = saved.singly(&events[cut..]).advance(Some(late()));
        same("journals of a saved run", difference(&orderly.journal, &saved.journal), story)?;
        same("members of a saved run", difference(&orderly.members(), &saved.members()), story)
    });
    std::fs::remove_file(path).ok();
}
