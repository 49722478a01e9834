//! What the terminals ask for: 90 of 100 transactions fit, 5 are paid by CASH where the first balance
//! cannot, 5 are too much for any balance.

use std::collections::BTreeMap;

use fastrand::Rng;
use holdfast_authorizer_rules::account::{Account, Balances};
use holdfast_authorizer_rules::category::Category;
use holdfast_authorizer_rules::cents::Cents;
use holdfast_core::ids::{AccountId, CustomerId};
use holdfast_core::time::Timestamp;
use serde_json::json;

/// What each balance begins with, but for one that is empty: less than a transaction may be about.
const BALANCE: Cents = Cents(90_000_000);
const EMPTY: &str = "MOBILITY";
const TOO_MUCH: f64 = 950_000.0;
const MERCHANTS: [(&str, &str); 4] = [
    ("5411", "SUPERMERCADO CENTRAL        SAO PAULO BR"),
    ("5812", "PADARIA DO ZE               SAO PAULO BR"),
    ("5912", "DROGARIA DO POVO            CAMPINAS BR"),
    ("5651", "LOJA DA ESQUINA             OSASCO BR"),
];
const FUEL: (&str, &str) = ("5541", "POSTO DA SERRA              JUNDIAI BR");

/// An account as it is before the first transaction.
pub(crate) fn account(id: &AccountId, customer: &CustomerId) -> Account {
    let mut account = Account::new(id.clone(), customer.clone(), Timestamp::from_millis(0));
    let paying = Category::all().filter(|category| category.as_str() != EMPTY);
    let full: BTreeMap<_, _> = paying.map(|category| (category, BALANCE)).collect();
    account.balances.0.extend(full);
    account.credited = account.balances.sum();
    account
}

/// All that an account begins with.
pub(crate) fn opening(balances: &Balances) -> Cents {
    let full = balances.0.keys().filter(|name| name.as_str() != EMPTY);
    Cents(full.map(|_| BALANCE.0).sum())
}

/// The body of a terminal's next request.
pub(crate) fn body(random: &mut Rng, account: &AccountId, id: &str) -> String {
    let cents = random.u32(50..=1_000);
    let fits = f64::from(cents) / 100.0;
    let ((mcc, merchant), amount) = match random.u8(0..100) {
        0..90 => (MERCHANTS[random.usize(0..MERCHANTS.len())], fits),
        90..95 => (FUEL, fits),
        _ => (MERCHANTS[0], TOO_MUCH),
    };
    let body = json!({"id": id, "account": account, "totalAmount": amount, "mcc": mcc, "merchant": merchant});
    body.to_string()
}

#[cfg(test)]
mod tests {
    use holdfast_authorizer_rules::deciding::decide;
    use holdfast_authorizer_rules::movement::Code;
    use serde_json::Value;

    use super::*;

    #[test]
    fn ninety_of_a_hundred_fit_five_fall_back_and_five_are_too_much() {
        let id = "a-1".parse().unwrap();
        let account = account(&id, &"cus_1".parse().unwrap());
        account.adds_up().unwrap();
        assert_eq!(opening(&account.balances), account.credited);
        let mut random = Rng::with_seed(1);
        let (mut fits, mut falls_back, mut too_much) = (0, 0, 0);
        for _ in 0..10_000 {
            let body: Value = serde_json::from_str(&body(&mut random, &id, "t")).unwrap();
            let amount = body["totalAmount"].to_string().parse().unwrap();
            let text = |field: &str| body[field].as_str().unwrap();
            let first = Category::of(text("merchant"), text("mcc"));
            let decision = decide(&account.balances, first, amount);
            match decision.code {
                Code::Approved if decision.category == first => fits += 1,
                Code::Approved => falls_back += 1,
                _ => too_much += 1,
            }
        }
        assert!((8_800..9_200).contains(&fits), "{fits}");
        assert!((400..600).contains(&falls_back), "{falls_back}");
        assert!((400..600).contains(&too_much), "{too_much}");
    }
}
