//! WebSocket APIs: each has one stage, which is throttled, deploys each change of its routes, and writes
//! down no address, for the address of a handshake has a ticket; each route leads to a function that may be
//! invoked by this API alone.

use serde_json::Value;

use crate::document::text;
use crate::template::{Resource, Template, mentioned, reference};

/// What a page can say, or API Gateway for it.
const ROUTES: &[&str] = &["$connect", "$disconnect", "$default"];
const THROTTLE: &[&str] = &["ThrottlingRateLimit", "ThrottlingBurstLimit"];
/// Properties that have requests written down, with their addresses.
const WRITING: &[&str] = &["AccessLogSettings"];

/// Complaints about WebSocket APIs.
fn check(template: &Template) -> Vec<String> {
    let apis = template.of_type("AWS::ApiGatewayV2::Api");
    let faults = apis.iter().flat_map(|api| {
        let mut faults = stages(template, api);
        faults.extend(routes(template, api));
        let faults = faults.into_iter();
        faults.map(|fault| format!("{}: {fault}", api.id))
    });
    faults.collect()
}

/// The parts of a type that an API has.
fn parts<'a>(template: &'a Template, kind: &str, api: &Resource<'_>) -> Vec<Resource<'a>> {
    let all = template.of_type(kind).into_iter();
    all.filter(|part| reference(&part.properties()["ApiId"]) == Some(api.id))
        .collect()
}

fn stages(template: &Template, api: &Resource<'_>) -> Vec<String> {
    let stages = parts(template, "AWS::ApiGatewayV2::Stage", api);
    let [stage] = stages.as_slice() else {
        return vec![format!("has {} stages", stages.len())];
    };
    let (properties, mut faults) = (stage.properties(), Vec::new());
    let usual = &properties["DefaultRouteSettings"];
    if THROTTLE.iter().any(|limit| usual[*limit].is_null()) {
        faults.push("its stage is not throttled".to_owned());
    }
    if properties["AutoDeploy"] != true {
        faults.push("a change of its routes is not deployed".to_owned());
    }
    let writes = WRITING.iter().any(|name| !properties[*name].is_null());
    if writes || usual["DataTraceEnabled"] != false || !properties["RouteSettings"].is_null() {
        faults.push("a log may have the tickets of handshakes".to_owned());
    }
    faults
}

fn routes(template: &Template, api: &Resource<'_>) -> Vec<String> {
    let routes = parts(template, "AWS::ApiGatewayV2::Route", api);
    let has = |key: &str| {
        routes
            .iter()
            .any(|route| text(route.properties(), "RouteKey") == key)
    };
    let missing = ROUTES.iter().filter(|key| !has(key));
    let missing = missing.map(|key| format!("has no route {key}"));
    let lost = routes.iter().filter_map(|route| {
        let function = function(template, api, &route.properties()["Target"]);
        let fault = match function {
            None => "leads to no function",
            Some(function) if !may_invoke(template, api, function) => "may not invoke its function",
            Some(_) => return None,
        };
        Some(format!("{} {fault}", route.id))
    });
    missing.chain(lost).collect()
}

/// The function behind a route of an API.
fn function<'a>(template: &'a Template, api: &Resource<'_>, target: &Value) -> Option<&'a str> {
    let integrations = parts(template, "AWS::ApiGatewayV2::Integration", api);
    let named = mentioned(target);
    let mut found = integrations
        .into_iter()
        .filter(|one| named.contains(&one.id));
    let integration = found.next()?;
    let named = mentioned(&integration.properties()["IntegrationUri"]);
    let functions = template.functions();
    let mut found = functions.iter().filter(|one| named.contains(&one.id));
    found.next().map(|function| function.id)
}

/// Whether API Gateway may invoke a function, for this API and no other.
fn may_invoke(template: &Template, api: &Resource<'_>, function: &str) -> bool {
    let permissions = template.of_type("AWS::Lambda::Permission");
    permissions.iter().any(|permission| {
        let given = permission.properties();
        reference(&given["FunctionName"]) == Some(function)
            && text(given, "Principal") == "apigateway.amazonaws.com"
            && mentioned(&given["SourceArn"]).contains(&api.id)
    })
}

mod tests {
    use serde_json::{Value, json};

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn each_websocket_api_has_a_throttled_stage_without_logs_and_routes_to_functions() {
        let real = Template::real();
        assert_eq!(real.of_type("AWS::ApiGatewayV2::Api").len(), 1);
        assert_eq!(check(&real), Vec::<String>::new());
    }

    #[track_caller]
    fn assert_found(pointer: &str, value: Value, words: &[&str]) {
        let real = Template::real();
        let broken = real.with(&format!("/Resources/{pointer}"), value);
        assert_bites(check, &real, &broken, words);
    }

    #[test]
    fn a_stage_that_is_missing_open_or_stale_is_found() {
        let real = Template::real();
        let broken = real.without("/Resources/PushStage");
        assert_bites(check, &real, &broken, &["PushApi", "0 stages"]);
        let stage = "PushStage/Properties";
        for limit in super::THROTTLE {
            let pointer = format!("{stage}/DefaultRouteSettings/{limit}");
            assert_found(&pointer, json!(null), &["PushApi", "not throttled"]);
        }
        let words = ["PushApi", "not deployed"];
        assert_found(&format!("{stage}/AutoDeploy"), json!(false), &words);
    }

    #[test]
    fn a_log_of_tickets_is_found() {
        let words = ["PushApi", "tickets"];
        let trace = "PushStage/Properties/DefaultRouteSettings/DataTraceEnabled";
        assert_found(trace, json!(true), &words);
        let log = json!({"Format": "$context.requestId"});
        assert_found("PushStage/Properties/AccessLogSettings", log, &words);
    }

    #[test]
    fn a_route_that_leads_nowhere_is_found() {
        let real = Template::real();
        let broken = real.without("/Resources/PushDisconnectRoute");
        assert_bites(check, &real, &broken, &["PushApi", "$disconnect"]);
        let target = "PushConnectRoute/Properties/Target";
        let words = ["PushConnectRoute", "no function"];
        assert_found(target, json!("integrations/x"), &words);
        let broken = real.without("/Resources/PushPermission");
        let words = ["PushConnectRoute", "may not invoke"];
        assert_bites(check, &real, &broken, &words);
        let any = json!("arn:aws:execute-api:*");
        assert_found("PushPermission/Properties/SourceArn", any, &words);
    }
}
