//! The names that users of the stack rely on.

use crate::template::{Template, reference};

/// Promised by the design.
const OUTPUTS: &[&str] = &[
    "StateMachineArn",
    "ApiUrl",
    "PagesUrl",
    "PushUrl",
    "BookingsTable",
    "CustomersTable",
    "SigningKey",
    "SuppliersUrl",
    "SagaErrorsQueueUrl",
    "TimerQueueUrl",
    "EventBusName",
    "StockTable",
    "InvoicesTable",
    "InvoicesQueueUrl",
    "InvoicesDeadLettersUrl",
    "AuthorizerTable",
    "AccountEventsDeadLettersUrl",
    "TerminalKey",
    "SuppliersKey",
];

/// Complaints about outputs: what is promised is there, and what is there has a value.
fn check(template: &Template) -> Vec<String> {
    let outputs = &template.0["Outputs"];
    let missing = OUTPUTS
        .iter()
        .filter(|name| outputs[**name]["Value"].is_null());
    let missing = missing.map(|name| format!("output {name}: is missing"));
    let known = |name: &str| {
        !template.0["Resources"][name].is_null() || !template.0["Parameters"][name].is_null()
    };
    let all = outputs.as_object().into_iter().flatten();
    let lost = all.filter_map(|(name, output)| {
        let target = reference(&output["Value"])?;
        (!known(target)).then(|| format!("output {name}: there is no {target}"))
    });
    missing.chain(lost).collect()
}

mod tests {
    use serde_json::json;

    use super::{OUTPUTS, check};
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn every_output_that_is_promised_is_there() {
        assert_eq!(check(&Template::real()), Vec::<String>::new());
    }

    #[test]
    fn an_output_that_is_missing_or_leads_nowhere_is_found() {
        let real = Template::real();
        for name in OUTPUTS {
            let broken = real.without(&format!("/Outputs/{name}"));
            assert_bites(check, &real, &broken, &[name, "missing"]);
        }
        let broken = real.with("/Outputs/EventBusName/Value", json!({"Ref": "Lost"}));
        assert_bites(check, &real, &broken, &["EventBusName", "Lost"]);
    }
}
