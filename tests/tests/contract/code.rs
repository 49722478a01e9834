//! What the code says of itself: its programs, the settings that each reads, and what it asks of tables.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{file, root};

type Names = BTreeSet<String>;

/// The code of the functions.
#[derive(Clone)]
pub(crate) struct Code {
    /// The source of each program, by name.
    pub(crate) bins: BTreeMap<String, String>,
    /// Where settings are read for all of them.
    pub(crate) environment: String,
    /// Where the suppliers' settings are read.
    pub(crate) suppliers: String,
    /// What is asked of the bookings' table.
    pub(crate) on_bookings: Names,
    /// What is asked of the customers' table.
    pub(crate) on_customers: Names,
    /// What is asked of the suppliers' table.
    pub(crate) on_supplies: Names,
}

/// The program of the simulated suppliers.
pub(crate) const SUPPLIERS: &str = "suppliers";

/// Read by the runtime's libraries where they are used, whatever our own code does.
const READ_BY_LIBRARIES: &[(&str, &str)] =
    &[("lambda_http", "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH")];

/// Calls to DynamoDB and the rights that they take.
const CALLS: &[(&str, &str)] = &[
    (".get_item()", "dynamodb:GetItem"),
    (".query()", "dynamodb:Query"),
    (".scan()", "dynamodb:Scan"),
    (".put_item()", "dynamodb:PutItem"),
    ("Put::builder()", "dynamodb:PutItem"),
    (".update_item()", "dynamodb:UpdateItem"),
    ("Update::builder()", "dynamodb:UpdateItem"),
    (".delete_item()", "dynamodb:DeleteItem"),
    ("Delete::builder()", "dynamodb:DeleteItem"),
    ("ConditionCheck::builder()", "dynamodb:ConditionCheckItem"),
    (".describe_table()", "dynamodb:DescribeTable"),
];

/// The settings of a program: those it cannot do without, and those it would read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) needed: Names,
    pub(crate) read: Names,
}

impl Code {
    /// The code that is deployed.
    pub(crate) fn real() -> Self {
        let folder = "functions/src/bin";
        let files = std::fs::read_dir(root().join(folder)).unwrap();
        let mut bins: BTreeMap<_, _> = files
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| {
                let source = file(&format!("{folder}/{name}"));
                Some((name.strip_suffix(".rs")?.to_owned(), source))
            })
            .collect();
        let suppliers = file("functions/suppliers/src/main.rs");
        bins.insert(SUPPLIERS.to_owned(), suppliers);
        Self {
            bins,
            environment: file("functions/src/lambda/environment.rs"),
            suppliers: file("functions/suppliers/src/config.rs"),
            on_bookings: asked_in("functions/src/store"),
            on_customers: asked_in("functions/src/customers"),
            on_supplies: asked_in("functions/suppliers/src"),
        }
    }

    /// The settings that a program reads.
    pub(crate) fn settings(&self, bin: &str) -> Settings {
        let source = &self.bins[bin];
        let (needed, mut read) = if bin == SUPPLIERS {
            let read = quoted_after(&self.suppliers, "text(");
            let mut optional = quoted_after(&self.suppliers, "number(text(");
            optional.extend(quoted_after(&self.suppliers, "secret: text("));
            (&read - &optional, read)
        } else {
            let needed = self.named_or_loaded(source, "environment");
            (needed.clone(), needed)
        };
        let libraries = READ_BY_LIBRARIES.iter();
        let libraries = libraries.filter(|(library, _)| source.contains(library));
        read.extend(libraries.map(|(_, name)| (*name).to_owned()));
        Settings { needed, read }
    }

    /// Settings read right there, and by the methods of the environment that are called.
    fn named_or_loaded(&self, source: &str, environment: &str) -> Names {
        let mut names = quoted_after(source, "setting(");
        names.extend(quoted_after(source, "seconds("));
        names.extend(quoted_after(source, "keys_of("));
        for method in self.environment.split("pub fn ").skip(1) {
            let name = method.split('(').next().unwrap_or_default();
            if source.contains(&format!("{environment}.{name}(")) {
                names.extend(self.named_or_loaded(method, "self"));
            }
        }
        names
    }
}

/// The rights that the calls in a folder's code take.
fn asked_in(folder: &str) -> Names {
    let mut rights = Names::new();
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            rights.extend(asked_in(&path));
        } else {
            let source = file(&path);
            let found = CALLS.iter().filter(|(call, _)| source.contains(call));
            rights.extend(found.map(|(_, right)| (*right).to_owned()));
        }
    }
    rights
}

/// The quoted texts that directly follow a word.
fn quoted_after(source: &str, word: &str) -> Names {
    let after = source.split(word).skip(1);
    let quoted = after.filter_map(|rest| rest.trim_start().strip_prefix('"'));
    let quoted = quoted.filter_map(|rest| rest.split('"').next());
    quoted.map(str::to_owned).collect()
}

#[test]
fn the_settings_of_a_program_are_those_it_names_and_those_that_are_loaded_for_it() {
    let settings = Code::real().settings("wait");
    for name in [
        "BOOKINGS_TABLE",
        "HOLD_MARGIN_SECONDS",
        "TIMER_QUEUE_URL",
        "SCHEDULE_GROUP",
    ] {
        assert!(settings.needed.contains(name), "{name} in {settings:?}");
    }
    assert!(!settings.read.contains("SUPPLIERS_URL"), "{settings:?}");
    let suppliers = Code::real().settings(SUPPLIERS);
    assert_eq!(
        suppliers.needed,
        Names::from(["SUPPLIERS_TABLE".to_owned()])
    );
    assert!(suppliers.read.contains("CHAOS_RATE"), "{suppliers:?}");
}
