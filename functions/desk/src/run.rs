//! Does what is asked.

use holdfast_booking::desk::{Clerk, Errand, Report};
use holdfast_core::failure::Failure;
use holdfast_core::ids::BookingId;

use crate::arguments::{Arguments, Command};
use crate::output::{self, tell};
use crate::settings::{self, Missing};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// Where to do it is not known.
    #[error(transparent)]
    Setting(#[from] Missing),
    /// It could not be done.
    #[error("{name}: {0}", name = .0.name())]
    Failed(#[from] Failure),
    /// It could not be told.
    #[error("cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Problem {
    /// What the program ends with.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Setting(_) => crate::MISUSED,
            Self::Failed(failure) if failure.is_invalid() => crate::MISUSED,
            _ => crate::FAILED,
        }
    }
}

/// Does what is asked, and tells whether all went well.
pub(crate) async fn run(arguments: &Arguments) -> Result<bool, Problem> {
    let clerk = settings::clerk(arguments).await?;
    match (arguments.command, &arguments.booking) {
        (Command::Show, Some(id)) => {
            let shown = clerk.show(id).await?;
            tell(arguments.json, &shown, || output::shown(&shown))?;
        }
        (Command::History, Some(id)) => {
            let events = clerk.history(id).await?;
            tell(arguments.json, &events, || output::timeline(&events))?;
        }
        (Command::List | Command::Show | Command::History, _) => {
            let waiting = clerk.list(&arguments.filter).await?;
            tell(arguments.json, &waiting, || output::listed(&waiting))?;
        }
        _ => return act(arguments, &clerk).await,
    }
    Ok(true)
}

async fn act(arguments: &Arguments, clerk: &Clerk) -> Result<bool, Problem> {
    let ids = match &arguments.booking {
        Some(id) => vec![id.clone()],
        None => {
            let waiting = clerk.list(&arguments.filter).await?.into_iter();
            waiting.map(|waiting| waiting.booking_id).collect()
        }
    };
    let mut reports = Vec::new();
    let mut well = true;
    for id in ids {
        match act_on(arguments, clerk, &id).await {
            Ok(report) => {
                well &= report.went_well();
                reports.push(report);
            }
            // In a batch the others are seen to all the same.
            Err(problem) if arguments.booking.is_none() => {
                eprintln!("desk: {id}: {problem}");
                well = false;
            }
            Err(problem) => return Err(problem),
        }
    }
    tell(arguments.json, &reports, || output::reports(&reports))?;
    Ok(well)
}

async fn act_on(
    arguments: &Arguments,
    clerk: &Clerk,
    booking_id: &BookingId,
) -> Result<Report, Problem> {
    let errand = Errand {
        id: booking_id.clone(),
        part: arguments.part.clone(),
        reason: arguments.reason.clone(),
        dry_run: arguments.dry_run,
    };
    let report = match arguments.command {
        Command::Resolve => clerk.resolve(&errand).await?,
        Command::Abandon => clerk.abandon(&errand).await?,
        _ => {
            let suppliers = settings::suppliers(arguments)?;
            clerk.redrive(&errand, &suppliers).await?
        }
    };
    Ok(report)
}
