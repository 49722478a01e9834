//! Which balance pays: the merchant's name decides first, then the merchant's code. Both tables are
//! data: `categories.txt` and `merchants.txt`, in this crate's folder.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

const CATEGORIES: &str = include_str!("../categories.txt");
const MERCHANTS: &str = include_str!("../merchants.txt");

/// One of an account's balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(into = "&'static str")]
pub struct Category(&'static str);

/// The text names no category.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be one of {known}")]
pub struct NotACategory {
    known: String,
}

struct Tables {
    categories: Vec<(Category, Vec<&'static str>)>,
    /// The longest first.
    merchants: Vec<(String, Category)>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let categories = lines(CATEGORIES).map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        (Category(name), words.collect())
    });
    let mut merchants: Vec<_> = lines(MERCHANTS)
        .map(|line| {
            let (category, prefix) = line.split_once(' ').unwrap_or((line, ""));
            (plain(prefix), Category(category))
        })
        .collect();
    merchants.sort_by_key(|(prefix, _)| std::cmp::Reverse(prefix.len()));
    let categories = categories.collect();
    Tables {
        categories,
        merchants,
    }
});

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    let lines = table.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A name in capitals, with single blanks.
fn plain(name: &str) -> String {
    let words: Vec<_> = name.split_whitespace().map(str::to_uppercase).collect();
    words.join(" ")
}

impl Category {
    /// Pays for everything, and steps in for all others.
    pub const CASH: Self = Self("CASH");

    /// All categories, in the order of their table.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLES.categories.iter().map(|(category, _)| *category)
    }

    /// The balance that pays a merchant.
    pub fn of(merchant: &str, mcc: &str) -> Self {
        let merchant = plain(merchant);
        let named = TABLES.merchants.iter();
        let mut named = named.filter(|(prefix, _)| merchant.starts_with(prefix.as_str()));
        if let Some((_, category)) = named.next() {
            return *category;
        }
        let mut coded = TABLES.categories.iter();
        coded
            .find(|(_, codes)| codes.contains(&mcc))
            .map_or(Self::CASH, |(category, _)| *category)
    }

    /// Its name.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Category {
    type Err = NotACategory;
    fn from_str(text: &str) -> Result<Self, NotACategory> {
        let found = Self::all().find(|category| category.0 == text);
        found.ok_or_else(|| NotACategory {
            known: Self::all().map(Self::as_str).collect::<Vec<_>>().join(", "),
        })
    }
}

// By hand: the derived one wants names that live as long as the program.
impl<'de> Deserialize<'de> for Category {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(D::Error::custom)
    }
}

impl From<Category> for &'static str {
    fn from(category: Category) -> Self {
        category.0
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_can_be_read() {
        assert!(Category::all().any(|category| category == Category::CASH));
        for (category, codes) in &TABLES.categories {
            let plain = |code: &&str| code.len() == 4 && code.bytes().all(|c| c.is_ascii_digit());
            assert!(codes.iter().all(plain), "{category}");
        }
        for (prefix, category) in &TABLES.merchants {
            assert!(!prefix.is_empty());
            assert_eq!(category.as_str().parse(), Ok(*category), "{prefix}");
        }
    }

    #[test]
    fn no_code_pays_from_two_balances() {
        let codes = TABLES.categories.iter().flat_map(|(_, codes)| codes);
        let mut codes: Vec<_> = codes.collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn the_longest_name_decides_and_case_and_blanks_do_not_matter() {
        for (merchant, mcc, category) in [
            ("uber   eats", "5411", "MEAL"),
            ("  Uber  Trip   SAO PAULO BR", "5811", "MOBILITY"),
            ("UBER", "5811", "MEAL"),
            ("PAG*JoseDaSilva", "5811", "CASH"),
            ("picpay*bilheteunico goiania", "5811", "MOBILITY"),
            ("PICPAY*OTHER", "5811", "MEAL"),
        ] {
            assert_eq!(Category::of(merchant, mcc).as_str(), category, "{merchant}");
        }
    }
}
