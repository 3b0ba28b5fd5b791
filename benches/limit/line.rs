//! Reads events from JSON that is known to be well formed: nothing is kept of it but what the rules ask for.

use std::borrow::Cow;

use super::days;

/// A line of a purchase.
#[derive(Clone, Copy, Default)]
pub struct Item {
    /// Position in [`CATEGORIES`].
    pub category: u8,
    /// In cents.
    pub price: i64,
    pub quantity: i64,
}

/// An event.
#[derive(Clone, Copy, Default)]
pub struct Event {
    pub id: Name,
    pub member: Name,
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
    pub reference: Name,
    /// Where its items begin and end among those of its block.
    pub items: (usize, usize),
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

/// A text of at most 16 bytes, none of them 0, as a number: the first byte is the lowest.
pub type Name = u128;

/// The number of a text.
const fn name(text: &str) -> Name {
    let bytes = text.as_bytes();
    assert!(bytes.len() <= 16, "a name is too long for the limit");
    let (mut number, mut at) = (0, bytes.len());
    while at > 0 {
        at -= 1;
        number = number << 8 | bytes[at] as Name;
    }
    number
}

/// The text of a number.
pub fn letters(name: Name) -> impl Iterator<Item = u8> {
    name.to_le_bytes().into_iter().take_while(|byte| *byte != 0)
}

/// What is left to be read.
pub struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    /// The date that was read last, and its day.
    today: ([u8; 10], i64),
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, today: Default::default() }
    }

    /// Reads so many events at most, in place of those of the last block.
    pub fn block(&mut self, most: usize, events: &mut Vec<Event>, items: &mut Vec<Item>) {
        events.clear();
        items.clear();
        while events.len() < most && self.text.get(self.at).is_some() {
            events.push(self.event(items));
            while matches!(self.text.get(self.at), Some(b'\n' | b'\r')) {
                self.at += 1;
            }
        }
    }

    fn event(&mut self, items: &mut Vec<Item>) -> Event {
        const ID: Name = name("id");
        const MEMBER: Name = name("member");
        const REF: Name = name("ref");
        const TS: Name = name("ts");
        const TYPE: Name = name("type");
        const AMOUNT: Name = name("amount");
        const CURRENCY: Name = name("currency");
        const CHANNEL: Name = name("channel");
        const PARTNER: Name = name("partner");
        const ITEMS: Name = name("items");
        let mut event = Event { partner: 100, rate: 10_000, ..Event::default() };
        // Most lines begin alike; where one does not, the rest is read key by key.
        if self.comes(br#"{"id":""#) {
            event.id = self.name_inside();
            if self.comes(br#","member":""#) {
                event.member = self.name_inside();
                if self.comes(br#","ts":""#) {
                    event.time = self.time_inside();
                    if self.comes(br#","type":""#) {
                        event.kind = kind(self.name_inside());
                    }
                }
            }
            self.eat(b',');
        } else {
            self.eat(b'{');
        }
        self.fields(|key, at| match key {
            ID => event.id = at.name(),
            MEMBER => event.member = at.name(),
            REF => event.reference = at.name(),
            TS => event.time = at.time(),
            TYPE => event.kind = kind(at.name()),
            AMOUNT => event.amount = at.hundredths(),
            CURRENCY => event.rate = rate(at.name()),
            CHANNEL => event.channel = channel(at.name()),
            PARTNER => event.partner = partner(at.name()),
            ITEMS => {
                let start = items.len();
                at.list(|at| items.push(at.item()));
                event.items = (start, items.len());
            }
            _ => at.skip(),
        });
        event
    }

    fn item(&mut self) -> Item {
        const CATEGORY: Name = name("category");
        const PRICE: Name = name("price");
        const QUANTITY: Name = name("qty");
        let mut item = Item::default();
        if self.comes(br#"{"sku":""#) {
            self.pass_text();
            if self.comes(br#","category":""#) {
                item.category = category(self.name_inside());
                if self.comes(br#","price":"#) {
                    item.price = self.hundredths();
                    if self.comes(br#","qty":"#) {
                        item.quantity = self.hundredths() / 100;
                    }
                }
            }
            self.eat(b',');
        } else {
            self.eat(b'{');
        }
        self.fields(|key, at| match key {
            CATEGORY => item.category = category(at.name()),
            PRICE => item.price = at.hundredths(),
            QUANTITY => item.quantity = at.hundredths() / 100,
            _ => at.skip(),
        });
        item
    }

    /// The next byte that is no blank.
    #[inline(always)]
    fn peek(&mut self) -> u8 {
        while matches!(self.text[self.at], b' ' | b'\t') {
            self.at += 1;
        }
        self.text[self.at]
    }

    #[inline(always)]
    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// Whether these bytes come next; then they are read.
    #[inline(always)]
    fn comes<const N: usize>(&mut self, bytes: &[u8; N]) -> bool {
        let found = self.text[self.at..].first_chunk() == Some(bytes);
        self.at += if found { N } else { 0 };
        found
    }

    /// What is left of an object.
    #[inline(always)]
    fn fields(&mut self, mut value: impl FnMut(Name, &mut Self)) {
        while !self.eat(b'}') {
            let key = self.name();
            self.eat(b':');
            value(key, self);
            self.eat(b',');
        }
    }

    #[inline(always)]
    fn list(&mut self, mut value: impl FnMut(&mut Self)) {
        self.eat(b'[');
        while !self.eat(b']') {
            value(self);
            self.eat(b',');
        }
    }

    /// A text in quotes that is a name.
    #[inline(always)]
    fn name(&mut self) -> Name {
        self.eat(b'"');
        self.name_inside()
    }

    /// The same behind its first quote; 16 bytes are looked at together.
    #[inline(always)]
    fn name_inside(&mut self) -> Name {
        const ONES: u128 = u128::MAX / 255;
        let marks = |bytes: u128, byte: u8| {
            let other = bytes ^ (ONES * u128::from(byte));
            other.wrapping_sub(ONES) & !other & (ONES << 7)
        };
        if let Some(bytes) = self.text[self.at..].first_chunk() {
            let bytes = u128::from_le_bytes(*bytes);
            let (quotes, escapes) = (marks(bytes, b'"'), marks(bytes, b'\\'));
            let before = quotes.wrapping_sub(1) & !quotes;
            if quotes != 0 && escapes & before == 0 {
                let length = quotes.trailing_zeros() / 8;
                self.at += length as usize + 1;
                return bytes & !(u128::MAX << (8 * length));
            }
        }
        name(&self.rest_of_text())
    }

    /// A text behind its first quote.
    fn rest_of_text(&mut self) -> Cow<'t, str> {
        let start = self.at;
        if self.pass_text() {
            Cow::Owned(serde_json::from_slice(&self.text[start - 1..self.at]).expect("a text"))
        } else {
            Cow::Borrowed(std::str::from_utf8(&self.text[start..self.at - 1]).expect("a text"))
        }
    }

    /// Passes over the rest of a text; whether it has escapes.
    fn pass_text(&mut self) -> bool {
        let mut escaped = false;
        while self.text[self.at] != b'"' {
            let escape = self.text[self.at] == b'\\';
            escaped |= escape;
            self.at += 1 + usize::from(escape);
        }
        self.at += 1;
        escaped
    }

    #[inline(always)]
    fn time(&mut self) -> i64 {
        self.eat(b'"');
        self.time_inside()
    }

    /// `2023-01-01T00:00:10.323Z"`
    #[inline(always)]
    fn time_inside(&mut self) -> i64 {
        let text: &[u8; 25] = self.text[self.at..].first_chunk().expect("a time");
        self.at += text.len();
        let two = |at: usize| i64::from(text[at] - b'0') * 10 + i64::from(text[at + 1] - b'0');
        if self.today.0 != text[..10] {
            self.today.0.copy_from_slice(&text[..10]);
            self.today.1 = days(two(0) * 100 + two(2), two(5), two(8));
        }
        let seconds = (self.today.1 * 24 + two(11)) * 3_600 + two(14) * 60 + two(17);
        seconds * 1_000 + two(20) * 10 + i64::from(text[22] - b'0')
    }

    /// A number times a hundred.
    #[inline(always)]
    fn hundredths(&mut self) -> i64 {
        self.peek();
        let (mut value, mut places, mut point) = (0_i64, 0, false);
        loop {
            match self.text[self.at] {
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
        match places {
            0 => value * 100,
            1 => value * 10,
            _ => value,
        }
    }

    fn skip(&mut self) {
        match self.peek() {
            b'"' => {
                self.at += 1;
                self.pass_text();
            }
            b'{' => {
                self.at += 1;
                self.fields(|_, at| at.skip());
            }
            b'[' => self.list(Self::skip),
            _ => {
                while !matches!(self.text[self.at], b',' | b'}' | b']') {
                    self.at += 1;
                }
            }
        }
    }
}

/// Finds a word among some, each with what it stands for.
macro_rules! among {
    ($word:expr, $($known:literal => $value:expr),+; $other:expr) => {{
        let word = $word;
        $(if word == const { name($known) } {
            $value
        } else)+ {
            $other
        }
    }};
}

fn kind(word: Name) -> Kind {
    among!(word,
        "purchase" => Kind::Purchase, "visit" => Kind::Visit, "review" => Kind::Review, "redeem" => Kind::Redeem,
        "refund" => Kind::Refund, "share" => Kind::Share, "referral" => Kind::Referral, "signup" => Kind::Signup;
        panic!("`{word}` is the number of no event"))
}

fn rate(word: Name) -> i64 {
    among!(word, "USD" => 9_200, "GBP" => 11_700; 10_000)
}

fn channel(word: Name) -> i64 {
    among!(word, "app" => 20, "web" => 5; 0)
}

fn partner(word: Name) -> i64 {
    among!(word,
        "skyline-air" => 50, "hotelux" => 200, "fuelgo" => 60, "bookbarn" => 120, "medipharm" => 80, "telcoone" => 150;
        100)
}

fn category(word: Name) -> u8 {
    const NAMES: [Name; CATEGORIES.len()] = {
        let (mut names, mut at) = ([0; CATEGORIES.len()], 0);
        while at < names.len() {
            names[at] = name(CATEGORIES[at].0);
            at += 1;
        }
        names
    };
    let found = NAMES.iter().position(|name| *name == word);
    found.map_or_else(|| panic!("`{word}` is the number of no category"), |at| at as u8)
}
