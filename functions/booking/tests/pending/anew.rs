//! Commands of a traveller whose execution asks the bank anew just then: for a moment it listens to
//! nobody.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Json, Router};
use holdfast_booking::commands::{Accepted, CommandRequest, Commands};
use holdfast_booking_rules::next::Next;
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;
use holdfast_kit::executions::Executions;
use holdfast_kit::task_tokens::TaskTokens;
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::support::{TOKEN, aws, serve};

/// The tokens that are listened to, and what was heard by them.
#[derive(Clone, Default)]
struct Tokens(Arc<Mutex<(Vec<&'static str>, Vec<Value>)>>);

impl Tokens {
    fn listen(&self, token: &'static str) {
        self.0.lock().unwrap().0.push(token);
    }

    fn heard(&self) -> Vec<Value> {
        self.0.lock().unwrap().1.clone()
    }

    async fn commands(&self, stage: &Stage, patience: Duration) -> Commands {
        let router = Router::new().fallback(tell).with_state(self.clone());
        let client = aws::step_functions(&serve(router).await);
        Commands {
            store: stage.bench.store.clone(),
            task_tokens: TaskTokens(client.clone().into()),
            executions: Executions {
                step_functions: client.into(),
                state_machine_arn: "machine".to_owned(),
            },
            clock: stage.bench.clock(),
            simulation: stage.bench.simulation,
            patience,
        }
    }
}

async fn tell(State(tokens): State<Tokens>, body: String) -> (StatusCode, Json<Value>) {
    let asked: Value = serde_json::from_str(&body).unwrap();
    let (listening, heard) = &mut *tokens.0.lock().unwrap();
    let token = asked["taskToken"].as_str().unwrap();
    if !listening.contains(&token) {
        let gone = json!({"__type": "TaskTimedOut", "message": "it has gone on"});
        return (StatusCode::BAD_REQUEST, Json(gone));
    }
    heard.push(serde_json::from_str(asked["output"].as_str().unwrap()).unwrap());
    (StatusCode::OK, Json(json!({})))
}

fn request(id: &BookingId, command: &str) -> CommandRequest {
    let mut request = json!({"command": command, "booking_id": id});
    if command == "pay" {
        request["payment"] = json!({"token": TOKEN});
    }
    CommandRequest::read(&request).unwrap()
}

async fn says(commands: Commands, id: BookingId, command: &str) -> Result<Accepted, Failure> {
    commands.take(&request(&id, command)).await
}

#[tokio::test]
async fn a_command_that_meets_no_listener_waits_for_the_execution_to_listen_anew() {
    let (stage, tokens) = (Stage::new().await, Tokens::default());
    let id = stage.awaited("b1", "t1").await;
    let commands = tokens.commands(&stage, Duration::from_secs(20)).await;
    let saying = tokio::spawn(says(commands, id.clone(), "pay"));
    while stage.next(&id).await.contains(&Next::Pay) {
        tokio::task::yield_now().await; // it is not taken yet
    }
    tokens.listen("t2");
    stage.waits(&id, "t2").await.expect("it waits anew");
    let accepted = saying.await.unwrap().expect("it is heard");
    assert_eq!(accepted.accepted, "pay");
    let heard = tokens.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(
        (&heard[0]["command"], &heard[0]["attempt"]),
        (&json!("pay"), &json!(2))
    );
    assert_eq!(heard[0]["payment"]["token"], TOKEN);
    // Once it has been withdrawn, the same command is known to be heard.
    stage.withdraws(&id, 1).await.expect("it is withdrawn");
    let commands = tokens.commands(&stage, Duration::ZERO).await;
    says(commands, id, "pay").await.expect("the same once more");
    assert_eq!(tokens.heard().len(), 2);
}

#[tokio::test]
async fn another_payment_that_nobody_hears_is_unavailable_and_a_cancellation_is_on_its_way() {
    let (stage, tokens) = (Stage::new().await, Tokens::default());
    for (name, command, refused) in [("b1", "pay", Some("Unavailable")), ("b2", "cancel", None)] {
        let id = stage.awaited(name, "t1").await;
        let commands = tokens.commands(&stage, Duration::ZERO).await;
        let told = says(commands, id, command).await.err();
        assert_eq!(told.as_ref().map(Failure::name), refused, "{told:?}");
    }
    assert_eq!(tokens.heard(), Vec::<Value>::new());
}
