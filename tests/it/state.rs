//! State files and what is written: what is refused, what runs that were cut short leave behind, who may write.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::cli::{Folder, SHOP, command, meed, said};

mod damage;
mod earlier;
mod edited;
mod erased;
mod failing;
mod huge;
#[cfg(unix)]
mod kill;

/// Every file of a folder and of the folders in it, with its content.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                all.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    all
}

/// The same for comparisons: how long each file is, and a hash of its content.
fn listing(folder: &Path) -> BTreeMap<String, String> {
    let short =
        |content: Vec<u8>| format!("{} bytes, {}", content.len(), &format!("{:x}", Sha256::digest(&content))[..8]);
    files(folder).into_iter().map(|(name, content)| (name, short(content))).collect()
}

/// A purchase of $40 by ann on a day of February.
fn purchase(id: &str, day: u32) -> String {
    format!(
        "{{\"id\":\"{id}\",\"type\":\"purchase\",\"member\":\"ann\",\"time\":\"2026-02-{day:02}T10:30:00-05:00\",\"order\":\"A{id}\",\"subtotal\":\"40.00\"}}\n"
    )
}
