//! Does what is asked.

use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::{Act, Acted, Moment, Story, Task, Waits};
use holdfast_kit::suppliers::{Endpoint, NotAKey};
use serde::Serialize;
use serde_json::Value;

use crate::arguments::{Arguments, Command};
use crate::output::{self, tell};
use crate::places::{Kind, Places};
use crate::settings::{self, Missing};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// Where to do it is not known.
    #[error(transparent)]
    Setting(#[from] Missing),
    /// The suppliers' key is none.
    #[error("SUPPLIERS_KEY {0}")]
    Key(#[from] NotAKey),
    /// No saga has this name.
    #[error("there is no booking and no order {0}")]
    NoSuchSaga(SagaId),
    /// Sagas of two kinds have it.
    #[error("a booking and an order are called {0}; say which with --saga booking or --saga order")]
    TwoSagas(SagaId),
    /// It could not be done.
    #[error("{name}: {0}", name = .0.name())]
    Failed(#[from] Failure),
    /// It could not be told.
    #[error("cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Problem {
    /// What the program ends with.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Setting(_) | Self::Key(_) | Self::NoSuchSaga(_) | Self::TwoSagas(_) => {
                crate::MISUSED
            }
            Self::Failed(failure) if failure.is_invalid() => crate::MISUSED,
            _ => crate::FAILED,
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

/// Does what is asked, and tells whether all went well.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Problem> {
    let places = settings::places(arguments).await?;
    match (arguments.command, &arguments.saga_id) {
        (Command::Show, Some(id)) => show(arguments, &places, id).await?,
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
        (Command::Redrive | Command::Resolve | Command::Abandon, _) => {
            return act(arguments, &places).await;
        }
        _ => {
            let waiting = places.waiting(&arguments.narrowed).await?;
            let json: Vec<_> = waiting.iter().map(|waits| &waits.json).collect();
            tell(arguments.json, &json, || output::listed(&waiting))?;
        }
    }
    Ok(true)
}

async fn show(arguments: &Arguments, places: &Places, id: &SagaId) -> Result<(), Problem> {
    let kind = places.which(id).await?;
    let (story, looked) = (kind.story(id).await?, kind.counter.look(id).await?);
    let shown = Shown {
        story: &story,
        customer: &looked.customer,
        trace_id: &looked.trace_id,
        execution: &looked.execution,
        waiting: &looked.waits.json,
    };
    tell(arguments.json, &shown, || {
        output::shown(&story.saga, &looked)
    })
}

async fn act(arguments: &Arguments, places: &Places) -> Result<bool, Problem> {
    let mut acted = Vec::new();
    let mut well = true;
    match &arguments.saga_id {
        Some(id) => {
            let kind = places.which(id).await?;
            acted.push((id.clone(), act_on(arguments, kind, id).await?));
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
                        eprintln!("desk: {id}: {problem}");
                        well = false;
                    }
                }
            }
        }
    }
    let json: Vec<_> = acted.iter().map(|(_, acted)| &acted.json).collect();
    tell(arguments.json, &json, || output::reports(&acted))?;
    Ok(well && acted.iter().all(|(_, acted)| acted.went_well()))
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
