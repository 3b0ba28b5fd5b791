//! Opens files, whatever packs them.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use super::input::Aside;

/// How many bytes are read at once.
const BUFFER: usize = 1 << 16;

/// First bytes of files that are no text, and what to do about them.
const FOREIGN: [(&[u8], &str); 13] = [
    (b"PK\x03\x04", "is an Excel workbook or a zip archive: save the sheet as CSV, or unpack the archive"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook: save the sheet as CSV"),
    (b"BZh", "is packed with bzip2: unpack it, or pack it with gzip or zstd"),
    (b"\xfd7zXZ", "is packed with xz: unpack it, or pack it with gzip or zstd"),
    (b"7z\xbc\xaf", "is a 7-Zip archive: unpack it"),
    (b"Rar!", "is a RAR archive: unpack it"),
    (b"\x04\x22\x4d\x18", "is packed with lz4: unpack it, or pack it with gzip or zstd"),
    (b"PAR1", "is a Parquet file: export it as CSV or JSON Lines"),
    (b"Obj\x01", "is an Avro file: export it as CSV or JSON Lines"),
    (b"SQLi", "is an SQLite database: export the table as CSV"),
    (b"%PDF", "is a PDF document: export the data as CSV"),
    (b"\xff\xfe\0\0", "is text in UTF-32: save it as UTF-8"),
    (b"\0\0\xfe\xff", "is text in UTF-32: save it as UTF-8"),
];

/// How packed content begins.
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// What the header of an archive's first file says, and where.
const TAR: (usize, &[u8]) = (257, b"ustar");

/// Undoes gzip or zstd, told by the first bytes of the content. Other packings are an error that names them.
pub(super) fn unpack(
    mut source: impl Read + Send + 'static,
    aside: Option<Aside>,
) -> io::Result<Box<dyn BufRead + Send>> {
    // So much that the format of plain text can be told from it.
    let mut start = Vec::new();
    Read::take(&mut source, u64::try_from(BUFFER).unwrap_or(u64::MAX)).read_to_end(&mut start)?;
    known(&start)?;
    let gzip = start.starts_with(GZIP);
    let zstd = start.starts_with(ZSTD);
    let whole = Cursor::new(start).chain(source);
    let unpacked: Box<dyn Read + Send> = if gzip {
        Box::new(flate2::read::MultiGzDecoder::new(whole))
    } else if zstd {
        Box::new(zstd::Decoder::new(whole)?)
    } else {
        return Ok(Box::new(BufReader::with_capacity(BUFFER, whole)));
    };
    let mut unpacked = match aside {
        Some(aside) => aside(unpacked),
        None => Box::new(BufReader::with_capacity(BUFFER, unpacked)),
    };
    let inside = unpacked.fill_buf()?;
    if inside.starts_with(GZIP) || inside.starts_with(ZSTD) {
        return Err(unsupported("is packed twice: unpack it once"));
    }
    known(inside)?;
    Ok(unpacked)
}

/// Whether content that begins so can be text; an error that names what it is otherwise.
fn known(start: &[u8]) -> io::Result<()> {
    if start.get(TAR.0..).is_some_and(|rest| rest.starts_with(TAR.1)) {
        return Err(unsupported("is a tar archive: unpack it"));
    }
    match FOREIGN.iter().find(|(magic, _)| start.starts_with(magic)) {
        Some((_, what)) => Err(unsupported(what)),
        None => Ok(()),
    }
}

fn unsupported(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, format!("it {what}"))
}
