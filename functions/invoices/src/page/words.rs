//! The languages of the page.

use std::str::FromStr;

use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;

/// A language that the page can be written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Portuguese, as in Brazil.
    PtBr,
    /// English.
    #[default]
    En,
}

/// The text names no language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be pt-BR or en")]
pub struct NotALanguage;

/// The words of the page.
pub(super) struct Words {
    pub(super) invoice: &'static str,
    pub(super) issued_on: &'static str,
    pub(super) cancelled: &'static str,
    pub(super) credit_note: &'static str,
    pub(super) customer: &'static str,
    pub(super) customer_number: &'static str,
    pub(super) deliver_to: &'static str,
    pub(super) order: &'static str,
    pub(super) sku: &'static str,
    pub(super) product: &'static str,
    pub(super) quantity: &'static str,
    pub(super) price: &'static str,
    pub(super) amount: &'static str,
    pub(super) total: &'static str,
}

const PORTUGUESE: Words = Words {
    invoice: "Fatura",
    issued_on: "Emitida em",
    cancelled: "CANCELADA",
    credit_note: "nota de crédito",
    customer: "Cliente",
    customer_number: "Cliente nº",
    deliver_to: "Entrega",
    order: "Pedido",
    sku: "Código",
    product: "Produto",
    quantity: "Qtd.",
    price: "Preço",
    amount: "Valor",
    total: "Total",
};

const ENGLISH: Words = Words {
    invoice: "Invoice",
    issued_on: "Issued on",
    cancelled: "CANCELLED",
    credit_note: "credit note",
    customer: "Customer",
    customer_number: "Customer no.",
    deliver_to: "Deliver to",
    order: "Order",
    sku: "Item no.",
    product: "Product",
    quantity: "Qty",
    price: "Price",
    amount: "Amount",
    total: "Total",
};

impl FromStr for Language {
    type Err = NotALanguage;
    fn from_str(text: &str) -> Result<Self, NotALanguage> {
        match text {
            "pt-BR" => Ok(Self::PtBr),
            "en" => Ok(Self::En),
            _ => Err(NotALanguage),
        }
    }
}

impl Language {
    /// All of them.
    pub const ALL: &[Self] = &[Self::PtBr, Self::En];

    /// Its name in HTML.
    pub fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
        }
    }

    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::PtBr => &PORTUGUESE,
            Self::En => &ENGLISH,
        }
    }

    /// A day as it is written: `10/01/2027`, or `2027-01-10`, which no English reader takes for
    /// another day.
    pub(super) fn date(self, at: Timestamp) -> String {
        let moment = at.to_string();
        let day = moment.split('T').next().unwrap_or_default();
        match self {
            Self::PtBr => {
                let mut parts: Vec<_> = day.split('-').collect();
                parts.reverse();
                parts.join("/")
            }
            Self::En => day.to_owned(),
        }
    }

    /// An amount as it is written: `BRL 1.842,00`, `BRL 1,842.00`.
    pub(super) fn money(self, money: &Money) -> String {
        let (thousands, decimal) = match self {
            Self::PtBr => ('.', ','),
            Self::En => (',', '.'),
        };
        let (whole, cents) = (money.amount / 100, money.amount % 100);
        let whole = grouped(whole, thousands);
        let currency = super::text::escaped(&money.currency);
        format!("{currency} {whole}{decimal}{cents:02}")
    }
}

/// A number with a mark between each three digits.
fn grouped(number: u64, mark: char) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_days_are_written_as_each_language_does() {
        let without_marks = |text: String| text.replace("<bdi>", "").replace("</bdi>", "");
        let money =
            |language: Language, amount| without_marks(language.money(&Money::new(amount, "BRL")));
        assert_eq!(money(Language::PtBr, 184_200), "BRL 1.842,00");
        assert_eq!(money(Language::En, 123_456_789), "BRL 1,234,567.89");
        assert_eq!(money(Language::En, 5), "BRL 0.05");
        let at: Timestamp = "2027-01-10T23:00:00Z".parse().unwrap();
        assert_eq!(Language::PtBr.date(at), "10/01/2027");
        assert_eq!(Language::En.date(at), "2027-01-10");
    }

    #[test]
    fn a_language_is_known_by_its_tag() {
        for language in Language::ALL {
            assert_eq!(language.tag().parse(), Ok(*language));
        }
        assert_eq!("fr".parse::<Language>(), Err(NotALanguage));
    }
}
