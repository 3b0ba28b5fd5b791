//! Reads one line of events: nothing is kept of it but what the rules ask for.

use std::borrow::Cow;

use super::days;

/// A line of a purchase.
#[derive(Clone, Copy)]
pub struct Item {
    /// Position in [`CATEGORIES`].
    pub category: u8,
    /// In cents.
    pub price: i64,
    pub quantity: i64,
}

/// An event.
#[derive(Default)]
pub struct Event<'l> {
    pub id: Cow<'l, str>,
    pub member: Cow<'l, str>,
    /// Milliseconds since 1970.
    pub time: i64,
    pub kind: Kind,
    /// In hundredths.
    pub amount: i64,
    /// Basis points of the base currency.
    pub rate: i64,
    /// Per cent of bonus.
    pub channel: i64,
    /// Per cent.
    pub partner: i64,
    pub reference: Cow<'l, str>,
}

#[derive(Default, Clone, Copy)]
pub enum Kind {
    #[default]
    Signup,
    Purchase,
    Visit,
    Review,
    Redeem,
    Refund,
    Share,
    Referral,
}

/// Categories by position, with their bonus in per cent.
pub const CATEGORIES: [(&str, i64); 12] = [
    ("grocery", 0),
    ("fresh", 100),
    ("household", 0),
    ("bakery", 0),
    ("clothing", 0),
    ("beauty", 200),
    ("electronics", 50),
    ("pet", 0),
    ("baby", 0),
    ("toys", 0),
    ("garden", 0),
    ("books", 0),
];

/// Reads a line; `items` are replaced by its own.
pub fn read<'l>(line: &'l str, items: &mut Vec<Item>) -> Event<'l> {
    items.clear();
    let mut event = Event { partner: 100, rate: 10_000, ..Event::default() };
    let mut at = Cursor { text: line, at: 0 };
    at.object(|key, at| match key {
        "id" => event.id = at.text(),
        "member" => event.member = at.text(),
        "ref" => event.reference = at.text(),
        "ts" => event.time = time(at.text().as_bytes()),
        "type" => event.kind = kind(&at.text()),
        "amount" => event.amount = at.hundredths(),
        "currency" => {
            event.rate = match &*at.text() {
                "USD" => 9_200,
                "GBP" => 11_700,
                _ => 10_000,
            }
        }
        "channel" => {
            event.channel = match &*at.text() {
                "app" => 20,
                "web" => 5,
                _ => 0,
            }
        }
        "partner" => event.partner = partner(&at.text()),
        "items" => at.list(|at| {
            let mut item = Item { category: 0, price: 0, quantity: 0 };
            at.object(|key, at| match key {
                "category" => item.category = category(&at.text()),
                "price" => item.price = at.hundredths(),
                "qty" => item.quantity = at.hundredths() / 100,
                _ => at.skip(),
            });
            items.push(item);
        }),
        _ => at.skip(),
    });
    event
}

fn kind(word: &str) -> Kind {
    match word {
        "signup" => Kind::Signup,
        "purchase" => Kind::Purchase,
        "visit" => Kind::Visit,
        "review" => Kind::Review,
        "redeem" => Kind::Redeem,
        "refund" => Kind::Refund,
        "share" => Kind::Share,
        "referral" => Kind::Referral,
        other => panic!("`{other}` is no event"),
    }
}

fn partner(word: &str) -> i64 {
    match word {
        "skyline-air" => 50,
        "hotelux" => 200,
        "fuelgo" => 60,
        "bookbarn" => 120,
        "medipharm" => 80,
        "telcoone" => 150,
        _ => 100,
    }
}

fn category(word: &str) -> u8 {
    let found = CATEGORIES.iter().position(|(name, _)| *name == word);
    found.map_or_else(|| panic!("`{word}` is no category"), |at| at as u8)
}

/// `2023-01-01T00:00:10.323Z`
fn time(text: &[u8]) -> i64 {
    let number =
        |from: usize, to: usize| text[from..to].iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let day = days(number(0, 4), number(5, 7), number(8, 10));
    let seconds = (day * 24 + number(11, 13)) * 3_600 + number(14, 16) * 60 + number(17, 19);
    seconds * 1_000 + number(20, 23)
}

/// A place in a line of JSON that is known to be well formed.
struct Cursor<'l> {
    text: &'l str,
    at: usize,
}

impl<'l> Cursor<'l> {
    /// The next byte that is no blank.
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while matches!(bytes[self.at], b' ' | b'\t') {
            self.at += 1;
        }
        bytes[self.at]
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn object(&mut self, mut value: impl FnMut(&str, &mut Self)) {
        self.eat(b'{');
        while !self.eat(b'}') {
            let key = self.text();
            self.eat(b':');
            value(&key, self);
            self.eat(b',');
        }
    }

    fn list(&mut self, mut value: impl FnMut(&mut Self)) {
        self.eat(b'[');
        while !self.eat(b']') {
            value(self);
            self.eat(b',');
        }
    }

    fn text(&mut self) -> Cow<'l, str> {
        self.eat(b'"');
        let (bytes, start, mut escaped) = (self.text.as_bytes(), self.at, false);
        while bytes[self.at] != b'"' {
            let escape = bytes[self.at] == b'\\';
            escaped |= escape;
            self.at += 1 + usize::from(escape);
        }
        let inside = &self.text[start..self.at];
        self.at += 1;
        if escaped {
            Cow::Owned(serde_json::from_str(&self.text[start - 1..self.at]).expect("a text"))
        } else {
            Cow::Borrowed(inside)
        }
    }

    /// A number times a hundred.
    fn hundredths(&mut self) -> i64 {
        self.peek();
        let (mut value, mut places, mut point) = (0_i64, 0, false);
        let bytes = self.text.as_bytes();
        loop {
            match bytes[self.at] {
                digit @ b'0'..=b'9' => {
                    value = value * 10 + i64::from(digit - b'0');
                    places += i32::from(point);
                }
                b'.' => point = true,
                b'e' => {
                    // The only exponent that the data have.
                    self.at += 3;
                    return value;
                }
                _ => break,
            }
            self.at += 1;
        }
        (places..2).fold(value, |value, _| value * 10)
    }

    fn skip(&mut self) {
        match self.peek() {
            b'"' => drop(self.text()),
            b'{' => self.object(|_, at| at.skip()),
            b'[' => self.list(Self::skip),
            _ => {
                while !matches!(self.text.as_bytes()[self.at], b',' | b'}' | b']') {
                    self.at += 1;
                }
            }
        }
    }
}
