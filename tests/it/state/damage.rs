//! Files that are no state, or no longer.

use std::sync::Arc;

use meed::compile::compile;
use meed::engine::World;
use meed::events::{EventStream, Inputs};
use meed::journal::state::{self, SCHEMA, StateError};
use meed::{Program, engine::Engine};

use super::*;

fn engine() -> Engine {
    let loaded = Program::from_path(Path::new(SHOP)).unwrap();
    compile(&loaded.versions.into_iter().map(Arc::new).collect::<Vec<_>>())
}

/// The state after some events of the shop.
fn good(folder: &Folder) -> Vec<u8> {
    let engine = engine();
    let inputs = Inputs::find(&["tests/cases/cli/messy.jsonl".into()]).unwrap();
    let newest = engine.newest().unwrap().program.clone();
    let events = EventStream::new(&newest, &inputs, None, 0).unwrap().filter_map(Result::ok).collect();
    let mut world = World::new(engine);
    world.submit(events, &mut |_| {});
    state::save(&world, &folder.join("good")).unwrap();
    fs::read(folder.join("good")).unwrap()
}

/// The lines in a state file.
pub(super) fn unpacked(bytes: &[u8]) -> String {
    let packed = &bytes[SCHEMA.len() + 1..bytes.len() - 65];
    String::from_utf8(zstd::decode_all(packed).unwrap()).unwrap()
}

/// A state file of these lines, with a checksum that fits.
pub(super) fn packed(schema: &str, lines: &str) -> Vec<u8> {
    let mut bytes = format!("{schema}\n").into_bytes();
    bytes.extend(zstd::encode_all(lines.as_bytes(), 3).unwrap());
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.extend(format!("{hash}\n").into_bytes());
    bytes
}

/// What is wrong with a file of these bytes. It is new each time: file systems hurry to make durable what is written over something.
fn load(engine: &Engine, folder: &Folder, bytes: &[u8]) -> Option<StateError> {
    let path = folder.join("state");
    fs::write(&path, bytes).unwrap();
    let error = state::load(engine.clone(), &path).err();
    fs::remove_file(path).unwrap();
    error
}

#[test]
fn s42_what_is_torn_or_changed_is_refused_never_guessed() {
    let folder = Folder::new("damage");
    let good = good(&folder);
    let engine = engine();
    let load = |bytes: &[u8]| load(&engine, &folder, bytes);
    assert!(load(&good).is_none());
    for length in 0..good.len() {
        let error = load(&good[..length]);
        assert!(matches!(error, Some(StateError::Damaged { .. })), "cut at {length}: {error:?}");
    }
    let mut longer = good.clone();
    for byte in *b"\n{}\n" {
        longer.push(byte);
        assert!(matches!(load(&longer), Some(StateError::Damaged { .. })), "{} bytes", longer.len());
    }
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bytes = good.clone();
            bytes[at] ^= 1 << bit;
            assert!(load(&bytes).is_some(), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn s42_a_checksum_alone_makes_no_state() {
    let folder = Folder::new("sealed");
    let good = good(&folder);
    let engine = engine();
    let load = |bytes: &[u8]| load(&engine, &folder, bytes);
    let plain = unpacked(&good);
    assert!(load(&packed(SCHEMA, &plain)).is_none());
    let lines: Vec<&str> = plain.lines().collect();
    assert!(lines.len() >= 3);
    for left_out in 0..lines.len() {
        let rest = lines.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, line)| format!("{line}\n"));
        let error = load(&packed(SCHEMA, &rest.collect::<String>()));
        assert!(matches!(error, Some(StateError::Damaged { .. })), "without line {left_out}: {error:?}");
    }
    let twice = format!("{plain}{}\n", lines[1]);
    assert!(matches!(load(&packed(SCHEMA, &twice)), Some(StateError::Damaged { .. })));
    assert!(
        matches!(load(&packed("meed.state/3", &plain)), Some(StateError::Newer { schema, .. }) if schema == "meed.state/3")
    );
    assert!(matches!(load(&packed("meed.state/1", &plain)), Some(StateError::Older { .. })));
    assert!(matches!(load(&packed("meed.state/x", &plain)), Some(StateError::Foreign(_))));
    assert!(matches!(load(&packed("other.state/2", &plain)), Some(StateError::Foreign(_))));
    let other = plain.replacen("\"Corner shop\"", "\"Book shop\"", 1);
    assert!(matches!(load(&packed(SCHEMA, &other)), Some(StateError::OtherProgram { .. })));
    assert!(matches!(state::load(engine.clone(), &folder.join("state")), Err(StateError::Read { .. })));
}

#[test]
fn s42_refused_files_are_told_and_nothing_is_changed() {
    let folder = Folder::new("refused");
    let good = good(&folder);
    fs::remove_file(folder.join("good")).unwrap();
    fs::write(folder.join("one.jsonl"), purchase("new", 20)).unwrap();
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let plain = unpacked(&good);
    let cases: [(&str, Vec<u8>); 8] = [
        ("empty", Vec::new()),
        ("torn", good[..good.len() / 2].to_vec()),
        ("flipped", flipped),
        ("newer", packed("meed.state/3", &plain)),
        ("older", zstd::encode_all(&b"{\"schema\":\"meed.state/1\"}\n"[..], 3).unwrap()),
        ("other", packed(SCHEMA, &plain.replacen("\"Corner shop\"", "\"Book shop\"", 1))),
        ("text", b"dear diary\n".to_vec()),
        ("image", vec![0x89, b'P', b'N', b'G', 0, 1, 2, 3]),
    ];
    for (name, bytes) in cases {
        fs::write(folder.join(name), bytes).unwrap();
    }
    fs::create_dir(folder.join("folder")).unwrap();
    let before = listing(&folder.0);
    let mut told = String::new();
    for name in ["empty", "torn", "flipped", "newer", "older", "other", "text", "image", "folder", "one.jsonl/state"] {
        let text = said(&[
            "run",
            SHOP,
            &folder.named("one.jsonl"),
            "-o",
            &folder.named("out"),
            "--state",
            &folder.named(name),
        ]);
        assert!(text.contains("--- exit 2"), "{text}");
        told += &text
            .replace(folder.0.to_str().unwrap(), "DIR")
            .lines()
            .skip(2)
            .map(|line| format!("{line}\n"))
            .collect::<String>();
        assert_eq!(listing(&folder.0), before, "{name}");
        assert!(!folder.join("out").exists());
    }
    insta::assert_snapshot!(told);
}

#[cfg(unix)]
#[test]
fn s42_a_link_to_nothing_is_no_new_state() {
    let folder = Folder::new("dangling");
    fs::write(folder.join("one.jsonl"), purchase("new", 20)).unwrap();
    std::os::unix::fs::symlink(folder.join("unmounted/state"), folder.join("state")).unwrap();
    let output = meed(&["run", SHOP, &folder.named("one.jsonl"), "--state", &folder.named("state")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(folder.join("state").is_symlink());
}
