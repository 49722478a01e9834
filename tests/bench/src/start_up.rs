//! Starts every program of the template, turn by turn with an empty one, so that whatever else the
//! machine does disturbs them all alike.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::dynamodb::{DynamoDb, refusing_url};
use crate::functions::{self, Function};
use crate::instructions::Counter;
use crate::launch::Launch;
use crate::runtime_api::RuntimeApi;
use crate::size;
use crate::table::{self, Column, millions, milliseconds, p50};

const RUNS: usize = 50;
const WARM_UPS: usize = 5;
const NOTHING: &str = "-";
/// Starting one program takes about this long, with all its runs and under valgrind.
const SECONDS_EACH: usize = 3;

/// A program that is measured.
struct Row {
    program: String,
    handler: String,
    launch: Launch,
    /// Whether it opens a connection to DynamoDB before it asks for its first event.
    connects: bool,
    /// How long its starts took while DynamoDB refused every connection.
    starts: Vec<Duration>,
    /// How long they took with a connection to DynamoDB.
    connected: Vec<Duration>,
    /// The most memory that each start took.
    memory: Vec<u64>,
}

/// What the programs talk to.
struct Mocks {
    api: RuntimeApi,
    dynamodb: DynamoDb,
    refusing: String,
}

/// Measures the programs in a folder, and prints a table.
pub(crate) fn measure(programs: &Path) -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (there, missing): (Vec<_>, Vec<_>) = functions::deployed(&root, programs)?
        .into_iter()
        .partition(|function| function.program.is_file());
    let count = there.len() + 1;
    println!(
        "{count} programs, {RUNS} starts of each, turn by turn; {}  (usually {} s)",
        machine(),
        count * SECONDS_EACH
    );
    let mocks = Mocks::listen().map_err(|problem| format!("cannot listen: {problem}"))?;
    let all = [functions::hello(programs)].into_iter().chain(there);
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for function in all {
        match mocks.warm_up(&function) {
            Ok(row) => rows.push(row),
            Err(problem) => problems.push(format!("{}: {problem}", function.id)),
        }
    }
    for _ in 0..RUNS {
        for row in &mut rows {
            row.start_once(&mocks)?;
        }
    }
    report(&rows, &missing, &mocks)?;
    match problems.as_slice() {
        [] => Ok(()),
        problems => Err(problems.join("\nbench: ")),
    }
}

impl Mocks {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            api: RuntimeApi::listen()?,
            dynamodb: DynamoDb::listen()?,
            refusing: refusing_url()?,
        })
    }

    /// Starts a program a few times, and finds out whether it connects to DynamoDB.
    fn warm_up(&self, function: &Function) -> Result<Row, String> {
        let mut row = Row {
            program: file_name(&function.program),
            handler: function.handler.clone(),
            launch: Launch {
                program: function.program.clone(),
                environment: function.environment.clone(),
            },
            connects: false,
            starts: Vec::new(),
            connected: Vec::new(),
            memory: Vec::new(),
        };
        let before = self.dynamodb.connections();
        for _ in 0..WARM_UPS {
            row.with_dynamodb_at(&self.dynamodb.url())
                .start(&self.api, &[])?;
        }
        row.connects = self.dynamodb.connections() > before;
        Ok(row)
    }
}

impl Row {
    fn start_once(&mut self, mocks: &Mocks) -> Result<(), String> {
        let started = self
            .with_dynamodb_at(&mocks.refusing)
            .start(&mocks.api, &[])?;
        self.starts.push(started.took);
        self.memory.extend(started.peak_memory());
        drop(started);
        if self.connects {
            let connected = self.with_dynamodb_at(&mocks.dynamodb.url());
            self.connected.push(connected.start(&mocks.api, &[])?.took);
        }
        Ok(())
    }

    fn with_dynamodb_at(&self, url: &str) -> Launch {
        let mut launch = self.launch.clone();
        let variable = "AWS_ENDPOINT_URL_DYNAMODB".to_owned();
        launch.environment.insert(variable, url.to_owned());
        launch
    }

    fn cells(&self, hello: Duration, counter: Option<Counter>, mocks: &Mocks) -> Vec<String> {
        let typical = p50(&self.starts);
        let counted = |counter: Counter| {
            let launch = self.with_dynamodb_at(&mocks.refusing);
            counter.count(&launch, &mocks.api)
        };
        let mut memory = self.memory.clone();
        memory.sort_unstable();
        let memory = memory.get(memory.len() / 2).copied();
        let connected = Some(p50(&self.connected)).filter(|_| self.connects);
        let number = |count: Option<u64>| count.map_or_else(|| NOTHING.to_owned(), millions);
        vec![
            self.program.clone(),
            self.handler.clone(),
            milliseconds(typical),
            milliseconds(self.starts.iter().min().copied().unwrap_or_default()),
            format!("{:.2}", typical.as_secs_f64() / hello.as_secs_f64()),
            connected.map_or_else(|| NOTHING.to_owned(), milliseconds),
            number(counter.and_then(|counter| counted(counter).ok())),
            number(memory),
            number(size::of(&self.launch.program).ok()),
            number(size::compressed(&self.launch.program).ok()),
        ]
    }
}

fn report(rows: &[Row], missing: &[Function], mocks: &Mocks) -> Result<(), String> {
    let hello = rows.first().map(|hello| p50(&hello.starts));
    let hello = hello.ok_or("the empty program was not measured")?;
    let counter = Counter::find();
    let found = counter.as_ref().ok().copied();
    let columns = [
        Column::Words("program"),
        Column::Words("handler"),
        Column::Figures("p50 ms"),
        Column::Figures("min ms"),
        Column::Figures("x hello"),
        Column::Figures("connected ms"),
        Column::Figures("M instructions"),
        Column::Figures("memory MB"),
        Column::Figures("size MB"),
        Column::Figures("gzip MB"),
    ];
    let cells = rows.iter().map(|row| row.cells(hello, found, mocks));
    let cells: Vec<_> = cells.collect();
    println!();
    table::print(&columns, &cells);
    println!();
    explain(rows, missing, &counter);
    Ok(())
}

/// What the columns mean, and what is not in the table.
fn explain(rows: &[Row], missing: &[Function], counter: &Result<Counter, String>) {
    println!("p50 and min: from the start of the process to its first request for an event");
    if rows.iter().any(|row| row.connects) {
        println!("connected: p50 with the connection to DynamoDB; p50 and min are without it");
    } else {
        println!("connected: no program opens a connection to DynamoDB before that request");
    }
    match counter {
        Ok(counter) => println!("instructions: one start under {}", counter.name()),
        Err(reason) => println!("skipped: instructions; {reason}"),
    }
    if rows.iter().any(|row| row.memory.is_empty()) {
        println!("skipped: memory; this system has no /proc/<pid>/status with VmHWM");
    }
    if rows
        .iter()
        .any(|row| size::compressed(&row.launch.program).is_err())
    {
        println!("skipped: compressed size; gzip is not installed");
    }
    for function in missing {
        let program = function.program.display();
        println!("skipped: {}; there is no program {program}", function.id);
    }
}

/// The machine's cores, and how busy they are before this begins.
fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    match load.split(' ').next() {
        Some(load) if !load.is_empty() => format!("{cores} cores, load {load}"),
        _ => format!("{cores} cores"),
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
