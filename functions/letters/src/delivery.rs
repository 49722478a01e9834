//! Takes messages from the queue and sends the letters that are due. A letter is claimed by a conditional
//! write before SES is asked, so of all processes that are told of it one sends it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use holdfast_core::email::{ERASED, Email};
use holdfast_core::failure::Failure;
use holdfast_core::language::Language;
use holdfast_kit::batch::{self, Answer, Batch};
use holdfast_kit::clock::Clock;
use holdfast_kit::queue::{self, Pauses, Postpones};
use holdfast_kit::race::{Try, race};

use crate::kinds::Letter;
use crate::links::Links;
use crate::post::Post;
use crate::rules::record::{again, first};
use crate::rules::{
    LetterId, Message, Outcome, Preferences, Record, Request, Status, Taken, To, Wishes,
};
use crate::store::{Letters, Store, Written};
use crate::writing::Page;

/// The pauses before a letter that could not be sent is tried again.
const PAUSES: Pauses = Pauses {
    first: Duration::from_secs(1),
};
/// After so many tries the queue gives a message up.
pub const MOST_TRIES: u32 = 10;
/// A letter is changed by few at a time.
const MOST_RACES: usize = 12;

/// Sends letters.
#[derive(Debug)]
pub struct Delivery {
    store: Store,
    post: Option<Post>,
    operator: Option<Email>,
    clock: Clock,
    links: Option<Links>,
    has_said_that_nothing_is_sent: AtomicBool,
}

impl Delivery {
    /// What sends the letters in this table, to customers and to this operator. Without a way to send,
    /// nothing is sent.
    pub fn new(store: Store, post: Option<Post>, operator: Option<Email>, clock: Clock) -> Self {
        Self {
            store,
            post,
            operator,
            clock,
            links: None,
            has_said_that_nothing_is_sent: AtomicBool::default(),
        }
    }

    /// The same, with what writes one-time links.
    #[must_use]
    pub fn with_links(self, links: Links) -> Self {
        let links = Some(links);
        Self { links, ..self }
    }

    /// Takes every message of a batch. One that fails comes again; one that makes no sense goes into the
    /// dead-letter queue, past all others.
    ///
    /// # Errors
    /// None: what failed is in the answer.
    pub async fn consume(
        &self,
        batch: Batch<batch::Message>,
        source: &impl Postpones,
    ) -> Result<Answer, Failure> {
        let pause = |tries| Some(PAUSES.after(tries));
        let take = |message, tries| Box::pin(async move { self.take(&message, tries).await });
        queue::each::<Letters, _, _>(batch, source, pause, take).await
    }

    /// Takes a message, by the number of its try.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it is to come again, [`Failure::InvalidLetter`] where it is about no
    /// letter that is known.
    pub async fn take(&self, message: &Message, tries: u32) -> Result<(), Failure> {
        match message {
            Message::Due(request) => self.deliver(request, None, tries).await,
            Message::Redriven(id) => {
                let known = self.known(id).await?;
                let request = known.request.clone();
                self.deliver(&request, Some(known), tries).await
            }
            Message::Nothing => Ok(()),
        }
    }

    async fn known(&self, id: &LetterId) -> Result<Record, Failure> {
        let found = self.store.find(id).await?;
        found.ok_or_else(|| Failure::invalid_letter("detail.id", "there is no such letter"))
    }

    async fn deliver(
        &self,
        request: &Request,
        known: Option<Record>,
        tries: u32,
    ) -> Result<(), Failure> {
        let wishes = self.wishes(request).await?;
        let Some(claimed) = self.claim(request, known, &wishes).await? else {
            return Ok(());
        };
        let outcome = self.send(&claimed.request, wishes.preferences).await;
        let is_last = tries >= MOST_TRIES;
        self.settle(claimed, &outcome, is_last).await?;
        match outcome {
            Outcome::NotNow(why) if !is_last => Err(Failure::Unavailable(why)),
            _ => Ok(()),
        }
    }

    async fn wishes(&self, request: &Request) -> Result<Wishes, Failure> {
        let wished = match request.to.customer() {
            // What is stored of a customer who is erased.
            Some(customer) if customer.email == ERASED => None,
            Some(customer) => self.store.wished(&customer.id).await?,
            None => Some(Preferences::default()),
        };
        Ok(Wishes {
            is_erased: wished.is_none(),
            preferences: wished.unwrap_or_default(),
            has_sender: self.post.is_some(),
            has_operator: self.operator.is_some(),
        })
    }

    /// Claims the letter: what is returned is to be sent by this process, and by no other.
    async fn claim(
        &self,
        request: &Request,
        known: Option<Record>,
        wishes: &Wishes,
    ) -> Result<Option<Record>, Failure> {
        let attempt = |known: Option<Record>| async move {
            let now = self.clock.now();
            let taken = match &known {
                None => first(request, wishes, now),
                Some(known) => again(known, wishes, now),
            };
            let next = match taken {
                Taken::Rests => return Ok(Try::Done(None)),
                Taken::Busy(_) => {
                    let problem = "another process is sending the letter".to_owned();
                    return Err(Failure::Unavailable(problem));
                }
                Taken::Write(next) => *next,
            };
            match self.store.write(&next).await? {
                Written::Lost(current) => Ok(Try::Lost(Some(*current))),
                Written::Done => {
                    self.tell(&next);
                    let claimed = (next.status == Status::Sending).then_some(next);
                    Ok(Try::Done(claimed))
                }
            }
        };
        race(known, MOST_RACES, attempt, busy).await
    }

    async fn send(&self, request: &Request, preferences: Preferences) -> Outcome {
        let to = match &request.to {
            To::Customer(customer) => Some(customer.email.as_str()),
            To::Operator => self.operator.as_ref().map(Email::as_str),
        };
        let (Some(to), Some(post)) = (to, &self.post) else {
            return Outcome::NotNow("there is no address".to_owned());
        };
        let language = request.language.unwrap_or(preferences.language);
        match self.page(&request.letter, language).await {
            Ok(page) => post.send(to, &page.written(language)).await,
            Err(outcome) => outcome,
        }
    }

    /// What a letter says. A link is opened at the last moment, and kept nowhere.
    async fn page(&self, letter: &Letter, language: Language) -> Result<Page, Outcome> {
        let Letter::Link(link) = letter else {
            return Ok(letter.page(language));
        };
        if link.ends <= self.clock.now() {
            return Err(Outcome::Refused("the link is over".to_owned()));
        }
        let Some(links) = &self.links else {
            return Err(Outcome::NotNow("links cannot be written".to_owned()));
        };
        let opened = links.open(link.purpose, &link.link, &link.key).await;
        let opened = opened.map_err(|failure| Outcome::NotNow(failure.to_string()))?;
        Ok(link.opened(language, &opened))
    }

    /// Writes what came of a claim. If that is not possible the letter stays `sending`, and is `unknown` once
    /// its lease is over.
    async fn settle(
        &self,
        claimed: Record,
        outcome: &Outcome,
        is_last: bool,
    ) -> Result<(), Failure> {
        let claim = claimed.claims;
        let attempt = |known: Record| async move {
            let Some(next) = known.after(claim, outcome, is_last, self.clock.now()) else {
                return Ok(Try::Done(()));
            };
            match self.store.write(&next).await? {
                Written::Lost(current) => Ok(Try::Lost(*current)),
                Written::Done => {
                    self.tell(&next);
                    Ok(Try::Done(()))
                }
            }
        };
        race(claimed, MOST_RACES, attempt, busy).await
    }

    fn tell(&self, record: &Record) {
        let (letter_id, kind) = (record.id(), record.request.letter.name());
        let (status, problem) = (record.status.as_str(), record.problem.as_deref());
        match record.status {
            Status::Sending => {}
            Status::NotSent if self.post.is_none() => self.tell_once_that_nothing_is_sent(),
            Status::Unknown | Status::Undelivered => {
                tracing::warn!(%letter_id, kind, status, problem, "a letter waits for an operator");
            }
            _ => tracing::info!(%letter_id, kind, status, problem, "a letter"),
        }
    }

    fn tell_once_that_nothing_is_sent(&self) {
        if !self
            .has_said_that_nothing_is_sent
            .swap(true, Ordering::Relaxed)
        {
            tracing::warn!("NotifyFrom is empty: no letters are sent");
        }
    }
}

fn busy() -> Failure {
    let problem = "the letter is being changed by too many at once; try again";
    Failure::Unavailable(problem.to_owned())
}
