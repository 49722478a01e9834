//! A letter as it is sent: one content, written as plain text and as HTML. Texts of others are escaped in
//! both, here and nowhere else.

use holdfast_core::html::{escaped, on_one_line, without_tags};
use holdfast_core::language::Language;

/// A subject has no more characters.
const LONGEST_SUBJECT: usize = 150;

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What is seen before it is opened.
    pub subject: String,
    /// What it says, in order.
    pub blocks: Vec<Block>,
}

/// A part of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Some sentences.
    Text(String),
    /// What is told best in rows: a name and a value each.
    Rows(Vec<(String, String)>),
    /// An address to open, which this house made.
    Link(String),
}

/// A letter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its subject, on one line.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

impl Page {
    /// A letter that says nothing yet.
    pub fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            blocks: Vec::new(),
        }
    }

    /// Says this.
    #[must_use]
    pub fn text(mut self, sentences: impl Into<String>) -> Self {
        self.blocks.push(Block::Text(sentences.into()));
        self
    }

    /// Says this, in rows. Without rows it says nothing.
    #[must_use]
    pub fn rows(mut self, rows: Vec<(String, String)>) -> Self {
        if !rows.is_empty() {
            self.blocks.push(Block::Rows(rows));
        }
        self
    }

    /// Shows an address to open.
    #[must_use]
    pub fn link(mut self, address: String) -> Self {
        self.blocks.push(Block::Link(address));
        self
    }

    /// The letter as it is sent.
    pub fn written(&self, language: Language) -> Written {
        let subject: String = on_one_line(&self.subject)
            .chars()
            .take(LONGEST_SUBJECT)
            .collect();
        let text: Vec<_> = self.blocks.iter().map(Block::as_text).collect();
        Written {
            text: format!("{}\n\nHoldfast\n", text.join("\n\n")),
            html: self.html(&subject, language),
            subject,
        }
    }

    fn html(&self, subject: &str, language: Language) -> String {
        let blocks: String = self.blocks.iter().map(Block::as_html).collect();
        format!(
            "<!DOCTYPE html>\n<html lang=\"{tag}\">\n\
             <head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>{title}</title>\n</head>\n\
             <body style=\"{BODY}\">\n{blocks}<p style=\"{FOOT}\">Holdfast</p>\n</body>\n</html>\n",
            tag = language.tag(),
            title = without_tags(subject),
        )
    }
}

// Programs that show letters know no style sheets.
const BODY: &str = "margin: 0 auto; max-width: 36em; padding: 1.5em; color: #222; background: #fff; \
                    font: 16px/1.5 Helvetica, Arial, sans-serif";
const FOOT: &str = "color: #666; font-size: 14px";
const NAME: &str = "padding: 0.2em 1.5em 0.2em 0; text-align: left; font-weight: normal; color: #666; \
                    vertical-align: top";
const VALUE: &str = "padding: 0.2em 0; text-align: left; vertical-align: top";

impl Block {
    fn as_text(&self) -> String {
        match self {
            Self::Text(sentences) => on_one_line(sentences),
            Self::Rows(rows) => {
                let rows = rows
                    .iter()
                    .map(|(name, value)| format!("{}: {}", on_one_line(name), on_one_line(value)));
                rows.collect::<Vec<_>>().join("\n")
            }
            Self::Link(address) => on_one_line(address),
        }
    }

    fn as_html(&self) -> String {
        match self {
            Self::Text(sentences) => format!("<p>{}</p>\n", escaped(sentences)),
            Self::Rows(rows) => {
                let rows: String = rows.iter().map(row).collect();
                format!("<table>\n{rows}</table>\n")
            }
            Self::Link(address) => {
                // No element may stand in an attribute.
                let address = without_tags(address);
                let address = address.to_string();
                format!("<p><a href=\"{address}\">{address}</a></p>\n")
            }
        }
    }
}

fn row((name, value): &(String, String)) -> String {
    let (name, value) = (escaped(name), escaped(value));
    format!("<tr><th style=\"{NAME}\">{name}</th><td style=\"{VALUE}\">{value}</td></tr>\n")
}
