//! The state machine's definition, filled in from the template as a deployment would do it.

use serde_json::Value;

use crate::document::{self, entries, file, items, text};
use crate::template::Template;

/// The machine that most checks are tried upon.
const BOOKING: &str = "StateMachine";

/// The definition, as it is written and as it is deployed.
#[derive(Clone)]
pub(crate) struct Machine {
    /// Its name in the template.
    pub(crate) id: String,
    /// As it is written, with `${…}`.
    pub(crate) source: String,
    /// As it is deployed.
    pub(crate) definition: Value,
}

/// States that follow one another: the state machine's own, or those within a Map.
pub(crate) struct Flow<'a> {
    /// The Map's name, or nothing.
    pub(crate) within: &'a str,
    /// `StartAt` and `States`.
    pub(crate) json: &'a Value,
}

/// A state by name.
#[derive(Clone, Copy)]
pub(crate) struct State<'a> {
    pub(crate) name: &'a str,
    pub(crate) json: &'a Value,
}

impl Machine {
    /// The one of bookings, as it is deployed.
    pub(crate) fn real() -> Self {
        let mut all = Self::all().into_iter();
        all.find(|machine| machine.id == BOOKING)
            .expect("the machine of bookings")
    }

    /// All that are deployed.
    pub(crate) fn all() -> Vec<Self> {
        let template = Template::real();
        let machines = template.of_type("AWS::Serverless::StateMachine");
        let read = machines.iter().map(|machine| {
            let path = text(machine.properties(), "DefinitionUri");
            Self::read(machine.id, file(path), &template)
        });
        read.collect()
    }

    /// What the template makes of a definition.
    pub(crate) fn read(id: &str, source: String, template: &Template) -> Self {
        let mut filled = source.clone();
        for (name, value) in template.substitutions(id) {
            filled = filled.replace(&format!("${{{name}}}"), &template.filled_in(value));
        }
        let definition = serde_json::from_str(&filled)
            .unwrap_or_else(|problem| panic!("the state machine is no JSON: {problem}"));
        Self {
            id: id.to_owned(),
            source,
            definition,
        }
    }

    /// A copy with another value somewhere.
    pub(crate) fn with(&self, pointer: &str, value: Value) -> Self {
        let definition = document::with(&self.definition, pointer, value);
        Self {
            definition,
            ..self.clone()
        }
    }

    /// A copy without something.
    pub(crate) fn without(&self, pointer: &str) -> Self {
        let definition = document::without(&self.definition, pointer);
        Self {
            definition,
            ..self.clone()
        }
    }

    /// The states' own flow, and those within Maps.
    pub(crate) fn flows(&self) -> Vec<Flow<'_>> {
        let mut flows = vec![self.top()];
        let mut next = 0;
        while let Some(flow) = flows.get(next) {
            let inner: Vec<_> = flow.states().filter_map(|state| state.inner()).collect();
            flows.extend(inner);
            next += 1;
        }
        flows
    }

    /// The flow that an execution starts in.
    pub(crate) fn top(&self) -> Flow<'_> {
        Flow {
            within: "",
            json: &self.definition,
        }
    }

    /// All states, within Maps too.
    pub(crate) fn states(&self) -> Vec<State<'_>> {
        self.flows().iter().flat_map(Flow::states).collect()
    }

    /// All Tasks.
    pub(crate) fn tasks(&self) -> Vec<State<'_>> {
        let mut states = self.states();
        states.retain(|state| state.kind() == "Task");
        states
    }

    /// A state by name.
    pub(crate) fn state(&self, name: &str) -> Option<State<'_>> {
        self.states().into_iter().find(|state| state.name == name)
    }
}

impl<'a> Flow<'a> {
    /// Its states, without those within Maps.
    pub(crate) fn states(&self) -> impl Iterator<Item = State<'a>> + use<'a> {
        entries(self.json, "States").map(|(name, json)| State { name, json })
    }

    /// A state of it.
    pub(crate) fn state(&self, name: &str) -> Option<State<'a>> {
        self.states().find(|state| state.name == name)
    }

    /// The first state.
    pub(crate) fn start(&self) -> &'a str {
        text(self.json, "StartAt")
    }

    /// How a complaint calls it.
    pub(crate) fn called(&self) -> String {
        match self.within {
            "" => "the state machine".to_owned(),
            name => format!("the states within `{name}`"),
        }
    }
}

/// A way from a state to another.
pub(crate) struct Way<'a> {
    pub(crate) to: &'a str,
    /// The variables that are assigned on it.
    pub(crate) assign: &'a Value,
}

impl<'a> State<'a> {
    /// `Task`, `Map` and so on.
    pub(crate) fn kind(&self) -> &'a str {
        text(self.json, "Type")
    }

    /// The states within it.
    pub(crate) fn inner(&self) -> Option<Flow<'a>> {
        let json = self.json.get("ItemProcessor")?;
        Some(Flow {
            within: self.name,
            json,
        })
    }

    /// Where it may lead.
    pub(crate) fn ways(&self) -> Vec<Way<'a>> {
        let own = ["Next", "Default"].map(|field| (self.json, field));
        let others = ["Choices", "Catch"].map(|list| items(self.json, list));
        let others = others.into_iter().flatten().map(|rule| (rule, "Next"));
        let all = own.into_iter().chain(others);
        all.filter_map(|(rule, field)| {
            let to = rule[field].as_str()?;
            Some(Way {
                to,
                assign: &rule["Assign"],
            })
        })
        .collect()
    }
}
