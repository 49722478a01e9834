//! What each kind of letter says, word for word.

use holdfast_core::language::Language;
use holdfast_letters::rules::Message;
use holdfast_letters::writing::Written;
use serde_json::{Value, json};

use crate::stage::{Stage, booking, brl, order, purchase, read};

fn written(event: Value, language: Language) -> Written {
    match read(event) {
        Message::Due(request) => request.letter.page(language).written(language),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_trip_that_is_booked_tells_its_parts_and_what_was_paid() {
    let letter = written(booking("b-1", "booked", "captured"), Language::En);
    assert_eq!(letter.subject, "Your trip b-1 is booked");
    assert_eq!(
        letter.text,
        "Your trip is booked. Every part of it is confirmed.\n\n\
         Flight: FL-1, BRL 1,842.00\nTotal: BRL 1,842.00\nBooking: b-1\n\n\
         You have paid BRL 1,842.00.\n\n\
         You do not need to do anything. Keep this letter: its references are asked for on the way.\n\n\
         Holdfast\n"
    );
    let letter = written(booking("b-1", "booked", "captured"), Language::PtBr);
    assert_eq!(letter.subject, "Sua viagem b-1 está reservada");
    assert_eq!(
        letter.text,
        "Sua viagem está reservada. Todas as partes estão confirmadas.\n\n\
         Voo: FL-1, BRL 1.842,00\nTotal: BRL 1.842,00\nReserva: b-1\n\n\
         Você pagou BRL 1.842,00.\n\n\
         Você não precisa fazer nada. Guarde esta mensagem: os códigos são pedidos durante a viagem.\n\n\
         Holdfast\n"
    );
}

#[test]
fn a_trip_that_is_booked_names_those_who_travel_escaped_like_all_texts_of_others() {
    let mut event = booking("b-1", "booked", "captured");
    event["detail"]["ended"]["passengers"] = json!(["Ana Souza", "Rui O'Neill, Jr."]);
    let letter = written(event.clone(), Language::En);
    let row = "Passengers: Ana Souza; Rui O'Neill, Jr.\n";
    assert!(letter.text.contains(row), "{}", letter.text);
    let letter = written(event.clone(), Language::PtBr);
    assert!(
        letter.text.contains("Passageiros: Ana Souza; "),
        "{}",
        letter.text
    );
    event["detail"]["ended"]["passengers"] = json!(["<b>Ana</b>"]);
    let letter = written(event, Language::En);
    assert!(!letter.html.contains("<b>Ana"), "{}", letter.html);
}

/// The event that ends a cancellation.
fn given_back(end: &str, payment: &str, refund: u64) -> Value {
    let mut event = booking("b-1", end, payment);
    event["detail-type"] = json!("cancellation_done");
    event["detail"]["ended"]["refund"] = brl(refund);
    event
}

#[test]
fn a_trip_that_is_given_back_tells_what_comes_back() {
    let whole = written(
        given_back("cancelled", "partly_refunded", 90_000),
        Language::En,
    );
    assert_eq!(whole.subject, "Your trip b-1 is cancelled");
    assert!(
        whole.text.contains("BRL 900.00 goes back to you"),
        "{}",
        whole.text
    );
    let part = written(
        given_back("booked", "partly_refunded", 90_000),
        Language::En,
    );
    assert_eq!(part.subject, "Your trip b-1 has changed");
    assert!(part.text.contains("The rest stays booked"), "{}", part.text);
    let late = written(given_back("cancelled", "captured", 0), Language::PtBr);
    assert!(
        late.text.contains("nenhum valor é devolvido"),
        "{}",
        late.text
    );
    let owed = written(
        given_back("cancelled", "release_failed", 90_000),
        Language::En,
    );
    assert!(
        owed.text.contains("has not gone back to you yet"),
        "{}",
        owed.text
    );
}

#[test]
fn an_order_that_is_completed_tells_its_items_and_its_invoice() {
    let letter = written(order("o-1", "completed", "captured"), Language::En);
    assert_eq!(letter.subject, "Your order o-1 is on its way");
    assert_eq!(
        letter.text,
        "Your order is complete. The carrier has it.\n\n\
         2 × A <book>: BRL 99.80\nTotal: BRL 99.80\nInvoice: 2027-000001\nTracking code: BR123\nOrder: o-1\n\n\
         You have paid BRL 99.80.\n\n\
         You do not need to do anything. You find the invoice with your order.\n\n\
         Holdfast\n"
    );
}

#[test]
fn an_order_that_failed_tells_why_and_what_comes_back() {
    let letter = written(order("o-1", "failed", "refunded"), Language::PtBr);
    assert_eq!(letter.subject, "Seu pedido o-1 não pôde ser atendido");
    assert_eq!(
        letter.text,
        "Seu pedido não pôde ser atendido. Nada será entregue. A transportadora não pôde levá-lo.\n\n\
         Total: BRL 99,80\nFatura: 2027-000001\nNota de crédito: 2027-C-000001\nPedido: o-1\n\n\
         Você pagou BRL 99,80. O valor inteiro volta para você, pelo mesmo meio de pagamento. \
         Seu banco pode levar até dez dias para mostrar o estorno.\n\n\
         Você não precisa fazer nada. Você pode fazer outro pedido quando quiser.\n\n\
         Holdfast\n"
    );
}

#[test]
fn a_purchase_tells_who_was_paid_how_much_and_from_which_balance() {
    let event = purchase("123", Some("ana@example.com"));
    let letter = written(event.clone(), Language::En);
    assert_eq!(
        letter.subject,
        "You paid BRL 100.50 to PADARIA DO ZÉ SAO PAULO BR"
    );
    assert_eq!(
        letter.text,
        "A purchase was paid from your account.\n\n\
         Merchant: PADARIA DO ZÉ SAO PAULO BR\nAmount: BRL 100.50\nPaid from: meals\n\
         Time: 2027-01-10 11:59 UTC\nTransaction: t-1\nAccount: 123\n\n\
         You do not need to do anything. If you did not make this purchase, tell us at once.\n\n\
         Holdfast\n"
    );
    let letter = written(event, Language::PtBr);
    assert_eq!(
        letter.subject,
        "Você pagou BRL 100,50 a PADARIA DO ZÉ SAO PAULO BR"
    );
    assert_eq!(
        letter.text,
        "Uma compra foi paga com a sua conta.\n\n\
         Estabelecimento: PADARIA DO ZÉ SAO PAULO BR\nValor: BRL 100,50\nPago com: refeição\n\
         Horário: 10/01/2027 11:59 UTC\nTransação: t-1\nConta: 123\n\n\
         Você não precisa fazer nada. Se você não fez esta compra, avise-nos imediatamente.\n\n\
         Holdfast\n"
    );
}

#[test]
fn each_end_tells_what_becomes_of_the_money() {
    let says = |status: &str, payment: &str, words: &str| {
        let letter = written(booking("b-1", status, payment), Language::En);
        assert!(
            letter.text.contains(words),
            "{status} {payment}: {}",
            letter.text
        );
    };
    says("expired", "none", "The time to pay for it is over.");
    says("expired", "none", "No money was taken.");
    says(
        "failed",
        "declined",
        "Your payment was declined. No money was taken.",
    );
    says(
        "cancelled",
        "voided",
        "We had reserved BRL 1,842.00 with your bank. The reservation is cancelled.",
    );
    says(
        "failed",
        "refunded",
        "You had paid BRL 1,842.00. The whole amount goes back to you",
    );
    says(
        "failed",
        "captured",
        "The money has not gone back to you yet.",
    );
    for unclear in ["pending", "authorized", "release_failed", "unknown"] {
        says(
            "failed",
            unclear,
            "We could not confirm yet that the reservation is cancelled.",
        );
    }
    for unpaid in ["authorized", "unknown"] {
        says("booked", unpaid, "We have not received BRL 1,842.00 yet.");
    }
}

#[test]
fn every_letter_is_written_in_both_languages_and_leaves_no_gap() {
    let mut texts = Vec::new();
    for payment in holdfast_letters::kinds::money::Payment::ALL {
        for status in [
            "booked",
            "expired",
            "cancelled",
            "failed",
            "needs_attention",
        ] {
            texts.push(booking("b-1", status, payment.as_str()));
        }
        for status in ["completed", "cancelled", "failed", "needs_attention"] {
            texts.push(order("o-1", status, payment.as_str()));
        }
    }
    for category in ["FOOD", "MEAL", "MOBILITY", "HEALTH", "CASH", "NEW"] {
        let mut event = purchase("123", Some("ana@example.com"));
        event["detail"]["category"] = json!(category);
        texts.push(event);
    }
    let mut nameless = purchase("123", Some("ana@example.com"));
    nameless["detail"]["merchant"] = Value::Null;
    texts.push(nameless);
    for event in texts {
        let [english, portuguese] =
            [Language::En, Language::PtBr].map(|language| written(event.clone(), language));
        assert_ne!(english.subject, portuguese.subject);
        assert_ne!(english.text, portuguese.text);
        for letter in [english, portuguese] {
            assert!(
                !letter.subject.is_empty() && !letter.text.contains("{}"),
                "{letter:?}"
            );
            assert!(!letter.text.contains("\n\n\n"), "{letter:?}");
        }
    }
}

#[test]
fn what_others_wrote_is_escaped_in_both_forms() {
    let mut event = order("o-1", "completed", "captured");
    event["detail"]["ended"]["items"][0]["name"] =
        json!("<script>alert(1)</script>\r\nBcc: x\u{202E}");
    let letter = written(event, Language::En);
    assert!(!letter.html.contains("<script>"), "{}", letter.html);
    assert!(
        letter
            .html
            .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
    );
    assert!(
        letter
            .text
            .contains("2 × <script>alert(1)</script>  Bcc: x : BRL"),
        "{}",
        letter.text
    );
    let mut event = booking("b-1", "needs_attention", "unknown");
    event["detail"]["booking"]["after"]["reason"] = json!("<b>hotel</b>");
    let letter = written(event, Language::En);
    assert!(letter.html.contains("&lt;b&gt;hotel&lt;/b&gt;"));
    assert_eq!(letter.subject, "Booking b-1 needs attention");
}

#[test]
fn the_html_says_what_the_text_says() {
    let letter = written(order("o-1", "completed", "captured"), Language::PtBr);
    assert!(
        letter
            .html
            .starts_with("<!DOCTYPE html>\n<html lang=\"pt-BR\">")
    );
    assert!(
        letter
            .html
            .contains("<title>Seu pedido o-1 está a caminho</title>")
    );
    for word in ["2027-000001", "BRL 99,80", "BR123", "Você pagou BRL 99,80."] {
        assert!(
            letter.html.contains(word) && letter.text.contains(word),
            "{word}"
        );
    }
    assert!(!letter.html.contains("http"), "it loads nothing");
}

#[test]
fn a_kind_of_leg_that_is_new_is_told_by_its_own_word() {
    let mut event = booking("b-1", "booked", "captured");
    event["detail"]["ended"]["trip"] =
        json!([{"kind": "yacht", "reference": "Y-1", "price": brl(1)}]);
    assert!(
        written(event, Language::En)
            .text
            .contains("yacht: Y-1, BRL 0.01")
    );
}

#[tokio::test]
async fn a_letter_goes_out_as_it_is_written() {
    let stage = Stage::new().await;
    stage
        .deliver(&read(order("o-1", "completed", "captured")))
        .await;
    stage
        .deliver(&read(booking("b-1", "needs_attention", "unknown")))
        .await;
    let taken = stage.ses.taken();
    let letter = written(order("o-1", "completed", "captured"), Language::En);
    assert_eq!(
        (&taken[0].text, &taken[0].html),
        (&letter.text, &letter.html)
    );
    assert_eq!(
        (&*taken[0].from, &*taken[0].to),
        ("agency@example.com", "ana@example.com")
    );
    assert_eq!(taken[1].to, "desk@example.com");
    assert!(taken[1].text.contains("holdfast desk show b-1"));
}
