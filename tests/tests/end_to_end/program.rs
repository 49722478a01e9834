//! The program `holdfast`, as its users run it: trips are booked, changed, cancelled and broken, and the desk
//! answers at once.

use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use holdfast_tests::Stack;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

const SHORT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/trips/short.json");
/// A busy machine may take longer than the second that is promised for a quiet one.
const AT_ONCE: Duration = Duration::from_secs(3);

/// How the program ended, and what it printed.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    /// What it printed, if it ended with this code.
    #[track_caller]
    fn with(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.out
    }

    /// The only line that it complained with.
    #[track_caller]
    fn complaint(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        self.err.trim_end()
    }
}

/// Runs `holdfast`, which is on the `PATH` of `.local/env`.
async fn holdfast(arguments: &[&str]) -> Ended {
    holdfast_reading(arguments, "").await
}

async fn holdfast_reading(arguments: &[&str], text: &str) -> Ended {
    let mut command = Command::new("holdfast");
    command.args(arguments).stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("`source .local/env` first");
    let mut stdin = child.stdin.take().unwrap();
    // A program that reads nothing may have ended by now.
    stdin.write_all(text.as_bytes()).await.ok();
    drop(stdin);
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().await.unwrap();
    Ended {
        code: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

/// Books the short trip, and answers with its id.
async fn booked_as(options: &[&str]) -> String {
    let all = [&["book", SHORT, "--quiet"], options].concat();
    holdfast(&all).await.with(0).trim().to_owned()
}

fn last_object(out: &str) -> Value {
    serde_json::from_str(out.lines().last().unwrap()).unwrap()
}

#[tokio::test]
async fn a_trip_is_booked_and_shown_and_listed() {
    let out = holdfast(&["book", SHORT, "--follow", "--json"]).await;
    let end = last_object(&out.with(0));
    assert_eq!(end["outcome"], "booked", "{end}");
    let id = end["booking"]["booking_id"].as_str().unwrap();
    let shown = holdfast(&["show", id]).await.with(0);
    assert!(shown.starts_with(&format!("BOOKED  {id}")), "{shown}");
    let listed = holdfast(&["list"]).await.with(0);
    assert!(listed.contains(id), "{listed}");
    let again = holdfast(&["pay", id, "tok_visa"]).await;
    assert!(again.complaint(1).contains("booked"), "{again:?}");
}

#[tokio::test]
async fn a_trip_is_changed_and_paid() {
    let id = booked_as(&["--unpaid"]).await;
    let held = holdfast(&["follow", &id]).await.with(0);
    assert!(held.contains("HELD, NOT PAID"), "{held}");
    let question = [
        "offers",
        "car",
        "--city",
        "LIS",
        "--pick-up",
        "2027-03-01",
        "--drop-off",
        "2027-03-15",
    ];
    let leg = holdfast(&[&question[..], &["--leg", "car"]].concat()).await;
    let leg = leg.with(0);
    let added = holdfast_reading(&["add", &id, "-"], &leg).await.with(0);
    assert!(added.contains("car        held"), "{added}");
    let dropped = holdfast(&["drop", &id, "hotel"]).await.with(0);
    assert!(dropped.contains("hotel      released"), "{dropped}");
    let declined = holdfast(&["pay", &id, "tok_declined"]).await.with(1);
    assert!(declined.contains("declined: card declined"), "{declined}");
    let paid = holdfast(&["pay", &id, "tok_visa"]).await.with(0);
    assert!(paid.contains(&format!("BOOKED  {id}")), "{paid}");
}

#[tokio::test]
async fn an_amount_is_paid_if_it_is_the_one_that_the_trip_costs() {
    let id = booked_as(&["--unpaid"]).await;
    holdfast(&["follow", &id]).await.with(0);
    let refused = holdfast(&["pay", &id, "tok_visa", "--amount", "BRL6601.19"]).await;
    let complaint = refused.complaint(1);
    assert!(
        complaint.contains("the trip costs BRL 6,601.20"),
        "{complaint}"
    );
    let paid = holdfast(&["pay", &id, "tok_visa", "--amount", "BRL 6,601.20"]).await;
    let paid = paid.with(0);
    assert!(paid.contains(&format!("BOOKED  {id}")), "{paid}");
}

#[tokio::test]
async fn a_trip_that_is_not_paid_is_cancelled_and_leaves_nothing() {
    let stack = Stack::connect().await;
    let id = booked_as(&["--unpaid"]).await;
    holdfast(&["follow", &id]).await.with(0);
    let cancelled = holdfast(&["cancel", &id]).await.with(0);
    assert!(
        cancelled.contains(&format!("NOT BOOKED  {id}  cancelled")),
        "{cancelled}"
    );
    assert!(stack.audit(&id).await.is_empty());
    holdfast(&["follow", &id]).await.with(3);
}

#[tokio::test]
async fn a_leg_of_a_booked_trip_is_cancelled_and_then_the_rest() {
    let stack = Stack::connect().await;
    let id = booked_as(&[]).await;
    holdfast(&["follow", &id]).await.with(0);
    let unsure = holdfast(&["cancel", &id, "hotel"]).await;
    assert_eq!(unsure.code, Some(2), "{unsure:?}");
    assert!(
        unsure.err.contains("give back") && unsure.err.contains("--yes"),
        "{unsure:?}"
    );
    let less = holdfast(&["cancel", &id, "hotel", "--yes"]).await.with(0);
    assert!(less.contains("hotel      released"), "{less}");
    let rest = holdfast(&["cancel", &id, "--yes"]).await.with(0);
    assert!(rest.contains("cancelled"), "{rest}");
    let left = stack.audit(&id).await;
    // What the terms let the suppliers keep is captured.
    let held = left.iter().filter(|item| item["kind"] != "payment");
    let held: Vec<_> = held.collect();
    assert!(held.is_empty(), "{held:?}");
}

#[tokio::test]
async fn a_broken_trip_is_undone_and_says_so() {
    let fault = ["--simulate", "hotel.confirm=refuse"];
    let out = holdfast(&[&["book", SHORT, "--follow"], &fault[..]].concat()).await;
    let out = out.with(3);
    assert!(out.contains("NOT BOOKED"), "{out}");
    assert!(
        out.contains("confirm hotel: Refused: refused, as scripted"),
        "{out}"
    );
    assert!(out.contains("The execution SUCCEEDED"), "{out}");
}

#[tokio::test]
async fn what_cannot_be_undone_needs_attention_and_is_resolved_at_the_desk() {
    let faults = [
        "--simulate",
        "hotel.confirm=refuse",
        "--simulate",
        "hotel.release=refuse",
    ];
    let id = booked_as(&faults).await;
    let ended = holdfast(&["follow", &id]).await.with(4);
    assert!(ended.contains(&format!("NEEDS ATTENTION  {id}")), "{ended}");
    let dry = holdfast(&["desk", "redrive", &id, "--dry-run"])
        .await
        .with(0);
    assert!(dry.contains("release hotel: would be tried"), "{dry}");
    let resolve = ["desk", "resolve", &id, "--reason", "test", "--as", "ana"];
    let other = holdfast(&[&resolve[..], &["--part", "payment"]].concat()).await;
    assert!(
        other.complaint(2).contains("what is left: release hotel"),
        "{other:?}"
    );
    let resolved = holdfast(&resolve).await.with(0);
    assert!(resolved.contains("recorded as done by hand"), "{resolved}");
    holdfast(&["desk", "wait", &id]).await.with(3);
}

#[tokio::test]
async fn a_payment_that_nobody_decides_times_out_and_says_what_it_waits_for() {
    let id = booked_as(&["--pay", "tok_pending"]).await;
    let told = holdfast(&["follow", &id, "--wait", "3"]).await;
    let told = told.complaint(5);
    assert!(
        told.starts_with(&format!("holdfast: {id} waits for ")),
        "{told}"
    );
    assert!(told.ends_with(&format!("holdfast follow {id}")), "{told}");
}

#[tokio::test]
async fn the_desk_answers_at_once() {
    holdfast(&["desk", "list"]).await.with(0);
    let began = Instant::now();
    holdfast(&["desk", "list"]).await.with(0);
    let took = began.elapsed();
    println!("holdfast desk list took {took:?}");
    assert!(took < AT_ONCE, "{took:?}");
}

#[tokio::test]
async fn what_is_not_there_is_one_line() {
    for arguments in [
        ["show", "b-no-such-booking"],
        ["follow", "b-no-such-booking"],
        ["desk", "show"],
    ] {
        let told = holdfast(&arguments).await;
        told.complaint(2);
    }
    let told = holdfast(&["desk", "show", "no-such-saga"]).await;
    assert_eq!(
        told.complaint(2),
        "holdfast: there is no booking and no order no-such-saga"
    );
}
