//! The invoice of an order: a page that prints on one sheet.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use holdfast_core::ids::OrderId;
use holdfast_core::language::{Language, NotALanguage};
use holdfast_invoices::page;
use holdfast_invoices::page::CONTENT_SECURITY_POLICY;
use holdfast_order::store::Orders;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::Api;
use crate::auth::Traveller as Customer;
use crate::body::{InPath, Parameters};
use crate::kinds;
use crate::problem::{Problem, ProblemKind};

/// How the page is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Its language; without one, the header `Accept-Language` decides.
    #[param(pattern = "^(pt-BR|en)$")]
    lang: Option<String>,
}

/// Shows the invoice of an order, to be printed.
#[utoipa::path(get, path = "/orders/{order_id}/invoice", tag = "orders", operation_id = "show_invoice",
    params(("order_id" = String, Path, description = "The order"), Wanted),
    responses((status = 200, description = "The invoice", content_type = "text/html", body = String)),
    security(("bearer" = [])))]
pub(crate) async fn show(
    State(api): State<Api>,
    customer: Customer,
    InPath(order): InPath<OrderId>,
    Parameters(wanted): Parameters<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let language = match wanted.lang.as_deref() {
        Some(tag) => tag
            .parse()
            .map_err(|problem: NotALanguage| Problem::field("lang", problem.to_string()))?,
        None => accepted(&headers),
    };
    kinds::own::<Orders>(&api, &customer, &order).await?;
    let invoice = holdfast_invoices::invoice(&api.shop.invoices, &order).await?;
    let invoice = invoice.ok_or_else(|| {
        let detail =
            "the order has no invoice, or none yet; `invoice.status` of the order tells which";
        Problem::new(ProblemKind::NotFound, detail)
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, language.tag()),
        (header::VARY, "accept-language"),
    ];
    let mut shown = (headers, page(&invoice, language)).into_response();
    // The page has a style of its own; no page of another origin may frame it.
    let policy = format!("{CONTENT_SECURITY_POLICY}; frame-ancestors 'none'");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        let name = header::CONTENT_SECURITY_POLICY;
        shown.headers_mut().insert(name, policy);
    }
    Ok(shown)
}

/// The language that is preferred among those that there are; the usual one where none is.
fn accepted(headers: &HeaderMap) -> Language {
    let given = headers.get(header::ACCEPT_LANGUAGE);
    let given = given.and_then(|value| value.to_str().ok());
    let ranges = given.unwrap_or_default().split(',');
    let mut best = (Language::default(), 0.0);
    for range in ranges {
        let (tag, weight) = weighted(range);
        match known(tag) {
            Some(language) if weight > best.1 => best = (language, weight),
            _ => {}
        }
    }
    best.0
}

/// `pt-BR;q=0.8` is `pt-BR` with the weight 0.8; one that makes no sense has none.
fn weighted(range: &str) -> (&str, f32) {
    let mut parts = range.split(';').map(str::trim);
    let tag = parts.next().unwrap_or_default();
    let weight = match parts.next() {
        Some(quality) => quality
            .strip_prefix("q=")
            .and_then(|quality| quality.parse().ok())
            .unwrap_or(0.0),
        None => 1.0,
    };
    (tag, weight)
}

/// The language of the page for a tag: any Portuguese is read in Brazil, any English in England.
fn known(tag: &str) -> Option<Language> {
    let wanted = tag.split('-').next().unwrap_or_default();
    let mut languages = Language::ALL.iter().copied();
    languages.find(|language| {
        let own = language.tag().split('-').next().unwrap_or_default();
        own.eq_ignore_ascii_case(wanted)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_preferred_one_of_those_that_there_are() {
        for (given, language) in [
            ("", Language::En),
            ("pt-BR", Language::PtBr),
            ("pt", Language::PtBr),
            ("PT-pt", Language::PtBr),
            ("en-GB, pt;q=0.5", Language::En),
            ("fr, pt;q=0.4, en;q=0.3", Language::PtBr),
            ("en;q=0.1, pt;q=0.9", Language::PtBr),
            ("pt;q=0", Language::En),
            ("pt;q=soon", Language::En),
            ("fr", Language::En),
            ("*", Language::En),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, given.parse().unwrap())]);
            assert_eq!(accepted(&headers), language, "{given}");
        }
        assert_eq!(accepted(&HeaderMap::new()), Language::En);
    }
}
