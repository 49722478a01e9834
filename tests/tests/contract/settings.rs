//! Each function's program exists, is deployed, and is given exactly the settings that it reads.

use std::collections::BTreeSet;

use holdfast_booking_rules::spec::Kind;

use crate::code::Code;
use crate::document::{entries, text};
use crate::template::{Resource, Template};

/// The program of all kinds of legs, and the setting that tells it which kind it is.
pub(crate) const LEG: &str = "leg";
const KIND: &str = "KIND";

/// The template and the code that it deploys.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) template: Template,
    pub(crate) code: Code,
}

impl Pair {
    /// What is deployed.
    pub(crate) fn real() -> Self {
        Self {
            template: Template::real(),
            code: Code::real(),
        }
    }
}

fn check(pair: &Pair) -> Vec<String> {
    let functions = pair.template.functions();
    let deployed: BTreeSet<_> = functions.iter().map(|function| bin(function.id)).collect();
    let idle = pair.code.bins.keys().filter(|bin| !deployed.contains(*bin));
    let idle = idle.map(|bin| format!("bin {bin}: no function runs it"));
    let wrong = functions
        .iter()
        .flat_map(|function| of_a_function(&pair.code, function));
    idle.chain(wrong).collect()
}

/// `SendToDeskFunction` is `send_to_desk`.
fn words_of(function: &str) -> String {
    let name = function.strip_suffix("Function").unwrap_or(function);
    let mut words = String::new();
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_uppercase() {
            words.push('_');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// The program that a function runs.
pub(crate) fn bin(function: &str) -> String {
    let name = words_of(function);
    let leg = Kind::ALL.iter().any(|kind| kind.as_str() == name);
    if leg { LEG.to_owned() } else { name }
}

fn of_a_function(code: &Code, function: &Resource<'_>) -> Vec<String> {
    let (id, bin) = (function.id, bin(function.id));
    if !code.bins.contains_key(&bin) {
        return vec![format!("{id}: there is no bin {bin}")];
    }
    let variables = &function.properties()["Environment"];
    let given: BTreeSet<_> = entries(variables, "Variables")
        .map(|(name, _)| name.to_owned())
        .collect();
    let settings = code.settings(&bin);
    let missing = settings.needed.difference(&given);
    let missing = missing.map(|name| format!("{id}: is not given {name}"));
    let vain = given.difference(&settings.read);
    let vain = vain.map(|name| format!("{id}: is given {name} in vain"));
    let mut complaints: Vec<_> = missing.chain(vain).collect();
    let kind = text(&variables["Variables"], KIND);
    if bin == LEG && kind != words_of(id) {
        complaints.push(format!("{id}: is told that its KIND is `{kind}`"));
    }
    complaints
}

mod tests {
    use serde_json::json;

    use super::{Pair, bin, check};
    use crate::document::assert_bites;
    use crate::template::Template;

    fn assert_found(template: Template, words: &[&str]) {
        let broken = Pair {
            template,
            ..Pair::real()
        };
        assert_bites(check, &Pair::real(), &broken, words);
    }

    #[test]
    fn each_function_is_given_what_its_program_reads() {
        assert_eq!(check(&Pair::real()), Vec::<String>::new());
    }

    #[test]
    fn a_function_is_called_after_its_program() {
        assert_eq!(bin("SendToDeskFunction"), "send_to_desk");
        assert_eq!(bin("InsuranceFunction"), "leg");
        assert_eq!(bin("SuppliersFunction"), "suppliers");
    }

    #[test]
    fn a_setting_that_is_missing_or_in_vain_is_found() {
        let template = Template::real();
        let variables = |function: &str, name: &str| {
            format!("/Resources/{function}/Properties/Environment/Variables/{name}")
        };
        let broken = template.without(&variables("TimerFunction", "STATE_MACHINE_ARN"));
        assert_found(broken, &["TimerFunction", "STATE_MACHINE_ARN"]);
        let broken = template.without(&variables("OpenFunction", "SCHEDULE_GROUP"));
        assert_found(broken, &["OpenFunction", "SCHEDULE_GROUP"]);
        let broken = template.without(&variables("SuppliersFunction", "SUPPLIERS_TABLE"));
        assert_found(broken, &["SuppliersFunction", "SUPPLIERS_TABLE"]);
        let broken = template.with(&variables("UnwindFunction", "SUPPLIERS_URL"), json!("x"));
        assert_found(broken, &["UnwindFunction", "SUPPLIERS_URL", "in vain"]);
        let broken = template.with(&variables("CarFunction", "KIND"), json!("hotel"));
        assert_found(broken, &["CarFunction", "hotel"]);
    }

    #[test]
    fn a_program_that_nobody_runs_or_that_is_not_there_is_found() {
        let template = Template::real().without("/Resources/SettleFunction");
        assert_found(template, &["bin settle"]);
        let mut broken = Pair::real();
        broken.code.bins.remove("close");
        assert_bites(
            check,
            &Pair::real(),
            &broken,
            &["CloseFunction", "no bin close"],
        );
    }

    #[test]
    fn a_setting_that_the_code_newly_reads_is_found() {
        let mut broken = Pair::real();
        let source = broken.code.bins.get_mut("api").unwrap();
        source.push_str("seconds(\"PAGE_SECONDS\")?;");
        assert_bites(
            check,
            &Pair::real(),
            &broken,
            &["ApiFunction", "PAGE_SECONDS"],
        );
    }
}
