//! Does what is asked.

use std::io;

use aws_sdk_dynamodb::Client;
use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::{Act, Acted, Moment, Story, Task, Waits};
use holdfast_kit::suppliers::{Endpoint, NotAKey};
use serde::Serialize;
use serde_json::Value;

use super::arguments::{Arguments, Command};
use super::output;
use super::places::{Kind, Places};
use super::settings::{self, Missing};
use super::trouble::{self, Trouble};
use super::wait;
use crate::exit::Exit;
use crate::output::{line, tell};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// Where to do it is not known.
    #[error(transparent)]
    Setting(#[from] Missing),
    /// AWS or a table does not answer.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The suppliers' key is none.
    #[error("SUPPLIERS_KEY {0}")]
    Key(#[from] NotAKey),
    /// No saga has this name.
    #[error("there is no booking and no order {0}")]
    NoSuchSaga(SagaId),
    /// Sagas of two kinds have it.
    #[error("a booking and an order are called {0}; say which with --saga booking or --saga order")]
    TwoSagas(SagaId),
    /// Nothing is left of the part that was named.
    #[error("{id}: nothing is left of {part}; what is left: {left}")]
    NothingLeft {
        id: SagaId,
        part: String,
        left: String,
    },
    /// It was still under way when the time to wait was over.
    #[error("{id} is still {status}, after {seconds} s; go on with: holdfast desk wait {id}")]
    StillUnderWay {
        id: SagaId,
        status: String,
        seconds: u64,
    },
    /// It could not be done.
    #[error("{name}: {0}", name = .0.name())]
    Failed(#[from] Failure),
    /// It could not be told.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl Problem {
    /// What the program ends with.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Setting(_)
            | Self::Key(_)
            | Self::NoSuchSaga(_)
            | Self::TwoSagas(_)
            | Self::NothingLeft { .. }
            | Self::Trouble(Trouble::NoCredentials | Trouble::NoRegion | Trouble::NoTable(_)) => {
                Exit::Misused
            }
            Self::StillUnderWay { .. } => Exit::TimedOut,
            Self::Failed(failure) if failure.is_invalid() => Exit::Misused,
            _ => Exit::Failed,
        }
    }

    /// The same, in better words where a table is to blame.
    pub(super) async fn explained(self, client: &Client, tables: &[String]) -> Self {
        match &self {
            Self::Failed(Failure::Unavailable(_)) => match trouble::of(client, tables).await {
                Some(trouble) => trouble.into(),
                None => self,
            },
            _ => self,
        }
    }
}

/// A saga with its history and what waits of it, as JSON.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    story: &'a Story,
    customer: &'a str,
    trace_id: &'a str,
    execution: &'a str,
    waiting: &'a Value,
}

/// Does what is asked.
pub(crate) async fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let places = settings::places(arguments).await?;
    match carry_out(arguments, &places).await {
        Ok(exit) => Ok(exit),
        Err(problem) => Err(problem.explained(&places.client, &places.tables).await),
    }
}

async fn carry_out(arguments: &Arguments, places: &Places) -> Result<Exit, Problem> {
    match (arguments.command, &arguments.saga_id) {
        (Command::Show, Some(id)) if arguments.json => show_as_json(places, id).await?,
        (Command::Show, Some(id)) => show(places, id).await?,
        (Command::History, Some(id)) => {
            let story = places.which(id).await?.story(id).await?;
            tell(arguments.json, &story.events, || {
                output::timeline(&story.events)
            })?;
        }
        (Command::Replay, Some(id)) => {
            let moments: Vec<Moment> = places.which(id).await?.replay(id).await?;
            tell(arguments.json, &moments, || output::replayed(&moments))?;
        }
        (Command::Wait, Some(id)) => return wait::run(arguments, places, id).await,
        (Command::Redrive | Command::Resolve | Command::Abandon, _) => {
            return act(arguments, places).await;
        }
        _ => {
            let waiting = places.waiting(&arguments.narrowed).await?;
            let json: Vec<_> = waiting.iter().map(|waits| &waits.json).collect();
            tell(arguments.json, &json, || output::listed(&waiting))?;
        }
    }
    Ok(Exit::Done)
}

async fn show(places: &Places, id: &SagaId) -> Result<(), Problem> {
    let kind = places.which(id).await?;
    let (story, looked) = (kind.story(id).await?, kind.counter.look(id).await?);
    Ok(line(&output::shown(&story.saga, &looked))?)
}

pub(super) async fn show_as_json(places: &Places, id: &SagaId) -> Result<(), Problem> {
    let kind = places.which(id).await?;
    let (story, looked) = (kind.story(id).await?, kind.counter.look(id).await?);
    let shown = Shown {
        story: &story,
        customer: &looked.customer,
        trace_id: &looked.trace_id,
        execution: &looked.execution,
        waiting: &looked.waits.json,
    };
    Ok(tell(true, &shown, String::new)?)
}

async fn act(arguments: &Arguments, places: &Places) -> Result<Exit, Problem> {
    let mut acted = Vec::new();
    let mut well = true;
    match &arguments.saga_id {
        Some(id) => {
            let kind = places.which(id).await?;
            let done = act_on(arguments, kind, id).await?;
            check_part(arguments, kind, id, &done).await?;
            acted.push((id.clone(), done));
        }
        None => {
            for Waits { kind, id, .. } in places.waiting(&arguments.narrowed).await? {
                let Some(kind) = places.of(kind) else {
                    continue;
                };
                match act_on(arguments, kind, &id).await {
                    Ok(done) => acted.push((id, done)),
                    // In a batch the others are seen to all the same.
                    Err(problem) => {
                        eprintln!("holdfast: {id}: {problem}");
                        well = false;
                    }
                }
            }
        }
    }
    let json: Vec<_> = acted.iter().map(|(_, acted)| &acted.json).collect();
    let by_hand = arguments.command == Command::Resolve;
    tell(arguments.json, &json, || output::reports(&acted, by_hand))?;
    match well && acted.iter().all(|(_, acted)| acted.went_well()) {
        true => Ok(Exit::Done),
        false => Ok(Exit::Failed),
    }
}

/// A part of which nothing is left, while something is left of others, was named by mistake.
async fn check_part(
    arguments: &Arguments,
    kind: &Kind,
    id: &SagaId,
    acted: &Acted,
) -> Result<(), Problem> {
    let Some(part) = arguments.part.as_ref().filter(|_| acted.did.is_empty()) else {
        return Ok(());
    };
    let left = kind.counter.look(id).await?.waits.left;
    if left.is_empty() {
        return Ok(());
    }
    let left: Vec<_> = left.into_iter().map(|left| left.work).collect();
    Err(Problem::NothingLeft {
        id: id.clone(),
        part: part.clone(),
        left: left.join(", "),
    })
}

async fn act_on(arguments: &Arguments, kind: &Kind, id: &SagaId) -> Result<Acted, Problem> {
    let task = Task {
        id: id.clone(),
        part: arguments.part.clone(),
        reason: arguments.reason.clone(),
        dry_run: arguments.dry_run,
    };
    let acted = match arguments.command {
        Command::Resolve => kind.counter.act(Act::Resolve, &task).await?,
        Command::Abandon => kind.counter.act(Act::Abandon, &task).await?,
        _ => {
            let suppliers = suppliers(arguments)?;
            kind.counter.act(Act::Redrive(&suppliers), &task).await?
        }
    };
    Ok(acted)
}

fn suppliers(arguments: &Arguments) -> Result<Endpoint, Problem> {
    let suppliers = settings::suppliers(arguments)?;
    Ok(match settings::suppliers_key()? {
        Some(key) => suppliers.with_key(key),
        None => suppliers,
    })
}
