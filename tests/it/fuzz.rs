//! What the fuzzer begins with and what it has found, tried with every test run.

use std::fs;
use std::path::{Path, PathBuf};

use crate::entries;

fn files(folder: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_was_found_is_survived() {
    for (target, entry) in entries::ALL {
        for path in files("tests/cases/crashers", target).into_iter().chain(files("fuzz/corpus", target)) {
            let bytes = fs::read(&path).unwrap();
            if let Err(cause) = std::panic::catch_unwind(|| entry(&bytes)) {
                let said = cause.downcast_ref::<String>().cloned();
                panic!("{}: {}", path.display(), said.unwrap_or_default());
            }
        }
    }
}

#[test]
fn every_target_has_seeds() {
    for (target, _) in entries::ALL {
        assert!(files("fuzz/corpus", target).len() >= 10, "{target}");
    }
}
