//! What is asked of AWS: the clients, the calls, and the rights that they take.

use std::collections::BTreeSet;

/// Clients of AWS, and whose rights their calls take.
const CLIENTS: &[(&str, &str)] = &[
    ("aws_sdk_dynamodb::Client", "dynamodb"),
    ("aws_sdk_eventbridge::Client", "events"),
    ("aws_sdk_scheduler::Client", "scheduler"),
    ("aws_sdk_secretsmanager::Client", "secretsmanager"),
    ("aws_sdk_ses::Client", "ses"),
    ("aws_sdk_sfn::Client", "states"),
    ("aws_sdk_sqs::Client", "sqs"),
    // Signs by itself.
    ("Signer::new", "execute-api"),
];

/// Calls to AWS and the rights that they take.
const CALLS: &[(&str, &str)] = &[
    (".get_item()", "dynamodb:GetItem"),
    ("Get::builder()", "dynamodb:GetItem"),
    (".batch_get_item()", "dynamodb:BatchGetItem"),
    (".query()", "dynamodb:Query"),
    // The kit reads a partition, a whole saga, and its history, by a query.
    (".in_partition(", "dynamodb:Query"),
    ("store.load(", "dynamodb:Query"),
    ("store.history(", "dynamodb:Query"),
    (".scan()", "dynamodb:Scan"),
    (".put_item()", "dynamodb:PutItem"),
    ("Put::builder()", "dynamodb:PutItem"),
    (".update_item()", "dynamodb:UpdateItem"),
    ("Update::builder()", "dynamodb:UpdateItem"),
    (".delete_item()", "dynamodb:DeleteItem"),
    ("Delete::builder()", "dynamodb:DeleteItem"),
    ("ConditionCheck::builder()", "dynamodb:ConditionCheckItem"),
    (".describe_table()", "dynamodb:DescribeTable"),
    (".put_events()", "events:PutEvents"),
    (".create_schedule()", "scheduler:CreateSchedule"),
    (".delete_schedule()", "scheduler:DeleteSchedule"),
    (".get_schedule()", "scheduler:GetSchedule"),
    (".get_secret_value()", "secretsmanager:GetSecretValue"),
    (".send_email()", "ses:SendEmail"),
    (".send_message()", "sqs:SendMessage"),
    (".queue.send(", "sqs:SendMessage"),
    (".send_message_batch()", "sqs:SendMessage"),
    (".receive_message()", "sqs:ReceiveMessage"),
    (".delete_message()", "sqs:DeleteMessage"),
    (
        ".change_message_visibility()",
        "sqs:ChangeMessageVisibility",
    ),
    ("signer.post(", "execute-api:ManageConnections"),
    (".start_execution()", "states:StartExecution"),
    (".stop_execution()", "states:StopExecution"),
    (".describe_state_machine()", "states:DescribeStateMachine"),
    (".describe_execution()", "states:DescribeExecution"),
    (".get_execution_history()", "states:GetExecutionHistory"),
    (".send_task_success()", "states:SendTaskSuccess"),
    (".send_task_failure()", "states:SendTaskFailure"),
];

/// Whose rights the clients take that some code makes.
pub(crate) fn asked(wiring: &str) -> BTreeSet<&'static str> {
    let made = CLIENTS.iter().filter(|(client, _)| wiring.contains(client));
    made.map(|(_, service)| *service).collect()
}

/// The rights that the calls in some code take.
pub(crate) fn asked_in(source: &str) -> BTreeSet<String> {
    let found = CALLS.iter().filter(|(call, _)| source.contains(call));
    found.map(|(_, right)| (*right).to_owned()).collect()
}
