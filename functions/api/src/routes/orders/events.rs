//! The history of an order, and what comes next in it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use holdfast_core::ids::OrderId;
use holdfast_core::saga::{StepStatus, StepType};
use holdfast_core::time::Timestamp;
use holdfast_order::store::Orders;
use holdfast_order_rules::action::StepName;
use holdfast_order_rules::event::{Event, EventName};
use holdfast_order_rules::order::{OrderStatus, StepState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller as Customer;
use crate::body::{InPath, Parameters};
use crate::kinds::{Following, follow as follow_own};
use crate::problem::Problem;

/// What happened to an order.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderEventsBody {
    /// At most a hundred, in order.
    events: Vec<OrderEventBody>,
    /// To be sent as `after`, for what comes next.
    next: String,
    /// How far the order has come.
    status: OrderStatus,
    /// Whether that is the end: nothing more will happen by itself.
    ended: bool,
}

/// Something that happened to an order.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderEventBody {
    /// Tells it from any other.
    id: String,
    /// What happened.
    name: EventName,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who did it: one of the participants, the customer, or the desk.
    actor: String,
    /// Why, where there is something to say.
    note: Option<String>,
    /// How far the order has come with it, if that has changed.
    status: Option<OrderStatus>,
    /// How the steps stand that it changed.
    #[schema(value_type = BTreeMap<String, StepChange>)]
    steps: BTreeMap<StepName, StepChange>,
}

/// How a step stands since.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepChange {
    /// Whether it is done or undone.
    #[serde(rename = "type")]
    kind: StepType,
    /// How it stands.
    status: StepStatus,
}

/// Tells what happened to an order, or waits for it to happen.
#[utoipa::path(get, path = "/orders/{order_id}/events", tag = "orders",
    operation_id = "follow_order",
    params(("order_id" = String, Path, description = "The order"), Following),
    responses((status = 200, description = "What happened", body = OrderEventsBody)),
    security(("bearer" = [])))]
pub(crate) async fn follow(
    State(api): State<Api>,
    customer: Customer,
    InPath(order): InPath<OrderId>,
    Parameters(wanted): Parameters<Following>,
) -> Result<Json<OrderEventsBody>, Problem> {
    let news = follow_own::<Orders>(&api, &customer, &order, &wanted).await?;
    Ok(Json(OrderEventsBody {
        events: news.events.into_iter().map(OrderEventBody::from).collect(),
        next: news.next,
        status: news.progress,
        ended: news.ended,
    }))
}

impl From<Event> for OrderEventBody {
    fn from(event: Event) -> Self {
        let is_desks = matches!(
            event.name,
            EventName::DeskRedriven
                | EventName::DeskTryFailed
                | EventName::DeskResolved
                | EventName::DeskAbandoned
        );
        let before = event.order.before.as_ref().map(|state| state.status);
        let after = event.order.after.status;
        let steps = event.steps.iter();
        Self {
            id: event.id(),
            name: event.name,
            at: event.at,
            status: (before != Some(after)).then_some(after),
            steps: steps
                .map(|(name, change)| (*name, StepChange::from(&change.after)))
                .collect(),
            // The customer is not told which operator acted.
            actor: match is_desks {
                true => "desk".to_owned(),
                false => event.actor,
            },
            note: event.note.filter(|_| !is_desks),
        }
    }
}

impl From<&StepState> for StepChange {
    fn from(state: &StepState) -> Self {
        Self {
            kind: state.progress.kind,
            status: state.progress.status,
        }
    }
}
