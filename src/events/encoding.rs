//! Text that is not UTF-8, turned into UTF-8 while it is read.

use std::io::{self, BufRead, Read};

/// How bytes stand for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// What nearly everything uses.
    Utf8,
    /// Two bytes for most characters; `true` where the greater one comes first.
    Utf16(bool),
    /// What spreadsheets of western Europe write; a superset of ISO 8859-1, also known as Latin-1.
    Windows1252,
}

/// The characters of the bytes from 0x80 to 0x9f in Windows-1252; five of them stand for nothing and are kept as control characters.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Reads `input` as UTF-8 whatever it is: as `declared`, or as its first bytes show. Marks of the encoding are left out, and
/// carriage returns become line feeds where the first line ends with one alone, as on old computers.
///
/// # Errors
/// Where the first bytes cannot be read.
pub(crate) fn as_utf8(
    mut input: Box<dyn BufRead + Send>,
    declared: Option<Encoding>,
) -> io::Result<Box<dyn BufRead + Send>> {
    let start = input.fill_buf()?;
    let (marked, mark) = match start {
        [0xef, 0xbb, 0xbf, ..] => (Some(Encoding::Utf8), 3),
        [0xff, 0xfe, ..] => (Some(Encoding::Utf16(false)), 2),
        [0xfe, 0xff, ..] => (Some(Encoding::Utf16(true)), 2),
        _ => (None, 0),
    };
    // A mark is sure; what somebody says of many files may not fit this one.
    let encoding = marked.or(declared).unwrap_or(match start {
        [1..=0x7f, 0, 1..=0x7f, 0, ..] => Encoding::Utf16(false),
        [0, 1..=0x7f, 0, 1..=0x7f, ..] => Encoding::Utf16(true),
        _ => Encoding::Utf8,
    });
    let end = start.iter().position(|byte| matches!(byte, b'\r' | b'\n')).and_then(|at| start.get(at..));
    let lone =
        matches!(end, Some([b'\r', next, ..]) if *next != b'\n') && !matches!(end, Some([b'\r', b'\r', b'\n', ..]));
    let step = match encoding {
        Encoding::Utf16(big) => Step::Utf16 { big, byte: None, high: None },
        Encoding::Windows1252 => Step::Windows,
        Encoding::Utf8 if lone => Step::Returns { before: 0 },
        Encoding::Utf8 => {
            input.consume(mark);
            return Ok(input);
        }
    };
    input.consume(mark);
    Ok(Box::new(Recoded { input, step, out: Vec::new(), at: 0, ended: false }))
}

/// What is done with the bytes.
enum Step {
    Utf16 {
        big: bool,
        /// The first byte of two.
        byte: Option<u8>,
        /// The first half of a character of four bytes.
        high: Option<u16>,
    },
    Windows,
    /// Carriage returns become line feeds, with the line feed behind them where there is one.
    Returns {
        before: u8,
    },
}

impl Step {
    fn recode(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Returns { before } => {
                for byte in bytes {
                    match (std::mem::replace(before, *byte), byte) {
                        (b'\r', b'\n') => {}
                        (_, b'\r') => out.push(b'\n'),
                        _ => out.push(*byte),
                    }
                }
            }
            Self::Windows => bytes.iter().for_each(|byte| {
                let special = byte.checked_sub(0x80).and_then(|at| WINDOWS.get(usize::from(at)));
                push(out, special.copied().unwrap_or(char::from(*byte)));
            }),
            Self::Utf16 { big, byte, high } => {
                for next in bytes {
                    let Some(first) = byte.take() else {
                        *byte = Some(*next);
                        continue;
                    };
                    let pair = [first, *next];
                    let unit = if *big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
                    let before = high.take();
                    match (before, unit) {
                        (None, 0xd800..=0xdbff) => *high = Some(unit),
                        _ => {
                            let units = before.into_iter().chain([unit]);
                            for found in char::decode_utf16(units) {
                                match found {
                                    Ok(character) => push(out, character),
                                    Err(half) => push_half(out, half.unpaired_surrogate()),
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// What is left of a character at the end of the input.
    fn end(&mut self, out: &mut Vec<u8>) {
        if let Self::Utf16 { byte, high, .. } = self {
            if let Some(half) = high.take() {
                push_half(out, half);
            }
            if byte.take().is_some() {
                push_half(out, 0xd800);
            }
        }
    }
}

fn push(out: &mut Vec<u8>, character: char) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}

/// Half of a character, in the three bytes that UTF-8 would have for it if it had any: the record is rejected for them.
fn push_half(out: &mut Vec<u8>, unit: u16) {
    let low = |shift: u32| u8::try_from(unit >> shift & 0x3f).unwrap_or_default();
    out.extend_from_slice(&[0xed, 0x80 | low(6), 0x80 | low(0)]);
}

/// Bytes that are recoded on their way.
struct Recoded {
    input: Box<dyn BufRead + Send>,
    step: Step,
    out: Vec<u8>,
    at: usize,
    ended: bool,
}

impl BufRead for Recoded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.out.len() && !self.ended {
            self.out.clear();
            self.at = 0;
            let bytes = self.input.fill_buf()?;
            let count = bytes.len();
            self.step.recode(bytes, &mut self.out);
            self.input.consume(count);
            if count == 0 {
                self.ended = true;
                self.step.end(&mut self.out);
            }
        }
        Ok(self.out.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
    }
}

impl Read for Recoded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(into)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &'static [u8], declared: Option<Encoding>) -> Vec<u8> {
        // One byte at a time, so that every character falls apart.
        let input = io::BufReader::with_capacity(8, bytes);
        let mut out = Vec::new();
        as_utf8(Box::new(input), declared).unwrap().read_to_end(&mut out).unwrap();
        out
    }

    #[test]
    fn encodings_are_told_by_their_marks_and_their_zeros() {
        assert_eq!(read(b"\xef\xbb\xbfa", None), b"a");
        assert_eq!(read(b"\xff\xfea\0\xac\x20=\xd8\x00\xde", None), "a€😀".as_bytes());
        assert_eq!(read(b"\xfe\xff\0a\x20\xac", None), "a€".as_bytes());
        assert_eq!(read(b"i\0d\0,\0", None), b"id,");
        assert_eq!(read(b"\0i\0d", None), b"id");
        assert_eq!(read(b"caf\xe9 \x80", Some(Encoding::Windows1252)), "café €".as_bytes());
        assert_eq!(read(b"\xef\xbb\xbf\xc3\xa9", Some(Encoding::Windows1252)), "é".as_bytes());
    }

    #[test]
    fn half_characters_are_no_text() {
        for bytes in [b"\xff\xfea\0=\xd8".as_slice(), b"\xff\xfe=\xd8a\0", b"\xff\xfe\0\xdea\0", b"\xff\xfea\0b"] {
            assert!(std::str::from_utf8(&read(bytes, None)).is_err(), "{bytes:x?}");
        }
    }

    #[test]
    fn lines_of_old_computers_are_lines() {
        assert_eq!(read(b"a\rb\r", None), b"a\nb\n");
        assert_eq!(read(b"a\r\nb", None), b"a\r\nb");
        assert_eq!(read(b"a\rb\nc\rd\r\ne", None), b"a\nb\nc\nd\ne");
        assert_eq!(read(b"a\r\r\nb", None), b"a\r\r\nb");
    }
}
