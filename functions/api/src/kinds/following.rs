//! The history of a saga, and what comes next in it: with `wait` the answer is held back until
//! something happens, so that following a saga is a loop of requests.

use std::time::Duration;

use holdfast_core::reading::perhaps_whole;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{Kind, own};
use crate::Api;
use crate::auth::Traveller;
use crate::cursor;
use crate::problem::Problem;

/// The most seconds that a client may ask to wait.
const LONGEST_WAIT: u64 = 20;
/// Longer than this no answer is held back: a request that waits keeps a Lambda from all others.
const HELD_BACK: Duration = Duration::from_secs(2);
const LOOKS_EVERY: Duration = Duration::from_millis(400);
const MOST: usize = 100;

/// What of a history is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Following {
    /// What was seen already: `next` of the last answer.
    #[param(pattern = "^[A-Za-z0-9_-]*$", max_length = 4096)]
    after: Option<String>,
    /// How many seconds to wait for something to happen, if nothing has. More than 2 count as 2.
    #[param(minimum = 0, maximum = 20, default = 0)]
    #[serde(default, deserialize_with = "perhaps_whole::<_, _, 0, LONGEST_WAIT>")]
    wait: Option<u8>,
}

/// A kind whose events customers follow.
pub(crate) trait Followed: Kind {
    /// What a reader has seen.
    type Seen: Default + Serialize + DeserializeOwned + Send + Sync;
    /// How far one of them has come.
    type Progress: Copy + Send + Sync;

    /// The first few events that have not been seen, each behind all that it builds upon; and what has
    /// been seen with them.
    fn news(
        seen: &Self::Seen,
        history: Vec<Self::Event>,
        most: usize,
    ) -> (Vec<Self::Event>, Self::Seen);
    /// How far it has come, by its events.
    fn progress_told(history: &[Self::Event]) -> Option<Self::Progress>;
    /// How far it has come.
    fn progress(view: &Self::View) -> Self::Progress;
    /// Whether that is the end: nothing more will happen by itself.
    fn has_ended(progress: Self::Progress) -> bool;
}

/// What happened since a reader looked last.
pub(crate) struct News<K: Followed> {
    /// At most a hundred events.
    pub(crate) events: Vec<K::Event>,
    /// To be sent as `after`, for what comes next.
    pub(crate) next: String,
    /// How far it has come.
    pub(crate) progress: K::Progress,
    /// Whether that is the end.
    pub(crate) ended: bool,
}

/// What happened to one of the customer's own, or what happens next.
pub(crate) async fn follow<K: Followed>(
    api: &Api,
    customer: &Traveller,
    id: &K::Id,
    wanted: &Following,
) -> Result<News<K>, Problem> {
    let wait = Duration::from_secs(wanted.wait.unwrap_or(0).into()).min(HELD_BACK);
    let seen: K::Seen = cursor::read(wanted.after.as_deref())?.unwrap_or_default();
    let known = K::progress(own::<K>(api, customer, id).await?.view());
    let until = api.clock.now() + wait;
    loop {
        let history = K::table(api).history(id).await?;
        let progress = K::progress_told(&history).unwrap_or(known);
        let (events, now_seen) = K::news(&seen, history, MOST);
        let ended = K::has_ended(progress);
        if !events.is_empty() || ended || api.clock.now() >= until {
            return Ok(News {
                events,
                next: cursor::write(&now_seen),
                progress,
                ended,
            });
        }
        tokio::time::sleep(LOOKS_EVERY).await;
    }
}
