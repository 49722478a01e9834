//! One-time links: a forgotten password, and the confirmation of an address.

use axum::Extension;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use holdfast_core::email::Email;
use holdfast_core::trace::TraceId;
use holdfast_letters::links::Purpose;
use lambda_http::request::RequestContext;
use serde::Deserialize;
use std::convert::Infallible;
use utoipa::ToSchema;

use crate::body::Body;
use crate::customers::{Changed, Counted, LinkToken, NewPassword, Profile};
use crate::problem::{Problem, ProblemKind};
use crate::routes::me::{refuse_weak, told, too_many};
use crate::rules::account::Password;
use crate::{Api, passwords, random};

/// An address whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    /// An e-mail address, in whatever case.
    #[schema(value_type = String, max_length = 254, example = "ana@example.com",
        pattern = r"^[!-?A-~]+@[!-?A-~][!-\-/-?A-~]*\.[!-?A-~]+$")]
    email: Email,
}

/// The token of a letter, and another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reset {
    /// What the link of the letter ends with.
    #[schema(max_length = 200, example = "lt_…")]
    token: String,
    /// The password from now on.
    #[schema(value_type = String, min_length = 10, max_length = 128, format = Password,
        example = "tulip engine harvest nine")]
    new_password: Password,
}

/// The token of a letter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirm {
    /// What the link of the letter ends with.
    #[schema(max_length = 200, example = "lt_…")]
    token: String,
}

/// Where a request comes from, as API Gateway says.
pub(crate) struct Source(String);

impl FromRequestParts<Api> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Api) -> Result<Self, Infallible> {
        let source = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.clone(),
            _ => None,
        };
        Ok(Self(source.unwrap_or_default()))
    }
}

/// Asks for a letter with a link to choose another password.
///
/// The answer is the same, after the same time, whether or not there is such a customer.
#[utoipa::path(post, path = "/passwords/forgotten", tag = "customers", operation_id = "forget_password",
    request_body = Forgotten,
    responses((status = 202, description = "If there is such a customer, a letter is on its way"),
        (status = 429, description = "Too many letters to this address, or asked for by this source")))]
pub(crate) async fn forgotten(
    State(api): State<Api>,
    Source(source): Source,
    Extension(trace): Extension<TraceId>,
    Body(asked): Body<Forgotten>,
) -> Result<StatusCode, Problem> {
    let now = api.clock.now();
    for counted in [Counted::Source(&source), Counted::Letters(&asked.email)] {
        api.customers.count(counted, now).await?.map_err(too_many)?;
    }
    let login = api.customers.login(&asked.email).await?;
    // Where there is no customer, as much is read and written as for one.
    let customer = match login {
        Some(login) => login.customer_id,
        None => random::customer()?,
    };
    let profile = api.customers.profile(&customer).await?;
    let purpose = Purpose::ResetPassword;
    let sent = api
        .mail
        .link(&api.customers, purpose, profile.as_ref(), now, &trace);
    sent.await?;
    Ok(StatusCode::ACCEPTED)
}

/// Chooses another password by the link of a letter. All sessions end.
#[utoipa::path(post, path = "/passwords/reset", tag = "customers", operation_id = "reset_password",
    request_body = Reset,
    responses((status = 204, description = "The password is changed"),
        (status = 410, description = "The link is wrong, was used, or is over")))]
pub(crate) async fn reset(
    State(api): State<Api>,
    Extension(trace): Extension<TraceId>,
    Body(asked): Body<Reset>,
) -> Result<StatusCode, Problem> {
    let (token, profile) = opened(&api, &asked.token, Purpose::ResetPassword).await?;
    refuse_weak("new_password", &asked.new_password, &profile.email)?;
    let before = api.customers.password_of(&profile).await?;
    let before = before.ok_or_else(over)?;
    let new = NewPassword {
        profile: &profile,
        before: &before,
        after: &passwords::hash(&asked.new_password)?,
        session: None,
    };
    let now = api.clock.now();
    let reset = api.customers.reset_password(&token, &new, now).await?;
    let Changed::Done(generation) = reset else {
        return Err(over());
    };
    // Strangers may have used up the attempts.
    api.customers.forget_attempts(&profile.email).await?;
    told(&api, &profile, generation, now, &trace).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirms an address by the link of a letter.
#[utoipa::path(post, path = "/customers/confirmation", tag = "customers", operation_id = "confirm_address",
    request_body = Confirm,
    responses((status = 204, description = "The address is confirmed"),
        (status = 410, description = "The link is wrong, was used, or is over")))]
pub(crate) async fn confirm(
    State(api): State<Api>,
    Body(asked): Body<Confirm>,
) -> Result<StatusCode, Problem> {
    let (token, profile) = opened(&api, &asked.token, Purpose::ConfirmAddress).await?;
    let now = api.clock.now();
    match api.customers.confirm_by_link(&token, &profile, now).await? {
        Changed::Done(_) => {
            tracing::info!(customer_id = %profile.customer_id, "an address is confirmed");
            Ok(StatusCode::NO_CONTENT)
        }
        Changed::Raced => Err(over()),
    }
}

/// The customer whose link this is.
async fn opened(api: &Api, token: &str, purpose: Purpose) -> Result<(LinkToken, Profile), Problem> {
    let token: LinkToken = token.parse().map_err(|_| over())?;
    let now = api.clock.now();
    let customer = api.customers.link(&token, purpose, now).await?;
    let customer = customer.ok_or_else(over)?;
    let profile = api.customers.profile(&customer).await?;
    Ok((token, profile.ok_or_else(over)?))
}

fn over() -> Problem {
    let detail = "the link is wrong, was used, or is over; ask for another letter";
    Problem::new(ProblemKind::LinkOver, detail)
}
