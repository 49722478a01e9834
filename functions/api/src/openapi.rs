//! The API's description, in OpenAPI 3.1: what the handlers say of themselves, and what is the same
//! for all of them.

mod terminals;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::problem::ProblemDocument;
use crate::routes::{
    accounts, bookings, breakers, browser, cancellation, customers, definitions, desk, erasure,
    events, export, figures, health, links, me, offers, orders, path, preferences, products, sagas,
    sessions, tickets, timers, webhooks,
};
use crate::schemas;
use holdfast_booking_rules::spec::Spec;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Holdfast",
        description = "Trips and orders that are all or nothing: choose, hold, pay, order, follow. And accounts that pay for them.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact()
    ),
    paths(
        health::health,
        customers::register,
        customers::sign_in,
        customers::refresh,
        browser::sign_in,
        browser::refresh,
        browser::end,
        sessions::list,
        sessions::end_all,
        sessions::sign_out,
        sessions::end,
        me::show,
        me::change_password,
        me::ask_for_confirmation,
        erasure::erase,
        export::export,
        links::confirm,
        links::forgotten,
        links::reset,
        offers::offers,
        preferences::show,
        preferences::change,
        bookings::book,
        bookings::list,
        bookings::show,
        bookings::cancel,
        bookings::add_leg,
        bookings::drop_leg,
        bookings::pay,
        cancellation::quote,
        cancellation::cancel,
        events::follow,
        products::list,
        orders::place,
        orders::list,
        orders::show,
        orders::cancel,
        orders::events::follow,
        orders::invoice::show,
        accounts::own::list,
        accounts::open,
        accounts::show,
        accounts::credit,
        accounts::statement::list,
        webhooks::payments,
        tickets::issue,
        sagas::list,
        sagas::show,
        definitions::show,
        breakers::list,
        timers::list,
        figures::show,
        path::show,
        desk::list,
        desk::redrive,
        desk::resolve,
        desk::abandon,
    ),
    components(schemas(ProblemDocument, Spec))
)]
struct Described;

/// The document.
pub fn document() -> Value {
    let mut document = serde_json::to_value(Described::openapi()).unwrap_or_default();
    // Relative to the document, because the API does not know its own address.
    document["servers"] = json!([{"url": "."}]);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.extend(schemas::components());
        // Two kinds may have the same fields, so a spec may be one of either.
        if let Some(spec) = schemas.get_mut("Spec").and_then(Value::as_object_mut)
            && let Some(kinds) = spec.remove("oneOf")
        {
            spec.insert("anyOf".to_owned(), kinds);
        }
    }
    document["components"]["securitySchemes"] = json!({
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        "terminal": terminals::key(),
    });
    let paths = document["paths"].as_object_mut();
    for (path, item) in paths.into_iter().flatten() {
        let methods = item.as_object_mut().into_iter().flatten();
        for (_, operation) in methods.filter(|(_, value)| value.get("operationId").is_some()) {
            add_problems(path, operation);
        }
    }
    document["paths"]["/transactions"] = terminals::transactions();
    let opened = &mut document["paths"]["/accounts"]["post"]["responses"];
    for status in ["200", "201"] {
        opened[status]["links"] = of_an_account();
    }
    for (path, id, links) in [
        ("/bookings", "booking_id", of_a_booking()),
        ("/orders", "order_id", of_an_order()),
    ] {
        document["paths"][path]["post"]["responses"]["202"]["links"] = links.clone();
        let one = format!("{path}/{{{id}}}");
        document["paths"][one]["get"]["responses"]["200"]["links"] = links;
    }
    document
}

/// What can go wrong everywhere, and what only where there is something to go wrong.
fn add_problems(path: &str, operation: &mut Value) {
    let has_body = operation.get("requestBody").is_some();
    let is_private = operation.get("security").is_some();
    let mut parameters = operation["parameters"].as_array().into_iter().flatten();
    let has_query = parameters.any(|parameter| parameter["in"] == "query");
    let common = [
        (true, "400", "The request cannot be read"),
        (is_private, "401", "Not signed in"),
        (
            path.contains('{'),
            "404",
            "There is no such thing, or it is another's",
        ),
        (has_body, "413", "The body is too large"),
        (has_body, "415", "The body is of another type than JSON"),
        (
            has_body || has_query,
            "422",
            "A field is missing, unknown or wrong",
        ),
        (true, "429", "Too many requests"),
        (true, "503", "Not now; try again"),
    ];
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for (_, status, description) in common.into_iter().filter(|(applies, ..)| *applies) {
        let entry = responses.entry(status);
        entry.or_insert_with(|| json!({"description": description}));
    }
    let problems = responses
        .iter_mut()
        .filter(|(status, _)| status.as_str() >= "400");
    for (status, response) in problems {
        if response.get("content").is_none() {
            let document = json!({"$ref": "#/components/schemas/ProblemDocument"});
            response["content"] = json!({"application/problem+json": {"schema": document}});
        }
        response["headers"] = Value::Object(headers(status));
    }
}

fn headers(status: &str) -> Map<String, Value> {
    let text = json!({"type": "string"});
    let mut headers = Map::new();
    let mut add = |name: &str, description: &str| {
        let header = json!({"description": description, "schema": text});
        headers.insert(name.to_owned(), header);
    };
    add("Trace-Id", "Names the request in logs");
    match status {
        "401" => add("WWW-Authenticate", "How to sign in"),
        "429" | "503" => add("Retry-After", "When to try again, in seconds"),
        _ => {}
    }
    headers
}

/// What can be done with a booking that one has just seen.
fn of_a_booking() -> Value {
    let operations = [
        "show_booking",
        "add_leg",
        "pay",
        "follow_booking",
        "cancel",
        "quote_cancellation",
        "cancel_booked",
    ];
    let mut links = links("booking_id", &operations);
    links.insert(
        "drop_leg".to_owned(),
        json!({"operationId": "drop_leg", "parameters": {
            "booking_id": "$response.body#/booking_id",
            "leg_id": "$response.body#/legs/0/id",
        }}),
    );
    Value::Object(links)
}

/// What can be done with an order that one has just seen.
fn of_an_order() -> Value {
    let operations = ["show_order", "follow_order", "show_invoice", "cancel_order"];
    Value::Object(links("order_id", &operations))
}

/// What can be done with an account that one has just opened.
fn of_an_account() -> Value {
    let operations = ["show_account", "credit_account", "list_statement"];
    Value::Object(links("account_id", &operations))
}

fn links(id: &str, operations: &[&str]) -> Map<String, Value> {
    let link = |operation: &&str| {
        let parameters = json!({id: format!("$response.body#/{id}")});
        let link = json!({"operationId": operation, "parameters": parameters});
        ((*operation).to_owned(), link)
    };
    operations.iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn references(json: &Value) -> Vec<&str> {
        match json {
            Value::Object(fields) => fields
                .iter()
                .flat_map(|(name, value)| match (name.as_str(), value) {
                    ("$ref", Value::String(target)) => vec![target.as_str()],
                    (_, value) => references(value),
                })
                .collect(),
            Value::Array(items) => items.iter().flat_map(references).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn the_document_is_openapi_3_1_and_whatever_it_names_is_there() {
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
        for reference in references(&document) {
            let pointer = reference.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn words_of_bookings_and_orders_are_not_mixed_up() {
        let document = document();
        let words = |schema: &str| {
            let schema = &document["components"]["schemas"][schema];
            let parts = schema["enum"].as_array().into_iter().flatten();
            let named = schema["oneOf"].as_array().into_iter().flatten();
            let named = named.flat_map(|one| one["enum"].as_array().into_iter().flatten());
            let all = parts.chain(named).filter_map(Value::as_str);
            all.map(str::to_owned).collect::<BTreeSet<_>>()
        };
        let has = |schema: &str, word: &str| {
            assert!(
                words(schema).contains(word),
                "{word} in {:?}",
                words(schema)
            );
        };
        has("PaymentStatus", "pending");
        has("OrderPaymentStatus", "release_failed");
        assert!(!words("OrderPaymentStatus").contains("pending"));
        has("EventName", "booking_opened");
        has("OrderEventName", "order_filled");
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_tells_what_goes_wrong() {
        let document = document();
        let mut names = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let name = operation["operationId"].as_str().unwrap();
                assert!(names.insert(name.to_owned()), "{name} twice");
                let problem = &operation["responses"]["503"]["content"];
                let problem = &problem["application/problem+json"]["schema"];
                assert!(problem.is_object(), "{method} {path}");
            }
        }
        for links in [of_a_booking(), of_an_order(), of_an_account()] {
            for link in links.as_object().unwrap().keys() {
                assert!(names.contains(link), "{link}");
            }
        }
    }
}
