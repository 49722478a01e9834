//! Parcels: the rules of an aggregate that is nothing like a booking. A parcel and its load are the
//! heads, its pieces the parts.

use std::collections::BTreeMap;
use std::time::Duration;

use holdfast_core::change::{BrokenHistory, Change, fold_record};
use holdfast_core::ids::{CustomerId, SagaId};
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Operation, Timer};
use holdfast_kit::table::Besides;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Travelling,
    Delivered,
}

/// The parcel itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Parcel {
    pub(crate) parcel_id: SagaId,
    pub(crate) sender: CustomerId,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) version: u32,
    #[serde(flatten)]
    pub(crate) state: ParcelState,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ParcelState {
    pub(crate) status: Status,
    pub(crate) timer: Timer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) handed_to: Option<String>,
}

/// What is in it, all told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) version: u32,
    pub(crate) pieces: u32,
}

/// One thing in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) name: String,
    pub(crate) version: u32,
    pub(crate) seal: u32,
    #[serde(default)]
    pub(crate) attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last_error: Option<String>,
}

/// A parcel with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) parcel: Parcel,
    pub(crate) load: Load,
    pub(crate) pieces: Vec<Piece>,
}

/// What happened to a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) parcel_id: SagaId,
    pub(crate) name: String,
    pub(crate) at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) parcel: Option<Change<ParcelState>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) load: Option<Change<u32>>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) pieces: BTreeMap<String, Change<u32>>,
}

/// A change of a parcel.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub(crate) event: Event,
    pub(crate) parcel: Option<Parcel>,
    pub(crate) load: Option<Load>,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) besides: Besides,
}

impl Packed {
    /// A parcel with nothing in it, on its way since `now`, for an hour.
    pub(crate) fn new(id: &str, sender: &str, now: Timestamp) -> Self {
        let state = ParcelState {
            status: Status::Travelling,
            timer: Timer::start(now + Duration::from_secs(3600)),
            handed_to: None,
        };
        let parcel = Parcel {
            parcel_id: id.parse().unwrap(),
            sender: sender.parse().unwrap(),
            created: now,
            updated: now,
            version: 1,
            state,
        };
        Self {
            parcel,
            load: Load {
                version: 1,
                pieces: 0,
            },
            pieces: Vec::new(),
        }
    }

    pub(crate) fn id(&self) -> &SagaId {
        &self.parcel.parcel_id
    }

    /// The first change of a parcel.
    pub(crate) fn sent(&self) -> Move {
        let mut sent = Move::new(self.id(), "sent", self.parcel.created);
        sent.event.parcel = Some(Change::born(&self.parcel.state));
        sent.event.load = Some(Change::born(&self.load.pieces));
        sent.parcel = Some(self.parcel.clone());
        sent.load = Some(self.load.clone());
        sent
    }

    /// Hands it to this person, unless another has it.
    pub(crate) fn deliver(&self, to: &str, at: Timestamp) -> Option<Move> {
        (self.parcel.state.status == Status::Travelling).then(|| {
            let delivered = ParcelState {
                status: Status::Delivered,
                handed_to: Some(to.to_owned()),
                ..self.parcel.state.clone()
            };
            Move::new(self.id(), "delivered", at).parcel(&self.parcel, delivered)
        })
    }

    /// A wake-up came: fires the timer, once its time is over.
    pub(crate) fn expire(&self, generation: u32, at: Timestamp) -> Option<Move> {
        let timer = &self.parcel.state.timer;
        let fired = timer::decide(timer, Operation::Fire { generation }, at).ok()?;
        let expired = ParcelState {
            timer: fired,
            ..self.parcel.state.clone()
        };
        Some(Move::new(self.id(), "expired", at).parcel(&self.parcel, expired))
    }

    /// Puts another piece in, unless it is in there.
    pub(crate) fn pack(&self, name: &str, at: Timestamp) -> Option<Move> {
        let is_in = self.pieces.iter().any(|piece| piece.name == name);
        (!is_in).then(|| {
            let packed = Move::new(self.id(), "packed", at).piece(name);
            packed.load(&self.load, self.load.pieces + 1)
        })
    }
}

impl Move {
    pub(crate) fn new(id: &SagaId, name: &str, at: Timestamp) -> Self {
        let event = Event {
            parcel_id: id.clone(),
            name: name.to_owned(),
            at,
            parcel: None,
            load: None,
            pieces: BTreeMap::new(),
        };
        Self {
            event,
            parcel: None,
            load: None,
            pieces: Vec::new(),
            besides: Besides::default(),
        }
    }

    fn parcel(mut self, from: &Parcel, to: ParcelState) -> Self {
        self.event.parcel = Some(Change::step(from.version, &from.state, &to));
        self.parcel = Some(Parcel {
            version: from.version + 1,
            updated: self.event.at,
            state: to,
            ..from.clone()
        });
        self
    }

    /// Does this as well.
    pub(crate) fn besides(self, besides: Besides) -> Self {
        Self { besides, ..self }
    }

    pub(crate) fn load(mut self, from: &Load, pieces: u32) -> Self {
        self.event.load = Some(Change::step(from.version, &from.pieces, &pieces));
        let version = from.version + 1;
        self.load = Some(Load { version, pieces });
        self
    }

    fn piece(mut self, name: &str) -> Self {
        let piece = Piece {
            name: name.to_owned(),
            version: 1,
            seal: 0,
            attempts: 0,
            last_error: None,
        };
        let born = Change::born(&piece.seal);
        self.event.pieces.insert(name.to_owned(), born);
        self.pieces.push(piece);
        self
    }

    /// A piece gets another seal.
    pub(crate) fn seal(mut self, from: &Piece, seal: u32) -> Self {
        let change = Change::step(from.version, &from.seal, &seal);
        self.event.pieces.insert(from.name.clone(), change);
        let version = from.version + 1;
        self.pieces.push(Piece {
            version,
            seal,
            ..from.clone()
        });
        self
    }
}

impl Event {
    /// Tells this event from any other of the parcel: the version that it made.
    pub(crate) fn unique(&self) -> String {
        let version = |name: &str, version: u32| format!("{name}.{version}");
        let parcel = self.parcel.iter().map(|it| version("parcel", it.version));
        let load = self.load.iter().map(|it| version("load", it.version));
        let pieces = self
            .pieces
            .iter()
            .map(|(name, it)| version(name, it.version));
        parcel.chain(load).chain(pieces).next().unwrap()
    }
}

/// What a parcel's events tell: the parcel, how many pieces, and the seal of each.
pub(crate) type Told = (ParcelState, u32, BTreeMap<String, u32>);

pub(crate) fn fold(events: &[Event]) -> Result<Told, BrokenHistory> {
    let parcel = events.iter().filter_map(|event| event.parcel.as_ref());
    let load = events.iter().filter_map(|event| event.load.as_ref());
    let mut pieces: BTreeMap<String, Vec<&Change<u32>>> = BTreeMap::new();
    for (name, change) in events.iter().flat_map(|event| &event.pieces) {
        pieces.entry(name.clone()).or_default().push(change);
    }
    let sealed = |(name, changes): (String, Vec<_>)| {
        let seal = fold_record(&name, changes)?;
        Ok((name, seal))
    };
    Ok((
        fold_record("parcel", parcel.collect())?,
        fold_record("load", load.collect())?,
        pieces.into_iter().map(sealed).collect::<Result<_, _>>()?,
    ))
}

impl From<&Packed> for Told {
    fn from(packed: &Packed) -> Self {
        let pieces = packed.pieces.iter();
        (
            packed.parcel.state.clone(),
            packed.load.pieces,
            pieces
                .map(|piece| (piece.name.clone(), piece.seal))
                .collect(),
        )
    }
}
