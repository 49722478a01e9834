//! The account of the customer who is signed in: who they are, and their password.

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use holdfast_core::email::Email;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use holdfast_letters::links::Purpose;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Traveller;
use crate::body::Body;
use crate::customers::{Changed, Counted, NewPassword, Profile};
use crate::problem::{Problem, ProblemKind};
use crate::rules::account::{Password, Role, TooMany};
use crate::rules::claims::{ACCESS_FOR, Claims};
use crate::rules::password::weakness;
use crate::{Api, kinds, passwords, tokens};

/// The customer who is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeBody {
    /// The customer's name in everything else.
    #[schema(value_type = String, pattern = "^cus_[A-Za-z0-9_-]+$")]
    customer_id: CustomerId,
    /// The address, in small letters.
    #[schema(value_type = String)]
    email: Email,
    /// Whether the customer showed that the address is theirs. They can book all the same.
    confirmed: bool,
    /// What they may do.
    role: Role,
    /// Since when there is such a customer.
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

/// A password, and the one that takes its place.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangePassword {
    /// The password as it is.
    #[schema(value_type = String, min_length = 10, max_length = 128, format = Password,
        example = "correct horse battery")]
    password: Password,
    /// The password from now on.
    #[schema(value_type = String, min_length = 10, max_length = 128, format = Password,
        example = "tulip engine harvest nine")]
    new_password: Password,
}

/// Another access token for the same session; its refresh token stays as it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccessBody {
    /// To be sent with each request: `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token is good for, in seconds.
    expires_in: u64,
}

/// Shows who is signed in.
#[utoipa::path(get, path = "/customers/me", tag = "customers", operation_id = "show_me",
    responses((status = 200, description = "The customer", body = MeBody)),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    traveller: Traveller,
) -> Result<Json<MeBody>, Problem> {
    kinds::who(&api, &traveller).await.map(|it| Json(it.into()))
}

/// Changes one's password. All other sessions end, and a letter tells of it.
#[utoipa::path(put, path = "/customers/me/password", tag = "customers", operation_id = "change_password",
    request_body = ChangePassword,
    responses(
        (status = 200, description = "The password is changed; the session goes on", body = AccessBody),
        (status = 401, description = "Not signed in, or the password is wrong"),
        (status = 409, description = "Something else was changed at the same time"),
        (status = 429, description = "Too many attempts for this address"),
    ), security(("bearer" = [])))]
pub(crate) async fn change_password(
    State(api): State<Api>,
    traveller: Traveller,
    Extension(trace): Extension<TraceId>,
    Body(asked): Body<ChangePassword>,
) -> Result<Json<AccessBody>, Problem> {
    let profile = kinds::profile(&api, &traveller).await?;
    refuse_weak("new_password", &asked.new_password, &profile.email)?;
    let before = check_password(&api, &profile, &asked.password).await?;
    let keys = api.keys.keys().await?;
    let new = NewPassword {
        profile: &profile,
        before: &before,
        after: &passwords::hash(&asked.new_password)?,
        session: traveller.session.as_ref(),
    };
    let Changed::Done(generation) = api.customers.change_password(&new).await? else {
        let detail =
            "the session is over, or something else was changed at the same time; sign in again";
        return Err(Problem::new(ProblemKind::CustomerConflict, detail));
    };
    let now = api.clock.now();
    told(&api, &profile, generation, now, &trace).await;
    let claims = Claims::new(traveller.id, profile.role, now);
    let claims = match traveller.session {
        Some(session) => claims.of_session(session, generation),
        None => Claims {
            generation,
            ..claims
        },
    };
    Ok(Json(AccessBody {
        access_token: tokens::sign(&claims, &keys.current),
        token_type: "Bearer",
        expires_in: ACCESS_FOR.as_secs(),
    }))
}

/// Sends another letter with a link that confirms one's address.
#[utoipa::path(post, path = "/customers/me/confirmation", tag = "customers",
    operation_id = "ask_for_confirmation",
    responses((status = 202, description = "A letter is on its way, unless the address is confirmed"),
        (status = 429, description = "Too many letters")),
    security(("bearer" = [])))]
pub(crate) async fn ask_for_confirmation(
    State(api): State<Api>,
    traveller: Traveller,
    Extension(trace): Extension<TraceId>,
) -> Result<StatusCode, Problem> {
    let profile = kinds::profile(&api, &traveller).await?;
    let now = api.clock.now();
    if profile.confirmed.is_none() {
        let counted = api.customers.count(Counted::Letters(&profile.email), now);
        counted.await?.map_err(too_many)?;
        let purpose = Purpose::ConfirmAddress;
        let sent = api
            .mail
            .link(&api.customers, purpose, Some(&profile), now, &trace);
        sent.await?;
    }
    Ok(StatusCode::ACCEPTED)
}

/// The password is changed whether or not the letter about it can be asked for.
pub(crate) async fn told(
    api: &Api,
    profile: &Profile,
    generation: u32,
    now: Timestamp,
    trace: &TraceId,
) {
    let customer_id = &profile.customer_id;
    tracing::info!(%customer_id, "a password was changed; other sessions are over");
    let told = api.mail.password_changed(profile, generation, now, trace);
    if let Err(failure) = told.await {
        let problem = failure.to_string();
        tracing::error!(%customer_id, problem, "no letter tells of it");
    }
}

/// Whether this is the customer's password; the hash that it has.
pub(crate) async fn check_password(
    api: &Api,
    profile: &Profile,
    password: &Password,
) -> Result<String, Problem> {
    let now = api.clock.now();
    let counted = api.customers.count_attempt(&profile.email, now).await?;
    counted.map_err(too_many)?;
    let hashed = api.customers.password_of(profile).await?;
    let is_right = passwords::is_right(password, hashed.as_deref())?;
    let hashed = hashed.filter(|_| is_right);
    let hashed = hashed.ok_or_else(|| Problem::wrong_credentials("the password is wrong"))?;
    api.customers.forget_attempts(&profile.email).await?;
    Ok(hashed)
}

/// Refuses a password that anybody would guess.
pub(crate) fn refuse_weak(field: &str, password: &Password, email: &Email) -> Result<(), Problem> {
    match weakness(password, email) {
        Some(weakness) => Err(Problem::field(field, weakness.to_string())),
        None => Ok(()),
    }
}

pub(crate) fn too_many(too_many: TooMany) -> Problem {
    let seconds = too_many.wait.as_secs() + 1;
    let problem = Problem::new(ProblemKind::TooManyRequests, too_many.to_string());
    problem.retry_after(seconds)
}

impl From<Profile> for MeBody {
    fn from(profile: Profile) -> Self {
        Self {
            customer_id: profile.customer_id,
            email: profile.email,
            confirmed: profile.confirmed.is_some(),
            role: profile.role,
            created: profile.created,
        }
    }
}
