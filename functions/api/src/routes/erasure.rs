//! The end of a customer. What says who they are goes from all tables; their bookings and orders stay, under an
//! id that says nothing.
//!
//! A mark on the customer comes first, and new bookings look for it after they were remembered: one of the two
//! sees the other, so nothing begins that is not erased. Each write can be repeated, and the customer goes last,
//! so an erasure that was stopped anywhere is finished by asking again.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use holdfast_booking::store::Bookings;
use holdfast_core::ids::CustomerId;
use holdfast_order::store::Orders;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller;
use crate::body::Body;
use crate::customers::{Made, Profile};
use crate::kinds::{self, Kind};
use crate::problem::{Problem, ProblemKind};
use crate::routes::me::check_password;
use crate::rules::account::Password;

/// As many are looked at in one go.
const PAGE: i32 = 25;
/// A request that has written nothing for longer never will: the function that took it has ended.
const MAY_BEGIN: Duration = Duration::from_secs(60);

/// The password, so that a stranger at an open page does not end the account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erase {
    /// The password as it is.
    #[schema(value_type = String, min_length = 10, max_length = 128, format = Password,
        example = "correct horse battery")]
    password: Password,
}

/// Erases the customer who is signed in.
///
/// Refused while a booking or an order is unfinished. The same again does no harm, and finishes what was
/// interrupted.
#[utoipa::path(post, path = "/customers/me/erasure", tag = "customers", operation_id = "erase_me",
    request_body = Erase,
    responses((status = 204, description = "There is no such customer any more"),
        (status = 401, description = "Not signed in, or the password is wrong"),
        (status = 409, description = "A booking or an order is unfinished"),
        (status = 429, description = "Too many attempts for this address")),
    security(("bearer" = [])))]
pub(crate) async fn erase(
    State(api): State<Api>,
    traveller: Traveller,
    Body(asked): Body<Erase>,
) -> Result<StatusCode, Problem> {
    if api.customers.profile(&traveller.id).await?.is_none() {
        return Ok(StatusCode::NO_CONTENT);
    }
    let profile = kinds::who(&api, &traveller).await?;
    check_password(&api, &profile, &asked.password).await?;
    if let Some(unfinished) = unfinished(&api, &traveller).await? {
        return Err(refused(&unfinished));
    }
    let since = Some(api.clock.now());
    let _ = api.customers.mark_erasing(&profile, since).await?;
    // One may have begun before the mark.
    if let Some(unfinished) = unfinished(&api, &traveller).await? {
        let _ = api.customers.mark_erasing(&profile, None).await?;
        return Err(refused(&unfinished));
    }
    erase_all(&api, &traveller, &profile).await?;
    tracing::info!(customer_id = %traveller.id, "a customer is erased");
    Ok(StatusCode::NO_CONTENT)
}

fn refused(unfinished: &str) -> Problem {
    let detail = format!(
        "{unfinished}; nothing is erased until it is finished: finish or cancel it, and ask again"
    );
    Problem::new(ProblemKind::CustomerConflict, detail)
}

/// A booking or an order of the customer that is not finished, in words.
async fn unfinished(api: &Api, traveller: &Traveller) -> Result<Option<String>, Problem> {
    let listed = match unfinished_of::<Bookings>(api, traveller).await? {
        Some(booking) => Some(booking),
        None => unfinished_of::<Orders>(api, traveller).await?,
    };
    match listed {
        Some(listed) => Ok(Some(listed)),
        // The lists may be a moment behind.
        None => just_begun(api, traveller).await,
    }
}

async fn unfinished_of<K: Kind>(
    api: &Api,
    traveller: &Traveller,
) -> Result<Option<String>, Problem> {
    let mut after = None;
    loop {
        let table = K::table(api);
        let page = table.list(&traveller.id, after.as_ref(), PAGE).await?;
        if let Some(unfinished) = page.views.iter().find_map(in_words::<K>) {
            return Ok(Some(unfinished));
        }
        after = page.next;
        if after.is_none() {
            return Ok(None);
        }
    }
}

fn in_words<K: Kind>(view: &K::View) -> Option<String> {
    let status = K::unfinished(view)?;
    Some(format!("{} {} is {status}", K::NAME, K::id(view)))
}

async fn just_begun(api: &Api, traveller: &Traveller) -> Result<Option<String>, Problem> {
    let now = api.clock.now();
    for recent in api.customers.requests_of(&traveller.id, now).await? {
        let is_young = recent.age < MAY_BEGIN;
        let found = match recent.request.makes {
            Made::Booking(id) => begun::<Bookings>(api, traveller, &id, is_young).await?,
            Made::Order(id) => begun::<Orders>(api, traveller, &id, is_young).await?,
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

async fn begun<K: Kind>(
    api: &Api,
    traveller: &Traveller,
    id: &K::Id,
    is_young: bool,
) -> Result<Option<String>, Problem> {
    match kinds::find::<K>(api, id).await? {
        Some(found) if *K::customer(found.view()) == traveller.id => {
            Ok(in_words::<K>(found.view()))
        }
        Some(_) => Ok(None),
        None if is_young => Ok(Some(format!("{} {id} is just beginning", K::NAME))),
        None => Ok(None),
    }
}

/// Erases everything, and the customer last.
async fn erase_all(api: &Api, traveller: &Traveller, profile: &Profile) -> Result<(), Problem> {
    let customer = &traveller.id;
    // From now on no letter is kept with an address.
    api.letters.forget(customer, api.clock.now()).await?;
    for request in api.customers.requests_of(customer, api.clock.now()).await? {
        match request.request.makes {
            Made::Booking(id) => Bookings::erase(api, &id).await?,
            Made::Order(id) => Orders::erase(api, &id).await?,
        }
    }
    erase_listed::<Bookings>(api, customer).await?;
    erase_listed::<Orders>(api, customer).await?;
    for account in api.customers.accounts_of(customer).await? {
        api.openings.forget(&account).await?;
    }
    api.customers.erase(profile).await?;
    Ok(())
}

async fn erase_listed<K: Kind>(api: &Api, customer: &CustomerId) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let page = K::table(api).list(customer, after.as_ref(), PAGE).await?;
        for view in &page.views {
            K::erase(api, &K::id(view)).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}
