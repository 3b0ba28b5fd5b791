//! State files.

use meed::compile;
use meed::journal::state::{load, save};
use meed::value::{Day, TimeOfDay, Zone};
use sha2::{Digest, Sha256};

use super::scratch::with_file;

/// No file makes loading fail but with a reason. What loads can be gone on with and saved. Bytes that are no file of zstd are taken for what a
/// state file holds, and get the seal of one, so that what they say is read at all.
pub fn state(bytes: &[u8]) {
    let sealed = if bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) { bytes.to_vec() } else { seal(bytes) };
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
    let mut text = body.to_vec();
    text.push(b'\n');
    let sum: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    text.extend_from_slice(format!("{{\"sha256\":\"{sum}\"}}\n").as_bytes());
    zstd::encode_all(&*text, 1).unwrap()
}
