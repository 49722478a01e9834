//! Each kind of event that goes between orders, stock and invoices, and what a broker may do to it.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use holdfast_order_rules::action::Action;
use holdfast_order_rules::order::{OrderStatus, Snapshot};
use holdfast_tests::shop::{Basket, Shop, waits_for};
use holdfast_tests::{eventually, fresh_name};
use serde_json::{Value, json};

use super::checks::{self, Goods};
use super::ends::End;
use super::relay::{Relay, SERVED, Way};
use crate::{WAITING_AT_ONCE, cells};

const SKU: &str = "CABLE-002";
const SOON: Duration = Duration::from_secs(90);
const LATE_BY_SECONDS: i32 = 30;

/// A kind of event: what it is called, the request that it is or answers, and who asks or is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    event: &'static str,
    request: &'static str,
    action: Action,
    story: Story,
}

/// An order in which an event of this kind comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Story {
    Completed,
    SoldOut,
    NoInvoice,
    NoCarrier,
}

/// What happens to the events of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Twice,
    TenTimes,
    Late,
    /// Asked twice: the first event comes after the second.
    SecondFirst,
    /// The request comes after its undo's.
    UndoFirst,
    /// The answer comes after the order's end, which had an answer to the undo.
    AfterTheEnd,
    /// The answer comes before its request is written, and even the order is not; and no other comes.
    BeforeTheWrite,
}

/// One kind of event, one fault.
#[derive(Clone, Copy, Debug)]
struct Cell {
    kind: Kind,
    fault: Fault,
}

impl fmt::Display for Cell {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.fault {
            Fault::Twice => "delivered twice",
            Fault::TenTimes => "delivered ten times at once",
            Fault::Late => "late by 30 s",
            Fault::SecondFirst => "the first after the second",
            Fault::UndoFirst => "after the request of its undo",
            Fault::AfterTheEnd => "after the answer to its undo, and the end",
            Fault::BeforeTheWrite => "before the order is written, and never again",
        };
        write!(to, "broker: {} {how}", self.kind.event)
    }
}

impl Story {
    const ALL: [Self; 4] = [
        Self::Completed,
        Self::SoldOut,
        Self::NoInvoice,
        Self::NoCarrier,
    ];

    fn basket(self) -> Basket {
        let basket = Goods::basket(SKU);
        match self {
            Self::Completed => basket,
            Self::SoldOut => basket.and("SOLD-OUT", 1),
            Self::NoInvoice => basket.simulate("generate_invoice", "refuse"),
            Self::NoCarrier => basket.simulate("ship_order", "refuse"),
        }
    }

    fn end(self) -> End {
        match self {
            Self::Completed => End::Completed,
            Self::SoldOut | Self::NoInvoice | Self::NoCarrier => End::Undone(OrderStatus::Failed),
        }
    }
}

impl Kind {
    const fn of(event: &'static str, request: &'static str, action: Action, story: Story) -> Self {
        Self {
            event,
            request,
            action,
            story,
        }
    }

    const ALL: [Self; 10] = {
        use Action::{CancelInvoice, GenerateInvoice, RemoveFromStock, ReturnStock};
        use Story::{Completed, NoCarrier, NoInvoice, SoldOut};
        let (take, put_back) = ("stock_requested", "stock_return_requested");
        let (issue, cancel) = ("invoice_requested", "invoice_cancel_requested");
        [
            Self::of(take, take, RemoveFromStock, Completed),
            Self::of("stock_available", take, RemoveFromStock, Completed),
            Self::of("stock_unavailable", take, RemoveFromStock, SoldOut),
            Self::of(put_back, put_back, ReturnStock, NoCarrier),
            Self::of("stock_returned", put_back, ReturnStock, NoCarrier),
            Self::of(issue, issue, GenerateInvoice, Completed),
            Self::of("invoice_issued", issue, GenerateInvoice, Completed),
            Self::of("invoice_refused", issue, GenerateInvoice, NoInvoice),
            Self::of(cancel, cancel, CancelInvoice, NoCarrier),
            Self::of("invoice_cancelled", cancel, CancelInvoice, NoCarrier),
        ]
    };

    fn is_request(self) -> bool {
        self.event == self.request
    }

    /// Whether it can be undone while the order waits for it.
    fn is_undone_later(self) -> bool {
        self.story == Story::Completed
    }

    /// The answer to its undo.
    fn undone(self) -> &'static str {
        match self.action {
            Action::RemoveFromStock => "stock_returned",
            _ => "invoice_cancelled",
        }
    }

    fn faults(self) -> Vec<Fault> {
        let mut faults = vec![
            Fault::Late,
            Fault::SecondFirst,
            Fault::Twice,
            Fault::TenTimes,
        ];
        match (self.is_request(), self.is_undone_later()) {
            (true, true) => faults.push(Fault::UndoFirst),
            (true, false) => {}
            (false, true) => faults.extend([Fault::AfterTheEnd, Fault::BeforeTheWrite]),
            (false, false) => faults.push(Fault::BeforeTheWrite),
        }
        faults
    }
}

impl Cell {
    fn way(self) -> Way {
        match self.fault {
            Fault::Twice => Way::Times(2),
            Fault::TenTimes => Way::Times(10),
            Fault::Late => Way::Late(LATE_BY_SECONDS),
            Fault::SecondFirst => Way::SecondFirst,
            Fault::UndoFirst => Way::After(self.kind.undone()),
            Fault::AfterTheEnd | Fault::BeforeTheWrite => Way::Never,
        }
    }

    /// Whether the customer cancels while the order waits for the event.
    fn is_cancelled(self) -> bool {
        matches!(self.fault, Fault::UndoFirst | Fault::AfterTheEnd)
    }

    fn end(self) -> End {
        match self.is_cancelled() {
            true => End::Undone(OrderStatus::Cancelled),
            false => self.kind.story.end(),
        }
    }
}

fn all() -> Vec<Cell> {
    let cells = Kind::ALL.into_iter().flat_map(|kind| {
        let faults = kind.faults().into_iter();
        faults.map(move |fault| Cell { kind, fault })
    });
    let mut cells: Vec<_> = cells.collect();
    let waits = [Fault::Late, Fault::BeforeTheWrite, Fault::SecondFirst];
    // Those that take longest first.
    cells.sort_by_key(|cell| !waits.contains(&cell.fault));
    cells
}

/// The shop, its broker, and which version of an order each request makes.
struct Scene {
    shop: Shop,
    relay: Relay,
    versions: BTreeMap<Story, BTreeMap<String, u32>>,
}

impl Scene {
    /// Runs one cell, and asserts its end; answers with the order's name.
    async fn run(&self, cell: Cell) -> String {
        let (shop, name) = (&self.shop, fresh_name(SERVED));
        self.relay.plan(&name, cell.kind.event, cell.way());
        if cell.fault == Fault::BeforeTheWrite {
            self.relay.bring(self.early(&name, cell.kind)).await;
        }
        let arn = shop.start(&name, &cell.kind.story.basket()).await;
        if cell.is_cancelled() {
            self.cancel(&name, cell.kind).await;
        }
        let ended = shop.stack.end_of(&arn).await;
        if cell.fault == Fault::AfterTheEnd {
            self.hear(&name).await;
        }
        if cell.fault == Fault::BeforeTheWrite {
            self.is_caught_up_with(&name, cell.end()).await;
        }
        checks::execution(cell.end(), &ended);
        checks::order(shop, &name, cell.end()).await;
        name
    }

    /// The order went on with an answer that came before its request: who is asked may act after its end.
    async fn is_caught_up_with(&self, name: &str, end: End) {
        eventually("all who were asked have acted", SOON, async || {
            let left = self.shop.left(name).await;
            (left.with() == end.left()).then_some(())
        })
        .await;
    }

    /// The customer cancels once the order waits, and the event is kept.
    async fn cancel(&self, name: &str, kind: Kind) {
        let waits = |order: &Snapshot| waits_for(order, kind.action);
        self.shop.until_within(SOON, name, "it waits", waits).await;
        let kept = async || (!self.relay.kept(name).is_empty()).then_some(());
        eventually("the event is kept", SOON, kept).await;
        let cancelled = self.shop.cancel(name).await;
        cancelled.expect("it is cancelled");
    }

    /// The order hears the answers that were kept, and takes them for good.
    async fn hear(&self, name: &str) {
        let kept = self.relay.kept(name);
        let records = kept.iter().enumerate().map(|(number, answer)| {
            json!({
                "messageId": number.to_string(), "receiptHandle": "none", "body": answer.to_string(),
                "attributes": {"ApproximateReceiveCount": "1"},
            })
        });
        let batch = json!({"Records": records.collect::<Vec<_>>()});
        let heard = self.shop.stack.invoke("OrderAnswersFunction", &batch).await;
        let heard = heard.expect("it answers");
        assert_eq!(heard["batchItemFailures"], json!([]), "{name}");
    }

    /// An answer to a request that the order will make.
    fn early(&self, name: &str, kind: Kind) -> Value {
        let version = self.versions[&kind.story][kind.request];
        let mut detail = json!({
            "id": format!("{name}/early"), "order_id": name,
            "request_id": format!("{name}/order.{version}"),
        });
        match kind.event {
            "invoice_issued" => detail["number"] = json!("EARLY"),
            "stock_unavailable" | "invoice_refused" => detail["reason"] = json!("early"),
            _ => {}
        }
        json!({"source": "holdfast", "detail-type": kind.event, "detail": detail})
    }
}

/// Which version each first request of an order makes, seen from one that nothing happens to.
async fn versions(shop: &Shop, story: Story) -> (Story, BTreeMap<String, u32>) {
    let ended = shop.order("versions", &story.basket()).await;
    checks::execution(story.end(), &ended);
    let history = shop.history(&ended.name).await;
    let mut versions = BTreeMap::new();
    for event in history.iter().filter(|event| event.request.is_some()) {
        let name = serde_json::to_value(event.name).unwrap();
        let name = name.as_str().unwrap_or_default().to_owned();
        versions.entry(name).or_insert(event.order.version);
    }
    (story, versions)
}

#[tokio::test]
async fn whatever_the_broker_does_to_an_event_the_order_ends_as_it_should() {
    let shop = Shop::connect().await;
    let recorded = Story::ALL.map(|story| versions(&shop, story));
    let versions = join_all(recorded).await.into_iter().collect();
    let goods = Goods::plenty_of(&shop, SKU).await;
    let relay = Relay::between_services(&shop.stack).await;
    let scene = Scene {
        shop,
        relay,
        versions,
    };
    let cells = async {
        let run = |cell| scene.run(cell);
        let mut outcome = cells::run("broker", WAITING_AT_ONCE, all(), run).await;
        let look = async |cell: Cell, name: String| {
            checks::stands(&scene.shop, &name, cell.end()).await;
        };
        outcome.look_again(look).await;
        outcome
    };
    let ran = AssertUnwindSafe(async {
        tokio::select! {
            outcome = cells => outcome,
            never = scene.relay.carries() => never,
        }
    });
    let ran = ran.catch_unwind().await;
    let Scene { shop, relay, .. } = scene;
    // Whatever came of it, the stack is served again as before.
    relay.ends().await;
    let outcome = ran.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    if outcome.broken.is_empty() {
        let orders = outcome.whole.iter().map(|(_, name)| name.clone());
        goods.are_with(&shop, &orders.collect::<Vec<_>>()).await;
    }
    outcome.judge();
}
