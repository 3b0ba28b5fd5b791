//! Runs that are killed at random points and run again: nothing is lost, nothing is there twice.
//!
//! `MEED_KILLS` says how many times, `MEED_SEED` where: `MEED_KILLS=200 cargo test --test it s51_killed -- --nocapture`.

use std::io::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::*;

/// One whose members are judged each alone, and one whose members meet.
const PROGRAMS: [&str; 2] = [SHOP, "tests/cases/cli/partners.meed"];

/// Days of each program.
const DAYS: usize = 3;

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit as u64).unwrap()
    }
}

/// A program with its days, and what they leave behind where nobody disturbs them.
struct Course {
    program: &'static str,
    /// Events of each day, as they come through the pipe.
    days: Vec<Vec<u8>>,
    /// The exit code of each day.
    codes: Vec<Option<i32>>,
    /// Files after each day, with those before the first.
    after: Vec<BTreeMap<String, Vec<u8>>>,
    /// How long a day takes.
    pace: Duration,
}

/// A process that judges one day, started by another command where one is given.
fn start(program: &str, folder: &Path, by: &[String]) -> Child {
    let meed = env!("CARGO_BIN_EXE_meed").to_owned();
    let words: Vec<&String> = by.iter().chain([&meed]).collect();
    let mut command = Command::new(words[0]);
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join(program);
    command.args(&words[1..]).arg("run").arg(program);
    command.args(["-", "--state", "state", "-o", "out", "--quiet", "--threads", "2"]);
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// A shell that lets no file grow beyond so many blocks.
fn limited(blocks: usize) -> Vec<String> {
    vec!["sh".to_owned(), "-c".to_owned(), format!("ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\"")]
}

/// Sends events; the process may be gone before it has them all.
fn feed(child: &mut Child, events: &[u8]) {
    let _ = child.stdin.as_mut().unwrap().write_all(events);
}

impl Course {
    fn new(program: &'static str, dice: &mut Dice, folder: &Folder) -> Self {
        let days: Vec<Vec<u8>> = (1..=DAYS).map(|day| events(day, dice)).collect();
        let place = folder.join(&program.replace('/', "-"));
        fs::create_dir_all(&place).unwrap();
        let mut course = Self { program, days, codes: Vec::new(), after: vec![BTreeMap::new()], pace: Duration::ZERO };
        for day in 0..DAYS {
            let began = Instant::now();
            course.codes.push(course.undisturbed(&place, day));
            course.pace = began.elapsed();
            course.after.push(files(&place));
            assert_ne!(course.after[day], course.after[day + 1]);
        }
        course
    }

    /// So many hundredths of a day.
    fn part(&self, hundredths: usize) -> Duration {
        self.pace * u32::try_from(hundredths).unwrap() / 100
    }

    /// A place where everything is as it was before a day.
    fn before(&self, day: usize, folder: &Folder) -> PathBuf {
        let place = folder.join("place");
        fs::create_dir_all(place.join("out")).unwrap();
        for (name, content) in &self.after[day] {
            fs::write(place.join(name), content).unwrap();
        }
        place
    }

    /// Run again, a day ends as if nothing had been.
    fn goes_on(&self, day: usize, place: &Path) {
        assert_eq!(self.undisturbed(place, day), self.codes[day]);
        let left = files(place);
        assert_eq!(left.keys().collect::<Vec<_>>(), self.after[day + 1].keys().collect::<Vec<_>>());
        for (name, content) in left {
            assert!(self.after[day + 1][&name] == content, "{name} differs from that of a run that was left alone");
        }
        fs::remove_dir_all(place).unwrap();
    }

    /// Judges a day to its end.
    fn undisturbed(&self, place: &Path, day: usize) -> Option<i32> {
        let mut child = start(self.program, place, &[]);
        feed(&mut child, &self.days[day]);
        drop(child.stdin.take());
        child.wait().unwrap().code()
    }
}

/// Sales of a day: purchases, refunds of the day before, what came before, and what is no event.
fn events(day: usize, dice: &mut Dice) -> Vec<u8> {
    let mut lines = Vec::new();
    let line = |id: String, kind: &str, member: usize, order: String, minute: usize, amount: String| {
        let (hour, minute) = (8 + minute / 60, minute % 60);
        format!(
            "{{\"id\":\"{id}\",\"type\":\"{kind}\",\"member\":\"m{member}\",\"time\":\"2026-03-{day:02}T{hour:02}:{minute:02}:00Z\",\"order\":\"{order}\",\"subtotal\":\"{amount}\"}}\n"
        )
    };
    for i in 0..120 {
        let (member, amount) = (dice.below(40), format!("{}.{:02}", dice.below(300), dice.below(100)));
        lines.push(line(format!("{day}-{i}"), "purchase", member, format!("{day}-{i}"), i * 5, amount));
        if day > 1 && i % 9 == 0 {
            lines.push(line(
                format!("{day}-r{i}"),
                "refund",
                member,
                format!("{}-{i}", day - 1),
                i * 5 + 1,
                "1.00".into(),
            ));
        }
        if i % 40 == 7 {
            lines.push(lines[dice.below(lines.len())].clone());
            lines.push(format!("{{\"id\":\"{day}-x{i}\",\"type\":\"purch"));
            lines.push("\n".to_owned());
        }
    }
    lines.concat().into_bytes()
}

/// How far a run had come when it was killed, by what it left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// It had not begun to write.
    Starting,
    /// It was reading, judging or writing aside.
    Working,
    /// All was whole, and some files had their names.
    Naming,
    /// The state was saved.
    Saved,
}

/// Looks at what a killed run has left: each file is that of before or that of after, and the state comes last.
fn phase(course: &Course, day: usize, place: &Path) -> Phase {
    let left = files(place);
    let (before, after) = (&course.after[day], &course.after[day + 1]);
    let aside = left.keys().any(|name| name.ends_with(".part"));
    let mut new = Vec::new();
    for (name, content) in left.iter().filter(|(name, _)| !name.ends_with(".part")) {
        let (was, is) = (before.get(name) == Some(content), after.get(name) == Some(content));
        assert!(was || is, "{name} is neither that of before nor that of after");
        if is && !was {
            new.push(name.as_str());
        }
    }
    assert!(before.keys().all(|name| left.contains_key(name)), "a file is gone");
    if new.contains(&"state") {
        assert!(after.iter().all(|(name, content)| left.get(name) == Some(content)), "the state came before {new:?}");
        return Phase::Saved;
    }
    match (new.is_empty(), aside) {
        (false, _) => Phase::Naming,
        (true, true) => Phase::Working,
        (true, false) => Phase::Starting,
    }
}

/// Begins the day and kills the process somewhere; `None` if it came to its end before.
fn killed(course: &Course, day: usize, place: &Path, dice: &mut Dice) -> Option<(&'static str, Phase)> {
    let all = &course.days[day];
    let how = dice.below(4);
    let by = if how == 3 { limited(dice.below(60)) } else { Vec::new() };
    let mut child = start(course.program, place, &by);
    let how = match how {
        0 => {
            feed(&mut child, &all[..dice.below(all.len())]);
            std::thread::sleep(course.part(dice.below(50)));
            "after some bytes"
        }
        1 => {
            feed(&mut child, all);
            drop(child.stdin.take());
            std::thread::sleep(course.part(dice.below(110)));
            "after some time"
        }
        2 => {
            let sign = sign(course, day, place, dice);
            feed(&mut child, all);
            drop(child.stdin.take());
            while !sign() && child.try_wait().unwrap().is_none() {
                std::hint::spin_loop();
            }
            std::thread::sleep(Duration::from_micros(dice.below(4) as u64 * 150));
            "at a sign"
        }
        _ => {
            feed(&mut child, all);
            drop(child.stdin.take());
            child.wait().unwrap();
            "by the size of a file"
        }
    };
    let _ = child.kill();
    let ended = child.wait().unwrap();
    ended.signal().map(|_| (how, phase(course, day, place)))
}

/// Something that happens to the files while a day is judged.
fn sign(course: &Course, day: usize, place: &Path, dice: &mut Dice) -> Box<dyn Fn() -> bool> {
    use std::os::unix::fs::MetadataExt;
    let size = |path: &Path| path.metadata().map_or(0, |data| data.size());
    let number = |path: &Path| path.metadata().ok().map(|data| data.ino());
    let names: Vec<&String> = course.after[day + 1].keys().collect();
    let path = place.join(names[dice.below(names.len())]);
    let aside: PathBuf = path.with_file_name(format!(".{}.part", path.file_name().unwrap().to_str().unwrap()));
    let before = number(&path);
    match dice.below(3) {
        0 => Box::new(move || size(&aside) > 0),
        1 => Box::new(move || aside.exists()),
        _ => Box::new(move || number(&path) != before),
    }
}

#[test]
fn s51_killed_at_any_point_a_run_goes_on_as_if_nothing_had_been() {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let (kills, seed) = (number("MEED_KILLS").unwrap_or(25), number("MEED_SEED").unwrap_or(1));
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let folder = Folder::new("kill");
    let courses = PROGRAMS.map(|program| Course::new(program, &mut dice, &folder));
    let (mut phases, mut hows): (BTreeMap<Phase, u32>, BTreeMap<&str, u32>) = Default::default();
    let (mut done, mut ended) = (0, 0);
    while done < kills {
        let (course, day) = (&courses[dice.below(2)], dice.below(DAYS));
        let place = course.before(day, &folder);
        // The one that goes on may be killed, too.
        loop {
            match killed(course, day, &place, &mut dice) {
                Some((how, phase)) => {
                    *phases.entry(phase).or_default() += 1;
                    *hows.entry(how).or_default() += 1;
                    done += 1;
                }
                None => ended += 1,
            }
            if dice.below(4) > 0 {
                break;
            }
        }
        course.goes_on(day, &place);
    }
    println!("{done} runs were killed, {ended} had come to their end: {phases:?}, {hows:?}");
    if kills >= 200 {
        assert_eq!((phases.len(), hows.len()), (4, 4), "something was never hit: {phases:?}, {hows:?}");
    }
}

/// Every call of the system that has to do with files, one after the other.
#[test]
#[ignore = "needs strace"]
fn s51_killed_at_each_call_a_run_goes_on_as_if_nothing_had_been() {
    const CALLS: [&str; 10] =
        ["openat", "flock", "ftruncate", "chmod", "write", "fsync", "rename", "unlink", "close", "exit_group"];
    let folder = Folder::new("call");
    let mut dice = Dice(1);
    let (mut phases, mut calls): (BTreeMap<Phase, u32>, BTreeMap<&str, u32>) = Default::default();
    for program in PROGRAMS {
        let course = Course::new(program, &mut dice, &folder);
        for (day, call) in (0..2).flat_map(|day| CALLS.map(|call| (day, call))) {
            for number in 1.. {
                let place = course.before(day, &folder);
                let inject = format!("inject={call}:signal=KILL:when={number}");
                let by = ["strace", "-f", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject];
                let mut child = start(program, &place, &by.map(str::to_owned));
                feed(&mut child, &course.days[day]);
                drop(child.stdin.take());
                let killed = child.wait().unwrap().signal().is_some();
                if killed {
                    *phases.entry(phase(&course, day, &place)).or_default() += 1;
                    *calls.entry(call).or_default() += 1;
                }
                course.goes_on(day, &place);
                if !killed {
                    break;
                }
            }
        }
    }
    println!("killed at each call: {phases:?}, {calls:?}");
    assert_eq!(phases.len(), 4);
}
