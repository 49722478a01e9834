//! `holdfast list`: one's own bookings.

use lexopt::prelude::*;

use super::help::Topic;
use crate::answers::{Booking, Bookings, spoken};
use crate::arguments::{Misuse, number};
use crate::client::{Api, Request, encoded, read};
use crate::exit::Exit;
use crate::output::{money, table, tell};
use crate::problem::Problem;

pub(super) const TOPIC: Topic = Topic {
    name: "list",
    about: "lists your bookings, the newest first",
    help: "\
Lists the bookings of the customer who is signed in, the newest first.

Usage: holdfast list [OPTIONS]

Options:
  --limit N        at most so many (default: 20)
  --after CURSOR   the page behind the one that named this
  --json           prints JSON
  -h, --help       this text

Example:
  holdfast list --limit 5",
};

/// The largest page of the API.
const MOST: u32 = 25;
const USUAL: u32 = 20;

/// What is asked.
#[derive(Debug)]
pub(crate) struct Asked {
    limit: u32,
    after: Option<String>,
    json: bool,
}

impl Asked {
    pub(super) fn read(mut parser: lexopt::Parser) -> Result<Self, Misuse> {
        let mut read = Self {
            limit: USUAL,
            after: None,
            json: false,
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Err(Misuse::Told(TOPIC.text())),
                Long("limit") => read.limit = number(&mut parser, "--limit", MOST)?,
                Long("after") => read.after = Some(parser.value()?.string()?),
                Long("json") => read.json = true,
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(read)
    }

    pub(super) async fn run(self) -> Result<Exit, Problem> {
        let mut api = Api::from_env()?;
        let after = self.after.as_deref();
        let after = after.map(|after| format!("&after={}", encoded(after)));
        let limit = self.limit;
        let request = Request::get(format!(
            "/bookings?limit={limit}{}",
            after.unwrap_or_default()
        ));
        let raw = api.ask(&request).await?;
        let page: Bookings = read(&request.to_string(), raw.clone())?;
        tell(self.json, &raw, || listed(&page))?;
        Ok(Exit::Done)
    }
}

fn listed(page: &Bookings) -> String {
    if page.bookings.is_empty() {
        return "no bookings; holdfast book trip.json makes one".to_owned();
    }
    let rows = page.bookings.iter().map(row);
    let mut text = table(&["BOOKING", "CREATED", "STATUS", "TOTAL", "REASON"], rows);
    if let Some(next) = &page.next {
        text.push_str(&format!("\nmore: holdfast list --after {next}"));
    }
    text
}

fn row(booking: &Booking) -> Vec<String> {
    vec![
        booking.booking_id.to_string(),
        booking.created.to_string(),
        spoken(booking.status.as_str()),
        booking.total.as_ref().map(money).unwrap_or_default(),
        booking.reason.clone().unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::tests::booking;

    #[test]
    fn a_page_names_the_next_one() {
        let page = Bookings {
            bookings: vec![booking("awaiting_payment", "held", "none")],
            next: Some("abc".to_owned()),
        };
        let text = listed(&page);
        assert!(
            text.contains("b-1") && text.contains("awaiting payment"),
            "{text}"
        );
        assert!(text.ends_with("more: holdfast list --after abc"));
    }
}
