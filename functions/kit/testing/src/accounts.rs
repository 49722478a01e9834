//! Payments from accounts, for tests of those who pay: the suppliers' own protocol over HTTP, at an address
//! of its own and behind a key. Accounts are as rich as their names say.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

/// The path that its address ends with.
const PLACE: &str = "/v1/account-payments";
const LARGEST_BODY: usize = 100_000;

/// The server; clones are the same one.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// Where it is.
    pub address: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    asked: Vec<String>,
    out_of_order: bool,
}

impl Accounts {
    /// What every call must carry.
    pub const KEY: &str = "suppliers-key";
    /// The token of an account that can pay.
    pub const RICH: &str = "acct_rich";
    /// The token of one that cannot.
    pub const POOR: &str = "acct_poor";

    /// Serves payments by this router, which knows the suppliers' protocol.
    pub async fn behind(protocol: Router) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        let accounts = Self {
            address: format!("http://{address}{PLACE}"),
            seen: Arc::default(),
        };
        let router = Router::new().nest(PLACE, protocol);
        let router = router.layer(from_fn_with_state(accounts.clone(), admit));
        tokio::spawn(async move { axum::serve(listener, router).await });
        accounts
    }

    /// What was asked, in order, such as `POST payment/void`.
    pub fn asked(&self) -> Vec<String> {
        self.with_seen(|seen| seen.asked.clone())
    }

    /// From now on it does nothing, and says so; or it works again.
    pub fn set_out_of_order(&self, out_of_order: bool) {
        self.with_seen(|seen| seen.out_of_order = out_of_order);
    }

    fn with_seen<T>(&self, look: impl FnOnce(&mut Seen) -> T) -> T {
        look(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn admit(State(accounts): State<Accounts>, request: Request, next: Next) -> Response {
    let what = request.uri().to_string();
    let what = what.trim_start_matches(PLACE).trim_start_matches('/');
    let asked = format!("{} {what}", request.method());
    let out_of_order = accounts.with_seen(|seen| {
        seen.asked.push(asked);
        seen.out_of_order
    });
    let bearer = format!("Bearer {}", Accounts::KEY);
    let given = request.headers().get(header::AUTHORIZATION);
    if given.is_none_or(|given| given.as_bytes() != bearer.as_bytes()) {
        return refusal(StatusCode::UNAUTHORIZED, "the key is missing or wrong");
    }
    if out_of_order {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "out of order");
    }
    next.run(with_card(request).await).await
}

fn refusal(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"error": "no", "message": message}))).into_response()
}

/// The same call with a card that is as good as the account; other tokens are none of an account's.
async fn with_card(request: Request) -> Request {
    let (mut head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.expect("a body");
    let Ok(mut json) = serde_json::from_slice::<Value>(&body) else {
        return Request::from_parts(head, Body::from(body));
    };
    if let Some(token) = json.get_mut("token") {
        *token = match token.as_str() {
            Some(Accounts::RICH) => json!("tok_visa"),
            Some(Accounts::POOR) => json!("tok_insufficient_funds"),
            _ => json!("tok_of_no_account"),
        };
    }
    head.headers.remove(header::CONTENT_LENGTH);
    Request::from_parts(head, Body::from(json.to_string()))
}
