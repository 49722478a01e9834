//! What an end means for the customer's money: what was paid, and what comes back.

use holdfast_core::language::Language;
use holdfast_core::money::Money;
use serde::{Deserialize, Serialize};

use super::pick;

/// How a payment stands, in the words of bookings and orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// Nothing was paid or tried.
    None,
    /// The supplier has not decided yet.
    Pending,
    /// The money is reserved.
    Authorized,
    /// The money is taken.
    Captured,
    /// The supplier would not.
    Declined,
    /// The reservation of the money is undone.
    Voided,
    /// The money was given back.
    Refunded,
    /// A part of the money was given back.
    PartlyRefunded,
    /// Could not be undone.
    ReleaseFailed,
    /// May have been done: the supplier did not say.
    Unknown,
}

/// Whether the customer has what they wished for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gets {
    /// They have it, and owe the money.
    All,
    /// They do not, and owe nothing.
    Nothing,
}

impl Payment {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::None,
        Self::Pending,
        Self::Authorized,
        Self::Captured,
        Self::Declined,
        Self::Voided,
        Self::Refunded,
        Self::PartlyRefunded,
        Self::ReleaseFailed,
        Self::Unknown,
    ];

    /// Whether money was taken or reserved at any time, or may have been.
    pub fn concerns_money(self) -> bool {
        !matches!(self, Self::None | Self::Declined)
    }

    /// The word that is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pending => "pending",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::Voided => "voided",
            Self::Refunded => "refunded",
            Self::PartlyRefunded => "partly_refunded",
            Self::ReleaseFailed => "release_failed",
            Self::Unknown => "unknown",
        }
    }
}

/// What becomes of the money, in sentences.
pub fn sentences(
    gets: Gets,
    payment: Payment,
    amount: Option<&Money>,
    language: Language,
) -> String {
    let amount = match amount {
        Some(amount) => language.money(amount),
        None => pick(language, "the amount", "o valor").to_owned(),
    };
    let text = match gets {
        Gets::All => of_what_they_get(payment, language),
        Gets::Nothing => of_what_they_do_not_get(payment, language),
    };
    text.replace("{}", &amount)
}

/// What comes back for what was given back of a booked trip.
pub fn refunded(refund: &Money, payment: Payment, language: Language) -> String {
    let is_back = matches!(payment, Payment::Refunded | Payment::PartlyRefunded);
    let text = match refund.amount {
        0 => pick(
            language,
            "By the terms of your trip no money comes back for it now.",
            "Pelas condições da viagem, nenhum valor é devolvido agora.",
        ),
        _ if is_back => pick(
            language,
            "{} goes back to you, the way you paid. Your bank may take up to ten days to show it.",
            "{} volta para você, pelo mesmo meio de pagamento. \
             Seu banco pode levar até dez dias para mostrar o estorno.",
        ),
        _ => pick(
            language,
            "{} has not gone back to you yet. We are working on it and will contact you.",
            "{} ainda não voltou para você. Estamos cuidando disso e entraremos em contato.",
        ),
    };
    text.replace("{}", &language.money(refund))
}

fn of_what_they_get(payment: Payment, language: Language) -> &'static str {
    match payment {
        Payment::Captured => pick(language, "You have paid {}.", "Você pagou {}."),
        Payment::PartlyRefunded | Payment::Refunded => pick(
            language,
            "You have paid {}. Money for what you cancelled goes back to you.",
            "Você pagou {}. O valor do que você cancelou volta para você.",
        ),
        _ => pick(
            language,
            "We have not received {} yet. Please do not pay a second time. We will contact you.",
            "Ainda não recebemos {}. Não pague outra vez. Entraremos em contato.",
        ),
    }
}

fn of_what_they_do_not_get(payment: Payment, language: Language) -> &'static str {
    match payment {
        Payment::None => pick(language, "No money was taken.", "Nada foi cobrado."),
        Payment::Declined => pick(
            language,
            "Your payment was declined. No money was taken.",
            "Seu pagamento foi recusado. Nada foi cobrado.",
        ),
        Payment::Voided => pick(
            language,
            "We had reserved {} with your bank. The reservation is cancelled. No money was taken. \
             Your bank may show the reservation for a few more days.",
            "Reservamos {} no seu banco. A reserva do valor foi cancelada. Nada foi cobrado. \
             Seu banco ainda pode mostrar a reserva por alguns dias.",
        ),
        Payment::Refunded => pick(
            language,
            "You had paid {}. The whole amount goes back to you, the way you paid. \
             Your bank may take up to ten days to show it.",
            "Você pagou {}. O valor inteiro volta para você, pelo mesmo meio de pagamento. \
             Seu banco pode levar até dez dias para mostrar o estorno.",
        ),
        Payment::PartlyRefunded => pick(
            language,
            "You had paid {}. A part of it goes back to you, by the terms of your trip.",
            "Você pagou {}. Uma parte volta para você, pelas condições da viagem.",
        ),
        Payment::Captured => pick(
            language,
            "You have paid {}. The money has not gone back to you yet. We are working on it and will contact you.",
            "Você pagou {}. O dinheiro ainda não voltou para você. Estamos cuidando disso e entraremos em contato.",
        ),
        Payment::Pending | Payment::Authorized | Payment::ReleaseFailed | Payment::Unknown => pick(
            language,
            "We tried to reserve {} with your bank. We could not confirm yet that the reservation is cancelled. \
             We are working on it and will contact you.",
            "Tentamos reservar {} no seu banco. Ainda não conseguimos confirmar que a reserva foi cancelada. \
             Estamos cuidando disso e entraremos em contato.",
        ),
    }
}
