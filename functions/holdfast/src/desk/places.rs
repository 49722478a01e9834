//! The kinds of sagas that this desk serves: where each is kept, and what is done about it.

use aws_sdk_dynamodb::Client;
use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_kit::sagas::{Counter, Moment, Narrowed, Sagas, Story, Waits, kinds_of};

use super::run::Problem;

/// A kind of saga.
pub(crate) struct Kind {
    /// Where they are kept.
    pub(crate) sagas: Box<dyn Sagas>,
    /// What is done about those that wait.
    pub(crate) counter: Box<dyn Counter>,
}

/// All kinds that are looked through.
pub(crate) struct Places {
    pub(crate) kinds: Vec<Kind>,
    /// The way to their tables.
    pub(crate) client: Client,
    /// The names of their tables.
    pub(crate) tables: Vec<String>,
}

impl Kind {
    /// A saga with its history.
    pub(crate) async fn story(&self, id: &SagaId) -> Result<Story, Problem> {
        let story = self.sagas.story(id).await?;
        story.ok_or_else(|| Problem::NoSuchSaga(id.clone()))
    }

    /// A saga after each of its events.
    pub(crate) async fn replay(&self, id: &SagaId) -> Result<Vec<Moment>, Problem> {
        let moments = self.sagas.replay(id).await?;
        moments.ok_or_else(|| Problem::NoSuchSaga(id.clone()))
    }
}

impl Places {
    /// The kind of this name.
    pub(crate) fn of(&self, kind: &str) -> Option<&Kind> {
        self.kinds.iter().find(|known| known.sagas.kind() == kind)
    }

    /// The kind that has a saga of this name.
    pub(crate) async fn which(&self, id: &SagaId) -> Result<&Kind, Problem> {
        let all: Vec<_> = self.kinds.iter().map(|kind| kind.sagas.as_ref()).collect();
        let found = kinds_of(&all, id).await?;
        let named = found.first().and_then(|kind| self.of(kind.kind()));
        match named {
            Some(_) if found.len() > 1 => Err(Problem::TwoSagas(id.clone())),
            Some(kind) => Ok(kind),
            None => Err(Problem::NoSuchSaga(id.clone())),
        }
    }

    /// What waits, of all kinds, the longest first.
    pub(crate) async fn waiting(&self, narrowed: &Narrowed) -> Result<Vec<Waits>, Failure> {
        let mut waiting = Vec::new();
        for kind in &self.kinds {
            waiting.extend(kind.counter.waiting(narrowed).await?);
        }
        waiting.sort_by_key(|waits| waits.since);
        Ok(waiting)
    }
}
