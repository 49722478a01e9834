//! Notifications of keys in Redis: one connection for all waiters of this process, a subscription for
//! each key that somebody waits for.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use super::resp::{Reader, Value, command, open};

/// Before a connection that broke is opened again.
const BREATH: Duration = Duration::from_millis(1);
const CHANNELS: &str = "__keyspace@0__:";

/// The notifications. A clone shares the connection.
#[derive(Clone, Debug)]
pub(crate) struct Bells(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    keys: Mutex<Keys>,
    commands: mpsc::UnboundedSender<Vec<u8>>,
}

#[derive(Debug, Default)]
struct Keys {
    bells: HashMap<String, Bell>,
    /// Waiters that asked whether a notification is on its way, answered in this order.
    asked: VecDeque<(String, oneshot::Sender<Heard>)>,
}

/// A key that is waited for.
#[derive(Debug)]
struct Bell {
    waiters: usize,
    /// Subscriptions that were asked for and are not confirmed.
    unconfirmed: usize,
    heard: watch::Sender<Heard>,
}

/// What has been heard of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Heard {
    /// Whether the subscription stands.
    stands: bool,
    /// How often the lock was deleted or expired.
    free: u64,
    /// How often a subscription was confirmed; more than once where the connection broke.
    confirmed: u64,
}

/// Why a waiter goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rung {
    /// It was told that the lock is free.
    Told,
    /// Its time is up, or notifications may have been missed.
    NotTold,
}

/// A waiter of a key.
#[derive(Debug)]
pub(crate) struct Waiter {
    bells: Bells,
    key: String,
    heard: watch::Receiver<Heard>,
    /// What had been heard before the last look.
    before: Heard,
    /// What had been heard before the last but one.
    earlier: Heard,
}

impl Bells {
    /// Opens the connection, and keeps it open.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let (commands, mut to_send) = mpsc::unbounded_channel();
        let keys = Mutex::default();
        let bells = Self(Arc::new(Shared { keys, commands }));
        let serving = bells.clone();
        tokio::spawn(async move {
            loop {
                // However it ends, the connection is opened again.
                let _ = serving.serve(address, &mut to_send).await;
                tokio::time::sleep(BREATH).await;
            }
        });
        bells
    }

    /// Begins to listen to a key.
    pub(crate) fn listen(&self, key: &str) -> Waiter {
        let mut keys = self.keys();
        let bell = keys.bells.entry(key.to_owned()).or_insert_with(Bell::new);
        if bell.waiters == 0 {
            bell.unconfirmed += 1;
            self.send(&["SUBSCRIBE", &channel(key)]);
        }
        bell.waiters += 1;
        Waiter {
            bells: self.clone(),
            key: key.to_owned(),
            heard: bell.heard.subscribe(),
            before: Heard::default(),
            earlier: Heard::default(),
        }
    }

    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, words: &[&str]) {
        // Fails only when the task is gone that sends, and with it the runtime.
        let _ = self.0.commands.send(command(words));
    }

    /// Serves by one connection, until it breaks.
    async fn serve(
        &self,
        address: SocketAddr,
        commands: &mut mpsc::UnboundedReceiver<Vec<u8>>,
    ) -> io::Result<()> {
        let (mut reader, mut writer) = open(address).await?;
        let again = self.subscribe_again(commands);
        writer.write_all(&again).await?;
        tokio::select! {
            ended = self.hear_all(&mut reader) => ended,
            ended = send_all(&mut writer, commands) => ended,
        }
    }

    /// All subscriptions, for a new connection; what was to be sent over the old one is forgotten.
    fn subscribe_again(&self, commands: &mut mpsc::UnboundedReceiver<Vec<u8>>) -> Vec<u8> {
        let mut keys = self.keys();
        while commands.try_recv().is_ok() {}
        keys.asked.clear();
        keys.bells.retain(|_, bell| bell.waiters > 0);
        let mut text = Vec::new();
        for (key, bell) in &mut keys.bells {
            bell.unconfirmed = 1;
            bell.heard.send_modify(|heard| heard.stands = false);
            text.extend(command(&["SUBSCRIBE", &channel(key)]));
        }
        text
    }

    async fn hear_all(&self, reader: &mut Reader) -> io::Result<()> {
        loop {
            if let Value::Array(values) = reader.next().await? {
                self.hear(&values);
            }
        }
    }

    fn hear(&self, values: &[Value]) {
        let texts: Vec<_> = values.iter().map(text).collect();
        let mut keys = self.keys();
        match texts.as_slice() {
            ["message", channel, "del" | "expired"] => keys.free(key(channel)),
            ["subscribe", channel, ..] => keys.confirmed(key(channel)),
            ["unsubscribe", channel, ..] => keys.left(key(channel)),
            ["pong", ..] => keys.answer(),
            _ => {}
        }
    }
}

async fn send_all(
    writer: &mut OwnedWriteHalf,
    commands: &mut mpsc::UnboundedReceiver<Vec<u8>>,
) -> io::Result<()> {
    while let Some(text) = commands.recv().await {
        writer.write_all(&text).await?;
    }
    Ok(())
}

impl Keys {
    fn free(&mut self, key: &str) {
        if let Some(bell) = self.bells.get(key) {
            bell.heard.send_modify(|heard| heard.free += 1);
        }
    }

    fn confirmed(&mut self, key: &str) {
        if let Some(bell) = self.bells.get_mut(key) {
            bell.unconfirmed = bell.unconfirmed.saturating_sub(1);
            let stands = bell.unconfirmed == 0 && bell.waiters > 0;
            bell.heard.send_modify(|heard| {
                heard.stands = stands;
                heard.confirmed += 1;
            });
        }
    }

    /// The subscription is no more, unless there is a newer one.
    fn left(&mut self, key: &str) {
        let bell = self.bells.get(key);
        if bell.is_some_and(|bell| bell.waiters == 0 && bell.unconfirmed == 0) {
            self.bells.remove(key);
        }
    }

    fn answer(&mut self) {
        if let Some((key, asked)) = self.asked.pop_front() {
            let heard = self.bells.get(&key).map(|bell| *bell.heard.borrow());
            // The one who asked may have given up.
            let _ = asked.send(heard.unwrap_or_default());
        }
    }
}

impl Bell {
    fn new() -> Self {
        Self {
            waiters: 0,
            unconfirmed: 0,
            heard: watch::Sender::default(),
        }
    }
}

impl Waiter {
    /// Waits until the subscription stands; false if it does not in time.
    pub(crate) async fn stands(&mut self, until: Instant) -> bool {
        let stands = self.heard.wait_for(|heard| heard.stands);
        matches!(timeout_at(until, stands).await, Ok(Ok(_)))
    }

    /// What is heard from here on counts for the next [`Waiter::rung`]. To be called before a look.
    pub(crate) fn listen_from_now(&mut self) {
        self.earlier = self.before;
        self.before = *self.heard.borrow_and_update();
    }

    /// Waits until there is a reason to look again.
    pub(crate) async fn rung(&mut self, until: Instant) -> Rung {
        let before = self.before;
        let reason =
            |heard: &Heard| heard.free != before.free || heard.confirmed != before.confirmed;
        match timeout_at(until, self.heard.wait_for(reason)).await {
            Ok(Ok(heard)) if heard.free != before.free => Rung::Told,
            _ => Rung::NotTold,
        }
    }

    /// Whether a notification was on its way when the last wait ended. What Redis answers now comes
    /// after all notifications that it has sent.
    pub(crate) async fn has_rung_meanwhile(&self) -> bool {
        let (asked, answer) = oneshot::channel();
        {
            let mut keys = self.bells.keys();
            keys.asked.push_back((self.key.clone(), asked));
            self.bells.send(&["PING"]);
        }
        // No answer: the connection broke, and with it the notification is lost.
        answer
            .await
            .is_ok_and(|heard| heard.free != self.earlier.free)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut keys = self.bells.keys();
        if let Some(bell) = keys.bells.get_mut(&self.key) {
            bell.waiters -= 1;
            if bell.waiters == 0 {
                bell.heard.send_modify(|heard| heard.stands = false);
                self.bells.send(&["UNSUBSCRIBE", &channel(&self.key)]);
            }
        }
    }
}

fn channel(key: &str) -> String {
    format!("{CHANNELS}{key}")
}

fn key(channel: &str) -> &str {
    channel.strip_prefix(CHANNELS).unwrap_or(channel)
}

fn text(value: &Value) -> &str {
    match value {
        Value::Bulk(Some(text)) => text,
        _ => "",
    }
}
