//! All that is stored about a customer, in parts: each answer is small enough for a function, and tells where the
//! next one begins. Bookings, orders, invoices and letters come as they are stored.

use axum::Json;
use axum::extract::State;
use holdfast_booking::store::Bookings;
use holdfast_kit::table::{Item, Place};
use holdfast_order::store::Orders;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Traveller;
use crate::body::Parameters;
use crate::kinds::{self, Kind};
use crate::problem::Problem;
use crate::routes::accounts::statement::LineBody;
use crate::routes::me::MeBody;
use crate::routes::preferences::PreferencesBody;
use crate::routes::sessions::shown;
use crate::{Api, cursor};

/// So many bookings, orders or letters are in one part, each with its history.
const PAGE: i32 = 5;
/// So many lines of a statement are in one part.
const LINES: usize = 100;
/// What is stored for programs alone: keys, and what wakes an execution.
const NOT_SHOWN: [&str; 5] = ["pk", "sk", "expires", "waiting", "unfinished"];

/// Which part is meant.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Part {
    /// Where the last part ended: its `next`.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    after: Option<String>,
}

/// A part of what is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportBody {
    /// What is stored.
    items: Vec<Exported>,
    /// Where the next part begins: to be sent as `after`. Nothing where this is the last.
    next: Option<String>,
}

/// Something that is stored.
#[derive(Serialize, ToSchema)]
pub(crate) struct Exported {
    /// `customer`, `preferences`, `session`, `booking`, `order`, `card_account`, `statement` or `letter`.
    kind: &'static str,
    /// What it is.
    #[schema(value_type = Object)]
    data: Value,
}

/// Where a part begins.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum From {
    Bookings(Option<Place<Bookings>>),
    Orders(Option<Place<Orders>>),
    /// The account of this number, from this line on.
    Account(usize, Option<String>),
    /// The letters from this one on.
    Letters(usize),
}

/// What is in a part, and where the next begins.
type Found = (Vec<Exported>, Option<From>);

/// Exports all that is stored about the customer who is signed in, part by part: ask again with `after` until
/// `next` is null.
#[utoipa::path(get, path = "/customers/me/export", tag = "customers", operation_id = "export_me",
    params(Part),
    responses((status = 200, description = "A part of it", body = ExportBody)),
    security(("bearer" = [])))]
pub(crate) async fn export(
    State(api): State<Api>,
    traveller: Traveller,
    Parameters(part): Parameters<Part>,
) -> Result<Json<ExportBody>, Problem> {
    let from = cursor::read(part.after.as_deref())?;
    let (items, next) = match from {
        None => about(&api, &traveller).await?,
        Some(from) => {
            kinds::who(&api, &traveller).await?;
            further(&api, &traveller, from).await?
        }
    };
    let next = next.as_ref().map(cursor::write);
    Ok(Json(ExportBody { items, next }))
}

async fn further(api: &Api, traveller: &Traveller, from: From) -> Result<Found, Problem> {
    match from {
        From::Bookings(after) => {
            let (items, next) = sagas(api, traveller, after).await?;
            let next = next.map_or(From::Orders(None), |next| From::Bookings(Some(next)));
            Ok((items, Some(next)))
        }
        From::Orders(after) => {
            let (items, next) = sagas(api, traveller, after).await?;
            let next = next.map_or(From::Account(0, None), |next| From::Orders(Some(next)));
            Ok((items, Some(next)))
        }
        From::Account(number, after) => account(api, traveller, number, after).await,
        From::Letters(first) => letters(api, traveller, first).await,
    }
}

/// Who the customer is, their preferences and their sessions.
async fn about(api: &Api, traveller: &Traveller) -> Result<Found, Problem> {
    let profile = kinds::who(api, traveller).await?;
    let generation = profile.generation;
    let preferences = api.letters.preferences(&traveller.id).await?;
    let mut items = vec![
        Exported::new("customer", MeBody::from(profile)),
        Exported::new("preferences", PreferencesBody::from(preferences)),
    ];
    let sessions = shown(api, traveller, generation).await?.into_iter();
    items.extend(sessions.map(|session| Exported::new("session", session)));
    Ok((items, Some(From::Bookings(None))))
}

/// A page of the customer's bookings or orders, and where the next page begins.
async fn sagas<K: Kind>(
    api: &Api,
    traveller: &Traveller,
    after: Option<Place<K>>,
) -> Result<(Vec<Exported>, Option<Place<K>>), Problem> {
    let table = K::table(api);
    let page = table.list(&traveller.id, after.as_ref(), PAGE).await?;
    let own = |view: &&K::View| *K::customer(view) == traveller.id;
    let mut items = Vec::new();
    for view in page.views.iter().filter(own) {
        let id = K::id(view);
        let mut data = Map::new();
        data.insert(format!("{}_id", K::NAME), json!(id.to_string()));
        data.insert("stored".to_owned(), stored(table.stored(&id).await?));
        for (name, items) in K::kept_elsewhere(api, &id).await? {
            data.insert(name.to_owned(), stored(items));
        }
        items.push(Exported::new(K::NAME, data));
    }
    Ok((items, page.next))
}

/// A page of the statement of one card account, and the account before its first page.
async fn account(
    api: &Api,
    traveller: &Traveller,
    number: usize,
    after: Option<String>,
) -> Result<Found, Problem> {
    let noted = api.customers.accounts_of(&traveller.id).await?;
    let Some(id) = noted.get(number) else {
        return Ok((Vec::new(), Some(From::Letters(0))));
    };
    let next = From::Account(number + 1, None);
    let known = api.openings.accounts.account(id).await?;
    let Some(known) = known.filter(|known| known.customer_id == traveller.id) else {
        return Ok((Vec::new(), Some(next)));
    };
    let from = after.as_deref().map(str::parse).transpose();
    let from = from
        .map_err(|_| Problem::field("after", "is no cursor; send `next` of an answer as it is"))?;
    let is_first = from.is_none();
    let page = api.openings.accounts.statement(&known, from, LINES).await?;
    let lines: Vec<_> = page.lines.into_iter().map(LineBody::from).collect();
    let mut items = Vec::new();
    if is_first {
        let data = json!({"account_id": id, "balances": known.balances});
        items.push(Exported::new("card_account", data));
    }
    items.push(Exported::new(
        "statement",
        json!({"account_id": id, "lines": lines}),
    ));
    let next = match page.next {
        Some(place) => From::Account(number, Some(place.to_string())),
        None => next,
    };
    Ok((items, Some(next)))
}

async fn letters(api: &Api, traveller: &Traveller, first: usize) -> Result<Found, Problem> {
    let places = api.letters.places(&traveller.id).await?;
    let page = usize::try_from(PAGE).unwrap_or(1);
    let some = places.iter().skip(first).take(page);
    let mut items = Vec::new();
    for place in some {
        let key = ["pk", "sk"].into_iter();
        let key = key.filter_map(|name| Some((name.to_owned(), place.get(name)?.clone())));
        let letter = api.letters.items().get_item(key.collect()).await?;
        items.extend(letter.map(|letter| Exported::new("letter", shown_item(letter))));
    }
    let next = first + page;
    Ok((items, (next < places.len()).then_some(From::Letters(next))))
}

fn stored(items: Vec<Item>) -> Value {
    items.into_iter().map(shown_item).collect()
}

/// An item without what is for programs alone.
fn shown_item(mut item: Item) -> Value {
    for name in NOT_SHOWN {
        item.remove(name);
    }
    serde_dynamo::from_item(item).unwrap_or_default()
}

impl Exported {
    fn new(kind: &'static str, data: impl Serialize) -> Self {
        let data = serde_json::to_value(data).unwrap_or_default();
        Self { kind, data }
    }
}
