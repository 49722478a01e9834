//! Books the sample trip on the local stack, one after another and then several at once.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use holdfast_tests::{Stack, Trip, fresh_name};

use crate::table::{self, Column, milliseconds, p50};

const WARM_UPS: usize = 3;
const ALONE: usize = 20;
const TOGETHER: usize = 60;
const AT_ONCE: usize = 8;

/// Measures, and prints a table.
pub(crate) fn measure() -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|problem| format!("no runtime: {problem}"))?;
    runtime.block_on(book_all())
}

async fn book_all() -> Result<(), String> {
    let stack = Stack::connect().await;
    tell(&format!("{WARM_UPS} trips to warm up"), "10 s");
    book(&stack, WARM_UPS, 1).await?;
    tell(&format!("{ALONE} trips, one after another"), "30 s");
    let alone = book(&stack, ALONE, 1).await?;
    tell(&format!("{TOGETHER} trips, {AT_ONCE} at once"), "60 s");
    let together = book(&stack, TOGETHER, AT_ONCE).await?;
    let columns = [
        Column::Words("sample trip"),
        Column::Figures("trips"),
        Column::Figures("p50 ms"),
        Column::Figures("max ms"),
        Column::Figures("trips a second"),
    ];
    println!();
    let rows = [
        alone.cells("one after another".to_owned()),
        together.cells(format!("{AT_ONCE} at once")),
    ];
    table::print(&columns, &rows);
    println!("\nms: from the start of the execution to its end, as Step Functions tells them");
    Ok(())
}

/// Says what is done and how long that usually takes.
fn tell(what: &str, usually: &str) {
    println!("{what}  (usually {usually})");
    // A failure to print is no reason not to measure.
    let _ = io::stdout().flush();
}

/// What some trips took.
struct Trips {
    each: Vec<Duration>,
    all: Duration,
}

impl Trips {
    fn cells(&self, how: String) -> Vec<String> {
        let longest = self.each.iter().max().copied().unwrap_or_default();
        #[allow(clippy::cast_precision_loss)] // a few dozen
        let rate = self.each.len() as f64 / self.all.as_secs_f64();
        vec![
            how,
            self.each.len().to_string(),
            milliseconds(p50(&self.each)),
            milliseconds(longest),
            format!("{rate:.2}"),
        ]
    }
}

async fn book(stack: &Stack, count: usize, at_once: usize) -> Result<Trips, String> {
    let began = Instant::now();
    let trips = stream::iter(0..count).map(|_| book_one(stack));
    let each = trips.buffer_unordered(at_once).try_collect().await?;
    let all = began.elapsed();
    Ok(Trips { each, all })
}

/// Books one trip; tells how long its execution took.
async fn book_one(stack: &Stack) -> Result<Duration, String> {
    let name = fresh_name("bench");
    let arn = stack.start(&name, &Trip::sample().0).await;
    let ended = stack.end_of(&arn).await;
    if ended.output["status"] != "booked" {
        let (status, output) = (ended.status, ended.output);
        return Err(format!("{name} ended as {status} with {output}"));
    }
    let described = stack.step_functions.describe_execution();
    let described = described.execution_arn(arn).send().await;
    let execution = described.map_err(|problem| format!("{name}: {problem:?}"))?;
    let ended = execution.stop_date.ok_or(format!("{name} has no end"))?;
    let took = ended.as_secs_f64() - execution.start_date.as_secs_f64();
    Duration::try_from_secs_f64(took).map_err(|problem| format!("{name}: {problem}"))
}
