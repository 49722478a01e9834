//! What a customer wishes to be written.

use axum::Json;
use axum::extract::State;
use holdfast_core::failure::Failure;
use holdfast_core::language::Language;
use holdfast_letters::Preferences;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Api;
use crate::auth::Traveller;
use crate::body::Body;
use crate::problem::Problem;

/// Which letters a customer gets, and in which language.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PreferencesBody {
    /// The language of letters: `en` without a choice.
    language: Language,
    /// Letters about bookings. Those about money come all the same.
    bookings: bool,
    /// Letters about orders. Those about money come all the same.
    orders: bool,
}

/// Tells which letters the customer gets, and in which language.
#[utoipa::path(get, path = "/preferences", tag = "customers", operation_id = "show_preferences",
    responses((status = 200, description = "The preferences", body = PreferencesBody)),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    traveller: Traveller,
) -> Result<Json<PreferencesBody>, Problem> {
    let preferences = api.letters.preferences(&traveller.id).await?;
    Ok(Json(preferences.into()))
}

/// Chooses which letters the customer gets, and in which language. A letter after money was taken or
/// reserved always comes.
#[utoipa::path(put, path = "/preferences", tag = "customers", operation_id = "change_preferences",
    request_body = PreferencesBody,
    responses((status = 200, description = "The preferences from now on", body = PreferencesBody)),
    security(("bearer" = [])))]
pub(crate) async fn change(
    State(api): State<Api>,
    traveller: Traveller,
    Body(wished): Body<PreferencesBody>,
) -> Result<Json<PreferencesBody>, Problem> {
    let preferences = Preferences {
        language: wished.language,
        bookings: wished.bookings,
        orders: wished.orders,
    };
    match api.letters.prefer(&traveller.id, preferences).await {
        Err(Failure::Conflict(problem)) => {
            return Err(Problem::unauthorized(Some("invalid_token"), problem));
        }
        kept => kept?,
    }
    Ok(Json(preferences.into()))
}

impl From<Preferences> for PreferencesBody {
    fn from(preferences: Preferences) -> Self {
        Self {
            language: preferences.language,
            bookings: preferences.bookings,
            orders: preferences.orders,
        }
    }
}
