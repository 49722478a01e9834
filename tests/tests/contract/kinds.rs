//! Each kind of what a trip consists of, and the payment, has a function that the state machine finds
//! by the kind's name.

use holdfast_booking_rules::spec::Kind;
use serde_json::Value;

use crate::document::text;
use crate::machine::Machine;
use crate::template::Template;

/// The handler of all kinds of legs, and the setting that tells it which kind it is.
const LEG: &str = "leg";
const KIND: &str = "KIND";
/// What is done and undone like a leg.
const PAYMENT: &str = "payment";

/// The state machine and the template that fills it in.
#[derive(Clone)]
struct Pair {
    machine: Machine,
    template: Template,
}

/// Complaints about kinds without a function, and functions without a kind.
fn check(pair: &Pair) -> Vec<String> {
    let assigned = pair
        .machine
        .state("Open")
        .map(|open| &open.json["Assign"]["functions"]);
    let found = assigned.unwrap_or(&Value::Null);
    let kinds = Kind::ALL.iter().map(|kind| (kind.as_str(), LEG));
    let known: Vec<_> = kinds.chain([(PAYMENT, PAYMENT)]).collect();
    let wrong = known.iter().filter_map(|(kind, handler)| {
        let name = found[*kind].as_str().unwrap_or_default();
        let Some(function) = pair.template.find("AWS::Serverless::Function", name) else {
            return Some(format!("{kind}: has no function"));
        };
        let properties = function.properties();
        let told = text(&properties["Environment"]["Variables"], KIND);
        let right = text(properties, "Handler") == *handler && (told == *kind || *kind == PAYMENT);
        (!right).then(|| format!("{kind}: {name} is told that its KIND is `{told}`"))
    });
    let names = found.as_object().into_iter().flatten();
    let vain = names.filter(|(name, _)| !known.iter().any(|(kind, _)| kind == name));
    let vain = vain.map(|(name, _)| format!("{name}: is no kind"));
    wrong.chain(vain).collect()
}

mod tests {
    use serde_json::json;

    use super::{Pair, check};
    use crate::document::assert_bites;
    use crate::machine::Machine;
    use crate::template::Template;

    fn real() -> Pair {
        Pair {
            machine: Machine::real(),
            template: Template::real(),
        }
    }

    #[test]
    fn each_kind_has_its_function() {
        assert_eq!(check(&real()), Vec::<String>::new());
    }

    #[test]
    fn a_kind_that_nothing_serves_or_another_kind_does_is_found() {
        let found = "/States/Open/Assign/functions";
        let with = |machine| Pair { machine, ..real() };
        let broken = with(real().machine.without(&format!("{found}/hotel")));
        assert_bites(check, &real(), &broken, &["hotel", "no function"]);
        let other = json!("CarFunction");
        let broken = with(real().machine.with(&format!("{found}/hotel"), other));
        assert_bites(check, &real(), &broken, &["hotel", "CarFunction", "`car`"]);
        let broken = with(
            real()
                .machine
                .with(&format!("{found}/boat"), json!("CarFunction")),
        );
        assert_bites(check, &real(), &broken, &["boat", "no kind"]);
        let kind = "/Resources/CarFunction/Properties/Environment/Variables/KIND";
        let template = real().template.with(kind, json!("hotel"));
        let broken = Pair { template, ..real() };
        assert_bites(check, &real(), &broken, &["car:", "`hotel`"]);
    }
}
