//! What the language must be able to say, phrase by phrase: the programs of `tests/cases/language`, on both evaluators.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use meed::Program;
use meed::engine::Engine;

#[test]
fn every_phrase_can_be_said() {
    let mut failed = Vec::new();
    let mut count = 0;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/language");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "meed") {
            continue;
        }
        let loaded = Program::from_path(&path).unwrap_or_else(|error| panic!("{error}"));
        let programs: Vec<_> = loaded.versions.into_iter().map(Arc::new).collect();
        for engine in [Engine::reference(&programs), meed::compile::compile(&programs)] {
            for result in meed::scenario::run_all(&engine, &programs[0]) {
                count += 1;
                for failure in result.failures {
                    let place = programs[0].sources.at(failure.span);
                    failed.push(format!("{place} {}: expected {}, got {}", result.name, failure.expected, failure.got));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(count > 100, "{count} scenarios");
}
