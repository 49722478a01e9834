//! A broker between orders, stock and invoices that does what a test wants with the events of some orders:
//! those whose names begin with `broker-`. The stack's own rules leave these orders out meanwhile, so that
//! no event comes but as the relay brings it. All other orders are served as ever.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use aws_sdk_eventbridge::types::Rule;
use holdfast_tests::{Stack, fresh_name, output};
use serde_json::{Value, json};

/// How the names of the orders begin that the relay serves.
pub(crate) const SERVED: &str = "broker";
/// Events that go between the services, and the queue that each goes to.
const KINDS: &[(&str, &str)] = &[
    ("stock_requested", "STOCK_QUEUE_URL"),
    ("stock_return_requested", "STOCK_QUEUE_URL"),
    ("invoice_requested", "INVOICES_QUEUE_URL"),
    ("invoice_cancel_requested", "INVOICES_QUEUE_URL"),
    ("stock_available", "ORDER_ANSWERS_QUEUE_URL"),
    ("stock_unavailable", "ORDER_ANSWERS_QUEUE_URL"),
    ("stock_returned", "ORDER_ANSWERS_QUEUE_URL"),
    ("invoice_issued", "ORDER_ANSWERS_QUEUE_URL"),
    ("invoice_refused", "ORDER_ANSWERS_QUEUE_URL"),
    ("invoice_cancelled", "ORDER_ANSWERS_QUEUE_URL"),
];
/// Between two messages of which the second must not be taken with the first.
const A_MOMENT: i32 = 3;

/// What is done with the events of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Each is delivered so often, at once.
    Times(usize),
    /// Each is delivered so many seconds late.
    Late(i32),
    /// The first is delivered after the second.
    SecondFirst,
    /// All are kept until an event of this kind was there.
    After(&'static str),
    /// All are kept.
    Never,
}

/// What is done with the events of one order; those of other kinds are delivered once.
struct Plan {
    kind: &'static str,
    way: Way,
    came: usize,
    kept: Vec<Value>,
}

/// A delivery: so often, after so many seconds.
struct Delivery {
    event: Value,
    times: usize,
    delay: i32,
}

/// The broker.
pub(crate) struct Relay {
    stack: Stack,
    rule: String,
    queue: String,
    plans: Mutex<BTreeMap<String, Plan>>,
}

impl Relay {
    /// A broker that serves from now on, as long as it carries.
    pub(crate) async fn between_services(stack: &Stack) -> Self {
        let rule = fresh_name("relay");
        let kinds: Vec<_> = KINDS.iter().map(|(kind, _)| kind).collect();
        let served = json!([{"prefix": format!("{SERVED}-")}]);
        let pattern = json!({"detail-type": kinds, "detail": {"order_id": served}});
        let queue = stack.hears(&rule, &pattern).await;
        leave_out(
            stack,
            Some(json!([{"anything-but": {"prefix": format!("{SERVED}-")}}])),
        )
        .await;
        Self {
            stack: stack.clone(),
            rule,
            queue,
            plans: Mutex::default(),
        }
    }

    /// The stack's own rules serve all orders again.
    pub(crate) async fn ends(self) {
        leave_out(&self.stack, None).await;
        self.stack.hears_no_more(&self.rule, &self.queue).await;
    }

    /// Carries events for ever.
    pub(crate) async fn carries(&self) -> ! {
        loop {
            for event in self.stack.receive(&self.queue).await {
                for delivery in self.deliveries(event) {
                    self.deliver(&delivery).await;
                }
            }
        }
    }

    /// What is done with the events of an order.
    pub(crate) fn plan(&self, order: &str, kind: &'static str, way: Way) {
        let plan = Plan {
            kind,
            way,
            came: 0,
            kept: Vec::new(),
        };
        self.plans().insert(order.to_owned(), plan);
    }

    /// The events of an order that are kept.
    pub(crate) fn kept(&self, order: &str) -> Vec<Value> {
        let plans = self.plans();
        plans
            .get(order)
            .map_or(Vec::new(), |plan| plan.kept.clone())
    }

    /// Brings an event of its own to the queue that such an event goes to.
    pub(crate) async fn bring(&self, event: Value) {
        self.deliver(&once(event)).await;
    }

    fn plans(&self) -> MutexGuard<'_, BTreeMap<String, Plan>> {
        self.plans.lock().unwrap()
    }

    fn deliveries(&self, event: Value) -> Vec<Delivery> {
        let order = event["detail"]["order_id"].as_str().unwrap_or_default();
        match self.plans().get_mut(order) {
            Some(plan) => plan.deliveries(event),
            None => vec![once(event)],
        }
    }

    async fn deliver(&self, delivery: &Delivery) {
        let kind = delivery.event["detail-type"].as_str().unwrap_or_default();
        let queue = KINDS.iter().find(|(known, _)| *known == kind);
        let (_, queue) = queue.expect("an event that goes between the services");
        for _ in 0..delivery.times {
            let send = self.stack.sqs.send_message().queue_url(output(queue));
            let send = send.delay_seconds(delivery.delay);
            let sent = send.message_body(delivery.event.to_string()).send().await;
            sent.expect("the queue takes it");
        }
    }
}

impl Plan {
    fn deliveries(&mut self, event: Value) -> Vec<Delivery> {
        let is = |kind: &str| event["detail-type"] == kind;
        if let Way::After(before) = self.way
            && is(before)
        {
            self.way = Way::Times(1);
            let kept = std::mem::take(&mut self.kept);
            return std::iter::once(event).chain(kept).map(once).collect();
        }
        if !is(self.kind) {
            return vec![once(event)];
        }
        self.came += 1;
        match (self.way, self.came) {
            (Way::Times(times), _) => vec![Delivery {
                times,
                ..once(event)
            }],
            (Way::Late(delay), _) => vec![Delivery {
                delay,
                ..once(event)
            }],
            (Way::SecondFirst, 2) => {
                let first = std::mem::take(&mut self.kept).into_iter().map(once);
                let first = first.map(|first| Delivery {
                    delay: A_MOMENT,
                    ..first
                });
                std::iter::once(once(event)).chain(first).collect()
            }
            (Way::SecondFirst, 3..) => vec![once(event)],
            (Way::SecondFirst | Way::After(_) | Way::Never, _) => {
                self.kept.push(event);
                Vec::new()
            }
        }
    }
}

fn once(event: Value) -> Delivery {
    Delivery {
        event,
        times: 1,
        delay: 0,
    }
}

/// Has the stack's rules for these events take only orders that match this; all orders without it. A run
/// that was cut off leaves them as they are for the next one.
async fn leave_out(stack: &Stack, orders: Option<Value>) {
    let bus = output("EVENT_BUS_NAME");
    let listed = stack.events.list_rules().event_bus_name(&bus).send().await;
    for rule in listed.expect("rules can be listed").rules() {
        let Some(mut pattern) = between_services(rule) else {
            continue;
        };
        let pattern = match &orders {
            Some(orders) => {
                pattern["detail"]["order_id"] = orders.clone();
                pattern
            }
            None => {
                pattern.as_object_mut().unwrap().remove("detail");
                pattern
            }
        };
        let put = stack.events.put_rule().event_bus_name(&bus);
        let put = put.set_name(rule.name.clone());
        let put = put.set_description(rule.description.clone());
        let put = put.set_state(rule.state.clone());
        let put = put.event_pattern(pattern.to_string()).send().await;
        put.expect("the bus takes the rule");
    }
}

/// The pattern of a rule of the stack that brings events from service to service.
fn between_services(rule: &Rule) -> Option<Value> {
    if rule.name()?.starts_with("relay-") {
        return None;
    }
    let pattern: Value = serde_json::from_str(rule.event_pattern()?).ok()?;
    let kinds = pattern["detail-type"].as_array()?;
    let known = |kind: &Value| KINDS.iter().any(|(known, _)| kind == known);
    kinds.iter().all(known).then_some(pattern)
}
