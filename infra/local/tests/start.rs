//! The program itself: what it says when it cannot start, and how it stops.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test says what goes wrong by failing")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

fn meditrack(data: &Path, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meditrack"));
    command.arg("--data").arg(data).arg("--port").arg(port.to_string()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Fails with one line that holds these words.
#[track_caller]
fn refused(mut command: Command, words: &str) {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(said.starts_with("meditrack: ") && said.lines().count() == 1 && said.contains(words), "{said}");
}

/// Starts, and waits until it says that it runs.
fn started(mut command: Command) -> Child {
    let mut child = command.env("RUST_LOG", "error").spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let running = lines.map_while(Result::ok).any(|line| line.contains("Ctrl-C stops it"));
    assert!(running, "it did not start");
    child
}

fn terminate(child: &mut Child) -> Duration {
    let asked = Instant::now();
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(child.wait().unwrap().success());
    asked.elapsed()
}

#[test]
fn what_cannot_start_says_why_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    refused(meditrack(folder.path(), taken.local_addr().unwrap().port()), "choose another with --port");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    refused(meditrack(&file, free_port()), "it is a file");
    for clock in ["nonsense", "+23", "+99999999999999h", "0001-01-01T00:00", "2026-03-29T01:30", "2026-03-03T08:59X", ""] {
        let mut command = meditrack(&folder.path().join("clock"), free_port());
        command.arg("--clock").arg(clock);
        refused(command, "is not understood");
    }
    let mut command = meditrack(&folder.path().join("zone"), free_port());
    command.args(["--time-zone", "Mars/Olympus"]);
    refused(command, "no time zone Mars/Olympus");
}

#[test]
fn one_hospital_a_folder_and_it_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut first = started(meditrack(&folder.path().join("data"), port));
    refused(meditrack(&folder.path().join("data"), free_port()), "another hospital is running");

    // A request that never ends does not hold it open.
    let mut half = TcpStream::connect(("127.0.0.1", port)).unwrap();
    half.write_all(b"POST /auth/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{")
        .unwrap();
    assert!(terminate(&mut first) < Duration::from_secs(12));

    #[cfg(unix)]
    only_for_its_owner(&folder.path().join("data"));

    let mut again = started(meditrack(&folder.path().join("data"), port));
    let mut health = TcpStream::connect(("127.0.0.1", port)).unwrap();
    health.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    health.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"status\":\"ok\"}"), "{answer}");
    assert!(terminate(&mut again) < Duration::from_secs(5), "with nothing to finish it stops at once");
}

#[cfg(unix)]
fn only_for_its_owner(path: &std::path::Path) {
    let meta = std::fs::metadata(path).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&meta.permissions());
    assert_eq!(mode & 0o077, 0, "{} can be read by others: {mode:o}", path.display());
    if meta.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            only_for_its_owner(&entry.unwrap().path());
        }
    }
}
