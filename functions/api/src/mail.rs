//! Letters about accounts: the API puts a request into the queue of letters. A request for a letter with a
//! one-time link names the link and holds no token; the letters' function works it out when it sends.

use std::time::Duration;

use holdfast_core::failure::Failure;
use holdfast_core::hex::hex;
use holdfast_core::time::Timestamp;
use holdfast_core::trace::TraceId;
use holdfast_kit::queue::Queue;
use holdfast_letters::links::{Purpose, token};
use serde_json::{Value, json};

use crate::customers::{Customers, LINK_FOR, LinkToken, Profile};
use crate::keys::KeyRing;
use crate::random;

const REQUESTED: &str = "letter_requested";
const ASKING: &str = "asking for a letter";
/// The letters' function does nothing about it.
const NOTHING: &str = "no_letter";

/// Sends letters about accounts.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The queue of letters.
    pub queue: Queue,
    /// The secret of one-time links.
    pub keys: KeyRing,
}

impl Mail {
    /// Tells a customer that their password is another.
    pub(crate) async fn password_changed(
        &self,
        profile: &Profile,
        generation: u32,
        now: Timestamp,
        trace: &TraceId,
    ) -> Result<(), Failure> {
        let about = format!("password.{generation}");
        let data = json!({"at": now});
        let letter = request(profile, &about, "password_changed", &data, trace);
        self.send(REQUESTED, &letter).await
    }

    /// Sends a one-time link to a customer. Where there is no customer, the same is done in the same order, and no
    /// letter comes of it: neither the answer nor its time tells whether there is such a customer.
    pub(crate) async fn link(
        &self,
        customers: &Customers,
        purpose: Purpose,
        customer: Option<&Profile>,
        now: Timestamp,
        trace: &TraceId,
    ) -> Result<(), Failure> {
        let keys = self.keys.keys().await?;
        let id = hex(&random::bytes()?);
        let made = token(keys.current.hmac(), purpose, &id).parse::<LinkToken>();
        let made = made.map_err(|problem| Failure::unavailable("a link", problem))?;
        let nobody = random::customer()?;
        let owner = customer.map_or(&nobody, |profile| &profile.customer_id);
        customers.keep_link(&made, purpose, owner, now).await?;
        let data = json!({"purpose": purpose, "link": id, "key": keys.current.id(), "ends": now + LINK_FOR});
        match customer {
            Some(profile) => {
                let letter = request(profile, &format!("link.{id}"), "link", &data, trace);
                self.send(REQUESTED, &letter).await
            }
            None => {
                self.send(NOTHING, &json!({"id": format!("nobody/{id}")}))
                    .await
            }
        }
    }

    async fn send(&self, name: &str, detail: &Value) -> Result<(), Failure> {
        let message = json!({"detail-type": name, "detail": detail});
        let sent = self.queue.send(&message, Duration::ZERO, ASKING);
        sent.await
    }
}

fn request(profile: &Profile, about: &str, kind: &str, data: &Value, trace: &TraceId) -> Value {
    let customer = &profile.customer_id;
    json!({
        "id": format!("{customer}/{about}"),
        "trace_id": trace,
        "to": {"customer": {"id": customer, "email": profile.email}},
        "kind": kind,
        "data": data,
    })
}
