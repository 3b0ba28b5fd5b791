//! Reads what is slow to read on a thread of its own.

use std::io::{self, BufRead, Cursor, ErrorKind, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// How many bytes go from thread to thread at once, at most.
const BLOCK: usize = 1 << 16;
/// How many blocks wait to be read.
const WAITING: usize = 16;

/// The same bytes, read ahead by another thread, and the same error where there is one. The thread ends with its source, or as soon as
/// nobody reads any more.
pub(super) fn aside(source: Box<dyn Read + Send>) -> Box<dyn BufRead + Send> {
    let (to, from) = sync_channel(WAITING);
    std::thread::spawn(move || forward(source, &to));
    Box::new(Aside { from, block: Cursor::default() })
}

fn forward(mut source: Box<dyn Read + Send>, to: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut block = vec![0; BLOCK];
        let read = source.read(&mut block).map(|length| {
            block.truncate(length);
            block
        });
        let goes_on = match &read {
            Ok(block) => !block.is_empty(),
            Err(error) => error.kind() == ErrorKind::Interrupted,
        };
        if to.send(read).is_err() || !goes_on {
            return;
        }
    }
}

/// The reading end.
struct Aside {
    from: Receiver<io::Result<Vec<u8>>>,
    block: Cursor<Vec<u8>>,
}

impl BufRead for Aside {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.block.fill_buf()?.is_empty() {
            match self.from.recv() {
                Ok(block) => self.block = Cursor::new(block?),
                // The other thread is done.
                Err(_) => self.block = Cursor::default(),
            }
        }
        self.block.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.block.consume(amount);
    }
}

impl Read for Aside {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out so many bytes, a few at a time, and then fails or ends.
    struct Source {
        at: usize,
        end: usize,
        fails: bool,
    }

    impl Read for Source {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            if self.at == self.end && self.fails {
                return Err(io::Error::new(ErrorKind::InvalidData, "broken"));
            }
            let length = into.len().min(self.end - self.at).min(10_007);
            into.iter_mut().zip(self.at..).take(length).for_each(|(byte, at)| *byte = (at % 251) as u8);
            self.at += length;
            Ok(length)
        }
    }

    fn read(mut from: impl Read) -> (Vec<u8>, Option<String>) {
        let mut bytes = Vec::new();
        let result = from.read_to_end(&mut bytes);
        (bytes, result.err().map(|error| error.to_string()))
    }

    #[test]
    fn bytes_and_errors_are_the_same_aside() {
        for end in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 7 * BLOCK + 3] {
            for fails in [false, true] {
                let directly = read(Source { at: 0, end, fails });
                let aside = read(aside(Box::new(Source { at: 0, end, fails })));
                assert_eq!((aside.0.len(), &aside.1), (end, &directly.1));
                assert!(aside.0 == directly.0, "the bytes differ");
            }
        }
    }

    #[test]
    fn nobody_needs_to_read_to_the_end() {
        let mut reader = aside(Box::new(Source { at: 0, end: 100 * BLOCK, fails: false }));
        reader.fill_buf().unwrap();
        drop(reader);
    }
}
