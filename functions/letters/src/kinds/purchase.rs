//! A purchase was paid from an account.

use holdfast_core::ids::AccountId;
use holdfast_core::language::Language;
use holdfast_core::money::Money;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Kind, pick};
use crate::rules::preferences::Topic;
use crate::writing::Page;

/// A purchase that was approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    /// Who paid.
    pub account_id: AccountId,
    /// The balance that paid, as the authorizer calls it.
    pub category: String,
    /// How much.
    pub amount: Money,
    /// Who was paid, as the terminal writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<String>,
    /// What the terminal calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Kind for Purchase {
    const NAME: &'static str = "purchase";

    fn topic(&self) -> Option<Topic> {
        None
    }

    fn page(&self, language: Language) -> Page {
        let amount = language.money(&self.amount);
        let subject = match self.merchant() {
            Some(merchant) => pick(language, "You paid {} to {who}", "Você pagou {} a {who}")
                .replace("{who}", &merchant),
            None => pick(language, "You paid {}", "Você pagou {}").to_owned(),
        };
        Page::new(subject.replace("{}", &amount))
            .text(pick(
                language,
                "A purchase was paid from your account.",
                "Uma compra foi paga com a sua conta.",
            ))
            .rows(self.rows(amount, language))
            .text(pick(
                language,
                "You do not need to do anything. If you did not make this purchase, tell us at once.",
                "Você não precisa fazer nada. Se você não fez esta compra, avise-nos imediatamente.",
            ))
    }
}

impl Purchase {
    /// Terminals fill the name up with blanks.
    fn merchant(&self) -> Option<String> {
        let merchant = self.merchant.as_deref()?;
        Some(merchant.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn rows(&self, amount: String, language: Language) -> Vec<(String, String)> {
        let named = |english, portuguese, value: String| {
            (pick(language, english, portuguese).to_owned(), value)
        };
        let merchant = self.merchant();
        let merchant = merchant.map(|name| named("Merchant", "Estabelecimento", name));
        let transaction = self.transaction.clone();
        let transaction = transaction.map(|id| named("Transaction", "Transação", id));
        let told = [
            merchant,
            Some(named("Amount", "Valor", amount)),
            Some(named("Paid from", "Pago com", self.balance(language))),
            Some(named("Time", "Horário", self.time(language))),
            transaction,
            Some(named("Account", "Conta", self.account_id.to_string())),
        ];
        told.into_iter().flatten().collect()
    }

    fn balance(&self, language: Language) -> String {
        let name = match self.category.as_str() {
            "FOOD" => pick(language, "food", "alimentação"),
            "MEAL" => pick(language, "meals", "refeição"),
            "MOBILITY" => pick(language, "mobility", "mobilidade"),
            "HEALTH" => pick(language, "health", "saúde"),
            "CASH" => pick(language, "cash", "saldo livre"),
            // A category that is new is told by its own word.
            other => other,
        };
        name.to_owned()
    }

    fn time(&self, language: Language) -> String {
        let moment = self.at.to_string();
        let time: String = moment.chars().skip(11).take(5).collect();
        format!("{} {time} UTC", language.date(self.at))
    }
}
