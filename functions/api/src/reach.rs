//! The suppliers, as this function reaches them. Payments from accounts are behind the very API that it is
//! itself behind, and whose id no setting of it can tell; so each request does.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use holdfast_booking::steps::Decisions;
use holdfast_kit::suppliers::Endpoint;
use holdfast_kit::task_tokens::TaskTokens;
use lambda_http::request::RequestContext;

use crate::Api;

/// The suppliers, payments from accounts among them.
pub(crate) struct Suppliers(pub(crate) Endpoint);

impl FromRequestParts<Api> for Suppliers {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Infallible> {
        let suppliers = api.suppliers.clone();
        Ok(Self(match own_api(parts) {
            Some(id) => suppliers.behind_api(id),
            None => suppliers,
        }))
    }
}

impl Suppliers {
    /// What learns of decisions about payments, and asks these suppliers.
    pub(crate) fn decisions(self, api: &Api) -> Decisions<TaskTokens> {
        let mut decisions = api.decisions.clone();
        decisions.payments.supplier = self.0;
        decisions
    }
}

/// The API that a request came by; nothing where it came by none, as in tests.
fn own_api(parts: &Parts) -> Option<&str> {
    match parts.extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV1(context) => context.apiid.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use axum::http::Request;
    use lambda_http::aws_lambda_events::apigw::ApiGatewayProxyRequestContext;

    use super::*;

    #[test]
    fn a_request_names_the_api_that_it_came_by() {
        let (mut parts, ()) = Request::new(()).into_parts();
        assert_eq!(own_api(&parts), None);
        let mut context = ApiGatewayProxyRequestContext::default();
        context.apiid = Some("abc123".to_owned());
        let context = RequestContext::ApiGatewayV1(context);
        parts.extensions.insert(context);
        assert_eq!(own_api(&parts), Some("abc123"));
    }
}
