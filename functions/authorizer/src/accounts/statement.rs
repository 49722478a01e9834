//! The statement, newest first. Each line names the one before it, so it is read along this chain: an
//! index would cost another write for each transaction.

use std::fmt;
use std::str::FromStr;

use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::movement::{Key, Line, Particulars};
use holdfast_authorizer_rules::settling::twin;
use holdfast_core::failure::Failure;

use super::Accounts;

const LONGEST_KEY: usize = 40;

/// A place in a statement: where the next page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    seq: u64,
    key: Key,
}

/// The text is no place in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the `next` of the page before")]
pub struct NotAPlace;

/// Some lines, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The lines.
    pub lines: Vec<Line>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
}

impl Accounts {
    /// Lines of an account, newest first.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the table does not answer.
    pub async fn statement(
        &self,
        account: &Account,
        from: Option<Place>,
        limit: usize,
    ) -> Result<Page, Failure> {
        let (seq, key) = account.last.clone();
        let mut place = from.unwrap_or(Place { seq, key });
        let mut page = Page::default();
        while place.seq > 0 {
            if page.lines.len() == limit {
                page.next = Some(place);
                break;
            }
            let line = self.line_at(account, &place).await?;
            place = Place {
                seq: line.seq - 1,
                key: line.before.clone(),
            };
            page.lines.push(line);
        }
        Ok(page)
    }

    async fn line_at(&self, account: &Account, place: &Place) -> Result<Line, Failure> {
        let id = &account.account_id;
        let is_it = |line: &Line| line.seq == place.seq;
        if let Some(line) = self.line(id, &place.key).await?.filter(is_it) {
            return Ok(line);
        }
        // Its worker is about to write it.
        let entry = account.open.get(&place.key);
        if let Some(entry) = entry.filter(|entry| entry.seq() == place.seq) {
            let unknown = Particulars::default();
            return Ok(entry.line(&place.key, id, &account.customer_id, unknown));
        }
        let twin = self.line(id, &twin(&place.key, place.seq)).await?;
        twin.filter(is_it).ok_or_else(|| {
            let problem = format!("line {} is not written yet", place.seq);
            self.items.unavailable("reading the statement", problem)
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.seq, self.key)
    }
}

impl FromStr for Place {
    type Err = NotAPlace;
    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (seq, key) = text.split_once('.').ok_or(NotAPlace)?;
        let plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > LONGEST_KEY || !plain {
            return Err(NotAPlace);
        }
        Ok(Self {
            seq: seq.parse().map_err(|_| NotAPlace)?,
            key: Key(key.to_owned()),
        })
    }
}
