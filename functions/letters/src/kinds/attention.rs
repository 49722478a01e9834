//! Something waits at the desk: to the operators.

use holdfast_core::language::Language;
use holdfast_core::money::Money;
use serde::{Deserialize, Serialize};

use super::money::Payment;
use super::{Kind, pick};
use crate::rules::preferences::Topic;
use crate::writing::Page;

/// What sort of saga waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saga {
    /// A booking.
    Booking,
    /// An order.
    Order,
}

/// A saga that waits at the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    /// What sort of saga it is.
    pub saga: Saga,
    /// Its id.
    pub id: String,
    /// Why it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How its payment stands.
    pub payment: Payment,
    /// What the customer paid, or was to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

impl Kind for Attention {
    const NAME: &'static str = "attention";

    fn topic(&self) -> Option<Topic> {
        None
    }

    fn page(&self, language: Language) -> Page {
        let saga = match self.saga {
            Saga::Booking => pick(language, "Booking", "Reserva"),
            Saga::Order => pick(language, "Order", "Pedido"),
        };
        let waits = pick(language, "needs attention", "precisa de atenção");
        let unknown = pick(language, "not known", "desconhecido");
        let amount = self.amount.as_ref();
        let amount = amount.map_or_else(|| unknown.to_owned(), |amount| language.money(amount));
        let reason = self.reason.clone().unwrap_or_else(|| unknown.to_owned());
        let row = |english, portuguese, value: String| {
            (pick(language, english, portuguese).to_owned(), value)
        };
        Page::new(format!("{saga} {} {waits}", self.id))
            .text(pick(
                language,
                "A part of it could not be done or undone. It waits at the desk.",
                "Uma parte não pôde ser feita ou desfeita. Ela espera na mesa de operações.",
            ))
            .rows(vec![
                (saga.to_owned(), self.id.clone()),
                row("Reason", "Motivo", reason),
                row("Payment", "Pagamento", self.payment.as_str().to_owned()),
                row("Amount", "Valor", amount),
            ])
            .text(
                pick(
                    language,
                    "See what is left: holdfast desk show {}. The automatic redrive goes on trying for a while.",
                    "Veja o que falta: holdfast desk show {}. As novas tentativas automáticas continuam por algum tempo.",
                )
                .replace("{}", &self.id),
            )
    }
}
