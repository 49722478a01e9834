//! Carries out what the rules decide: read, decide, write on the condition that nothing has changed,
//! and from the start again where something has.
//!
//! A call acts once: its answer is written under its key in the same transaction as its effect, so
//! the second call, at the same instant or a day later, finds it and gives the same answer.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use holdfast_core::time::Timestamp;
use holdfast_kit::clock::Clock;
use holdfast_kit::rehearsal::Simulation;

use crate::account::Purse;
use crate::answer::Answer;
use crate::carrier;
use crate::catalogue::{self, Prices, Stock};
use crate::credit;
use crate::leg::{self, Terms};
use crate::outage::Switches;
use crate::payment::{self, Card, Payment, PaymentOrder, PaymentStep};
use crate::report::Reporter;
use crate::request::{Call, Order};
use crate::seal::Seal;
use crate::store::{Address, Outcome, Store, StoreError};
use crate::verdict::{Kept, Move, Turn, Verdict};

/// How often a call is tried against others that want the same thing.
const TRIES: u32 = 10;
const FIRST_PAUSE_MS: u64 = 8;
const LONGEST_PAUSE_MS: u64 = 250;
/// How long a call is tried: the caller does not wait for ever.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// How the suppliers behave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How long an offer's price holds.
    pub offer: Duration,
    /// How many hundredths of its usual price a thing costs.
    pub price_percent: u32,
    /// How long a hold lasts.
    pub hold: Duration,
    /// How many places a resource has.
    pub capacity: u32,
    /// The probability that a call without a script goes wrong.
    pub chaos: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            offer: Duration::from_secs(900),
            price_percent: 100,
            hold: Duration::from_secs(900),
            capacity: 100_000,
            chaos: 0.0,
        }
    }
}

/// How accounts pay.
#[derive(Clone, Copy, Debug)]
pub struct AccountPayments {
    /// After how long what is reserved and not captured is given back.
    pub reservation: Duration,
    /// Whether scripted faults happen.
    pub simulation: Simulation,
}

/// The suppliers: their table, their clock and how they behave.
#[derive(Clone)]
pub struct Supplies {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) switches: Switches,
    pub(crate) reporter: Option<Reporter>,
    /// Set where accounts pay, and no cards.
    pub(crate) accounts: Option<AccountPayments>,
    /// Seals offers; without it offers promise nothing.
    pub(crate) seal: Option<Seal>,
    clock: Clock,
}

/// A call that got no answer of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// Surely nothing was done.
    #[error("nothing was done: {0}")]
    Nothing(String),
    /// It may have been done.
    #[error("it may have been done: {0}")]
    Unknown(String),
}

impl Supplies {
    /// Suppliers whose table is `table`, by the clock of the machine.
    pub fn new(client: Client, table: impl Into<String>, settings: Settings) -> Self {
        Self {
            store: Store::new(client, table.into()),
            settings,
            switches: Switches::default(),
            reporter: None,
            accounts: None,
            seal: None,
            clock: Clock::system(),
        }
    }

    /// Payments from the accounts in the authorizer's table, by the clock of the machine.
    pub fn of_accounts(client: Client, table: impl Into<String>, terms: AccountPayments) -> Self {
        Self {
            accounts: Some(terms),
            ..Self::new(client, table, Settings::default())
        }
    }

    /// The same, and what a bank decides later is reported.
    #[must_use]
    pub fn with_reporter(self, reporter: Reporter) -> Self {
        let reporter = Some(reporter);
        Self { reporter, ..self }
    }

    /// The same, and offers are sealed with this key: their prices hold for a while.
    #[must_use]
    pub fn with_offers_sealed_by(self, key: &str) -> Self {
        let seal = Some(Seal::new(key));
        Self { seal, ..self }
    }

    /// The same by another clock.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Does what a call asks, once. With a scripted refusal it gives that instead, unless the key has
    /// an answer already.
    pub(crate) async fn act(
        &self,
        call: &Call,
        scripted: Option<Answer>,
    ) -> Result<Answer, Trouble> {
        if let Some(refusal) = scripted {
            return self.until_decided(|| self.try_to_say(call, &refusal)).await;
        }
        match &call.order {
            Order::Leg(order) => {
                let address = Address::leg(&order.booking, &order.leg);
                let decide = |current: Option<&_>, now| {
                    let reference = catalogue::reference(catalogue::prefix(order.kind));
                    leg::decide(current, order, self.terms(now), reference)
                };
                self.carry_out(call, &address, decide).await
            }
            Order::Payment(order) => self.until_decided(|| self.try_to_pay(call, order)).await,
            Order::Shipment(order) => {
                let address = Address::shipment(&order.order);
                let decide = |current: Option<&_>, now| {
                    carrier::decide(current, order, now, catalogue::reference(carrier::PREFIX))
                };
                self.carry_out(call, &address, decide).await
            }
            Order::Credit(order) => {
                let answer = credit::decide(order, &catalogue::reference(credit::PREFIX));
                self.until_decided(|| self.try_to_say(call, &answer)).await
            }
        }
    }

    fn terms(&self, now: Timestamp) -> Terms<'_> {
        Terms {
            now,
            hold: self.settings.hold,
            capacity: self.settings.capacity,
            prices: self.prices(now),
            seal: self.seal.as_ref(),
        }
    }

    /// What things cost at this moment.
    pub(crate) fn prices(&self, now: Timestamp) -> Prices {
        let percent = self.settings.price_percent;
        Prices { now, percent }
    }

    async fn carry_out<T: Kept>(
        &self,
        call: &Call,
        address: &Address,
        decide: impl Fn(Option<&T>, Timestamp) -> Verdict<T>,
    ) -> Result<Answer, Trouble> {
        self.until_decided(|| self.try_once(call, address, &decide))
            .await
    }

    /// One try; `None` if another writer was first, or another took the account's money since it was read.
    async fn try_to_pay(
        &self,
        call: &Call,
        order: &PaymentOrder,
    ) -> Result<Option<Answer>, StoreError> {
        let purse = self.purse(&order.step).await?;
        let decide = |current: Option<&Payment>, now| {
            let terms = payment::Terms {
                now,
                reference: catalogue::reference(payment::PREFIX),
                purse: &purse,
            };
            payment::decide(current, order, terms)
        };
        let address = Address::payment(order.owner.id());
        self.try_once(call, &address, &decide).await
    }

    /// Who pays.
    async fn purse(&self, step: &PaymentStep) -> Result<Purse, StoreError> {
        let Some(terms) = self.accounts else {
            return Ok(Purse::Cards);
        };
        let PaymentStep::Authorize {
            card: Card::Account(account),
            ..
        } = step
        else {
            return Ok(Purse::NoAccount);
        };
        let account = self.store.account(account, self.now()).await?;
        Ok(account.map_or(Purse::NoAccount, |account| {
            Purse::Account(Box::new(account), terms.reservation)
        }))
    }

    /// Tries until it is decided, for as long as the caller is kept waiting.
    pub(crate) async fn until_decided<T, F>(&self, once: impl Fn() -> F) -> Result<T, Trouble>
    where
        F: Future<Output = Result<Option<T>, StoreError>>,
    {
        let mut doubt = None;
        let mut last = String::from("too many want the same at once");
        let started = Instant::now();
        for attempt in 0..TRIES {
            if started.elapsed() > PATIENCE {
                break;
            }
            if attempt > 0 {
                tokio::time::sleep(pause(attempt)).await;
            }
            match once().await {
                Ok(Some(decided)) => return Ok(decided),
                Ok(None) => {}
                Err(StoreError::Nothing(reason)) => last = reason,
                Err(StoreError::Unknown(reason)) => doubt = Some(reason),
                Err(StoreError::Unreadable(reason)) => return Err(Trouble::Unknown(reason)),
            }
        }
        Err(match doubt {
            Some(reason) => Trouble::Unknown(reason),
            None => Trouble::Nothing(last),
        })
    }

    /// Gives an answer that depends on nothing that is kept; `None` if another writer was first.
    async fn try_to_say(&self, call: &Call, answer: &Answer) -> Result<Option<Answer>, StoreError> {
        if let Some(kept) = self.store.kept_answer(call.key.as_str()).await? {
            return Ok(Some(kept.given_again(&call.asked())));
        }
        let outcome = self.store.keep(call, answer, self.now()).await?;
        Ok((outcome == Outcome::Written).then(|| answer.clone()))
    }

    /// One try; `None` if another writer was first and it has to be decided anew.
    async fn try_once<T: Kept>(
        &self,
        call: &Call,
        address: &Address,
        decide: &impl Fn(Option<&T>, Timestamp) -> Verdict<T>,
    ) -> Result<Option<Answer>, StoreError> {
        let kept = self.store.kept_answer(call.key.as_str());
        let (kept, current) = tokio::try_join!(kept, self.store.read::<T>(address))?;
        if let Some(kept) = kept {
            return Ok(Some(kept.given_again(&call.asked())));
        }
        let now = self.now();
        let (answer, outcome) = match decide(current.as_ref(), now) {
            Verdict::Keep(answer) => {
                let outcome = self.store.keep(call, &answer, now).await?;
                (answer, outcome)
            }
            Verdict::Change { to, moves, answer } => {
                let outcome = self
                    .store
                    .change(call, &answer, address, &to, &moves, now)
                    .await?;
                self.write_lines(&outcome, &moves).await;
                (answer, outcome)
            }
        };
        match outcome {
            Outcome::Written => Ok(Some(answer)),
            Outcome::Overtaken => Ok(None),
            Outcome::SoldOut(stock) if self.store.reclaim(&stock, now).await? => Ok(None),
            Outcome::SoldOut(stock) => {
                let answer = self.sold_out(call, &stock).await?;
                let outcome = self.store.keep(call, &answer, now).await?;
                Ok((outcome == Outcome::Written).then_some(answer))
            }
        }
    }
}

impl Supplies {
    /// The refusal of a call for places that are gone, by how many are left now.
    async fn sold_out(&self, call: &Call, stock: &Stock) -> Result<Answer, StoreError> {
        let taken = self.store.taken(&stock.name).await?;
        let left = self.settings.capacity.saturating_sub(taken);
        Ok(match &call.order {
            Order::Leg(order) => leg::sold_out(order.kind, stock.count, left),
            _ => Answer::refused("sold out"),
        })
    }

    /// Turns a thing by a switch, which has no key: turning it twice is turning it once.
    pub(crate) async fn switch<T: Kept>(
        &self,
        address: &Address,
        turn: impl Fn(Option<T>, Timestamp) -> Turn<T>,
    ) -> Result<Result<T, Answer>, Trouble> {
        self.until_decided(|| self.try_to_switch(address, &turn))
            .await
    }

    async fn try_to_switch<T: Kept>(
        &self,
        address: &Address,
        turn: &impl Fn(Option<T>, Timestamp) -> Turn<T>,
    ) -> Result<Option<Result<T, Answer>>, StoreError> {
        let current = self.store.read::<T>(address).await?;
        let (to, moves) = match turn(current, self.now()) {
            Turn::Refused(answer) => return Ok(Some(Err(answer))),
            Turn::Already(thing) => return Ok(Some(Ok(thing))),
            Turn::To(to, moves) => (to, moves),
        };
        let outcome = self.store.settle(address, &to, &moves).await?;
        self.write_lines(&outcome, &moves).await;
        Ok((outcome == Outcome::Written).then_some(Ok(to)))
    }
}

impl Supplies {
    /// Writes the lines of the accounts' statements for what is done. The next to use the account writes
    /// a line that is missing.
    async fn write_lines(&self, outcome: &Outcome, moves: &[Move]) {
        if *outcome != Outcome::Written {
            return;
        }
        for one in moves {
            let Move::Account(moved) = one else { continue };
            if let Err(problem) = self.store.write_line(moved).await {
                let account = moved.account.as_str();
                tracing::warn!(%problem, account, "the line is not written yet");
            }
        }
    }
}

/// Longer each time, and never the same for two who wait.
fn pause(attempt: u32) -> Duration {
    let longest = (FIRST_PAUSE_MS << attempt).min(LONGEST_PAUSE_MS);
    Duration::from_millis(fastrand::u64(1..=longest))
}
