//! State files.

use meed::compile;
use meed::journal::state::{SCHEMA, load, save};
use meed::value::{Day, TimeOfDay, Zone};
use sha2::{Digest, Sha256};

use super::scratch::with_file;

/// No file makes loading fail but with a reason. What loads can be gone on with and saved. Bytes that do not begin like a state file are taken
/// for what one holds, and get its head and its checksum, so that what they say is read at all.
pub fn state(bytes: &[u8]) {
    let sealed = if bytes.starts_with(b"meed.state/") { bytes.to_vec() } else { seal(bytes) };
    let engine = || compile::compile(&[super::shop()]);
    with_file("any.state", &sealed, |path| {
        let mut world = match load(engine(), path) {
            Ok(world) => world,
            Err(error) => return assert!(!error.to_string().is_empty()),
        };
        let until = Zone::utc().at(Day::parse("2027-03-01").unwrap(), TimeOfDay::NOON);
        world.advance(Some(until), &mut |_| ());
        save(&world, path).unwrap();
        let again = load(engine(), path).unwrap_or_else(|error| panic!("what was saved does not load: {error}"));
        assert_eq!(again.clock(), world.clock());
    });
}

/// A state file with this content, whatever it is.
fn seal(body: &[u8]) -> Vec<u8> {
    let mut file = format!("{SCHEMA}\n").into_bytes();
    file.extend(zstd::encode_all(body, 1).unwrap());
    let sum: String = Sha256::digest(&file).iter().map(|byte| format!("{byte:02x}")).collect();
    file.extend_from_slice(format!("{sum}\n").as_bytes());
    file
}
