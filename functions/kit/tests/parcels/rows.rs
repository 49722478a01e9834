//! What the kit's table is told of parcels.

use std::time::Duration;

use holdfast_core::change::Stamp;
use holdfast_core::failure::Failure;
use holdfast_core::ids::SagaId;
use holdfast_core::time::Timestamp;
use holdfast_core::timer::{self, Meaning, State, Timer};
use holdfast_kit::subject::Subject;
use holdfast_kit::table::item::{Item, kept, text};
use holdfast_kit::table::{Aggregate, Besides, Mark, Reminder, Row, Saga, Table, View};
use holdfast_kit::task_tokens;
use tracing::{Span, info_span};

use crate::parcel::{Event, Load, Move, Packed, Parcel, Piece, Status};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parcels {}

pub(crate) type Store = Table<Parcels>;

/// Drives every parcel.
pub(crate) const EXECUTION: &str = "execution";
/// Of an execution that waits for every parcel.
pub(crate) const TOKEN: &str = "token";

const KEPT: Duration = Duration::from_secs(30 * 86_400);

#[derive(Clone, Debug)]
pub(crate) enum ParcelRow {
    Parcel(Parcel),
    Load(Load),
    Piece(Piece),
}

impl Row for ParcelRow {
    fn sort(&self) -> String {
        match self {
            Self::Parcel(_) => "PARCEL".to_owned(),
            Self::Load(_) => "LOAD".to_owned(),
            Self::Piece(row) => format!("PIECE#{}", row.name),
        }
    }

    fn version(&self) -> u32 {
        match self {
            Self::Parcel(row) => row.version,
            Self::Load(row) => row.version,
            Self::Piece(row) => row.version,
        }
    }

    fn to_item(&self, at: Timestamp) -> Result<Item, serde_dynamo::Error> {
        match self {
            Self::Parcel(row) => Ok(indexed(serde_dynamo::to_item(row)?, row)),
            Self::Load(row) => Ok(kept(serde_dynamo::to_item(row)?, at, KEPT)),
            Self::Piece(row) => Ok(kept(serde_dynamo::to_item(row)?, at, KEPT)),
        }
    }

    fn from_item(sort: &str, item: Item) -> Result<Self, serde_dynamo::Error> {
        match sort {
            "PARCEL" => serde_dynamo::from_item(item).map(Self::Parcel),
            "LOAD" => serde_dynamo::from_item(item).map(Self::Load),
            _ => serde_dynamo::from_item(item).map(Self::Piece),
        }
    }

    fn bookkeeping(&self) -> &'static [&'static str] {
        match self {
            Self::Parcel(_) => &["updated", "due", "expires"],
            Self::Load(_) => &["expires"],
            Self::Piece(_) => &["expires", "attempts", "last_error"],
        }
    }
}

fn indexed(mut item: Item, parcel: &Parcel) -> Item {
    item.insert("customer_id".to_owned(), text(parcel.sender.to_string()));
    if parcel.state.status == Status::Delivered {
        return kept(item, parcel.updated, KEPT);
    }
    let status = Parcels::word(parcel.state.status);
    item.insert("unfinished".to_owned(), text(status));
    let due = parcel.state.timer.deadline.to_string();
    item.insert("due".to_owned(), text(due));
    item
}

impl Subject for Parcels {
    const ID_FIELD: &'static str = "parcel_id";

    fn span(id: &str, trace_id: Option<&str>) -> Span {
        info_span!("parcel", parcel_id = id, trace_id)
    }

    fn invalid(field: String, problem: String) -> Failure {
        Failure::Refused(format!("{field}: {problem}"))
    }
}

impl Aggregate for Parcels {
    const NAME: &'static str = "parcel";
    const PARTITION: &'static str = "PARCEL#";
    const HEADS: &'static [&'static str] = &["PARCEL", "LOAD"];
    const PARTS: Option<&'static str> = Some("PIECE#");
    const KEPT: Duration = KEPT;

    type Id = SagaId;
    type View = Packed;
    type Row = ParcelRow;
    type Transition = Move;
    type Event = Event;

    fn assemble(rows: Vec<ParcelRow>) -> Option<Packed> {
        let (mut parcel, mut load, mut pieces) = (None, None, Vec::new());
        for row in rows {
            match row {
                ParcelRow::Parcel(row) => parcel = Some(row),
                ParcelRow::Load(row) => load = Some(row),
                ParcelRow::Piece(row) => pieces.push(row),
            }
        }
        Some(Packed {
            parcel: parcel?,
            load: load?,
            pieces,
        })
    }

    fn rows(transition: &Move) -> Vec<ParcelRow> {
        let parcel = transition.parcel.iter().cloned().map(ParcelRow::Parcel);
        let load = transition.load.iter().cloned().map(ParcelRow::Load);
        let pieces = transition.pieces.iter().cloned().map(ParcelRow::Piece);
        parcel.chain(load).chain(pieces).collect()
    }

    fn event(transition: &Move) -> &Event {
        &transition.event
    }

    fn besides(transition: &Move) -> Besides {
        transition.besides.clone()
    }

    fn mark(event: &Event) -> Mark<Self> {
        Mark {
            id: event.parcel_id.clone(),
            at: event.at,
            unique: event.unique(),
        }
    }
}

impl View<Parcels> for Packed {
    fn absorb(&mut self, rows: Vec<ParcelRow>) {
        for row in rows {
            match row {
                ParcelRow::Parcel(row) => self.parcel = row,
                ParcelRow::Load(row) => self.load = row,
                ParcelRow::Piece(row) => {
                    self.pieces.retain(|piece| piece.name != row.name);
                    self.pieces.push(row);
                }
            }
        }
    }
}

impl View<Parcels> for Piece {
    fn absorb(&mut self, rows: Vec<ParcelRow>) {
        for row in rows {
            match row {
                ParcelRow::Piece(row) if row.name == self.name => *self = row,
                _ => {}
            }
        }
    }
}

impl Saga for Parcels {
    type Status = Status;
    const RUNNING: &'static [Status] = &[Status::Travelling];

    fn word(status: Status) -> &'static str {
        match status {
            Status::Travelling => "travelling",
            Status::Delivered => "delivered",
        }
    }

    fn timer(packed: &Packed) -> &Timer {
        &packed.parcel.state.timer
    }

    fn trace_id(_: &Packed) -> &'static str {
        "0af7651916cd43dd8448eb211c80319c"
    }

    fn execution(_: &Packed) -> &'static str {
        EXECUTION
    }

    fn meaning(packed: &Packed, generation: u32) -> Meaning {
        let state = &packed.parcel.state;
        timer::meaning(&state.timer, state.status != Status::Travelling, generation)
    }

    fn wake(packed: &Packed, generation: u32, stamp: Stamp<'_>) -> Option<Move> {
        packed.expire(generation, stamp.at)
    }

    fn told(packed: &Packed) -> Option<(&str, task_tokens::Word)> {
        let expired = packed.parcel.state.timer.state == State::Fired;
        let late = Failure::HoldExpired("the parcel is late".to_owned());
        expired.then_some((TOKEN, task_tokens::Word::Failure(late)))
    }

    type Errand = ();

    fn remind(_: &Packed, _: Timestamp) -> Option<Reminder<()>> {
        None
    }
}
