//! Writing that fails, and writers that meet.

use std::io::Write as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::*;

/// A folder with a state after one day, what that day wrote, and the events of the next.
fn second_day(name: &str) -> Folder {
    let folder = Folder::new(name);
    fs::write(folder.join("1.jsonl"), purchase("1", 1)).unwrap();
    // Many members with names that do not pack, so that the state is large, too.
    let line = |i: u64| {
        let odd = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        purchase(&format!("2-{i}-{odd:x}"), 2).replace("\"ann\"", &format!("\"m{:x}\"", odd.rotate_left(17) ^ odd))
    };
    fs::write(folder.join("2.jsonl"), (0..300).map(line).collect::<String>()).unwrap();
    let run = meed(&arguments(&folder, "1.jsonl", "out").iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(run.status.code(), Some(0));
    folder
}

fn arguments(folder: &Folder, events: &str, out: &str) -> Vec<String> {
    let (events, state, out) = (folder.named(events), folder.named("state"), folder.named(out));
    ["run", SHOP, &events, "--state", &state, "-o", &out, "--quiet"].map(str::to_owned).to_vec()
}

fn run(arguments: &[String]) -> (Option<i32>, String) {
    let output = meed(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn started(arguments: &[String]) -> Child {
    let mut command = command(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(60), "{} does not appear", path.display());
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn s51_a_full_disk_leaves_everything_as_it_was() {
    let folder = second_day("full");
    let (events, state) = (folder.named("2.jsonl"), folder.named("state"));
    let before = listing(&folder.0);
    let (code, told) =
        run(&["run", SHOP, &events, "--state", &state, "--journal", "/dev/full", "-q"].map(str::to_owned));
    assert_eq!(code, Some(2));
    assert_eq!(told, "error: cannot write `/dev/full`: the disk is full; make room and run again\n");
    assert_eq!(listing(&folder.0), before);

    let full = || Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let run_to_full = |arguments: &[&str]| {
        let output = command(arguments).stdout(full()).stderr(Stdio::piped()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, told) = run_to_full(&["run", SHOP, &events, "--state", &state, "--journal", "-", "-q"]);
    assert_eq!(code, Some(2));
    assert_eq!(told, "error: cannot write `the standard output`: the disk is full; make room and run again\n");
    assert_eq!(listing(&folder.0), before);

    // The summary is not what a run is for. Run again, it changes nothing.
    let arguments = arguments(&folder, "2.jsonl", "out");
    let (code, told) = run_to_full(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(code, Some(2));
    assert!(told.contains("saved; only its summary is missing"), "{told}");
    let after = listing(&folder.0);
    assert_ne!(after, before);
    assert_eq!(run(&arguments).0, Some(0));
    assert_eq!(listing(&folder.0), after);
}

#[test]
fn s51_a_pipe_that_is_closed_saves_no_state() {
    let folder = second_day("closed");
    let (events, state) = (folder.named("2.jsonl"), folder.named("state"));
    let before = listing(&folder.0);
    let mut child = started(&["run", SHOP, "-", "--state", &state, "--journal", "-", "-q"].map(str::to_owned));
    drop(child.stdout.take());
    child.stdin.take().unwrap().write_all(&fs::read(events).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(listing(&folder.0), before);
}

#[test]
fn s51_what_has_no_place_is_told_before_anything_is_judged() {
    let folder = second_day("place");
    fs::create_dir_all(folder.join("taken/journal.jsonl")).unwrap();
    fs::write(folder.join("file"), "").unwrap();
    let before = listing(&folder.0);
    for (out, expected) in [
        ("taken", "taken/journal.jsonl`: it is a folder; name a file"),
        ("file", "file`: "),
        ("file/out", "file/out`: "),
    ] {
        let (code, told) = run(&arguments(&folder, "2.jsonl", out));
        assert_eq!(code, Some(2), "{told}");
        assert!(told.starts_with("error: cannot write `") && told.contains(expected), "{told}");
        assert_eq!(listing(&folder.0), before, "{out}");
    }
}

/// No user at all may make files below `/sys`.
#[cfg(target_os = "linux")]
#[test]
fn s51_a_folder_that_cannot_be_written_is_told() {
    let folder = second_day("forbidden");
    let before = listing(&folder.0);
    let (events, state) = (folder.named("2.jsonl"), folder.named("state"));
    for place in [["--state", "/sys/state", "-o", &folder.named("new")], ["--state", &state, "-o", "/sys/out"]] {
        let arguments = [&["run", SHOP, &events, "-q"][..], &place].concat();
        let (code, told) = run(&arguments.iter().map(|&argument| argument.to_owned()).collect::<Vec<_>>());
        assert_eq!(code, Some(2), "{told}");
        assert!(told.starts_with("error: cannot write `/sys/"), "{told}");
        assert_eq!(listing(&folder.0), before);
    }
}

/// The system lets no file grow beyond some blocks: what is written is torn in the middle.
#[cfg(unix)]
#[test]
fn s51_files_that_are_torn_while_they_are_written_never_get_their_names() {
    let folder = second_day("torn");
    let before = listing(&folder.0);
    let limited = |blocks: u32, before: &str, arguments: &[String]| {
        let script = format!("{before} ulimit -c 0; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = std::process::Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_meed")])
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let whole = arguments(&folder, "2.jsonl", "out");
    let state_only =
        ["run", SHOP, &folder.named("2.jsonl"), "--state", &folder.named("state"), "-q"].map(str::to_owned);
    for blocks in [0, 1, 4, 8] {
        for (arguments, file) in [(&whole[..], "out/journal.jsonl"), (&state_only[..], "state")] {
            let (code, told) = limited(blocks, "trap '' XFSZ;", arguments);
            let message = format!(
                "error: cannot write `{}`: it would be larger than the system allows (`ulimit -f`)\n",
                folder.named(file)
            );
            assert_eq!((code, told), (Some(2), message), "{blocks}");
            assert_eq!(listing(&folder.0), before, "{file}, {blocks}");
            // Without the trap, it is killed there. What it leaves is in nobody's way.
            let (code, _) = limited(blocks, "", arguments);
            assert_eq!(code, None);
            let mut left = listing(&folder.0);
            left.retain(|name, _| !name.ends_with(".part"));
            assert_eq!(left, before, "{file}, {blocks}");
            for (name, _) in listing(&folder.0).iter().filter(|(name, _)| name.ends_with(".part")) {
                fs::remove_file(folder.join(name)).unwrap();
            }
        }
    }
    assert_eq!(limited(1 << 20, "", &whole).0, Some(0));
    assert_ne!(listing(&folder.0), before);
}

#[test]
fn s51_a_state_has_one_run_at_a_time() {
    let folder = second_day("one-run");
    let mut first = started(
        &arguments(&folder, "-", "first")
            .into_iter()
            .map(|argument| if argument.ends_with("/-") { "-".to_owned() } else { argument })
            .collect::<Vec<_>>(),
    );
    wait_for(&folder.join("first/.journal.jsonl.part"));
    let state = folder.read_bytes("state");
    let (code, told) = run(&arguments(&folder, "2.jsonl", "second"));
    assert_eq!(code, Some(2));
    let expected = format!(
        "error: `{}` is in use by another run: wait until that has ended, or name another file\n",
        folder.named("state")
    );
    assert_eq!(told, expected);
    // So it is for the files that runs write.
    let (state_of_its_own, out) = (folder.named("other"), folder.named("first"));
    let (code, told) =
        run(&["run", SHOP, &folder.named("2.jsonl"), "--state", &state_of_its_own, "-o", &out].map(str::to_owned));
    assert_eq!(code, Some(2));
    assert!(told.contains("rejects.jsonl` is in use by another run"), "{told}");
    assert!(folder.read_bytes("state") == state);
    assert!(!folder.join("second").exists() && !folder.join("other").exists());

    first.stdin.take().unwrap().write_all(purchase("3", 3).as_bytes()).unwrap();
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(0));
    assert!(
        folder.read("first/members.jsonl").contains("\"available\":\"80\""),
        "{}",
        folder.read("first/members.jsonl")
    );
    assert_eq!(run(&arguments(&folder, "2.jsonl", "second")).0, Some(0));
    assert_eq!(folder.read("second/members.jsonl").lines().count(), 301);
}

#[test]
fn s51_a_state_that_was_replaced_meanwhile_is_not_overwritten() {
    let folder = second_day("replaced");
    let before = folder.read_bytes("state");
    fs::write(folder.join("other"), "another day's").unwrap();
    let mut child = started(
        &["run", SHOP, "-", "--state", &folder.named("state"), "-o", &folder.named("out"), "-q"].map(str::to_owned),
    );
    wait_for(&folder.join("out/.journal.jsonl.part"));
    fs::rename(folder.join("state"), folder.join("kept")).unwrap();
    fs::rename(folder.join("other"), folder.join("state")).unwrap();
    let journal = folder.read_bytes("out/journal.jsonl");
    child.stdin.take().unwrap().write_all(purchase("3", 3).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("state` was replaced by somebody else during this run, and nothing was written"), "{told}");
    assert_eq!(folder.read("state"), "another day's");
    assert!(folder.read_bytes("kept") == before && folder.read_bytes("out/journal.jsonl") == journal);
}

#[test]
fn s51_the_state_is_saved_last() {
    let folder = second_day("last");
    let before = folder.read_bytes("state");
    let arguments =
        ["run", SHOP, "-", "--state", &folder.named("state"), "-o", &folder.named("out"), "-q"].map(str::to_owned);
    let judged = |child: Child| {
        let mut child = child;
        child.stdin.take().unwrap().write_all(&folder.read_bytes("2.jsonl")).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    // While it reads, a folder takes the place of the file that gets its name last but the state.
    let child = started(&arguments);
    wait_for(&folder.join("out/.journal.jsonl.part"));
    fs::remove_file(folder.join("out/rejects.jsonl")).unwrap();
    fs::create_dir_all(folder.join("out/rejects.jsonl/taken")).unwrap();
    let (code, told) = judged(child);
    assert_eq!(code, Some(2));
    assert!(told.contains("rejects.jsonl`"), "{told}");
    assert_eq!(folder.read("out/members.jsonl").lines().count(), 301);
    assert!(folder.read_bytes("state") == before);
    let journal = folder.read_bytes("out/journal.jsonl");
    // The same run again does it all once more.
    fs::remove_dir_all(folder.join("out/rejects.jsonl")).unwrap();
    assert_eq!(judged(started(&arguments)), (Some(0), String::new()));
    assert!(folder.read_bytes("out/journal.jsonl") == journal);
    assert!(folder.read_bytes("state") != before);
    assert_eq!(judged(started(&arguments)).0, Some(0));
    assert!(folder.read_bytes("out/journal.jsonl") == journal);
}

#[test]
fn s51_the_same_run_again_leaves_what_it_wrote() {
    let folder = second_day("again");
    let second = arguments(&folder, "2.jsonl", "out");
    assert_eq!(run(&second).0, Some(0));
    let done = listing(&folder.0);
    let (code, told) = run(&second);
    assert_eq!(code, Some(0));
    assert_eq!(told, "note: this very run was done before, and what it wrote stands: nothing was changed\n");
    assert_eq!(listing(&folder.0), done);

    // A run with one more event is another, and so is one whose event has changed, or whose files are gone.
    let mut more = folder.read("2.jsonl");
    more.push_str(&purchase("3", 3));
    fs::write(folder.join("3.jsonl"), &more).unwrap();
    assert_eq!(run(&arguments(&folder, "3.jsonl", "out")), (Some(0), String::new()));
    assert_eq!(folder.read("out/journal.jsonl").lines().count(), 1);
    assert_eq!(folder.read("out/rejects.jsonl").lines().count(), 300);
    fs::write(folder.join("3.jsonl"), more.replace("\"40.00\"", "\"41.00\"")).unwrap();
    let (code, told) = run(&arguments(&folder, "3.jsonl", "out"));
    assert_eq!((code, told.as_str()), (Some(1), ""));
    assert!(folder.read("out/rejects.jsonl").contains("used before with other content"));
    // What it found is what it says again.
    assert_eq!(run(&arguments(&folder, "3.jsonl", "out")).0, Some(1));
    fs::remove_file(folder.join("out/members.jsonl")).unwrap();
    assert_eq!(run(&arguments(&folder, "3.jsonl", "out")), (Some(1), String::new()));
    assert_eq!(folder.read("out/members.jsonl").lines().count(), 301);
}
