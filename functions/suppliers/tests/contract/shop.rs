//! Suppliers in process, with a table of their own and a clock to set, and a caller's view of them.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use holdfast_core::time::Timestamp;
use holdfast_kit::https::Https;
use holdfast_suppliers::testing::{ManualClock, create_table};
use holdfast_suppliers::{Reporter, Secret, Settings, Supplies, router};
use lambda_http::Service;
use serde_json::{Value, json};

/// What reports are signed with.
pub(crate) const SECRET: &str = "a secret that the shop and its customer share";
/// What offers are sealed with.
pub(crate) const OFFERS_KEY: &str = "the suppliers' key";
pub(crate) const TABLE: &str = "suppliers";
pub(crate) const KINDS: [&str; 5] = ["flight", "hotel", "car", "insurance", "train"];

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body, if the status is as expected.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The message of a problem with this status and this error.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, error: &str) -> String {
        let body = self.expect(status);
        assert_eq!(body["error"], error, "{body}");
        body["message"].as_str().expect("a message").to_owned()
    }

    /// Whether it is what a gateway says when the answer got lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.status == 504 && self.content_type.starts_with("text/html")
    }
}

#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) router: Router,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) client: Client,
    pub(crate) table_url: String,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(Settings::default()).await
    }

    pub(crate) async fn with_capacity(capacity: u32) -> Self {
        let settings = Settings {
            capacity,
            ..Settings::default()
        };
        Self::open_with(settings).await
    }

    pub(crate) async fn open_with(settings: Settings) -> Self {
        let (client, table_url) = database().await;
        create_table(&client, TABLE).await.expect("the table");
        let now: Timestamp = "2027-01-10T12:00:00Z".parse().unwrap();
        let clock = Arc::new(ManualClock::new(now));
        let supplies = Supplies::new(client.clone(), TABLE, settings)
            .with_offers_sealed_by(OFFERS_KEY)
            .with_reporter(
                Reporter::new(Https::default(), Secret::Known(SECRET.to_owned())).to_this_machine(),
            )
            .with_clock(clock.shown());
        Self {
            router: router(supplies),
            clock,
            client,
            table_url,
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = Service::call(&mut self.router.clone(), request)
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE);
        let body = to_bytes(body, 10_000_000).await.unwrap();
        Reply {
            status: parts.status.as_u16(),
            content_type: content_type
                .map_or("", |text| text.to_str().unwrap())
                .to_owned(),
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    pub(crate) async fn post(&self, path: &str, key: &str, body: &Value) -> Reply {
        let request = Request::post(path)
            .header("Idempotency-Key", key)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(request).await
    }

    /// Holds, confirms or releases a leg, with more in the body if need be.
    pub(crate) async fn leg(&self, kind: &str, booking: &str, action: &str, more: Value) -> Reply {
        let mut body = json!({ "booking": booking, "leg": "leg-1" });
        if action == "hold" {
            body["spec"] = spec(kind);
        }
        merge(&mut body, more);
        let leg = body["leg"].as_str().unwrap().to_owned();
        let key = format!("{booking}/{leg}/{action}");
        self.post(&format!("/{kind}/{action}"), &key, &body).await
    }

    pub(crate) async fn flight(&self, booking: &str, action: &str) -> Reply {
        self.leg("flight", booking, action, json!({})).await
    }

    pub(crate) async fn pay(&self, booking: &str, action: &str, more: Value) -> Reply {
        self.pay_for("booking", booking, action, more).await
    }

    /// Asks for the payment of a `booking` or an `order`.
    pub(crate) async fn pay_for(&self, what: &str, id: &str, action: &str, more: Value) -> Reply {
        let mut body = json!({ what: id });
        match action {
            "authorize" => merge(
                &mut body,
                json!({ "token": "tok_visa", "amount": brl(1000) }),
            ),
            "capture" => merge(&mut body, json!({ "amount": brl(1000) })),
            _ => {}
        }
        merge(&mut body, more);
        let key = match body["attempt"].as_u64() {
            None | Some(1) => format!("{id}/payment/{action}"),
            Some(attempt) => format!("{id}/payment.{attempt}/{action}"),
        };
        self.post(&format!("/payment/{action}"), &key, &body).await
    }

    /// Checks a customer's credit, with more in the body if need be.
    pub(crate) async fn credit(&self, order: &str, more: Value) -> Reply {
        let mut body = json!({
            "order": order, "amount": brl(1000),
            "customer": {"id": "cus_1", "email": "buyer@example.com"},
        });
        merge(&mut body, more);
        let key = format!("{order}/credit/check");
        self.post("/credit/check", &key, &body).await
    }

    /// Books or cancels an order's shipment, with more in the body if need be.
    pub(crate) async fn carrier(&self, order: &str, action: &str, more: Value) -> Reply {
        let mut body = shipment(order);
        merge(&mut body, more);
        let key = format!("{order}/carrier/{action}");
        self.post(&format!("/carrier/{action}"), &key, &body).await
    }

    /// Asks a supplier of orders for what it does.
    pub(crate) async fn order(&self, order: &str, (supplier, action): Asked, more: Value) -> Reply {
        match supplier {
            "credit" => self.credit(order, more).await,
            "carrier" => self.carrier(order, action, more).await,
            _ => self.pay_for("order", order, action, more).await,
        }
    }

    /// The carrier comes for the parcel.
    pub(crate) async fn pick_up(&self, order: &str) -> Reply {
        let body = json!({ "order": order }).to_string();
        let request = Request::post("/carrier/pickup").body(Body::from(body));
        self.send(request.unwrap()).await
    }

    /// The traveller's bank decides.
    pub(crate) async fn bank(&self, booking: &str, decision: &str) -> Reply {
        let path = format!("/bank/{booking}/{decision}");
        self.send(Request::post(path).body(Body::empty()).unwrap())
            .await
    }

    /// What is alive, as `leg status`, sorted.
    pub(crate) async fn audit(&self, query: &str) -> Vec<String> {
        let audit = self.get(&format!("/audit{query}")).await.expect(200);
        let items = audit["items"].as_array().expect("items");
        let line = |item: &Value| {
            assert!(
                item["reference"].is_string() && item["kind"].is_string(),
                "{item}"
            );
            let field = |name: &str| item[name].as_str().unwrap().to_owned();
            format!("{} {} {}", field("booking"), field("leg"), field("status"))
        };
        let mut lines: Vec<String> = items.iter().map(line).collect();
        lines.sort();
        lines
    }

    /// How many places of a resource are taken.
    pub(crate) async fn taken(&self, resource: &str) -> i64 {
        let text = |text: String| aws_sdk_dynamodb::types::AttributeValue::S(text);
        let got = self
            .client
            .get_item()
            .table_name(TABLE)
            .key("pk", text(format!("STOCK#{resource}")))
            .key("sk", text("STOCK".to_owned()))
            .send()
            .await
            .unwrap();
        got.item
            .map_or(0, |item| item["taken"].as_n().unwrap().parse().unwrap())
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

async fn database() -> (Client, String) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let url = format!("http://{address}");
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&url)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    (Client::from_conf(config), url)
}

/// A supplier of orders, and what it is asked for.
pub(crate) type Asked = (&'static str, &'static str);

/// What orders ask for before anything is undone.
pub(crate) const OF_ORDERS: [Asked; 3] = [
    ("credit", "check"),
    ("payment", "authorize"),
    ("carrier", "book"),
];

/// The body of a booking; a cancellation needs its order only.
pub(crate) fn shipment(order: &str) -> Value {
    json!({
        "order": order,
        "deliver_to": {
            "name": "Example Buyer", "postcode": "01310-100", "city": "São Paulo", "country": "BR",
        },
        "items": [{"sku": "BOOK-001", "quantity": 2}],
    })
}

pub(crate) fn brl(amount: u64) -> Value {
    json!({ "amount": amount, "currency": "BRL" })
}

pub(crate) const FLIGHT: &str = "flight/GRU-LIS/2027-03-01";

pub(crate) fn spec(kind: &str) -> Value {
    match kind {
        "flight" => json!({"from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2}),
        "hotel" => {
            json!({"city": "LIS", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2})
        }
        "car" => json!({"city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15"}),
        "train" => json!({"from": "LIS", "to": "OPO", "date": "2027-03-05", "passengers": 2}),
        _ => json!({"from": "2027-03-01", "to": "2027-03-15", "travellers": 2}),
    }
}

fn merge(body: &mut Value, more: Value) {
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
}
