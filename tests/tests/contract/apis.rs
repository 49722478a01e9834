//! Nothing reaches an API but by the stage that is throttled.

use serde_json::Value;

use crate::document::{entries, items, text};
use crate::template::{Resource, Template, reference};

/// Complaints about APIs and their stages.
fn check(template: &Template) -> Vec<String> {
    let apis = template.of_type("AWS::Serverless::Api");
    let usual = &template.0["Globals"]["Api"]["OpenApiVersion"];
    let faults = apis.iter().flat_map(|api| {
        let faults = [second_stage(api, usual), unthrottled(api)];
        let faults = faults.into_iter().flatten();
        faults.map(|fault| format!("{}: {fault}", api.id))
    });
    faults.chain(implicit(template)).collect()
}

/// SAM deploys a Swagger 2 API to a stage called `Stage` as well, which no setting reaches.
fn second_stage(api: &Resource<'_>, usual: &Value) -> Option<&'static str> {
    let own = &api.properties()["OpenApiVersion"];
    let version = own.as_str().or(usual.as_str()).unwrap_or_default();
    (!version.starts_with("3."))
        .then_some("without OpenApiVersion, a second stage is called `Stage`")
}

fn unthrottled(api: &Resource<'_>) -> Option<&'static str> {
    let covers_all = |setting: &&Value| {
        (text(setting, "ResourcePath"), text(setting, "HttpMethod")) == ("/*", "*")
    };
    let all = items(api.properties(), "MethodSettings")
        .iter()
        .find(covers_all);
    let limits = ["ThrottlingRateLimit", "ThrottlingBurstLimit"];
    let throttled = all.is_some_and(|all| limits.iter().all(|limit| !all[*limit].is_null()));
    (!throttled).then_some("its stage is not throttled")
}

/// An event that names no API gets one of SAM's, whose stage has no limits.
fn implicit(template: &Template) -> Vec<String> {
    let functions = template.functions().into_iter();
    let nameless = functions.filter(|function| {
        let mut events = entries(function.properties(), "Events");
        events.any(|(_, event)| {
            text(event, "Type") == "Api" && reference(&event["Properties"]["RestApiId"]).is_none()
        })
    });
    nameless
        .map(|function| format!("{}: its event names no API", function.id))
        .collect()
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn each_api_has_one_stage_and_that_is_throttled() {
        let real = Template::real();
        assert_eq!(real.of_type("AWS::Serverless::Api").len(), 2);
        assert_eq!(check(&real), Vec::<String>::new());
    }

    #[test]
    fn a_second_stage_is_found() {
        let real = Template::real();
        let broken = real.without("/Globals/Api/OpenApiVersion");
        for api in ["Api:", "SuppliersApi:"] {
            assert_bites(check, &real, &broken, &[api, "`Stage`"]);
        }
        let broken = real.with("/Resources/Api/Properties/OpenApiVersion", json!("2.0"));
        assert_bites(check, &real, &broken, &["Api:", "`Stage`"]);
    }

    #[test]
    fn a_stage_without_a_throttle_is_found() {
        let real = Template::real();
        for field in [
            "ThrottlingRateLimit",
            "ThrottlingBurstLimit",
            "ResourcePath",
        ] {
            let pointer = format!("/Resources/SuppliersApi/Properties/MethodSettings/0/{field}");
            let broken = real.without(&pointer);
            assert_bites(check, &real, &broken, &["SuppliersApi", "not throttled"]);
        }
        let event = "/Resources/ApiFunction/Properties/Events/Any/Properties/RestApiId";
        let broken = real.without(event);
        assert_bites(check, &real, &broken, &["ApiFunction", "names no API"]);
    }
}
