//! Nothing needs itself before it can be made, by whatever detour: CloudFormation refuses a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{entries, text};
use crate::template::{Template, mentioned, reference};

type Needs<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// One complaint for each resource that needs itself.
fn check(template: &Template) -> Vec<String> {
    let needs = needs(template);
    let circles = needs
        .keys()
        .filter_map(|id| way_back(&needs, id, vec![*id]));
    circles.map(|circle| circle.join(" needs ")).collect()
}

/// What each resource refers to. An API is made of the functions behind it, and not the other way
/// round, though it is the functions that name it.
fn needs(template: &Template) -> Needs<'_> {
    let mut needs = Needs::new();
    for (id, resource) in entries(&template.0, "Resources") {
        let own = needs.entry(id).or_default();
        for (_, value) in entries(resource, "Properties").filter(|(name, _)| *name != "Events") {
            own.extend(mentioned(value));
        }
        for (_, event) in entries(&resource["Properties"], "Events") {
            let api = reference(&event["Properties"]["RestApiId"]);
            if let Some(api) = api.filter(|_| text(event, "Type") == "Api") {
                needs.entry(api).or_default().insert(id);
            }
        }
    }
    needs
}

/// The shortest detour from the first of the way back to it, if there is one.
fn way_back<'a>(needs: &Needs<'a>, from: &'a str, begun: Vec<&'a str>) -> Option<Vec<&'a str>> {
    let mut ways = std::collections::VecDeque::from([begun]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in way
            .last()
            .and_then(|last| needs.get(last))
            .into_iter()
            .flatten()
        {
            let longer = [way.clone(), vec![*next]].concat();
            if *next == from {
                return Some(longer);
            }
            if seen.insert(*next) {
                ways.push_back(longer);
            }
        }
    }
    None
}

mod tests {
    use serde_json::json;

    use super::check;
    use crate::document::assert_bites;
    use crate::template::Template;

    #[test]
    fn a_state_machine_that_the_api_is_told_of_by_reference_is_found() {
        let pointer = "/Resources/ApiFunction/Properties/Environment/Variables/STATE_MACHINE_ARN";
        let broken = Template::real().with(pointer, json!({"Ref": "StateMachine"}));
        let circle = ["StateMachine needs CarFunction needs Api needs ApiFunction"];
        assert_bites(check, &Template::real(), &broken, &circle);
    }

    #[test]
    fn a_function_that_is_told_the_address_of_the_api_that_needs_it_is_found() {
        let variables = "/Resources/ApiFunction/Properties/Environment/Variables";
        let pointer = format!("{variables}/ACCOUNT_PAYMENTS_URL");
        let address = json!({"Fn::Sub": "https://${Api}/v1/account-payments"});
        let broken = Template::real().with(&pointer, address);
        let circle = ["ApiFunction needs Api needs ApiFunction"];
        assert_bites(check, &Template::real(), &broken, &circle);
    }

    #[test]
    fn a_function_whose_rights_name_what_needs_it_is_found() {
        let policy = "/Resources/PaymentFunction/Properties/Policies/2";
        let pointer = format!("{policy}/Statement/0/Resource");
        let broken = Template::real().with(&pointer, json!({"Ref": "StateMachine"}));
        let circle = ["StateMachine needs PaymentFunction needs StateMachine"];
        assert_bites(check, &Template::real(), &broken, &circle);
    }
}
