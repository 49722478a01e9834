//! The session: kept between commands, renewed when it ends, made anew when it is over.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::fake::{Fake, booking, problem};
use crate::program::Program;

#[tokio::test]
async fn commands_share_a_session_that_only_its_owner_reads() {
    let fake = Fake::with(booking("booked", &[])).await;
    let program = Program::of(&fake.address);
    for _ in 0..3 {
        assert_eq!(program.run("show b-1").await.code, Some(0));
    }
    assert_eq!(fake.sessions("/sessions"), 1);
    assert!(
        fake.asked()
            .iter()
            .all(|asked| asked.token.as_deref() == Some("Bearer access-1"))
    );
    let files = std::fs::read_dir(program.state()).unwrap();
    for file in files {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.path());
    }
}

#[tokio::test]
async fn a_token_that_is_no_longer_good_is_renewed_in_the_middle() {
    let fake = Fake::answering(|asked| match asked.token.as_deref() {
        Some("Bearer access-1") => problem(401, "unauthorized", "the token has ended"),
        _ => (200, booking("booked", &[])),
    });
    let fake = fake.await;
    let program = Program::of(&fake.address);
    assert_eq!(program.run("show b-1").await.code, Some(0));
    assert_eq!(
        (
            fake.sessions("/sessions"),
            fake.sessions("/sessions/refresh")
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_session_that_is_over_is_made_anew() {
    let fake = Fake::answering(
        |asked| match (asked.path.as_str(), asked.token.as_deref()) {
            ("/sessions/refresh", _) => problem(401, "unauthorized", "the session is over"),
            (_, Some("Bearer access-1")) => problem(401, "unauthorized", "the token has ended"),
            _ => (200, booking("booked", &[])),
        },
    );
    let fake = fake.await;
    let program = Program::of(&fake.address);
    assert_eq!(program.run("show b-1").await.code, Some(0));
    assert_eq!(fake.sessions("/sessions"), 2);
}

#[tokio::test]
async fn a_customer_who_may_do_nothing_is_not_signed_in_for_ever() {
    let fake = Fake::answering(|asked| match asked.path.as_str() {
        path if path.starts_with("/sessions") => (200, Value::Null),
        _ => problem(401, "unauthorized", "no token is good"),
    });
    let fake = fake.await;
    let ended = Program::of(&fake.address).run("show b-1").await;
    assert_eq!(ended.complaint(1), "No: no token is good");
    assert_eq!(fake.asked().len(), 2);
}

#[tokio::test]
async fn a_wrong_password_names_the_settings() {
    let fake = Fake::answering(|_| problem(401, "unauthorized", "wrong")).await;
    let ended = Program::of(&fake.address).run("list").await;
    assert!(
        ended
            .complaint(2)
            .contains("HOLDFAST_CUSTOMER_PASSWORD is wrong")
    );
}

#[tokio::test]
async fn a_home_that_cannot_be_written_costs_a_session_and_nothing_else() {
    let fake = Fake::with(booking("booked", &[])).await;
    let program = Program::of(&fake.address);
    program.file("state", "this is no folder");
    let ended = program.run("show b-1").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.err.contains("the session cannot be kept in"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn several_programs_at_once_share_one_refresh() {
    let fake = Fake::with(booking("booked", &[])).await;
    let program = Program::of(&fake.address);
    let line = "show b-1";
    let all = tokio::join!(
        program.run(line),
        program.run(line),
        program.run(line),
        program.run(line)
    );
    for ended in [all.0, all.1, all.2, all.3] {
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    assert_eq!(fake.sessions("/sessions"), 1);
    assert_eq!(json!(fake.asked().len()), json!(4));
}
