//! An order has ended: completed, or not.

use holdfast_core::ids::OrderId;
use holdfast_core::language::Language;
use holdfast_core::money::Money;
use serde::{Deserialize, Serialize};

use super::money::{Gets, Payment, sentences};
use super::{Kind, pick};
use crate::rules::preferences::Topic;
use crate::writing::Page;

/// How an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The goods are on their way.
    Completed,
    /// The customer wished it, or time won.
    Cancelled,
    /// A participant would not.
    Failed,
    /// Something waits at the desk.
    NeedsAttention,
}

/// An order that ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which order.
    pub order_id: OrderId,
    /// How it ended.
    pub end: End,
    /// Why, if it is not completed: the step that would not, and what it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the customer gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Line>,
    /// What it costs.
    pub total: Money,
    /// How its payment stands.
    pub payment: Payment,
    /// The invoice's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice: Option<String>,
    /// The number of the credit note that cancels it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note: Option<String>,
    /// The carrier's tracking code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
}

/// So many of one product, and what they cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What all of them cost.
    pub amount: Money,
}

impl Kind for Order {
    const NAME: &'static str = "order";

    fn topic(&self) -> Option<Topic> {
        // An invoice is about money, even one that is cancelled.
        let costs =
            self.end == End::Completed || self.payment.concerns_money() || self.invoice.is_some();
        (!costs).then_some(Topic::Orders)
    }

    fn page(&self, language: Language) -> Page {
        let gets = match self.end {
            End::Completed => Gets::All,
            _ => Gets::Nothing,
        };
        Page::new(self.subject(language))
            .text(self.happened(language))
            .rows(self.rows(language))
            .text(sentences(gets, self.payment, Some(&self.total), language))
            .text(self.to_do(language))
    }
}

impl Order {
    fn subject(&self, language: Language) -> String {
        let text = match self.end {
            End::Completed => pick(
                language,
                "Your order {} is on its way",
                "Seu pedido {} está a caminho",
            ),
            End::Cancelled => pick(
                language,
                "Your order {} is cancelled",
                "Seu pedido {} foi cancelado",
            ),
            End::Failed | End::NeedsAttention => pick(
                language,
                "Your order {} could not be carried out",
                "Seu pedido {} não pôde ser atendido",
            ),
        };
        text.replace("{}", self.order_id.as_str())
    }

    fn happened(&self, language: Language) -> String {
        let what = match self.end {
            End::Completed => pick(
                language,
                "Your order is complete. The carrier has it.",
                "Seu pedido está completo. A transportadora já o recebeu.",
            ),
            End::Cancelled => pick(
                language,
                "Your order is cancelled. Nothing will be delivered.",
                "Seu pedido foi cancelado. Nada será entregue.",
            ),
            End::Failed | End::NeedsAttention => pick(
                language,
                "Your order could not be carried out. Nothing will be delivered.",
                "Seu pedido não pôde ser atendido. Nada será entregue.",
            ),
        };
        match self.why(language) {
            Some(why) => format!("{what} {why}"),
            None => what.to_owned(),
        }
    }

    /// Why the order failed, by the step that would not.
    fn why(&self, language: Language) -> Option<&'static str> {
        let reason = self.reason.as_deref().filter(|_| self.end == End::Failed)?;
        let step = reason.split(':').next().unwrap_or_default();
        Some(match step {
            "check_credit" => pick(
                language,
                "The credit check did not succeed.",
                "A análise de crédito não foi aprovada.",
            ),
            "remove_from_stock" => pick(
                language,
                "Something that you ordered is not in stock.",
                "Um dos produtos não está em estoque.",
            ),
            "generate_invoice" => pick(
                language,
                "Its invoice could not be issued.",
                "A fatura não pôde ser emitida.",
            ),
            "ship_order" => pick(
                language,
                "The carrier could not take it.",
                "A transportadora não pôde levá-lo.",
            ),
            "capture_payment" => pick(
                language,
                "The payment did not succeed.",
                "O pagamento não deu certo.",
            ),
            _ => return None,
        })
    }

    fn rows(&self, language: Language) -> Vec<(String, String)> {
        let named = |english, portuguese, value: &Option<String>| {
            let name = pick(language, english, portuguese).to_owned();
            value.clone().map(|value| (name, value))
        };
        let items = self.items.iter().map(|line| {
            let name = format!("{} × {}", line.quantity, line.name);
            (name, language.money(&line.amount))
        });
        let total = ("Total".to_owned(), language.money(&self.total));
        let papers = [
            named("Invoice", "Fatura", &self.invoice),
            named("Credit note", "Nota de crédito", &self.credit_note),
            named("Tracking code", "Código de rastreio", &self.tracking)
                .filter(|_| self.end == End::Completed),
        ];
        let number = named("Order", "Pedido", &Some(self.order_id.to_string()));
        let rows = items.chain([total]);
        rows.chain(papers.into_iter().flatten())
            .chain(number)
            .collect()
    }

    fn to_do(&self, language: Language) -> &'static str {
        match self.end {
            End::Completed => pick(
                language,
                "You do not need to do anything. You find the invoice with your order.",
                "Você não precisa fazer nada. A fatura está junto do seu pedido.",
            ),
            _ => pick(
                language,
                "You do not need to do anything. You can order again at any time.",
                "Você não precisa fazer nada. Você pode fazer outro pedido quando quiser.",
            ),
        }
    }
}
