//! Lines of bounded length, whatever the bytes are.

use std::io::{self, BufRead, ErrorKind, Read};

use super::MAX_LINE_BYTES;

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
}

impl Lines {
    /// Lines of `input`.
    pub(crate) fn new(input: Box<dyn BufRead + Send>) -> Self {
        Self { input, number: 0, ended: false }
    }

    /// The number of the line read last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Appends the next line to `buffer`.
    pub(crate) fn append(&mut self, buffer: &mut Vec<u8>) -> Line {
        if self.ended {
            return Line::End;
        }
        let start = buffer.len();
        let limit = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        let read = Read::take(&mut self.input, limit).read_until(b'\n', buffer);
        self.number += 1;
        match read {
            Err(error) => {
                self.ended = true;
                Line::Failed(error)
            }
            Ok(0) => {
                self.ended = true;
                Line::End
            }
            Ok(_) => {
                if self.number == 1 && buffer.get(start..).is_some_and(|line| line.starts_with(b"\xef\xbb\xbf")) {
                    buffer.drain(start..start + 3);
                }
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
                match self.skip_line() {
                    Ok(()) => Line::TooLong,
                    Err(error) => {
                        self.ended = true;
                        Line::Failed(error)
                    }
                }
            }
        }
    }

    /// Passes over the rest of a line without keeping it.
    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let (used, found) = match self.input.fill_buf() {
                Ok([]) => return Ok(()),
                Ok(bytes) => match bytes.iter().position(|byte| *byte == b'\n') {
                    Some(at) => (at + 1, true),
                    None => (bytes.len(), false),
                },
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.input.consume(used);
            if found {
                return Ok(());
            }
        }
    }
}

/// What a failing source means to somebody who sent it.
pub(crate) fn failure(error: &io::Error) -> String {
    let rest = "every record before this one was read";
    match error.kind() {
        ErrorKind::UnexpectedEof => format!("the compressed data ends too early, as if the file was cut off; {rest}"),
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => {
            format!("the data is damaged and cannot be unpacked ({error}); {rest}")
        }
        _ => format!("reading stopped ({error}); {rest}"),
    }
}

/// The reason for a line that is too long.
pub(crate) fn too_long() -> String {
    format!("the record is longer than {MAX_LINE_BYTES} bytes")
}

/// The line as text, or the reason and the column of the first byte that is none.
pub(crate) fn utf8(line: &[u8]) -> Result<&str, (String, u64)> {
    std::str::from_utf8(line).map_err(|error| {
        let before = line.get(..error.valid_up_to()).unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        let byte = line.get(error.valid_up_to()).copied().unwrap_or_default();
        let reason = format!("the byte {byte:#04x} is not UTF-8 text: save the file as UTF-8");
        (reason, u64::try_from(column).unwrap_or(u64::MAX))
    })
}
