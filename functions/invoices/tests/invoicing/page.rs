//! The page of an invoice.

use holdfast_core::fault::Fault;
use holdfast_core::money::Money;
use holdfast_invoices::page::{CONTENT_SECURITY_POLICY, HEIGHTS};
use holdfast_invoices::rules::decide::Case;
use holdfast_invoices::rules::request::MOST_LINES;
use holdfast_invoices::rules::{Message, Record, decide};
use holdfast_invoices::{Invoice, Language, page};

use crate::stage::{at, id, unwants, wants};

fn after(record: Option<Record>, message: &Message, last: u64) -> Record {
    let case = Case {
        order_id: id("o-1"),
        record,
        last,
    };
    decide(&case, message, at("12:00:00"), Fault::Ok).record
}

fn issued() -> Record {
    after(None, &wants("o-1", "order.5"), 122)
}

fn invoice() -> Invoice {
    issued().invoice().unwrap()
}

fn cancelled() -> Invoice {
    let record = after(Some(issued()), &unwants("o-1", "order.9"), 3);
    record.invoice().unwrap()
}

/// What is in the body, without the marks around what others wrote.
fn body(page: &str) -> String {
    let body = page.split("<main>\n").nth(1).unwrap();
    let body = body.split("</main>").next().unwrap();
    body.replace("<bdi>", "").replace("</bdi>", "")
}

const ENGLISH: &str = "\
<header>
<h1>Invoice 2027-000123</h1>
<p>Issued on 2027-01-10</p>
</header>
<section class=\"parties\">
<div><h2>Customer</h2><p>buyer@example.com</p><p>Customer no. cus_1</p></div>
<div><h2>Deliver to</h2><p>Example Buyer</p><p>01310-100 São Paulo</p><p>BR</p></div>
<div><h2>Order</h2><p>o-1</p></div>
</section>
<table>
<thead><tr><th>Item no.</th><th>Product</th><th>Qty</th><th>Price</th><th>Amount</th></tr></thead>
<tbody>
<tr><td>BOOK-001</td><td>A book</td><td>2</td><td>BRL 49.90</td><td>BRL 99.80</td></tr>
<tr><td>MUG-001</td><td>A mug</td><td>1</td><td>BRL 25.00</td><td>BRL 25.00</td></tr>
</tbody>
<tfoot><tr><th colspan=\"4\">Total</th><td>BRL 124.80</td></tr></tfoot>
</table>
<footer>Invoice 2027-000123 · Order o-1</footer>
";

const PORTUGUESE: &str = "\
<header>
<h1>Fatura 2027-000123</h1>
<p>Emitida em 10/01/2027</p>
</header>
<p class=\"cancelled\"><strong>CANCELADA, nota de crédito 2027-C-000004</strong> (10/01/2027)</p>
<section class=\"parties\">
<div><h2>Cliente</h2><p>buyer@example.com</p><p>Cliente nº cus_1</p></div>
<div><h2>Entrega</h2><p>Example Buyer</p><p>01310-100 São Paulo</p><p>BR</p></div>
<div><h2>Pedido</h2><p>o-1</p></div>
</section>
<table>
<thead><tr><th>Código</th><th>Produto</th><th>Qtd.</th><th>Preço</th><th>Valor</th></tr></thead>
<tbody>
<tr><td>BOOK-001</td><td>A book</td><td>2</td><td>BRL 49,90</td><td>BRL 99,80</td></tr>
<tr><td>MUG-001</td><td>A mug</td><td>1</td><td>BRL 25,00</td><td>BRL 25,00</td></tr>
</tbody>
<tfoot><tr><th colspan=\"4\">Total</th><td>BRL 124,80</td></tr></tfoot>
</table>
<footer>Fatura 2027-000123 · Pedido o-1</footer>
";

#[test]
fn the_page_says_what_the_invoice_says_in_both_languages() {
    assert_eq!(body(&page(&invoice(), Language::En)), ENGLISH);
    assert_eq!(body(&page(&cancelled(), Language::PtBr)), PORTUGUESE);
    let english = page(&cancelled(), Language::En);
    assert!(english.contains("CANCELLED, credit note 2027-C-000004"));
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_runs_nothing() {
    for language in Language::ALL {
        let page = page(&cancelled(), *language);
        assert!(page.starts_with("<!DOCTYPE html>\n"), "{page}");
        assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
        assert_eq!(page.matches("<style>").count(), 1);
        let page = page.to_lowercase();
        for foreign in [
            "<script", "http", "url(", "@import", "src=", "href=", " on", "<link",
        ] {
            let found = page.replace(" on ", "").replace("issued on", "");
            assert!(!found.contains(foreign), "{foreign}");
        }
    }
    assert!(CONTENT_SECURITY_POLICY.contains("default-src 'none'"));
}

#[test]
fn hostile_names_stay_names() {
    let hostile =
        "</style></title><script>alert(1)</script><img src=x onerror='alert(2)'>&\"\u{202E}\0";
    let mut invoice = cancelled();
    let contents = &mut invoice.contents;
    contents.lines[0].name = hostile.to_owned();
    contents.total.currency = hostile.to_owned();
    let to = &mut contents.deliver_to;
    for field in [
        &mut to.name,
        &mut to.postcode,
        &mut to.city,
        &mut to.country,
    ] {
        *field = hostile.to_owned();
    }
    contents.customer.email = serde_json::from_value(serde_json::json!("<script>@x.y")).unwrap();
    for language in Language::ALL {
        let (harmless, hostile) = (page(&cancelled(), *language), page(&invoice, *language));
        let tags = |page: &str| page.matches('<').count();
        assert_eq!(tags(&hostile), tags(&harmless), "no tag more than before");
        assert!(!hostile.contains("<script") && !hostile.contains("<img"));
        assert!(!hostile.contains(['\0', '\u{202E}']));
        assert_eq!(hostile.matches("&lt;/style&gt;").count(), 6);
    }
}

#[test]
fn as_many_lines_as_there_may_be_fit_on_one_sheet() {
    let mut invoice = cancelled();
    let mut line = invoice.contents.lines[0].clone();
    line.name = "x".repeat(5_000);
    line.amount = Money::new(u64::MAX, "BRL");
    invoice.contents.lines = vec![line; MOST_LINES];
    invoice.contents.deliver_to.name = "long ".repeat(1_000);
    let page = page(&invoice, Language::En);
    assert_eq!(page.matches("<tr><td>").count(), 20);
    // Letter is the lower sheet of the two, A4 the narrower one.
    let (letter, a4) = (2_794, 2_100);
    assert!(HEIGHTS.most() < letter, "{} tenths of a mm", HEIGHTS.most());
    assert!(1_800 + 2 * HEIGHTS.margin <= a4);
    // No block is higher than it says, whatever is written in it.
    let style = page
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    for block in ["header", ".cancelled", ".parties", "th, td", "footer"] {
        let rule = style
            .lines()
            .find(|line| line.starts_with(&format!("{block} {{")));
        let rule = rule.unwrap_or_else(|| panic!("{block} in {style}"));
        assert!(
            rule.contains("height: ") && rule.contains("overflow: hidden"),
            "{rule}"
        );
    }
    assert!(
        style.contains("white-space: nowrap"),
        "a line is one line high"
    );
    assert!(style.contains("@page") && style.contains("@media print"));
}

#[test]
fn what_was_never_issued_has_no_page() {
    let never = after(None, &unwants("o-1", "order.9"), 0);
    assert_eq!(never.invoice(), None);
}
