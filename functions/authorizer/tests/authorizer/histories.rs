//! Random histories, up to 64 movements at once on one account: purchases, repetitions, credits, money
//! put aside, taken and given back. After each round the account adds up to the cent, nothing is negative,
//! and the order of the statement explains every answer.
//!
//! `HOLDFAST_ROUNDS` says how many rounds; 10,000 take a few minutes.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::TransactWriteItem;
use holdfast_authorizer::accounts::{Accounts, key_of};
use holdfast_authorizer::authorizer::Answer;
use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_authorizer_rules::movement::{Code, Kind, Line, Movement, Particulars};
use holdfast_core::ids::AccountId;
use holdfast_core::time::Timestamp;

use crate::bank::{Bank, body};

const ROUNDS: usize = 200;
const MOST_AT_ONCE: usize = 64;
/// After so many rounds an account gets a successor, so that statements stay short.
const ROUNDS_PER_ACCOUNT: usize = 10;

/// Money that was put aside.
#[derive(Clone)]
struct Aside {
    name: String,
    category: Category,
    amount: u64,
}

/// What a round does.
enum Act {
    Purchase(String),
    Credit(String, &'static str, u64),
    /// Puts aside, takes, or gives back.
    Move(String, Movement),
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_at_once_some_order_explains_it_and_it_is_the_one_in_the_table() {
    let rounds = std::env::var("HOLDFAST_ROUNDS").ok();
    let rounds = rounds.map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let seed = fastrand::u64(..);
    eprintln!("seed {seed}, {rounds} rounds");
    let mut random = fastrand::Rng::with_seed(seed);
    let bank = Bank::new().await;
    let workers: Vec<_> = (0..8).map(|_| bank.another()).collect();
    let (mut history, mut asked) = (History::default(), 0);
    for round in 0..rounds {
        if round % ROUNDS_PER_ACCOUNT == 0 {
            history = History::new(&bank, round).await;
        }
        let at_once = {
            let most = random.usize(1..=MOST_AT_ONCE);
            random.usize(1..=most)
        };
        let acts: Vec<_> = (0..at_once)
            .map(|_| history.act(&mut random, bank.now()))
            .collect();
        asked += acts.len();
        let account = history.account();
        let doing = acts.into_iter().enumerate().map(|(number, act)| {
            let worker = workers[number % workers.len()].clone();
            let (accounts, account, now) = (bank.accounts.clone(), account.clone(), bank.now());
            tokio::spawn(async move {
                match act {
                    Act::Purchase(body) => Done::Answer(body.clone(), worker.ask(&body).await),
                    Act::Credit(id, category, amount) => {
                        credit(&accounts, &account, &id, category, amount, now).await;
                        Done::Credited(id, amount)
                    }
                    Act::Move(name, movement) => {
                        let done = transact(&accounts, &account, &movement).await;
                        Done::Moved(name, movement, done)
                    }
                }
            })
        });
        for done in doing.collect::<Vec<_>>() {
            history.learn(done.await.unwrap());
        }
        bank.settle(&account).await;
        let lines = bank.check(&account).await;
        history.check(&lines, &bank.account(&account).await);
    }
    eprintln!(
        "{rounds} rounds, {asked} movements: every sum agrees, and every order explains its answers"
    );
}

/// What came of an act.
enum Done {
    Answer(String, Answer),
    Credited(String, u64),
    Moved(String, Movement, bool),
}

/// What is known of an account from outside.
#[derive(Default)]
struct History {
    account: Option<AccountId>,
    next: usize,
    /// Bodies, and the code that each was answered.
    answers: BTreeMap<String, Code>,
    credits: BTreeMap<String, u64>,
    aside: Vec<Aside>,
    taken: Vec<Aside>,
    ended: BTreeMap<String, Kind>,
}

impl History {
    async fn new(bank: &Bank, number: usize) -> Self {
        let opening = [("FOOD", 30_000), ("MEAL", 10_000), ("CASH", 20_000)];
        let account = bank.open(&format!("account-{number}"), &opening).await;
        let credits = opening.map(|(category, amount)| (format!("opening-{category}"), amount));
        Self {
            account: Some(account),
            credits: credits.into(),
            ..Self::default()
        }
    }

    fn account(&self) -> AccountId {
        self.account.clone().unwrap()
    }

    fn act(&mut self, random: &mut fastrand::Rng, now: Timestamp) -> Act {
        self.next += 1;
        let name = format!("act-{}", self.next);
        match random.u8(0..20) {
            0 => Act::Credit(
                name,
                random.choice(["FOOD", "MEAL", "CASH"]).unwrap(),
                random.u64(1..9_000),
            ),
            // A repetition, of a credit too.
            1 if !self.credits.is_empty() => {
                let (id, amount) = random.choice(self.credits.iter()).unwrap();
                let mut category = ["FOOD", "MEAL", "CASH"].into_iter();
                let category = category.find(|name| id.ends_with(name));
                match category {
                    Some(category) => Act::Credit(id.clone(), category, *amount),
                    None => self.purchase(name, random),
                }
            }
            2..=4 if !self.answers.is_empty() => {
                Act::Purchase(random.choice(self.answers.keys()).unwrap().clone())
            }
            5 | 6 => {
                let amount = random.u64(1..5_000);
                let category = random.choice(["FOOD", "CASH"]).unwrap().parse().unwrap();
                let movement = movement(&name, Kind::Reserve, category, amount, 0, now);
                Act::Move(name, movement)
            }
            7 | 8 if !self.aside.is_empty() => {
                let aside = self.aside.swap_remove(random.usize(..self.aside.len()));
                let (amount, reserved) = (random.u64(0..=aside.amount), aside.amount);
                let movement = match random.bool() {
                    true => movement(
                        &name,
                        Kind::Capture,
                        aside.category,
                        amount.max(1),
                        reserved,
                        now,
                    ),
                    false => movement(&name, Kind::Release, aside.category, reserved, 0, now),
                };
                Act::Move(aside.name, movement)
            }
            9 if !self.taken.is_empty() => {
                let taken = self.taken.swap_remove(random.usize(..self.taken.len()));
                let movement = movement(&name, Kind::Refund, taken.category, taken.amount, 0, now);
                Act::Move(taken.name, movement)
            }
            _ => self.purchase(name, random),
        }
    }

    fn purchase(&self, name: String, random: &mut fastrand::Rng) -> Act {
        let mcc = random.choice(["5411", "5812", "9999"]).unwrap();
        let merchant = random.choice(["A", "UBER EATS", "PAG*B"]).unwrap();
        Act::Purchase(body(
            &name,
            &self.account(),
            random.u64(1..4_000),
            mcc,
            merchant,
        ))
    }

    fn learn(&mut self, done: Done) {
        match done {
            Done::Answer(body, answer) => {
                assert_ne!(answer.code, Code::Refused, "{body}: {answer:?}");
                let before = self.answers.insert(body.clone(), answer.code);
                assert!(before.is_none_or(|before| before == answer.code), "{body}");
            }
            Done::Credited(id, amount) => {
                self.credits.insert(id, amount);
            }
            Done::Moved(name, movement, false) => {
                assert_eq!(
                    movement.kind,
                    Kind::Reserve,
                    "only money can be missing: {name}"
                );
            }
            Done::Moved(name, movement, true) => {
                let aside = Aside {
                    name: name.clone(),
                    category: movement.category,
                    amount: movement.amount.0,
                };
                match movement.kind {
                    Kind::Reserve => self.aside.push(aside),
                    Kind::Capture => self.taken.push(aside),
                    kind => {
                        self.ended.insert(name, kind);
                    }
                }
            }
        }
    }

    /// Whether the table says what we were told.
    fn check(&self, lines: &[Line], account: &Account) {
        let said: BTreeMap<_, _> = lines
            .iter()
            .filter_map(|line| Some((line.id.clone()?, line)))
            .collect();
        for (body, code) in &self.answers {
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            let line = said[body["id"].as_str().unwrap()];
            assert_eq!(line.code, *code, "{line:?}");
        }
        let sum = |all: &[Aside]| all.iter().map(|aside| aside.amount).sum::<u64>();
        assert_eq!(account.credited.0, self.credits.values().sum::<u64>());
        assert_eq!(account.reserved.0, sum(&self.aside));
        assert_eq!(account.captured.0, sum(&self.taken));
    }
}

fn movement(
    name: &str,
    kind: Kind,
    category: Category,
    amount: u64,
    reserved: u64,
    at: Timestamp,
) -> Movement {
    Movement {
        key: key_of(name),
        kind,
        code: Code::Approved,
        category,
        amount: Cents(amount),
        reserved: Cents(reserved),
        at,
        mark: "booking b-1".to_owned(),
    }
}

async fn credit(
    accounts: &Accounts,
    account: &AccountId,
    id: &str,
    category: &str,
    amount: u64,
    now: Timestamp,
) {
    let credit = holdfast_authorizer::accounts::Credit {
        id: id.parse().unwrap(),
        category: category.parse().unwrap(),
        amount: Cents(amount),
    };
    // Very many at once: it may have to be asked for again.
    while accounts.credit(account, &credit, now).await.is_err() {}
}

/// A movement as a part of a transaction, as payments do it; false if the money is missing.
async fn transact(accounts: &Accounts, account: &AccountId, movement: &Movement) -> bool {
    loop {
        let write: TransactWriteItem = accounts.moving(account, movement).unwrap();
        let written = accounts.client().transact_write_items();
        let Err(error) = written.transact_items(write).send().await else {
            break;
        };
        let error = error.into_service_error();
        assert!(error.is_transaction_canceled_exception(), "{error:?}");
        let there = accounts.account(account).await.unwrap().unwrap();
        if there.balances.of(movement.category) < movement.amount {
            return false;
        }
    }
    let id = Some(format!("payment {}", movement.key));
    let particulars = Particulars {
        id,
        ..Particulars::default()
    };
    accounts
        .write_line(account, &movement.key, particulars)
        .await
        .unwrap();
    true
}
