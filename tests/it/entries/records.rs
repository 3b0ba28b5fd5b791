//! Records of events, packed or not, and the maps that say what columns mean.

use std::sync::LazyLock;

use meed::Program;
use meed::events::{EventStream, Inputs, Map, guess};

use super::scratch::with_file;

static SHOP: LazyLock<std::sync::Arc<Program>> = LazyLock::new(super::shop);

/// A table for maps to read.
const TABLE: &str = "\u{feff}Invoice;Customer ID;InvoiceDate;Price;Quantity;StockCode;Country\n\
    489434;13085;01/12/2009 07:45;6,95;12;85048;United Kingdom\n\
    C489449;16321;2009-12-01 10:33:00;\"1.234,50\";-12;22087;Australia\n\
    489435;;2009-12-01 07:46;0;1;\"a;b\";\n";

/// Records as JSON Lines or JSON, packed or not.
pub fn jsonl(bytes: &[u8]) {
    read("any.jsonl", bytes, None);
    read("any.json", bytes, None);
}

/// Records as a table, packed or not; and what may be guessed of its columns is a map, but for what is left for people to fill in.
pub fn csv(bytes: &[u8]) {
    read("any.csv", bytes, None);
    with_file("guess.csv", bytes, |path| {
        if let Ok(meed::events::Guess { map: text, .. }) = guess(&SHOP, path)
            && let Err(error) = Map::parse("guess", &text)
        {
            let open = ["name the column here", "that are this event here"];
            assert!(open.iter().any(|open| error.to_string().ends_with(open)), "{error}\n{text}");
        }
    });
}

/// Records as YAML, packed or not.
pub fn yaml(bytes: &[u8]) {
    read("any.yaml", bytes, None);
}

/// A map that reads, reads a table.
pub fn map(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Map::parse("any.map.yaml", text) {
        Ok(map) => read("table.csv", TABLE.as_bytes(), Some(&map)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// Every record is an event of the program, or is refused at its place.
fn read(name: &str, bytes: &[u8], map: Option<&Map>) {
    with_file(name, bytes, |path| {
        let inputs = Inputs::find(&[path.to_owned()]).unwrap();
        let Ok(stream) = EventStream::new(&SHOP, &inputs, map, 0) else { return };
        let mut records = 0;
        for record in stream {
            records += 1;
            match record {
                Ok(event) => {
                    let kind = SHOP.events.at(event.kind);
                    assert_eq!(event.fields.len(), kind.fields.len(), "{event:?}");
                    assert!(!event.id.is_empty() && !event.member.is_empty(), "{event:?}");
                }
                Err(reject) => assert!(!reject.reason.is_empty() && reject.line > 0, "{reject:?}"),
            }
        }
        // A record takes a byte or more, and an end that is cut off is one more.
        assert!(map.is_some() || packed(bytes) || records <= bytes.len() + 1, "{records} records");
    });
}

fn packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}
