//! What makes no sense ends with the dead letters, and holds up nothing behind it.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::Message;
use holdfast_booking_rules::booking::BookingStatus;
use holdfast_tests::{Stack, Trip, eventually, fresh_name, output};

use crate::desk::CALLS_OF_THE_STATE_MACHINE;
use crate::outbox::{all_come, listen};

/// Long enough for all the tries of a queue, and for a few pauses of the desk.
const A_FEW_PAUSES: Duration = Duration::from_secs(150);

/// Looks for a message of the dead-letter queue, and leaves all others there.
pub(crate) async fn dead_letter(
    stack: &Stack,
    url: &str,
    is: impl Fn(&Message) -> bool,
) -> Message {
    let found = eventually("the dead letter", A_FEW_PAUSES, async || {
        let asked = stack
            .sqs
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(10)
            .visibility_timeout(1)
            .wait_time_seconds(1);
        let received = asked.message_system_attribute_names(
            aws_sdk_sqs::types::MessageSystemAttributeName::ApproximateReceiveCount,
        );
        let messages = received.send().await.unwrap().messages.unwrap_or_default();
        messages.into_iter().find(&is)
    })
    .await;
    let handle = found.receipt_handle().unwrap();
    let deleted = stack.sqs.delete_message().queue_url(url);
    deleted.receipt_handle(handle).send().await.unwrap();
    found
}

#[tokio::test]
async fn an_error_that_makes_no_sense_ends_with_the_dead_letters_and_holds_up_no_other() {
    let stack = Stack::connect().await;
    let queue = output("SAGA_ERRORS_QUEUE_URL");
    let poison = format!("{{\"nonsense\": \"{}\"", fresh_name("poison"));
    let sent = stack.sqs.send_message().queue_url(&queue);
    sent.message_body(&poison).send().await.unwrap();
    let outage = format!("unavailable:{CALLS_OF_THE_STATE_MACHINE}");
    let trip = Trip::sample()
        .simulate("hotel", "release", &outage)
        .simulate("car", "confirm", "refuse");
    let ended = stack.book("behind", &trip).await;
    eventually("the message behind it", A_FEW_PAUSES, async || {
        let snapshot = stack.booking(&ended.name).await;
        (snapshot.booking.state.status == BookingStatus::Failed).then_some(())
    })
    .await;
    let dead = output("SAGA_ERRORS_DEAD_LETTERS_URL");
    let letter = dead_letter(&stack, &dead, |message| message.body() == Some(&*poison)).await;
    assert_eq!(letter.body(), Some(&*poison));
}

#[tokio::test]
async fn a_wake_up_that_makes_no_sense_ends_with_the_dead_letters_and_holds_up_no_other() {
    let stack = Stack::connect().await;
    let poison = format!("{{\"booking_id\": \"{}\"", fresh_name("poison"));
    let sent = stack
        .sqs
        .send_message()
        .queue_url(output("TIMER_QUEUE_URL"));
    sent.message_body(&poison).send().await.unwrap();
    let ended = stack
        .book("behind", &Trip::flight().unpaid().held_for(3))
        .await;
    assert_eq!(ended.output["status"], "expired", "{ended:?}");
    let dead = output("TIMER_DEAD_LETTERS_URL");
    let letter = dead_letter(&stack, &dead, |message| message.body() == Some(&*poison)).await;
    assert_eq!(letter.body(), Some(&*poison));
}

#[tokio::test]
async fn a_record_that_is_no_event_ends_with_the_dead_letters_and_holds_up_no_other() {
    let stack = Stack::connect().await;
    let (poison, name) = (fresh_name("poison"), fresh_name("behind"));
    let url = listen(&stack, &name).await;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = stack
        .dynamodb
        .put_item()
        .table_name(output("BOOKINGS_TABLE"));
    let put = put.item("pk", text(&format!("BOOKING#{poison}")));
    put.item("sk", text("EVENT#now#nonsense"))
        .send()
        .await
        .unwrap();
    stack
        .end_of(&stack.start(&name, &Trip::flight().0).await)
        .await;
    all_come(&stack, &name, &url).await;
    let dead = output("PUBLISHER_DEAD_LETTERS_URL");
    let names_it = |message: &Message| message.body().is_some_and(|body| body.contains(&poison));
    dead_letter(&stack, &dead, names_it).await;
}
