//! Every step, every fault.
//!
//! Stock and invoices follow most faults themselves. Where they never answer, an order waits as long as
//! `InvoiceTimeoutSeconds`; a cell ends it sooner: the customer cancels, the deadline comes, or, on the
//! way back, its patience ends.

use std::fmt;

use holdfast_core::payment::Method;
use holdfast_core::verb::Verb;
use holdfast_order_rules::action::{Action, StepName, Topic};
use holdfast_order_rules::order::{OrderStatus, Progress, Snapshot};
use holdfast_tests::accounts::{Given, token_of};
use holdfast_tests::shop::{Basket, Shop, waits_for};
use holdfast_tests::{Ended, eventually, fresh_name};

use super::checks::{self, Goods};
use super::ends::End;
use crate::{LASTING, MISHAPS, PASSING, WAITING_AT_ONCE, cells};

const SKU: &str = "POSTER-001";
/// More than any order costs, in cents.
const PLENTY: u64 = 50_000_000;
const SOON: std::time::Duration = std::time::Duration::from_secs(90);
/// What is asked of a participant.
const CALLS: &[Action] = &[
    Action::RemoveFromStock,
    Action::GenerateInvoice,
    Action::ReturnStock,
    Action::CancelInvoice,
    Action::CheckCredit,
    Action::AuthorizePayment,
    Action::ShipOrder,
    Action::CapturePayment,
    Action::VoidPayment,
    Action::RefundPayment,
    Action::CancelShipment,
];
/// What is asked of who has the money.
const MONEY: &[Action] = &[
    Action::AuthorizePayment,
    Action::CapturePayment,
    Action::VoidPayment,
    Action::RefundPayment,
];
/// What the order service does by itself.
const OWN: &[Action] = &[Action::PlaceOrder, Action::TurnBack, Action::CloseOrder];

/// What is said of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bank {
    /// Yes, at once.
    Agrees,
    /// The same, by no bank: an account of the order's own pays.
    IsAnAccount,
    /// Yes, later.
    AgreesLater,
    /// Nothing, until the customer cancels.
    NeverDecides,
}

/// How an order ends that nobody answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WayOut {
    /// The customer cancels.
    Cancel,
    /// Its deadline comes.
    Deadline,
    /// It waits no longer.
    Patience,
}

/// One step, one fault.
#[derive(Clone, Copy, Debug)]
struct Cell {
    action: Action,
    fault: &'static str,
    bank: Bank,
}

impl fmt::Display for Cell {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let later = match self.bank {
            Bank::Agrees => "",
            Bank::IsAnAccount => " (from an account)",
            Bank::AgreesLater => " (decided later)",
            Bank::NeverDecides => " (never decided)",
        };
        write!(to, "{} of an order: {}{later}", self.action, self.fault)
    }
}

impl Cell {
    fn is_on_the_way_back(self) -> bool {
        self.action.is_undo() || matches!(self.action, Action::TurnBack | Action::CloseOrder)
    }

    fn is_asked_over_the_broker(self) -> bool {
        self.action.topic().is_asked_over_the_broker()
    }

    /// The order that takes this step, and meets this fault there. A step of the way back is taken because
    /// the last step before it is refused; a refund, because the supplier has taken the money when it
    /// refuses to.
    fn basket(self, name: &str) -> Basket {
        let basket = Goods::basket(SKU).simulate(self.action.as_str(), self.fault);
        let basket = match self.bank {
            Bank::Agrees => basket,
            Bank::IsAnAccount => basket.paid_with(&token_of(name)),
            Bank::AgreesLater | Bank::NeverDecides => basket.paid_with("tok_pending"),
        };
        match (self.bank, self.action) {
            (Bank::NeverDecides | Bank::AgreesLater, _) => basket,
            (_, Action::RefundPayment) => basket
                .simulate("ship_order", "slow:3000")
                .simulate("capture_payment", "refuse"),
            (_, Action::CancelShipment) => basket.simulate("capture_payment", "refuse"),
            _ if self.is_on_the_way_back() => basket.simulate("ship_order", "refuse"),
            _ => basket,
        }
    }

    fn paid_by(self) -> Method {
        match self.bank {
            Bank::IsAnAccount => Method::Account,
            Bank::Agrees | Bank::AgreesLater | Bank::NeverDecides => Method::Card,
        }
    }

    fn way_out(self) -> Option<WayOut> {
        if self.bank == Bank::NeverDecides {
            return Some(WayOut::Cancel);
        }
        match (
            self.is_asked_over_the_broker(),
            self.action.is_undo(),
            self.fault,
        ) {
            (true, false, "lost") => Some(WayOut::Cancel),
            (true, false, "unavailable") => Some(WayOut::Deadline),
            (true, true, "lost" | "refuse" | "unavailable") => Some(WayOut::Patience),
            _ => None,
        }
    }

    fn end(self) -> End {
        let lasting = LASTING.contains(&self.fault);
        match (self.action, self.way_out()) {
            (action, _) if action.is_undo() && lasting => End::LeftAtDesk(action.topic()),
            (action, Some(WayOut::Patience)) => End::UnsaidAtDesk(action.topic()),
            (_, Some(WayOut::Cancel | WayOut::Deadline)) => End::Undone(OrderStatus::Cancelled),
            (Action::CapturePayment, _) if self.fault == "unavailable" => End::OwedAtDesk,
            _ if lasting || self.is_on_the_way_back() => End::Undone(OrderStatus::Failed),
            _ => End::Completed,
        }
    }
}

fn all() -> Vec<Cell> {
    let faults = [PASSING, MISHAPS, LASTING].concat();
    let met = |action: Action, faults: &[&'static str], bank| {
        let cell = |fault: &&'static str| Cell {
            action,
            fault,
            bank,
        };
        faults.iter().map(cell).collect::<Vec<_>>()
    };
    let calls = CALLS.iter();
    let calls = calls.flat_map(|action| met(*action, &faults, Bank::Agrees));
    let own = OWN.iter();
    let own = own.flat_map(|action| met(*action, MISHAPS, Bank::Agrees));
    let later = met(Action::AuthorizePayment, &faults, Bank::AgreesLater);
    let never = met(Action::VoidPayment, &faults, Bank::NeverDecides);
    let money = MONEY.iter();
    let money = money.flat_map(|action| met(*action, &faults, Bank::IsAnAccount));
    let all = calls.chain(own).chain(later).chain(never).chain(money);
    let mut all: Vec<_> = all.collect();
    // Those that take longest first.
    all.sort_by_key(|cell| cell.way_out().is_none());
    all
}

/// Runs one cell, and asserts its end; answers with the order's name.
async fn run(shop: &Shop, cell: Cell) -> String {
    let ended = play(shop, cell).await;
    checks::execution(cell.end(), &ended);
    checks::order(shop, &ended.name, cell.end()).await;
    check_account(shop, &ended.name, cell).await;
    ended.name
}

/// If it was paid from an account of its own, that has given what the order has of it, and has the rest.
async fn check_account(shop: &Shop, name: &str, cell: Cell) {
    if cell.bank != Bank::IsAnAccount {
        return;
    }
    let order = shop.snapshot(name).await.order;
    let total = order.total.amount;
    let given = match cell.end() {
        End::Completed => Given::Captured(total),
        End::Undone(_) | End::UnsaidAtDesk(_) => Given::Nothing,
        End::LeftAtDesk(_) if cell.action == Action::RefundPayment => Given::Captured(total),
        End::LeftAtDesk(_) | End::OwedAtDesk => Given::Reserved(total),
    };
    shop.stack.assert_account(name, PLENTY, given).await;
}

/// Has the order play, and does what others than Holdfast do meanwhile.
async fn play(shop: &Shop, cell: Cell) -> Ended {
    let name = fresh_name("matrix-order");
    if cell.bank == Bank::IsAnAccount {
        shop.stack.open_account(&name, PLENTY).await;
    }
    let arn = shop.start(&name, &cell.basket(&name)).await;
    if cell.bank == Bank::AgreesLater {
        agree_later(shop, &name).await;
    }
    if cell.action == Action::RefundPayment {
        let shipping = |order: &Snapshot| order.progress(StepName::ShipOrder) == Progress::RUNNING;
        shop.until(&name, "it is being shipped", shipping).await;
        let by = cell.paid_by();
        shop.stack.capture_at_the_counter(by, "order", &name).await;
    }
    if let Some(way_out) = cell.way_out() {
        let asked = match cell.bank {
            Bank::NeverDecides => |order: &Snapshot, _| {
                order.progress(StepName::AuthorizePayment) == Progress::RUNNING
            },
            _ => |order: &Snapshot, action| waits_for(order, action),
        };
        let asked = |order: &Snapshot| asked(order, cell.action);
        shop.until_within(SOON, &name, "nobody answers", asked)
            .await;
        match way_out {
            WayOut::Cancel => drop(shop.cancel(&name).await.expect("it is cancelled")),
            WayOut::Deadline => shop.make_due(&name).await,
            WayOut::Patience => shop.patience_ends(&name, &arn, cell.action).await,
        }
    }
    shop.stack.end_of(&arn).await
}

/// The bank decides once it is asked; it is not asked about an order that has ended before.
async fn agree_later(shop: &Shop, name: &str) {
    eventually("the bank is asked", SOON, async || {
        if shop.stack.bank_of_order(name, "approve").await {
            return Some(());
        }
        let found = shop.orders.find(&name.parse().unwrap()).await.unwrap();
        found?.order.state.status.has_ended().then_some(())
    })
    .await;
}

#[tokio::test]
async fn every_step_can_fail_in_every_way_and_nothing_of_the_order_is_left_behind() {
    let shop = Shop::connect().await;
    let goods = Goods::plenty_of(&shop, SKU).await;
    let run = |cell| run(&shop, cell);
    let mut outcome = cells::run("orders", WAITING_AT_ONCE, all(), run).await;
    let look = async |cell: Cell, name: String| {
        checks::stands(&shop, &name, cell.end()).await;
        check_account(&shop, &name, cell).await;
    };
    outcome.look_again(look).await;
    if outcome.broken.is_empty() {
        let orders = outcome.whole.iter().map(|(_, name)| name.clone());
        goods.are_with(&shop, &orders.collect::<Vec<_>>()).await;
    }
    outcome.judge();
}

#[test]
fn every_participant_that_undoes_has_cells_of_its_own() {
    let topics = |topic: Topic| all().iter().any(|cell| cell.action.topic() == topic);
    let all = [
        Topic::Order,
        Topic::Credit,
        Topic::Payment,
        Topic::Stock,
        Topic::Invoices,
        Topic::Carrier,
    ];
    assert!(all.into_iter().all(topics));
    assert!(
        Action::ALL
            .iter()
            .all(|action| CALLS.contains(action) || OWN.contains(action))
    );
}
