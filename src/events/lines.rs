//! Lines of bounded length, whatever the bytes are.

use std::io::{self, BufRead, ErrorKind};

use memchr::memchr;

use super::MAX_LINE_BYTES;
use super::node::offset;

/// What was found.
#[derive(Debug)]
pub(crate) enum Line {
    /// A line is in the buffer, without its end.
    Text,
    /// A line was longer than [`MAX_LINE_BYTES`]; its beginning is in the buffer, the rest was skipped.
    TooLong,
    /// The source failed; nothing comes after it.
    Failed(io::Error),
    /// There are no more lines.
    End,
}

/// Reads lines and counts them.
pub(crate) struct Lines {
    input: Box<dyn BufRead + Send>,
    number: u64,
    ended: bool,
    /// A failure that is still to be told: a source may fail only once.
    failed: Option<io::Error>,
}

impl Lines {
    /// Lines of `input`.
    pub(crate) fn new(input: Box<dyn BufRead + Send>) -> Self {
        Self { input, number: 0, ended: false, failed: None }
    }

    /// The number of the line read last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Hands whatever lies at hand to `take`, which says how many bytes of it it took, and how many lines these are; returns how many.
    pub(crate) fn at_hand(&mut self, take: impl FnOnce(&[u8]) -> (usize, u64)) -> u64 {
        let bytes = match self.input.fill_buf() {
            Ok(bytes) => bytes,
            Err(error) => {
                self.failed = Some(error).filter(|error| error.kind() != ErrorKind::Interrupted);
                return 0;
            }
        };
        let (length, lines) = take(bytes);
        self.input.consume(length);
        self.number += lines;
        lines
    }

    /// Appends what comes up to the end of the line, with it, or one byte more than a line may have.
    fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let mut room = MAX_LINE_BYTES + 1;
        while room > 0 {
            let bytes = match self.input.fill_buf() {
                Ok([]) => break,
                Ok(bytes) => bytes.get(..room).unwrap_or(bytes),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = memchr(b'\n', bytes);
            let length = end.map_or(bytes.len(), |end| end + 1);
            buffer.extend_from_slice(bytes.get(..length).unwrap_or_default());
            self.input.consume(length);
            room -= length;
            if end.is_some() {
                break;
            }
        }
        Ok(())
    }

    /// Appends the next line to `buffer`.
    pub(crate) fn append(&mut self, buffer: &mut Vec<u8>) -> Line {
        if self.ended {
            return Line::End;
        }
        let start = buffer.len();
        let read = self.read(buffer);
        self.number += 1;
        match read {
            Err(error) => {
                self.ended = true;
                Line::Failed(error)
            }
            Ok(()) if buffer.len() == start => {
                self.ended = true;
                Line::End
            }
            Ok(()) => {
                if buffer.last() == Some(&b'\n') {
                    buffer.pop();
                    if buffer.len() > start && buffer.last() == Some(&b'\r') {
                        buffer.pop();
                    }
                    return Line::Text;
                }
                if buffer.len() - start <= MAX_LINE_BYTES {
                    return Line::Text;
                }
                // The rest is passed over without being kept.
                match self.input.skip_until(b'\n') {
                    Ok(_) => Line::TooLong,
                    Err(error) => {
                        self.ended = true;
                        Line::Failed(error)
                    }
                }
            }
        }
    }
}

/// What a failing source means to somebody who sent it.
pub(crate) fn failure(error: &io::Error) -> String {
    format!("{}; every record before this one was read", damage(error))
}

/// The same where there is no record before.
pub(crate) fn damage(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::UnexpectedEof => "the compressed data ends too early, as if the file was cut off".to_owned(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => {
            format!("the data is damaged and cannot be unpacked ({error})")
        }
        ErrorKind::Unsupported => format!("the file cannot be read: {error}"),
        _ => format!("reading stopped ({error})"),
    }
}

/// The reason for a line that is too long.
pub(crate) fn too_long() -> String {
    format!("the record is longer than {MAX_LINE_BYTES} bytes")
}

/// The lines as text, or the reason and the place of the first byte that is none: how many lines below, and the column.
pub(crate) fn utf8(lines: &[u8]) -> Result<&str, (String, u64, u64)> {
    std::str::from_utf8(lines).map_err(|error| {
        let at = error.valid_up_to();
        let (below, column) = offset(lines, at);
        let reason = match lines.get(at..).unwrap_or_default() {
            [0xed, 0xa0..=0xbf, ..] => "half of a character stands here: the text was cut off or damaged".to_owned(),
            rest => format!(
                "the byte {:#04x} is not UTF-8 text: save the file as UTF-8, or name its `encoding` in a map",
                rest.first().copied().unwrap_or_default()
            ),
        };
        (reason, below, column)
    })
}
