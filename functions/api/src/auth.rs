//! Who is speaking: the bearer of an access token that is believed.

use crate::rules::account::Role;
use crate::rules::claims::Claims;
use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, header, request::Parts};
use holdfast_core::ids::CustomerId;

use crate::Api;
use crate::problem::{Problem, ProblemKind};
use crate::tokens::{self, BadToken};

/// A customer who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Traveller {
    pub(crate) id: CustomerId,
    pub(crate) role: Role,
}

/// An operator who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    pub(crate) id: CustomerId,
}

impl FromRequestParts<Api> for Traveller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let claims = claims(&parts.headers, api).await?;
        Ok(Self {
            id: claims.sub,
            role: claims.role,
        })
    }
}

impl FromRequestParts<Api> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let claims = claims(&parts.headers, api).await?;
        if claims.role != Role::Operator {
            let detail = "this is for those who work at the desk";
            return Err(Problem::new(ProblemKind::Forbidden, detail));
        }
        Ok(Self { id: claims.sub })
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
