//! A booking has ended: booked, or not.

use holdfast_core::ids::BookingId;
use holdfast_core::language::Language;
use holdfast_core::money::Money;
use serde::{Deserialize, Serialize};

use super::money::{Gets, Payment, refunded, sentences};
use super::{Kind, pick};
use crate::rules::preferences::Topic;
use crate::writing::Page;

/// How a booking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The trip is booked.
    Booked,
    /// Time won.
    Expired,
    /// The traveller wished it.
    Cancelled,
    /// A supplier or the payment would not.
    Failed,
    /// Something waits at the desk.
    NeedsAttention,
}

/// A booking that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Which booking.
    pub booking_id: BookingId,
    /// How it ended.
    pub end: End,
    /// How its payment stands.
    pub payment: Payment,
    /// What the traveller paid, or was to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// What is booked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trip: Vec<Part>,
    /// Those who travel, where they are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passengers: Vec<String>,
    /// What the customer gets for what they gave back of a booked trip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<Money>,
}

/// A leg that is booked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What sort of thing it is. A kind that is new is told by its own word.
    pub kind: String,
    /// The supplier's name for it.
    pub reference: Option<String>,
    /// What it costs.
    pub price: Option<Money>,
}

impl Kind for Booking {
    const NAME: &'static str = "booking";

    fn topic(&self) -> Option<Topic> {
        let costs = self.end == End::Booked || self.payment.concerns_money();
        (!costs).then_some(Topic::Bookings)
    }

    fn page(&self, language: Language) -> Page {
        let gets = match self.end {
            End::Booked => Gets::All,
            _ => Gets::Nothing,
        };
        Page::new(self.subject(language))
            .text(self.happened(language))
            .rows(self.rows(language))
            .text(match &self.refund {
                Some(refund) => refunded(refund, self.payment, language),
                None => sentences(gets, self.payment, self.amount.as_ref(), language),
            })
            .text(self.to_do(language))
    }
}

impl Booking {
    fn subject(&self, language: Language) -> String {
        let text = match self.end {
            End::Booked if self.refund.is_some() => {
                pick(language, "Your trip {} has changed", "Sua viagem {} mudou")
            }
            End::Booked => pick(
                language,
                "Your trip {} is booked",
                "Sua viagem {} está reservada",
            ),
            End::Cancelled => pick(
                language,
                "Your trip {} is cancelled",
                "Sua viagem {} foi cancelada",
            ),
            End::Expired | End::Failed | End::NeedsAttention => pick(
                language,
                "Your trip {} is not booked",
                "Sua viagem {} não foi reservada",
            ),
        };
        text.replace("{}", self.booking_id.as_str())
    }

    fn happened(&self, language: Language) -> &'static str {
        match self.end {
            End::Booked if self.refund.is_some() => pick(
                language,
                "You cancelled a part of your trip. The rest stays booked.",
                "Você cancelou uma parte da viagem. O resto continua reservado.",
            ),
            End::Booked => pick(
                language,
                "Your trip is booked. Every part of it is confirmed.",
                "Sua viagem está reservada. Todas as partes estão confirmadas.",
            ),
            End::Cancelled => pick(
                language,
                "Your trip is cancelled. No part of it is booked.",
                "Sua viagem foi cancelada. Nenhuma parte está reservada.",
            ),
            End::Expired => pick(
                language,
                "Your trip is not booked. The time to pay for it is over.",
                "Sua viagem não foi reservada. O prazo para pagar terminou.",
            ),
            End::Failed | End::NeedsAttention => pick(
                language,
                "Your trip is not booked. We book a trip as a whole or not at all, and a part of it did not succeed.",
                "Sua viagem não foi reservada. Reservamos a viagem inteira ou nada, e uma parte dela não deu certo.",
            ),
        }
    }

    fn rows(&self, language: Language) -> Vec<(String, String)> {
        let parts = self.trip.iter().map(|part| {
            let price = part.price.as_ref().map(|price| language.money(price));
            let told = [part.reference.clone(), price];
            let told: Vec<_> = told.into_iter().flatten().collect();
            (word(&part.kind, language).to_owned(), told.join(", "))
        });
        let mut rows: Vec<_> = parts.collect();
        if !self.passengers.is_empty() {
            let travel = pick(language, "Passengers", "Passageiros").to_owned();
            rows.push((travel, self.passengers.join("; ")));
        }
        if let (End::Booked, Some(amount), None) = (self.end, &self.amount, &self.refund) {
            rows.push(("Total".to_owned(), language.money(amount)));
        }
        let number = pick(language, "Booking", "Reserva").to_owned();
        rows.push((number, self.booking_id.to_string()));
        rows
    }

    fn to_do(&self, language: Language) -> &'static str {
        match self.end {
            End::Booked => pick(
                language,
                "You do not need to do anything. Keep this letter: its references are asked for on the way.",
                "Você não precisa fazer nada. Guarde esta mensagem: os códigos são pedidos durante a viagem.",
            ),
            _ => pick(
                language,
                "You do not need to do anything. You can book the trip again at any time.",
                "Você não precisa fazer nada. Você pode reservar a viagem de novo quando quiser.",
            ),
        }
    }
}

fn word(kind: &str, language: Language) -> &str {
    match kind {
        "flight" => pick(language, "Flight", "Voo"),
        "hotel" => pick(language, "Hotel", "Hotel"),
        "car" => pick(language, "Car", "Carro"),
        "insurance" => pick(language, "Insurance", "Seguro"),
        "train" => pick(language, "Train", "Trem"),
        other => other,
    }
}
