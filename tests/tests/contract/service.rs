//! The code of one service: which of its files belong to which Lambda.

use std::collections::BTreeMap;

use crate::calls::asked_in;
use crate::code::{FUNCTIONS, Handler, Names};
use crate::document::file;
use crate::sources::{folders, is_within, sources};

/// What all services share.
const KIT: &str = "functions/kit/src";
/// What handlers make their parts with.
const MAKERS: &str = "settings.rs";

/// The code of a service.
pub(crate) struct Service<'a> {
    name: &'a str,
    /// Its handlers' wiring, by name.
    wiring: BTreeMap<String, String>,
    /// Those of them that are programs of their own.
    programs: Names,
    /// All other files.
    modules: BTreeMap<String, String>,
    /// The files of the kit.
    kit: BTreeMap<String, String>,
    /// The files of the crates below it.
    below: BTreeMap<String, String>,
}

impl<'a> Service<'a> {
    pub(crate) fn read(name: &'a str) -> Self {
        let folder = format!("{FUNCTIONS}/{name}/src");
        let wirings = format!("{folder}/handlers/");
        let own_programs = format!("{folder}/bin/");
        let (mut wiring, mut modules) = (BTreeMap::new(), BTreeMap::new());
        let mut programs = Names::new();
        for (path, source) in sources(&folder) {
            let program = path.strip_prefix(&own_programs);
            programs.extend(program.map(|file| file.trim_end_matches(".rs").to_owned()));
            match path
                .strip_prefix(&wirings)
                .or(program)
                .map(|file| file.trim_end_matches(".rs"))
            {
                Some("mod") => {}
                Some(handler) => drop(wiring.insert(handler.to_owned(), source)),
                None => drop(modules.insert(path, source)),
            }
        }
        if wiring.keys().all(|handler| programs.contains(handler)) {
            let main = modules[&format!("{folder}/main.rs")].clone();
            wiring.insert(name.to_owned(), main);
        }
        Self {
            name,
            wiring,
            programs,
            modules,
            kit: sources(KIT),
            below: sources_below(name),
        }
    }

    /// What each of its Lambdas is made of.
    pub(crate) fn handlers(&self) -> Vec<(String, Handler)> {
        let others = |path: &str| !self.wiring.keys().any(|handler| self.is_own(path, handler));
        let below = self.below.values().flat_map(|source| asked_in(source));
        let shared = &self.asked(others) | &below.collect();
        let makers = self.makers();
        let all = self.wiring.iter().map(|(name, wiring)| {
            let own = self.modules.iter();
            // The handler that is the service itself uses all that belongs to no other.
            let is_service = name == self.name;
            let own = own.filter(|(path, _)| self.is_own(path, name) || is_service && others(path));
            let lent = self.kit.iter();
            let lent = lent.filter(|(path, _)| self.is_lent(path, name));
            let own: BTreeMap<_, _> = own.chain(lent).collect();
            let handler = Handler {
                service: self.name.to_owned(),
                wiring: with_makers(wiring, &makers),
                own: own.values().flat_map(|code| asked_in(code)).collect(),
                modules: own.into_keys().cloned().collect(),
                shared: shared.clone(),
            };
            let program = match self.programs.contains(name) {
                true => name,
                false => self.name,
            };
            (format!("{program}/{name}"), handler)
        });
        all.collect()
    }

    /// What its handlers can make their parts with: its own makers, and those of the crates below it.
    fn makers(&self) -> String {
        let files = self.modules.iter().chain(&self.below);
        let makers = files.filter(|(path, _)| path.ends_with(MAKERS));
        makers.map(|(_, source)| source.as_str()).collect()
    }

    /// Whether only this handler uses a file: all are its own where it is the only one.
    fn is_own(&self, path: &str, handler: &str) -> bool {
        self.wiring.len() == 1 || is_within(path, handler)
    }

    /// Whether only this handler of several uses a file of the kit: one of its name, or of a module that
    /// no other names. No other handler uses the modules of a program of its own.
    fn is_lent(&self, path: &str, handler: &str) -> bool {
        let module = path.trim_start_matches(KIT).trim_start_matches('/');
        let module = module.trim_end_matches(".rs").split('/').next();
        let used = format!("holdfast_kit::{}::", module.unwrap_or_default());
        let mut others = self.wiring.iter().filter(|(name, _)| *name != handler);
        let shared = self.modules.iter();
        let alone = self.programs.contains(handler);
        let mut shared = shared.filter(|(path, _)| !alone || !self.is_own(path, handler));
        if is_within(path, handler) {
            return true;
        }
        self.wiring.len() > 1
            && self.wiring[handler].contains(&used)
            && !others.any(|(_, wiring)| wiring.contains(&used))
            && !shared.any(|(_, module)| module.contains(&used))
    }

    fn asked(&self, of: impl Fn(&str) -> bool) -> Names {
        let files = self.modules.iter().filter(|(path, _)| of(path));
        files.flat_map(|(_, source)| asked_in(source)).collect()
    }
}

/// A handler's wiring, with all that its parts are made with.
fn with_makers(wiring: &str, makers: &str) -> String {
    let mut wired = wiring.to_owned();
    let mut left: Vec<_> = makers.split("fn ").skip(1).collect();
    loop {
        let (called, rest): (Vec<&str>, _) = left.iter().partition(|maker| {
            let name = maker.split(['(', '<']).next().unwrap_or_default();
            calls(&wired, name)
        });
        left = rest;
        if called.is_empty() {
            return wired;
        }
        wired.extend(called);
    }
}

/// The files of the crates that a service depends on.
fn sources_below(service: &str) -> BTreeMap<String, String> {
    let manifest = file(&format!("{FUNCTIONS}/{service}/Cargo.toml"));
    let depends = manifest
        .split("[dev-dependencies]")
        .next()
        .unwrap_or_default();
    let all = folders(FUNCTIONS);
    let below = all.iter().filter(|name| {
        let package = format!("holdfast-{name}");
        let mut named = depends.lines().map(|line| line.split(['.', ' ']).next());
        named.any(|line| line == Some(&package))
    });
    below
        .flat_map(|name| sources(&format!("{FUNCTIONS}/{name}/src")))
        .collect()
}

/// Whether code calls a function of this name.
fn calls(source: &str, name: &str) -> bool {
    let call = format!("{name}(");
    let places = source.match_indices(call.as_str());
    let mut before = places.map(|(at, _)| source[..at].chars().next_back());
    before.any(|letter| letter.is_some_and(|letter| !letter.is_alphanumeric() && letter != '_'))
}
