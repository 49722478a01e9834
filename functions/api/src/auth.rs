//! Who is speaking: the bearer of an access token that is believed.

use crate::rules::account::Role;
use crate::rules::claims::Claims;
use crate::rules::session::SessionId;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use holdfast_core::ids::CustomerId;

use crate::Api;
use crate::kinds;
use crate::problem::{Problem, ProblemKind};
use crate::tokens::{self, BadToken};

/// A customer who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Traveller {
    pub(crate) id: CustomerId,
    pub(crate) role: Role,
    /// The session that the token belongs to; tokens from before sessions had ids name none.
    pub(crate) session: Option<SessionId>,
    /// The customer's generation of sessions that the token belongs to.
    pub(crate) generation: u32,
}

/// An operator who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) id: CustomerId,
}

impl FromRequestParts<Api> for Traveller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        claims(&parts.headers, api).await.map(Self::from)
    }
}

impl FromRequestParts<Api> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let traveller = Traveller::from(claims(&parts.headers, api).await?);
        let forbidden = || {
            let detail = "this is for those who work at the desk";
            Problem::new(ProblemKind::Forbidden, detail)
        };
        if traveller.role != Role::Operator {
            return Err(forbidden());
        }
        // Who is no operator any more, or has signed out everywhere, does nothing more at the desk.
        let profile = kinds::who(api, &traveller).await?;
        match profile.role {
            Role::Operator => Ok(Self { id: traveller.id }),
            Role::Customer => Err(forbidden()),
        }
    }
}

impl From<Claims> for Traveller {
    fn from(claims: Claims) -> Self {
        Self {
            id: claims.sub,
            role: claims.role,
            session: claims.sid,
            generation: claims.generation,
        }
    }
}

async fn claims(headers: &HeaderMap, api: &Api) -> Result<Claims, Problem> {
    let token = bearer(headers).ok_or_else(|| {
        let detail = "send `Authorization: Bearer <access token>`";
        Problem::unauthorized(None, detail)
    })?;
    let known = async {
        let id = tokens::key_id(token)?;
        let keys = api.keys.keys_with(&id).await.map_err(Problem::from);
        Ok::<_, BadToken>(keys.map(|keys| keys.find(&id).cloned()))
    };
    let invalid = |bad: BadToken| Problem::unauthorized(Some("invalid_token"), bad.to_string());
    let key = known.await.map_err(invalid)??;
    let key = key.ok_or_else(|| invalid(BadToken::UnknownKey))?;
    tokens::verify(token, &key, api.clock.now()).map_err(invalid)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = given.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
