//! What a round is about: a trip, what goes wrong with it, and what its travellers say.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A card whose bank wants to ask the traveller first.
const PENDING_CARD: &str = "tok_pending";
const GOOD_CARD: &str = "tok_visa";
const BAD_CARD: &str = "tok_declined";

/// A trip, and what is said about it.
#[derive(Clone, Debug)]
pub(crate) struct Trip {
    pub(crate) input: Value,
    pub(crate) travellers: Vec<Vec<Command>>,
}

/// What a traveller says.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Pay(Value),
    Cancel,
    AddLeg(Value),
    DropLeg(&'static str),
}

impl Trip {
    /// Some trip.
    pub(crate) fn any(rng: &mut Rng) -> Self {
        let mut input = json!({
            "customer": {"id": "cus_1", "email": "traveller@example.com"},
            "legs": [flight(rng), hotel(rng)],
            "hold_seconds": 900,
        });
        if rng.u8(0..4) == 0 {
            let card = [GOOD_CARD, GOOD_CARD, PENDING_CARD][rng.usize(0..3)];
            input["payment"] = payment(rng, card);
        }
        let mut travellers = vec![wishes(rng)];
        if rng.u8(0..3) == 0 {
            travellers.push(vec![any_command(rng, "extra")]);
        }
        Self { input, travellers }
    }
}

/// What one traveller wishes, one thing after the other.
fn wishes(rng: &mut Rng) -> Vec<Command> {
    let mut wishes = Vec::new();
    if rng.u8(0..3) == 0 {
        wishes.push(Command::AddLeg(car(rng, "car")));
    }
    if rng.u8(0..3) == 0 {
        wishes.push(Command::DropLeg(any_leg(rng)));
    }
    rng.shuffle(&mut wishes);
    match rng.u8(0..12) {
        0 => {}
        1 => wishes.push(Command::Cancel),
        2..=4 => {
            wishes.push(Command::Pay(payment(rng, BAD_CARD)));
            wishes.push(Command::Pay(payment(rng, GOOD_CARD)));
        }
        5 => wishes.push(Command::Pay(payment(rng, PENDING_CARD))),
        6..=7 => {
            wishes.push(Command::Pay(payment(rng, PENDING_CARD)));
            wishes.push(second_thought(rng));
        }
        _ => wishes.push(Command::Pay(payment(rng, GOOD_CARD))),
    }
    wishes
}

/// What a traveller may say whose bank takes its time.
fn second_thought(rng: &mut Rng) -> Command {
    match rng.u8(0..4) {
        0 => Command::Cancel,
        1 => Command::Pay(payment(rng, PENDING_CARD)),
        _ => Command::Pay(payment(rng, GOOD_CARD)),
    }
}

fn any_command(rng: &mut Rng, leg: &str) -> Command {
    match rng.u8(0..4) {
        0 => Command::Pay(payment(rng, GOOD_CARD)),
        1 => Command::Cancel,
        2 => Command::AddLeg(car(rng, leg)),
        _ => Command::DropLeg(any_leg(rng)),
    }
}

fn any_leg(rng: &mut Rng) -> &'static str {
    ["out", "hotel", "car", "extra"][rng.usize(0..4)]
}

fn flight(rng: &mut Rng) -> Value {
    json!({"id": "out", "kind": "flight", "simulate": leg_script(rng), "spec": {
        "from": "GRU", "to": "LIS", "date": "2027-03-01", "passengers": 2,
    }})
}

fn hotel(rng: &mut Rng) -> Value {
    json!({"id": "hotel", "kind": "hotel", "simulate": leg_script(rng), "spec": {
        "city": "LIS", "check_in": "2027-03-01", "check_out": "2027-03-15", "guests": 2,
    }})
}

fn car(rng: &mut Rng, id: &str) -> Value {
    json!({"id": id, "kind": "car", "simulate": leg_script(rng), "spec": {
        "city": "LIS", "pick_up": "2027-03-01", "drop_off": "2027-03-15",
    }})
}

fn payment(rng: &mut Rng, card: &str) -> Value {
    let actions = ["authorize", "capture", "void", "refund", "withdraw"];
    json!({"token": card, "simulate": script(rng, &actions)})
}

fn leg_script(rng: &mut Rng) -> Value {
    script(rng, &["hold", "confirm", "release"])
}

/// Mostly all goes well; sometimes a supplier refuses, is down or slow, or its answer is lost.
fn script(rng: &mut Rng, actions: &[&str]) -> Value {
    let mut script = Map::new();
    for action in actions {
        let fault = match rng.u8(0..40) {
            0 => "refuse".to_owned(),
            1 => "unavailable".to_owned(),
            2 => "unavailable:1".to_owned(),
            3 => "lost".to_owned(),
            4 => "lost:1".to_owned(),
            5..=8 => format!("slow:{}", rng.u8(0..12)),
            _ => continue,
        };
        script.insert((*action).to_owned(), fault.into());
    }
    script.into()
}
