//! Each service has one log group, so that one search finds all lines of a trace; it forgets in time.

use std::collections::BTreeMap;

use crate::settings::{Pair, handler};
use crate::template::reference;

/// Handlers that a program has for another service: they work on its table, and their lines are its.
const LENT: &[(&str, &str)] = &[
    ("suppliers/account_payments", "authorizer"),
    ("suppliers/account_sweep", "authorizer"),
];

/// Complaints about log groups.
fn check(pair: &Pair) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut owners = BTreeMap::new();
    for function in pair.template.functions() {
        let name = handler(&pair.code, &function);
        let lent = LENT.iter().find(|(lent, _)| *lent == name);
        let service = match (lent, pair.code.handlers.get(&name)) {
            (Some((_, service)), _) => service,
            (None, Some(found)) => found.service.as_str(),
            (None, None) => "no service",
        };
        let group = reference(&function.properties()["LoggingConfig"]["LogGroup"]);
        let found = group.and_then(|id| pair.template.find("AWS::Logs::LogGroup", id));
        let Some(group) = found else {
            complaints.push(format!("{}: has no log group", function.id));
            continue;
        };
        let owner = *owners.entry(group.id).or_insert(service);
        if owner != service {
            complaints.push(format!("{}: logs to {}, of {owner}", function.id, group.id));
        }
    }
    for group in pair.template.of_type("AWS::Logs::LogGroup") {
        if !owners.contains_key(group.id) {
            complaints.push(format!("{}: no function logs to it", group.id));
        }
        if group.properties().get("RetentionInDays").is_none() {
            complaints.push(format!("{}: is kept for ever", group.id));
        }
    }
    if owners.len() > pair.code.services().len() {
        complaints.push(format!("more log groups than services: {owners:?}"));
    }
    complaints
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::settings::Pair;
    use crate::template::Template;

    #[track_caller]
    fn assert_found(template: Template, words: &[&str]) {
        let broken = Pair {
            template,
            ..Pair::real()
        };
        assert_bites(check, &Pair::real(), &broken, words);
    }

    #[test]
    fn each_service_has_one_log_group() {
        assert_eq!(check(&Pair::real()), Vec::<String>::new());
    }

    #[test]
    fn a_log_that_is_missing_anothers_or_kept_for_ever_is_found() {
        let real = Template::real();
        let car = "/Resources/CarFunction/Properties/LoggingConfig";
        assert_found(real.without(car), &["CarFunction", "no log group"]);
        let group = format!("{car}/LogGroup");
        let other = real.with(&group, json!({"Ref": "ApiLogs"}));
        assert_found(other, &["CarFunction", "ApiLogs, of api"]);
        let stock = "/Resources/StockSeedFunction/Properties/LoggingConfig/LogGroup";
        let other = real.with(stock, json!({"Ref": "BookingLogs"}));
        assert_found(other, &["StockSeedFunction", "BookingLogs, of booking"]);
        let lent = "/Resources/AccountPaymentsFunction/Properties/LoggingConfig/LogGroup";
        let other = real.with(lent, json!({"Ref": "SuppliersLogs"}));
        assert_found(other, &["SuppliersLogs, of authorizer"]);
        let nowhere = real.with(&group, json!({"Ref": "CarLogs"}));
        assert_found(nowhere, &["CarFunction", "no log group"]);
        let logs = json!({"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 1}});
        let idle = real.with("/Resources/CarLogs", logs);
        assert_found(idle.clone(), &["CarLogs", "no function"]);
        let own = idle.with(&group, json!({"Ref": "CarLogs"}));
        assert_found(own, &["more log groups than services"]);
        let endless = real.without("/Resources/BookingLogs/Properties/RetentionInDays");
        assert_found(endless, &["BookingLogs", "for ever"]);
    }
}
