//! What the page says, in each language.

use holdfast_core::html::escaped;
use holdfast_core::language::Language;
use holdfast_core::money::Money;

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

/// What the page says in a language.
pub(super) fn words(language: Language) -> &'static Words {
    match language {
        Language::PtBr => &PORTUGUESE,
        Language::En => &ENGLISH,
    }
}

/// An amount as it stands on the page.
pub(super) fn money(language: Language, money: &Money) -> String {
    format!(
        "{} {}",
        escaped(&money.currency),
        language.amount(money.amount)
    )
}
