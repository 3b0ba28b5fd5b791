//! The bytes of a source one by one, with their places.

use std::io::{self, BufRead, ErrorKind};

/// Bytes that know their place.
pub(super) struct Bytes {
    input: Box<dyn BufRead + Send>,
    line: u64,
    column: u64,
    ended: bool,
}

impl Bytes {
    /// Those of `input`, from the first.
    pub(super) fn new(input: Box<dyn BufRead + Send>) -> Self {
        Self { input, line: 1, column: 1, ended: false }
    }

    /// Reads no more.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// Line and column of the next byte, from 1; columns count characters.
    pub(super) fn place(&self) -> (u64, u64) {
        (self.line, self.column)
    }

    /// The next byte; `None` at the end, and after a failure for ever.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        while !self.ended {
            match self.input.fill_buf() {
                Ok(bytes) => {
                    let first = bytes.first().copied();
                    self.ended = first.is_none();
                    return Ok(first);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    return Err(error);
                }
            }
        }
        Ok(None)
    }

    /// Goes past the byte that was peeked at.
    pub(super) fn skip(&mut self, byte: u8) {
        if byte == b'\n' {
            self.line += 1;
            self.column = 1;
        } else if byte & 0xc0 != 0x80 {
            self.column += 1;
        }
        self.input.consume(1);
    }
}
