//! What the code says of itself: the services and their handlers, the settings that each handler
//! reads, the clients of AWS that it makes, and what is asked of them.
//!
//! A service is a folder with a program. `handlers/` has one wiring file per Lambda, whose code is in
//! modules of the same name, or in a module of the kit that no other handler uses; a service without
//! `handlers/` is one Lambda. `bin/` has Lambdas that are programs of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::calls::asked;
use crate::document::file;
use crate::service::Service;
use crate::sources::{exists, folders};

pub(crate) type Names = BTreeSet<String>;

pub(crate) const FUNCTIONS: &str = "functions";
/// The program that people run.
const NOT_DEPLOYED: &str = "holdfast";
/// The suppliers' settings, most of which have defaults.
const WITH_DEFAULTS: &str = "functions/suppliers/src/config.rs";
/// Read by the runtime's libraries where they are used, whatever our own code does.
const READ_BY_LIBRARIES: &[(&str, &str)] =
    &[("lambda_http", "AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH")];

/// The code of the functions.
#[derive(Clone)]
pub(crate) struct Code {
    /// What each Lambda is made of, by its program and its handler: `booking/wait`.
    pub(crate) handlers: BTreeMap<String, Handler>,
    /// Names the program of each function.
    pub(crate) makefile: String,
    /// Names the programs that are built.
    pub(crate) release: String,
}

/// What a Lambda is made of.
#[derive(Clone)]
pub(crate) struct Handler {
    /// The service whose program it is.
    pub(crate) service: String,
    /// Where its parts are made, with all that they are made with.
    pub(crate) wiring: String,
    /// The modules that only it uses.
    pub(crate) modules: Vec<String>,
    /// The rights that their calls take.
    pub(crate) own: Names,
    /// The rights that calls in other code take that it may use: the service's, and the crates' below it.
    pub(crate) shared: Names,
}

/// The settings of a program: those it cannot do without, and those it would read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) needed: Names,
    pub(crate) read: Names,
}

impl Code {
    /// The code that is deployed.
    pub(crate) fn real() -> Self {
        static READ: LazyLock<Code> = LazyLock::new(Code::read);
        READ.clone()
    }

    fn read() -> Self {
        let services = folders(FUNCTIONS);
        let services = services.iter().filter(|name| {
            *name != NOT_DEPLOYED && exists(&format!("{FUNCTIONS}/{name}/src/main.rs"))
        });
        let handlers = services.flat_map(|name| Service::read(name).handlers());
        Self {
            handlers: handlers.collect(),
            makefile: file("functions/Makefile"),
            release: file("localstack/bin/release"),
        }
    }

    /// All programs.
    pub(crate) fn programs(&self) -> BTreeSet<&str> {
        let all = self.handlers.keys();
        all.filter_map(|handler| handler.split('/').next())
            .collect()
    }

    /// All services.
    pub(crate) fn services(&self) -> BTreeSet<&str> {
        let all = self.handlers.values();
        all.map(|handler| handler.service.as_str()).collect()
    }

    /// The program that a function is built with.
    pub(crate) fn program(&self, function: &str) -> &str {
        let mut lines = self.makefile.lines();
        let named = lines.find_map(|line| line.strip_prefix(&format!("{function} := ")));
        let usual = self.makefile.split("$($*),").nth(1);
        let usual = usual.and_then(|rest| rest.split(')').next());
        named.or(usual).unwrap_or_default()
    }

    /// The settings that a handler reads.
    pub(crate) fn settings(&self, handler: &str) -> Settings {
        let handler = &self.handlers[handler];
        let named = settings_in(&handler.wiring);
        let (needed, mut read) = if handler.wiring.contains("Config::from_env") {
            let source = file(WITH_DEFAULTS);
            let all = quoted_after(&source, "text(");
            let mut optional = quoted_after(&source, "number(text(");
            optional.extend(quoted_after(&source, "secret: text("));
            (&all - &optional, &all | &named)
        } else {
            (named.clone(), named)
        };
        let libraries = READ_BY_LIBRARIES.iter();
        let libraries = libraries.filter(|(library, _)| handler.wiring.contains(library));
        read.extend(libraries.map(|(_, name)| (*name).to_owned()));
        Settings { needed, read }
    }

    /// The rights that a handler's code takes at most: what is asked, anywhere in code that it may
    /// use, of the clients that it makes.
    pub(crate) fn most(&self, handler: &str) -> Names {
        let handler = &self.handlers[handler];
        let clients = asked(&handler.wiring);
        let mut rights = &handler.own | &handler.shared;
        rights.retain(|right| clients.contains(right.split(':').next().unwrap_or_default()));
        rights
    }

    /// The rights that it takes at least: what its own code asks, and reading the table if it has one.
    pub(crate) fn least(&self, handler: &str) -> Names {
        let mut rights = self.handlers[handler].own.clone();
        let read = ["dynamodb:GetItem".to_owned()];
        let most = self.most(handler);
        let settings = self.settings(handler).needed;
        let has_table = settings.iter().any(|name| name.ends_with("_TABLE"));
        let read = read.into_iter().filter(|right| most.contains(right));
        rights.extend(read.filter(|_| has_table));
        rights
    }
}

/// The names of settings in some code: what is quoted and in capitals, but for what Cargo sets.
fn settings_in(source: &str) -> Names {
    let quoted = source.split('"').skip(1).step_by(2);
    let is_part =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_';
    let names = quoted.filter(|text| {
        text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.chars().all(is_part)
            && !text.starts_with("CARGO_")
    });
    names.map(str::to_owned).collect()
}

/// The quoted texts that directly follow a word.
fn quoted_after(source: &str, word: &str) -> Names {
    let after = source.split(word).skip(1);
    let quoted = after.filter_map(|rest| rest.trim_start().strip_prefix('"'));
    let quoted = quoted.filter_map(|rest| rest.split('"').next());
    quoted.map(str::to_owned).collect()
}

#[test]
fn the_services_are_the_folders_with_a_program() {
    let code = Code::real();
    assert_eq!(
        code.services(),
        BTreeSet::from([
            "api",
            "authorizer",
            "booking",
            "invoices",
            "letters",
            "order",
            "pages",
            "push",
            "stock",
            "suppliers"
        ])
    );
    for (name, handler) in &code.handlers {
        assert!(
            !handler.modules.is_empty(),
            "{name} has no module of its name"
        );
    }
}

#[test]
fn the_settings_of_a_handler_are_those_it_names_and_those_its_parts_are_made_with() {
    let settings = Code::real().settings("booking/wait");
    for name in [
        "BOOKINGS_TABLE",
        "HOLD_MARGIN_SECONDS",
        "TIMER_QUEUE_URL",
        "SCHEDULE_GROUP",
    ] {
        assert!(settings.needed.contains(name), "{name} in {settings:?}");
    }
    assert!(!settings.read.contains("SUPPLIERS_URL"), "{settings:?}");
    let suppliers = Code::real().settings("suppliers/suppliers");
    assert_eq!(
        suppliers.needed,
        Names::from(["SUPPLIERS_KEY", "SUPPLIERS_TABLE"].map(str::to_owned))
    );
    assert!(suppliers.read.contains("CHAOS_RATE"), "{suppliers:?}");
}

#[test]
fn what_two_services_call_by_the_same_name_is_told_apart() {
    let code = Code::real();
    let table = |handler: &str| {
        let settings = code.settings(handler).needed;
        let tables = settings.into_iter().filter(|name| name.ends_with("_TABLE"));
        tables.collect::<Vec<_>>()
    };
    assert_eq!(table("booking/close"), ["BOOKINGS_TABLE"]);
    assert_eq!(table("stock/seed"), ["STOCK_TABLE"]);
    assert_eq!(table("stock/requests"), ["STOCK_TABLE"]);
    assert_eq!(table("invoices/requests"), ["INVOICES_TABLE"]);
    assert_eq!(table("letters/letters"), ["LETTERS_TABLE"]);
    for service in ["booking", "invoices", "stock"] {
        let publisher = &code.handlers[&format!("{service}/publisher")];
        assert_eq!(publisher.service, service);
    }
}

#[test]
fn the_rights_that_a_handler_takes_are_those_of_the_clients_it_makes() {
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Names>()
    };
    let code = Code::real();
    for publisher in ["booking/publisher", "invoices/publisher", "stock/publisher"] {
        assert_eq!(
            code.least(publisher),
            names(&["events:PutEvents", "sqs:SendMessage"])
        );
    }
    let close = code.most("booking/close");
    assert!(
        close.is_superset(&names(&["dynamodb:PutItem", "scheduler:DeleteSchedule"])),
        "{close:?}"
    );
    let foreign = close.iter().find(|right| right.starts_with("states:"));
    assert_eq!(foreign, None, "it makes no client of Step Functions");
    for handler in ["booking/unwind", "stock/seed"] {
        let most = code.most(handler);
        assert!(
            most.iter().all(|right| right.starts_with("dynamodb:")),
            "{most:?}"
        );
    }
}
