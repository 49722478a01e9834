//! Numbers of documents. Each series counts from 1 upwards: `2027` the invoices of that year, `2027-C`
//! its credit notes. The year is the one in which the document is issued, in UTC.

use std::fmt;
use std::str::FromStr;

use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// An invoice.
    Invoice,
    /// A credit note, which cancels an invoice.
    CreditNote,
}

/// Numbers that belong together: `2027`, `2027-C`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series(String);

/// The number of a document: `2027-000123`, `2027-C-000004`. There are six digits, or more where six
/// are too few.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number {
    /// Its series.
    pub series: Series,
    /// Its place in the series; the first is 1.
    pub place: u64,
}

/// The text is no number of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a number such as 2027-000123 or 2027-C-000004")]
pub struct NotANumber;

const CREDIT_NOTES: &str = "-C";

impl Series {
    /// The series of a document that is issued at this moment.
    pub fn of(document: Document, at: Timestamp) -> Self {
        let moment = at.to_string();
        let year = moment.split('-').next().unwrap_or_default();
        match document {
            Document::Invoice => Self(year.to_owned()),
            Document::CreditNote => Self(format!("{year}{CREDIT_NOTES}")),
        }
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number that follows the last one given; 0 is the last one of a series without any.
    pub fn after(self, last: u64) -> Number {
        let place = last + 1;
        Number {
            series: self,
            place,
        }
    }
}

impl FromStr for Series {
    type Err = NotANumber;
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let year = text.strip_suffix(CREDIT_NOTES).unwrap_or(text);
        let is_year = year.len() == 4 && year.bytes().all(|digit| digit.is_ascii_digit());
        is_year.then(|| Self(text.to_owned())).ok_or(NotANumber)
    }
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.series, self.place)
    }
}

impl FromStr for Number {
    type Err = NotANumber;
    fn from_str(text: &str) -> Result<Self, NotANumber> {
        let (series, place) = text.rsplit_once('-').ok_or(NotANumber)?;
        let place = place.parse().map_err(|_| NotANumber)?;
        let series = series.parse()?;
        let number = Self { series, place };
        // One number is written in one way.
        let is_written = place > 0 && number.to_string() == text;
        is_written.then_some(number).ok_or(NotANumber)
    }
}

impl TryFrom<String> for Number {
    type Error = NotANumber;
    fn try_from(text: String) -> Result<Self, NotANumber> {
        text.parse()
    }
}

impl From<Number> for String {
    fn from(number: Number) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_series_is_of_the_year_in_which_its_documents_are_issued() {
        let eve = at("2027-12-31T23:59:59.999Z");
        let new_year = at("2028-01-01T00:00:00Z");
        let number = Series::of(Document::Invoice, eve).after(122);
        assert_eq!(number.to_string(), "2027-000123");
        let number = Series::of(Document::CreditNote, new_year).after(0);
        assert_eq!(number.to_string(), "2028-C-000001");
    }

    #[test]
    fn a_number_reads_back_as_it_was_written_and_in_no_other_way() {
        for text in ["2027-000001", "2027-C-000004", "2027-1234567"] {
            let number: Number = text.parse().unwrap();
            assert_eq!(number.to_string(), text);
        }
        for text in [
            "",
            "2027",
            "2027-1",
            "2027-000000",
            "2027-0000001",
            "2027-+00001",
            "27-000001",
            "2027-D-000001",
            "-000001",
        ] {
            assert_eq!(text.parse::<Number>(), Err(NotANumber), "{text}");
        }
    }
}
