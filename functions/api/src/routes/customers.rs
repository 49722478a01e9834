//! Registering and signing in.

use std::sync::Arc;
use std::time::Duration;

use crate::rules::account::{Password, Role};
use crate::rules::claims::{ACCESS_FOR, Claims};
use crate::rules::session::client_name;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::{Extension, Json};
use holdfast_core::email::Email;
use holdfast_core::ids::CustomerId;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use holdfast_letters::links::Purpose;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::body::Body;
use crate::customers::{Profile, RefreshToken, Registered, Rotated};
use crate::keys::Keys;
use crate::problem::{Problem, ProblemKind};
use crate::routes::me::{refuse_weak, too_many};
use crate::{Api, passwords, random, tokens};

/// An address and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// An e-mail address, in whatever case.
    #[schema(value_type = String, max_length = 254, example = "ana@example.com",
        pattern = r"^[!-?A-~]+@[!-?A-~][!-\-/-?A-~]*\.[!-?A-~]+$")]
    email: Email,
    /// A password, of any characters.
    #[schema(value_type = String, min_length = 10, max_length = 128, format = Password,
        example = "correct horse battery")]
    password: Password,
}

/// A customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomerBody {
    /// The customer's name in everything else.
    #[schema(value_type = String, pattern = "^cus_[0-9a-f]{32}$")]
    customer_id: CustomerId,
    /// The address, in small letters.
    #[schema(value_type = String)]
    email: Email,
    /// What they may do.
    role: Role,
}

/// What a client that is signed in needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionBody {
    /// To be sent with each request: `Authorization: Bearer …`.
    pub(crate) access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token is good for, in seconds.
    pub(crate) expires_in: u64,
    /// Good once, for another pair of tokens.
    #[schema(pattern = "^rt_[0-9a-f]{64}$")]
    pub(crate) refresh_token: String,
    /// Who is signed in.
    #[schema(value_type = String, pattern = "^cus_[0-9a-f]{32}$")]
    pub(crate) customer_id: CustomerId,
    /// What they may do.
    pub(crate) role: Role,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The one that came with the last access token.
    #[schema(max_length = 200, example = "rt_…")]
    refresh_token: String,
}

/// Registers a customer.
#[utoipa::path(post, path = "/customers", tag = "customers", operation_id = "register",
    request_body = Credentials,
    responses(
        (status = 201, description = "Registered", body = CustomerBody),
        (status = 409, description = "The address is registered already"),
    ))]
pub(crate) async fn register(
    State(api): State<Api>,
    Extension(trace): Extension<TraceId>,
    Body(new): Body<Credentials>,
) -> Result<(StatusCode, Json<CustomerBody>), Problem> {
    refuse_weak("password", &new.password, &new.email)?;
    let password = passwords::hash(&new.password)?;
    let now = api.clock.now();
    let profile = Profile::new(random::customer()?, new.email, Role::Customer, now);
    match api.customers.register(&profile, password).await? {
        Registered::Done => {
            tracing::info!(customer_id = %profile.customer_id, "a customer has registered");
            greet(&api, &profile, &trace).await;
            let body = CustomerBody {
                customer_id: profile.customer_id,
                email: profile.email,
                role: profile.role,
            };
            Ok((StatusCode::CREATED, Json(body)))
        }
        Registered::Taken => {
            let detail = "sign in, or register with another address";
            Err(Problem::new(ProblemKind::EmailTaken, detail))
        }
    }
}

/// Sends the letter that confirms the address. The customer is registered whether or not it can be asked for,
/// and may ask for another.
async fn greet(api: &Api, profile: &Profile, trace: &TraceId) {
    let now = api.clock.now();
    let sent = api.mail.link(
        &api.customers,
        Purpose::ConfirmAddress,
        Some(profile),
        now,
        trace,
    );
    if let Err(failure) = sent.await {
        let problem = failure.to_string();
        tracing::error!(problem, "no letter confirms the address");
    }
}

/// Signs in.
///
/// An unknown address and a wrong password get the same answer, after the same time. After ten
/// attempts for one address within a quarter of an hour there are no more until that is over.
#[utoipa::path(post, path = "/sessions", tag = "customers", operation_id = "sign_in",
    request_body = Credentials,
    responses(
        (status = 200, description = "Signed in", body = SessionBody),
        (status = 401, description = "The address or the password is wrong"),
        (status = 429, description = "Too many attempts for this address"),
    ))]
pub(crate) async fn sign_in(
    State(api): State<Api>,
    headers: HeaderMap,
    Body(given): Body<Credentials>,
) -> Result<Json<SessionBody>, Problem> {
    let now = api.clock.now();
    let counted = api.customers.count_attempt(&given.email, now).await?;
    counted.map_err(too_many)?;
    let login = api.customers.login(&given.email).await?;
    let hashed = login.as_ref().map(|login| login.password.as_str());
    let is_right = passwords::is_right(&given.password, hashed)?;
    let Some(login) = login.filter(|_| is_right) else {
        let detail = "no customer has this address and password; check both, or register";
        return Err(Problem::wrong_credentials(detail));
    };
    api.customers.forget_attempts(&given.email).await?;
    let signing = Signing::of(&api, &login.customer_id).await?;
    let token = RefreshToken::new(random::bytes()?, random::bytes()?);
    let (profile, client) = (&signing.profile, client(&headers));
    let owner = (&profile.customer_id, profile.generation);
    let begun = api.customers.begin_session(owner, &token, client, now);
    begun.await?;
    tracing::info!(customer_id = %profile.customer_id, "a customer has signed in");
    Ok(Json(signing.session(&token, now)))
}

/// What the client calls itself.
fn client(headers: &HeaderMap) -> Option<String> {
    let said = headers.get(header::USER_AGENT)?;
    client_name(&String::from_utf8_lossy(said.as_bytes()))
}

/// Exchanges a refresh token for another pair of tokens. Each is good once: a second use ends the
/// session, for one of the two who had it has stolen it.
#[utoipa::path(post, path = "/sessions/refresh", tag = "customers", operation_id = "refresh",
    request_body = Refresh,
    responses(
        (status = 200, description = "Signed in for another while", body = SessionBody),
        (status = 401, description = "The refresh token is not, or no longer, good"),
    ))]
pub(crate) async fn refresh(
    State(api): State<Api>,
    Body(given): Body<Refresh>,
) -> Result<Json<SessionBody>, Problem> {
    let token = given.refresh_token.parse().map_err(|_| no_session())?;
    go_on(&api, &token, Duration::ZERO).await.map(Json)
}

/// There is no session to go on with.
pub(crate) fn no_session() -> Problem {
    let detail = "the refresh token is not, or no longer, good; sign in again";
    Problem::unauthorized(Some("invalid_token"), detail)
}

/// Goes on with the session of a refresh token. One that was used is good again for as long as an answer may
/// have been lost.
pub(crate) async fn go_on(
    api: &Api,
    token: &RefreshToken,
    lost_within: Duration,
) -> Result<SessionBody, Problem> {
    let (next, now) = (token.next(random::bytes()?), api.clock.now());
    // All that may fail comes before the token is spent: a retry of one that was spent looks like theft.
    let session = api.customers.session(token).await?;
    let session = session.ok_or_else(no_session)?;
    let signing = Signing::of(api, &session.customer_id).await?;
    if !session.goes_on(signing.profile.generation, now) {
        return Err(no_session());
    }
    let rotated = api.customers.rotate(token, &next, now, lost_within);
    match rotated.await? {
        Rotated::Done(_) => Ok(signing.session(&next, now)),
        Rotated::Reused => {
            let customer_id = &session.customer_id;
            tracing::warn!(%customer_id, "a refresh token was used again; its session is over");
            Err(no_session())
        }
        Rotated::Unknown => Err(no_session()),
    }
}

/// All that it takes to sign an access token.
struct Signing {
    profile: Profile,
    keys: Arc<Keys>,
}

impl Signing {
    async fn of(api: &Api, customer: &CustomerId) -> Result<Self, Problem> {
        let profile = api.customers.profile(customer).await?;
        let profile = profile.ok_or_else(|| {
            Problem::unauthorized(Some("invalid_token"), "there is no such customer any more")
        })?;
        let keys = api.keys.keys().await?;
        Ok(Self { profile, keys })
    }

    fn session(self, token: &RefreshToken, now: Timestamp) -> SessionBody {
        let Self { profile, keys } = self;
        let (customer_id, role) = (profile.customer_id, profile.role);
        let claims = Claims::new(customer_id.clone(), role, now);
        let claims = claims.of_session(token.session_id().clone(), profile.generation);
        SessionBody {
            access_token: tokens::sign(&claims, &keys.current),
            token_type: "Bearer",
            expires_in: ACCESS_FOR.as_secs(),
            refresh_token: token.reveal(),
            customer_id,
            role,
        }
    }
}
