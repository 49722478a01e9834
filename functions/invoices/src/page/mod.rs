//! An invoice as a page: plain HTML that prints on one sheet of A4 or Letter, without a script and
//! without anything from elsewhere.
//!
//! Each block has a height of its own and cuts off what is longer, so that the page fits whatever is
//! written in it. [`words`] are the languages, [`text`] escapes what others wrote.

mod style;
mod text;
mod words;

use crate::rules::Invoice;
use crate::rules::record::CreditNote;
use crate::rules::request::Line;

pub use style::{HEIGHTS, Heights};
pub use words::{Language, NotALanguage};

use text::escaped;
use words::Words;

/// What a browser may do with the page: show it, with the style that is in it.
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// The page of an invoice.
pub fn page(invoice: &Invoice, language: Language) -> String {
    let words = language.words();
    let (number, tag) = (&invoice.number, language.tag());
    let style = style::sheet();
    let (head, parties) = (head(invoice, language), parties(invoice, words));
    let banner = banner(invoice.credit_note.as_ref(), language);
    let (lines, foot) = (lines(invoice, language), foot(invoice, words));
    format!(
        "<!DOCTYPE html>\n\
         <html lang=\"{tag}\">\n\
         <head>\n\
         <meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"robots\" content=\"noindex\">\n\
         <title>{title} {number}</title>\n\
         <style>\n{style}</style>\n\
         </head>\n\
         <body>\n\
         <main>\n{head}{banner}{parties}{lines}{foot}</main>\n\
         </body>\n\
         </html>\n",
        title = words.invoice,
    )
}

fn head(invoice: &Invoice, language: Language) -> String {
    let words = language.words();
    format!(
        "<header>\n<h1>{} {}</h1>\n<p>{} {}</p>\n</header>\n",
        words.invoice,
        invoice.number,
        words.issued_on,
        language.date(invoice.issued_at),
    )
}

/// The line that says that the invoice does not stand.
fn banner(credit_note: Option<&CreditNote>, language: Language) -> String {
    let Some(CreditNote { number, at }) = credit_note else {
        return String::new();
    };
    let (words, date) = (language.words(), language.date(*at));
    format!(
        "<p class=\"cancelled\"><strong>{}, {} {number}</strong> ({date})</p>\n",
        words.cancelled, words.credit_note,
    )
}

fn parties(invoice: &Invoice, words: &Words) -> String {
    let (customer, to) = (&invoice.contents.customer, &invoice.contents.deliver_to);
    format!(
        "<section class=\"parties\">\n\
         <div><h2>{}</h2><p>{}</p><p>{} {}</p></div>\n\
         <div><h2>{}</h2><p>{}</p><p>{} {}</p><p>{}</p></div>\n\
         <div><h2>{}</h2><p>{}</p></div>\n\
         </section>\n",
        words.customer,
        escaped(customer.email.as_str()),
        words.customer_number,
        escaped(customer.id.as_str()),
        words.deliver_to,
        escaped(&to.name),
        escaped(&to.postcode),
        escaped(&to.city),
        escaped(&to.country),
        words.order,
        escaped(invoice.order_id.as_str()),
    )
}

fn lines(invoice: &Invoice, language: Language) -> String {
    let words = language.words();
    let rows = invoice
        .contents
        .lines
        .iter()
        .map(|line| row(line, language));
    let rows: String = rows.collect();
    let total = language.money(&invoice.contents.total);
    format!(
        "<table>\n\
         <thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n\
         <tfoot><tr><th colspan=\"4\">{}</th><td>{total}</td></tr></tfoot>\n\
         </table>\n",
        words.sku, words.product, words.quantity, words.price, words.amount, words.total,
    )
}

fn row(line: &Line, language: Language) -> String {
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        escaped(line.sku.as_str()),
        escaped(&line.name),
        line.quantity,
        language.money(&line.price),
        language.money(&line.amount),
    )
}

fn foot(invoice: &Invoice, words: &Words) -> String {
    format!(
        "<footer>{} {} · {} {}</footer>\n",
        words.invoice,
        invoice.number,
        words.order,
        escaped(invoice.order_id.as_str()),
    )
}
