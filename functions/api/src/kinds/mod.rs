//! Kinds of sagas that customers begin, list and follow over HTTP: what the routes of all kinds have in
//! common. A kind says what is its own in [`Kind`] and [`Followed`].
//!
//! - `bookings`, `orders`: the kinds
//! - `intake`: a new one, once for each request
//! - `executions`: one that its execution has not written yet
//! - `following`: what happens to one

mod bookings;
mod executions;
mod following;
mod intake;
mod orders;

use holdfast_core::failure::Failure;
use holdfast_core::ids::CustomerId;
use holdfast_kit::executions::Executions;
use holdfast_kit::table::{Item, Saga, Table};
use serde_json::Value;

use crate::Api;
use crate::auth::Traveller;
use crate::cursor;
use crate::customers::Made;
use crate::paging::PageOf;
use crate::problem::Problem;

pub(crate) use executions::Started;
pub(crate) use following::{Followed, Following, follow};
pub(crate) use intake::{begin, profile, was_asked, who};

/// A kind of saga that customers begin over HTTP.
pub(crate) trait Kind: Saga {
    /// Where they are kept.
    fn table(api: &Api) -> &Table<Self>;
    /// Where they begin.
    fn executions(api: &Api) -> &Executions;
    /// Which one it is.
    fn id(view: &Self::View) -> Self::Id;
    /// Whose it is.
    fn customer(view: &Self::View) -> &CustomerId;
    /// The word for where it stands, unless it is finished.
    fn unfinished(view: &Self::View) -> Option<&'static str>;
    /// A name for a new one.
    fn fresh_id() -> Result<Self::Id, Failure>;
    /// What a request for it makes.
    fn made(id: Self::Id) -> Made;
    /// Which one a request makes; `None` where it makes one of another kind.
    fn made_by(request: Made) -> Option<Self::Id>;
    /// The one that an execution is about to write, by the execution's input.
    fn announced(api: &Api, execution: &Started<'_>, input: &Value) -> Option<Self::View>;
    /// Its execution ended without writing it.
    fn never_written(view: &mut Self::View);

    /// What other services keep about one, each under its name.
    async fn kept_elsewhere(
        _api: &Api,
        _id: &Self::Id,
    ) -> Result<Vec<(&'static str, Vec<Item>)>, Failure> {
        Ok(Vec::new())
    }

    /// Takes personal data out of one, and out of what other services keep about it.
    async fn erase(api: &Api, id: &Self::Id) -> Result<(), Failure> {
        Self::table(api).erase(id).await
    }
}

/// One that was found: on record, or known from its execution alone.
pub(crate) enum Found<V> {
    /// It was written.
    Recorded(V),
    /// Its execution is about to write it, or could not.
    Announced(V),
}

impl<V> Found<V> {
    /// What was found, wherever that was.
    pub(crate) fn view(&self) -> &V {
        match self {
            Self::Recorded(view) | Self::Announced(view) => view,
        }
    }

    /// What was found, wherever that was.
    pub(crate) fn into_view(self) -> V {
        match self {
            Self::Recorded(view) | Self::Announced(view) => view,
        }
    }
}

/// One of the customer's own. Other customers' return 404, like missing ones.
pub(crate) async fn own<K: Kind>(
    api: &Api,
    customer: &Traveller,
    id: &K::Id,
) -> Result<Found<K::View>, Problem> {
    let found = find::<K>(api, id).await?;
    found
        .filter(|found| *K::customer(found.view()) == customer.id)
        .ok_or_else(Problem::not_found)
}

/// One of any customer's: on record, or known from its execution alone.
pub(crate) async fn find<K: Kind>(
    api: &Api,
    id: &K::Id,
) -> Result<Option<Found<K::View>>, Failure> {
    match K::table(api).find(id).await? {
        Some(found) => Ok(Some(Found::Recorded(found))),
        None => {
            let announced = executions::unwritten::<K>(api, id).await?;
            Ok(announced.map(Found::Announced))
        }
    }
}

/// A page of the customer's own, the newest first, and where the next page begins.
pub(crate) async fn list<K: Kind>(
    api: &Api,
    customer: &Traveller,
    page: &PageOf,
) -> Result<(Vec<K::View>, Option<String>), Problem> {
    let (limit, after) = (page.limit(), page.after()?);
    let found = K::table(api).list(&customer.id, after.as_ref(), limit.into());
    let mut found = found.await?;
    found.views.retain(|view| *K::customer(view) == customer.id);
    Ok((found.views, found.next.as_ref().map(cursor::write)))
}
