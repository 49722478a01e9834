//! Those who act while an execution goes its way: travellers, time, wake-ups, steps that were given
//! up, an operator, a bank, and someone who stops the execution or starts another.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use holdfast_booking::commands::CommandRequest;
use holdfast_booking::desk::Errand;
use holdfast_booking::store::WakeUp;
use holdfast_booking_rules::action::Action;
use holdfast_booking_rules::booking::{BookingStatus, PaymentStatus, Snapshot};
use holdfast_booking_rules::desk::waiting_work;
use holdfast_booking_rules::unwinding::{Participant, Work};
use holdfast_core::failure::Failure;
use holdfast_kit::batch::{Attributes, Batch, Message};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::cloud::arn;
use super::hand::linger;
use super::round::Round;
use super::trip::Command;
use super::world::TRAVELLERS;
use crate::support::Bench;
use crate::support::zombie::{Late, Zombie};

/// How often a traveller looks whether the booking listens.
const PATIENT: u32 = 100;
/// How often a traveller says the same, if the booking does not take it yet.
const INSISTENT: u32 = 5;

/// All rivals of a round, at work.
pub(crate) fn all(round: &Arc<Round>, rng: &mut Rng) -> JoinSet<()> {
    let mut rivals = JoinSet::new();
    for (place, wishes) in round.trip.travellers.iter().enumerate() {
        rivals.spawn(travel(round.clone(), place, wishes.clone(), rng.fork()));
    }
    rivals.spawn(pass_time(round.clone(), rng.fork()));
    rivals.spawn(raise(round.clone(), rng.fork()));
    rivals.spawn(decide_at_the_bank(round.clone(), rng.fork()));
    if rng.u8(0..6) == 0 {
        rivals.spawn(stop(round.clone(), rng.fork()));
    }
    if rng.u8(0..12) == 0 {
        rivals.spawn(start_another(round.clone(), rng.fork()));
    }
    if rng.u8(0..8) == 0 {
        rivals.spawn(release(round.clone(), rng.fork()));
    }
    if rng.u8(0..4) == 0 {
        rivals.spawn(meddle(round.clone(), rng.fork()));
    }
    rivals
}

async fn pause(rng: &mut Rng, most: u64) {
    tokio::time::sleep(Duration::from_millis(rng.u64(0..most))).await;
}

/// A traveller says what they wish, mostly when the booking listens, and again if it does not yet.
async fn travel(round: Arc<Round>, place: usize, wishes: Vec<Command>, mut rng: Rng) {
    for wish in wishes {
        let (request, what) = request(&round, &wish);
        if rng.u8(0..12) == 0 {
            linger(&mut rng).await;
            round.count(&["zombie", "command"]);
            round.bury(give_up(&round, request, &mut rng).await);
            continue;
        }
        let most = if rng.u8(0..8) == 0 { 1 } else { INSISTENT };
        for _ in 0..most {
            if most > 1 {
                until_it_listens(&round).await;
            }
            linger(&mut rng).await;
            if say(&round, place, &request, what, &wish).await {
                break;
            }
            pause(&mut rng, 30).await;
        }
    }
}

async fn until_it_listens(round: &Round) {
    for _ in 0..PATIENT {
        if round.world.cloud.listens(&round.id) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn request(round: &Round, wish: &Command) -> (Value, &'static str) {
    let (mut request, what) = match wish {
        Command::Pay(payment) => (json!({"payment": payment}), "pay"),
        Command::Cancel => (json!({}), "cancel"),
        Command::AddLeg(leg) => (json!({"leg": leg}), "add_leg"),
        Command::DropLeg(leg) => (json!({"leg": leg}), "drop_leg"),
    };
    request["command"] = what.into();
    request["booking_id"] = json!(round.id);
    (request, what)
}

/// Says something; what is refused must not have been heard by any execution. Tells whether there is
/// no need to say it again.
async fn say(round: &Round, place: usize, request: &Value, what: &str, wish: &Command) -> bool {
    let (world, caller) = (&round.world, TRAVELLERS[place]);
    let request = CommandRequest::read(request).unwrap();
    let heard = world.cloud.heard(caller);
    let answer = world.commands(&world.bench, place).take(&request).await;
    let was_heard = world.cloud.heard(caller) > heard;
    match answer {
        Ok(_) => {
            round.count(&["command", what, "accepted"]);
            // The same leg may have been refused before.
            round.refused.lock().unwrap().clear();
            true
        }
        Err(failure) => {
            round.count(&["command", what, failure.name()]);
            let is_final = !matches!(failure, Failure::Unavailable(_));
            assert!(!(is_final && was_heard), "{}: {what}: {failure}", round.id);
            if let (true, Command::AddLeg(leg)) = (is_final, wish) {
                let id = leg["id"].as_str().unwrap().parse().unwrap();
                round.refused.lock().unwrap().push(id);
            }
            !matches!(failure, Failure::Conflict(_) | Failure::Unavailable(_))
        }
    }
}

/// The function that takes a command is held up.
async fn give_up(round: &Arc<Round>, request: Value, rng: &mut Rng) -> Zombie {
    let late = [Late::Delivery, Late::Write][rng.usize(0..2)];
    let other = round.clone();
    let act = |bench: Bench| async move {
        let request = CommandRequest::read(&request).unwrap();
        let commands = other.world.commands(&bench, TRAVELLERS.len() - 1);
        drop(commands.take(&request).await);
    };
    Zombie::of(&round.world.bench, late, act).await
}

/// Time passes in leaps, and wake-ups come: those that were ordered, and others for any deadline.
async fn pass_time(round: Arc<Round>, mut rng: Rng) {
    let longest = [10, 100, 500][rng.usize(0..3)];
    for _ in 0..rng.u8(0..6) {
        pause(&mut rng, 60).await;
        round.pass(rng.u64(0..longest));
        round.wake(&mut rng).await;
        if rng.u8(0..4) == 0 {
            let late = Duration::from_secs(rng.u64(0..300));
            let wake_up = WakeUp {
                id: round.id.clone(),
                generation: rng.u32(1..4),
                due: round.world.bench.clock.now() - late,
                trace_id: None,
            };
            round.deliver(&wake_up).await;
        }
    }
}

/// Steps that were given up act, at any time.
async fn raise(round: Arc<Round>, mut rng: Rng) {
    for _ in 0..rng.u8(4..16) {
        pause(&mut rng, 25).await;
        if let Some(zombie) = round.dig_up(&mut rng) {
            zombie.acts().await;
        }
    }
}

/// A bank that is asked decides sooner or later, and reports it or not.
async fn decide_at_the_bank(round: Arc<Round>, mut rng: Rng) {
    for _ in 0..rng.u8(0..16) {
        pause(&mut rng, 25).await;
        let Some(snapshot) = find(&round).await else {
            continue;
        };
        let payment = &snapshot.payment.state;
        if payment.status != PaymentStatus::Pending {
            continue;
        }
        let decision = ["approve", "approve", "decline"][rng.usize(0..3)];
        let path = format!("/bank/{}/{decision}", round.id);
        round
            .world
            .bench
            .tell_suppliers(&path, "none", json!({}))
            .await;
        if rng.bool() {
            let decisions = round.world.decisions(&round.world.bench);
            drop(decisions.learn(&round.id, payment.attempts).await);
        }
        return;
    }
}

async fn find(round: &Round) -> Option<Snapshot> {
    round.world.bench.store.find(&round.id).await.unwrap()
}

/// The execution is stopped.
async fn stop(round: Arc<Round>, mut rng: Rng) {
    pause(&mut rng, 400).await;
    round.world.cloud.stop(&arn(round.id.as_str()));
}

/// An operator starts an execution that takes the booking up, though it may not be needed.
async fn start_another(round: Arc<Round>, mut rng: Rng) {
    pause(&mut rng, 400).await;
    if find(&round).await.is_some() {
        round.count(&["taken up by hand"]);
        round.world.cloud.start(&format!("{}.by-hand", round.id));
    }
}

/// A stray step releases a leg, whether or not a traveller dropped it.
async fn release(round: Arc<Round>, mut rng: Rng) {
    pause(&mut rng, 400).await;
    let Some(snapshot) = find(&round).await else {
        return;
    };
    if let Some(leg) = rng.choice(&snapshot.legs) {
        let (bench, id) = (&round.world.bench, leg.id.as_str());
        let released = bench.leg(&round.id, leg.kind, id, leg.order, Action::Release);
        let told = released
            .await
            .err()
            .map_or("done", |failure| failure.name());
        round.count(&["stray release", told]);
    }
}

/// An operator does something before it is asked for.
async fn meddle(round: Arc<Round>, mut rng: Rng) {
    for _ in 0..rng.u8(1..4) {
        pause(&mut rng, 200).await;
        operate(&round, &mut rng).await;
    }
}

/// After the end: what waits is seen to, or not, and all that was given up acts.
pub(crate) async fn aftermath(round: &Arc<Round>, rng: &mut Rng) {
    let attended = rng.u8(0..3) > 0;
    while let Some(zombie) = round.dig_up(rng) {
        round.count(&["zombie acts after the end"]);
        if !(attended && rng.bool()) {
            zombie.acts().await;
            continue;
        }
        let mut other = rng.fork();
        tokio::join!(zombie.acts(), operate(round, &mut other));
    }
    while attended && round.status().await == BookingStatus::NeedsAttention {
        operate(round, rng).await;
    }
}

/// An operator, or the automatic redrive, sees to what waits.
async fn operate(round: &Round, rng: &mut Rng) {
    let Some(snapshot) = find(round).await else {
        return;
    };
    match rng.u8(0..8) {
        0..=3 => redrive(round, rng).await,
        4 => {
            let errand = errand(round, None);
            let supplier = &round.world.bench.supplier;
            let report = round.world.clerk("ana").redrive(&errand, supplier).await;
            round.count(&[
                "desk redrive",
                if report.is_ok() { "done" } else { "refused" },
            ]);
        }
        5 => abandon(round).await,
        _ => resolve(round, &snapshot, rng).await,
    }
}

fn errand(round: &Round, part: Option<String>) -> Errand {
    Errand {
        part,
        reason: Some("by hand".to_owned()),
        ..Errand::all_of(round.id.clone())
    }
}

/// The messages of the queue come.
pub(crate) async fn redrive(round: &Round, rng: &mut Rng) {
    for item in round.world.cloud.take_errands() {
        if item.id != round.id {
            continue;
        }
        let body = serde_json::to_string(&item).unwrap();
        let message = Message {
            message_id: "m".to_owned(),
            receipt_handle: "receipt".to_owned(),
            body,
            attributes: Attributes {
                approximate_receive_count: rng.u32(1..9).to_string(),
            },
        };
        let batch = Batch {
            records: vec![message],
        };
        let answer = round.world.automatic().consume(batch).await.unwrap();
        let failed = !answer.batch_item_failures.is_empty();
        round.count(&["redrive", if failed { "failed" } else { "done" }]);
    }
}

async fn abandon(round: &Round) {
    let abandoned = round.world.clerk("ben").abandon(&errand(round, None)).await;
    let told = abandoned.as_ref().err().map_or("done", Failure::name);
    round.count(&["desk abandon", told]);
}

/// Does what waits at the suppliers' own counters, and says so.
async fn resolve(round: &Round, snapshot: &Snapshot, rng: &mut Rng) {
    if snapshot.booking.state.status != BookingStatus::NeedsAttention {
        return;
    }
    let mut work = waiting_work(snapshot);
    let part = rng
        .bool()
        .then(|| rng.choice(&work).map(|work| work.leg.clone()))
        .flatten();
    work.retain(|work| part.as_ref().is_none_or(|part| work.leg == *part));
    for work in &work {
        do_by_hand(round, snapshot, work).await;
    }
    let resolved = round.world.clerk("ben").resolve(&errand(round, part)).await;
    let told = resolved.as_ref().err().map_or("done", Failure::name);
    round.count(&["desk resolve", told]);
}

/// The supplier does it for a person who asks, whatever is scripted.
async fn do_by_hand(round: &Round, snapshot: &Snapshot, work: &Work) {
    let (id, action) = (&round.id, work.action);
    let attempt = snapshot.payment.state.attempts;
    let (path, body) = match work.kind {
        Participant::Leg(kind) => (
            format!("/{kind}/{action}"),
            json!({"booking": id, "leg": work.leg}),
        ),
        Participant::Payment => (
            format!("/payment/{action}"),
            json!({"booking": id, "attempt": attempt, "amount": snapshot.booking.state.amount}),
        ),
    };
    let key = format!("{id}/{}.{attempt}/{action}-by-hand", work.leg);
    round.world.bench.tell_suppliers(&path, &key, body).await;
}
