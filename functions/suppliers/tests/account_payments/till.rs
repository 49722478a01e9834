//! Payments from accounts in process, with a table of their own and a clock to set, and a caller's view of them.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use holdfast_authorizer::accounts::{Accounts, Credit, Credited, Opened, key_of};
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::movement::{Code, Kind, Line, Movement};
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;
use holdfast_suppliers::account_payments::router;
use holdfast_suppliers::testing::{ManualClock, create_accounts_table};
use holdfast_suppliers::{AccountPayments, Supplies};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use lambda_http::Service;
use serde_json::{Value, json};

pub(crate) const KEY: &str = "a key that callers and the till share";
pub(crate) const TABLE: &str = "authorizer";
/// How long reservations last.
pub(crate) const RESERVATION: u64 = 604_800;

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Reply {
    /// The body, if the status is as expected.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The message of a problem with this status.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> String {
        let body = self.expect(status);
        body["message"].as_str().expect("a message").to_owned()
    }
}

#[derive(Clone)]
pub(crate) struct Till {
    pub(crate) router: Router,
    pub(crate) supplies: Supplies,
    pub(crate) accounts: Accounts,
    pub(crate) clock: Arc<ManualClock>,
    client: Client,
    address: String,
}

impl Till {
    pub(crate) async fn open() -> Self {
        Self::with_simulation("off").await
    }

    pub(crate) async fn with_simulation(simulation: &str) -> Self {
        let (client, address) = holdfast_testing::start_database().await;
        create_accounts_table(&client, TABLE)
            .await
            .expect("the table");
        let now: Timestamp = "2027-01-10T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(now));
        let supplies = supplies(&client, &clock, simulation);
        Self {
            router: router(supplies.clone(), KEY.parse().unwrap()),
            supplies,
            accounts: Accounts::new(client.clone(), TABLE),
            clock,
            client,
            address,
        }
    }

    /// A till with an account `123`, and so much in it.
    pub(crate) async fn with(cash: u64) -> Self {
        let till = Self::open().await;
        till.account_of("123", cash).await;
        till
    }

    pub(crate) async fn account_of(&self, account: &str, cash: u64) {
        let now = self.clock.now();
        let new = Account::new(id(account), "cus_1".parse().unwrap(), now);
        assert_eq!(self.accounts.open(&new).await.unwrap(), Opened::Done);
        if cash > 0 {
            self.credit(account, "CASH", cash).await;
        }
    }

    /// Money comes in.
    pub(crate) async fn credit(&self, account: &str, category: &str, amount: u64) {
        let credit = Credit {
            id: format!("credit-{}", fastrand::u64(..)).parse().unwrap(),
            category: category.parse().unwrap(),
            amount: Cents(amount),
        };
        let account = id(account);
        let credited = self.accounts.credit(&account, &credit, self.clock.now());
        assert_eq!(credited.await.unwrap(), Credited::Done);
    }

    /// A terminal's worker takes money and ends before it writes the line.
    pub(crate) async fn purchase_without_a_line(&self, account: &str, amount: u64) {
        let movement = Movement {
            key: key_of("a purchase"),
            kind: Kind::Purchase,
            code: Code::Approved,
            category: Category::CASH,
            amount: Cents(amount),
            reserved: Cents(0),
            at: self.clock.now(),
            mark: "mark".to_owned(),
        };
        let moving = self.accounts.moving(&id(account), &movement).unwrap();
        let moving = self.client.transact_write_items().transact_items(moving);
        moving.send().await.unwrap();
    }

    /// An account, whose sums agree.
    #[track_caller]
    pub(crate) fn look(&self, account: &str) -> impl Future<Output = Account> {
        let (accounts, id) = (self.accounts.clone(), id(account));
        async move {
            let account = accounts.account(&id).await.unwrap().expect("an account");
            account.adds_up().unwrap();
            account
        }
    }

    /// Its cash, what it has put aside, and what was taken.
    pub(crate) async fn sums(&self, account: &str) -> [u64; 3] {
        let account = self.look(account).await;
        [account.balances.sum(), account.reserved, account.captured].map(|cents| cents.0)
    }

    /// All lines of an account, the oldest first. Done one after another they lead to what it is now, and
    /// nothing becomes negative on the way.
    pub(crate) async fn statement(&self, account: &str) -> Vec<Line> {
        let now = self.look(account).await;
        let page = self.accounts.statement(&now, None, 100_000).await.unwrap();
        let lines: Vec<_> = page.lines.into_iter().rev().collect();
        let owner = now.customer_id.clone();
        let mut then = Account::new(now.account_id.clone(), owner, now.created);
        for (place, line) in lines.iter().enumerate() {
            assert_eq!(line.seq, place as u64 + 1, "{line:?}");
            let after = then.after(line.category, line.effect());
            then = after.unwrap_or_else(|| panic!("{line:?} makes {then:?} negative"));
        }
        assert_eq!(then.balances, now.balances);
        let sums = |of: &Account| [of.credited, of.debited, of.reserved, of.captured];
        assert_eq!(sums(&then), sums(&now));
        let refused = lines.iter().filter(|line| line.code != Code::Approved);
        assert!(
            refused.clone().all(|line| line.reason.is_some()),
            "{lines:?}"
        );
        lines
    }

    pub(crate) async fn send(&self, request: Request) -> Reply {
        let mut router = self.router.clone();
        let response = Service::call(&mut router, request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 10_000_000).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Reply { status, text }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {KEY}"));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Reply {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {KEY}"))
            .header("Idempotency-Key", key);
        let body = Body::from(body.to_string());
        self.send(request.body(body).unwrap()).await
    }

    /// Asks for the payment of a booking from account `123`: 1000, or what is asked for besides.
    pub(crate) async fn pay(&self, booking: &str, action: &str, more: Value) -> Reply {
        let mut body = json!({ "booking": booking });
        if action == "authorize" {
            body["token"] = json!("acct_123");
            body["amount"] = brl(1000);
        }
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let attempt = body["attempt"].as_u64().unwrap_or(1);
        let key = format!("{booking}/payment.{attempt}/{action}");
        self.post(&format!("/payment/{action}"), &key, &body).await
    }

    /// The payment of a booking, as it is stored.
    pub(crate) async fn payment(&self, booking: &str) -> HashMap<String, AttributeValue> {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let get = self.client.get_item().table_name(TABLE);
        let get = get.key("pk", text(&format!("BOOKING#{booking}")));
        let found = get.key("sk", text("PAYMENT")).send().await;
        found.unwrap().item.expect("a payment")
    }

    /// What is alive, as `booking status amount`, sorted.
    pub(crate) async fn audit(&self, query: &str) -> Vec<String> {
        let audit = self.get(&format!("/audit{query}")).await.expect(200);
        let items = audit["items"].as_array().expect("items");
        let line = |item: &Value| {
            let field = |name: &str| item[name].as_str().unwrap().to_owned();
            let amount = &item["amount"]["amount"];
            format!("{} {} {amount}", field("booking"), field("status"))
        };
        let mut lines: Vec<String> = items.iter().map(line).collect();
        lines.sort();
        lines
    }

    pub(crate) async fn sweep(&self) -> u32 {
        self.supplies.sweep().await.unwrap().given_back
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// The same till, where so many answers to transactions get lost, done or not.
    pub(crate) async fn behind_silence(&self, lost: u32) -> Self {
        let silence = Silence {
            table: self.address.clone(),
            client: hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http(),
            lost: Arc::new(AtomicU32::new(lost)),
        };
        let proxy = Router::new().fallback(pass_on).with_state(silence);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, proxy).await });
        let config = self.client.config().to_builder();
        let config = config.endpoint_url(format!("http://{address}")).build();
        let supplies = supplies(&Client::from_conf(config), &self.clock, "off");
        Self {
            router: router(supplies.clone(), KEY.parse().unwrap()),
            supplies,
            ..self.clone()
        }
    }
}

fn supplies(client: &Client, clock: &Arc<ManualClock>, simulation: &str) -> Supplies {
    let terms = AccountPayments {
        reservation: Duration::from_secs(RESERVATION),
        simulation: simulation.parse().unwrap(),
    };
    Supplies::of_accounts(client.clone(), TABLE, terms).with_clock(clock.shown())
}

/// Stands before the table. It passes everything on, but some answers do not come back.
#[derive(Clone)]
struct Silence {
    table: String,
    client: hyper_util::client::legacy::Client<HttpConnector, Body>,
    lost: Arc<AtomicU32>,
}

async fn pass_on(State(silence): State<Silence>, mut request: Request) -> Response {
    let target = request.headers()["x-amz-target"].to_str().unwrap();
    let is_transaction = target.ends_with("TransactWriteItems");
    *request.uri_mut() = silence.table.parse().unwrap();
    let response = silence.client.request(request).await.unwrap();
    let one_less = |lost: u32| lost.checked_sub(1);
    let swallowed = is_transaction
        && (silence.lost)
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less)
            .is_ok();
    match swallowed {
        true => (StatusCode::INTERNAL_SERVER_ERROR, "{}").into_response(),
        false => response.map(Body::new),
    }
}

pub(crate) fn id(account: &str) -> AccountId {
    account.parse().unwrap()
}

pub(crate) fn brl(amount: u64) -> Value {
    json!({ "amount": amount, "currency": "BRL" })
}
