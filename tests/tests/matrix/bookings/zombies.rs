//! The zombie column of bookings.

use holdfast_booking_rules::booking::{PaymentStatus, Snapshot};
use holdfast_booking_rules::event::EventName;
use holdfast_tests::{Asked, Stack};

use super::stories::{ALL, Left, Story, Word};
use crate::AT_ONCE;
use crate::replays::{Plays, haunt};

/// A booking on the stack.
struct Booking<'a> {
    stack: &'a Stack,
    story: &'static Story,
}

impl Plays for Booking<'_> {
    const AT_ONCE: usize = AT_ONCE;

    fn name(&self) -> &'static str {
        self.story.name
    }

    async fn is_played(&self, name: &str) -> String {
        let Self { stack, story } = self;
        let arn = stack.start(name, &story.trip().0).await;
        for word in story.words {
            let waits = |snapshot: &Snapshot| word.is_waited_for(snapshot);
            stack.until(name, "it waits", waits).await;
            say(stack, name, word).await.expect("the word is taken");
        }
        stack.end_of(&arn).await;
        arn
    }

    async fn goes_on(&self, name: &str, _: &Asked, wait: usize) {
        let word = &self.story.words[wait];
        drop(say(self.stack, name, word).await);
    }

    async fn check(&self, name: &str) {
        check(self.stack, name, self.story).await;
    }
}

/// The execution that waits is told how to go on. In a replay there is none, and the booking remembers.
async fn say(stack: &Stack, name: &str, word: &Word) -> Result<(), String> {
    match word {
        Word::Command(command) | Word::Instead(command) => {
            let said = stack.command(name, command()).await;
            said.map(drop).map_err(|refused| refused.message)
        }
        Word::Approve => {
            stack.bank(name, "approve").await;
            let authorized =
                |snapshot: &Snapshot| snapshot.payment.state.status == PaymentStatus::Authorized;
            stack.until(name, "it is authorized", authorized).await;
            Ok(())
        }
    }
}

async fn check(stack: &Stack, name: &str, story: &Story) {
    let snapshot = stack.booking(name).await;
    assert_eq!(snapshot.booking.state.status, story.end, "{name}");
    let audit = stack.audit(name).await;
    let mut left: Vec<_> = audit
        .iter()
        .map(|item| item["leg"].as_str().unwrap())
        .collect();
    left.sort_unstable();
    match story.left {
        Left::Nothing => assert_eq!(left, [""; 0], "{name}"),
        Left::These(legs) => assert_eq!(left, legs, "{name}"),
    }
    let history = stack.history(name).await;
    let committed = history
        .iter()
        .position(|event| event.name == EventName::Committed);
    let later = committed.map_or(&[][..], |at| &history[at..]);
    let released = later
        .iter()
        .filter(|event| event.name == EventName::LegReleased);
    assert_eq!(released.count(), 0, "{name}");
}

#[tokio::test]
async fn no_step_that_was_given_up_changes_what_becomes_of_a_trip() {
    let stack = Stack::connect().await;
    let booking = |story| Booking {
        stack: &stack,
        story,
    };
    let stories = ALL.iter().map(booking).collect();
    haunt("zombies of bookings", &stack, stories).await;
}
