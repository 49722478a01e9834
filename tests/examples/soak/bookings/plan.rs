//! What a traveller wants, by chance.

use std::time::Duration;

use fastrand::Rng;
use holdfast_tests::Trip;
use serde_json::json;

const GOOD: &str = "tok_visa";
const BAD: &[&str] = &["tok_declined", "tok_insufficient_funds"];
/// Its bank wants to ask the traveller first.
const PENDING: &str = "tok_pending";
/// Long enough for a traveller who means to pay, and short enough to wait for if a word gets lost.
const TIME_TO_PAY: u32 = 120;

/// A trip, and what its traveller does once it is held.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What the plan is called in the report.
    pub(crate) name: &'static str,
    /// The execution's input.
    pub(crate) trip: Trip,
    /// What is done while the booking waits, in order.
    pub(crate) acts: Vec<Act>,
    /// What is given back once the trip is booked, in order: the first leg that is left, or all.
    pub(crate) gives_back: &'static [Part],
}

/// A part of a booked trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    FirstLeg,
    Rest,
}

/// One thing that a traveller does.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Think(Duration),
    Pay(&'static str),
    /// At the traveller's bank, once that has been asked.
    Decide(&'static str),
    AddInsurance,
    DropFirstLeg,
    Cancel,
    Leave,
}

impl Plan {
    /// Draws a plan.
    pub(crate) fn draw(chance: &mut Rng) -> Self {
        let trip = some_legs(chance);
        let waits = trip.clone().unpaid();
        let think = Act::Think(Duration::from_millis(chance.u64(0..2500)));
        let bad = BAD[chance.usize(..BAD.len())];
        let plan = |name, trip, acts| Self {
            name,
            trip,
            acts,
            gives_back: &[],
        };
        match chance.u8(0..100) {
            0..18 => plan("pays up front", trip, vec![]),
            18..24 => Self {
                gives_back: &[Part::Rest],
                ..plan("booked, gives it back", trip, vec![])
            },
            24..30 => Self {
                gives_back: &[Part::FirstLeg, Part::Rest],
                ..plan("booked, gives it back by parts", trip, vec![])
            },
            30..38 => {
                let decision = ["approve", "approve?report=lost", "decline"][chance.usize(..3)];
                let acts = vec![Act::Pay(PENDING), Act::Decide(decision), Act::Pay(GOOD)];
                plan("its bank decides later", waits, acts)
            }
            38..40 => plan("its bank never decides", trip.paid_with(PENDING), vec![]),
            40..48 => plan("pays up front, declined", trip.paid_with(bad), vec![]),
            48..60 => plan("pays later", waits, vec![think, Act::Pay(GOOD)]),
            60..68 => {
                let acts = vec![Act::Pay(bad), think, Act::Pay(GOOD)];
                plan("declined, pays again", waits, acts)
            }
            68..76 => {
                let acts = vec![Act::AddInsurance, think, Act::DropFirstLeg, Act::Pay(GOOD)];
                plan("chooses, then pays", waits, acts)
            }
            76..84 => plan("cancels", waits, vec![think, Act::Cancel]),
            84..92 => {
                let seconds = chance.u32(2..8);
                plan("lets it expire", waits.held_for(seconds), vec![Act::Leave])
            }
            _ => {
                // Both at about the time when the hold ends.
                let acts = vec![
                    Act::Think(Duration::from_millis(chance.u64(1500..3500))),
                    Act::Pay(GOOD),
                ];
                plan("pays at the last moment", waits.held_for(4), acts)
            }
        }
    }
}

fn some_legs(chance: &mut Rng) -> Trip {
    let mut trip = Trip::sample().held_for(TIME_TO_PAY);
    let legs = trip.0["legs"].as_array().unwrap();
    let count = chance.usize(1..=3);
    let wanted = chance.choose_multiple(legs.iter().cloned(), count);
    trip.0["legs"] = json!(wanted);
    trip
}
