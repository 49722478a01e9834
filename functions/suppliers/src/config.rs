//! The environment, read once at the start: a value that is no good stops it, by the variable's name.

use std::time::Duration;

use crate::Settings;

/// What the environment says.
#[derive(Clone, PartialEq)]
pub struct Config {
    /// The table's name (`SUPPLIERS_TABLE`).
    pub table: String,
    /// The secret that reports of payments are signed with (`WEBHOOK_SECRET_ID`); none are sent
    /// without one.
    pub webhook_secret: Option<String>,
    /// What offers are sealed with (`SUPPLIERS_KEY`).
    pub key: String,
    /// How the suppliers behave (`HOLD_SECONDS`, `OFFER_SECONDS`, `PRICE_PERCENT`, `CAPACITY`, `CHAOS_RATE`).
    pub settings: Settings,
    /// Where a local process listens on the loopback interface (`PORT`).
    pub port: u16,
}

/// A variable is missing or of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {problem}")]
pub struct BadVariable {
    variable: &'static str,
    problem: &'static str,
}

const DEFAULT_PORT: u16 = 4571;

impl Config {
    /// Reads the environment of the process.
    ///
    /// # Errors
    /// The first variable that is missing or of no use.
    pub fn from_env() -> Result<Self, BadVariable> {
        Self::read(|variable| std::env::var(variable).ok())
    }

    /// Reads variables from wherever they are.
    ///
    /// # Errors
    /// The first variable that is missing or of no use.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BadVariable> {
        let text = |name| variable(name).filter(|text| !text.is_empty());
        let bad = |variable, problem| BadVariable { variable, problem };
        let usual = Settings::default();
        let table = text("SUPPLIERS_TABLE")
            .ok_or_else(|| bad("SUPPLIERS_TABLE", "is missing; set it to the table's name"))?;
        let key = text("SUPPLIERS_KEY")
            .ok_or_else(|| bad("SUPPLIERS_KEY", "is missing; set it to the suppliers' key"))?;
        let seconds = |name, usual: Duration| {
            let problem = "must be a whole number of seconds, 1 to 86400";
            let given = number(text(name), usual.as_secs(), 1..=86_400);
            given.map(Duration::from_secs).ok_or(bad(name, problem))
        };
        let price_percent = number(text("PRICE_PERCENT"), usual.price_percent, 1..=1_000)
            .ok_or_else(|| bad("PRICE_PERCENT", "must be a whole number, 1 to 1000"))?;
        let capacity = number(text("CAPACITY"), usual.capacity, 0..=1_000_000_000)
            .ok_or_else(|| bad("CAPACITY", "must be a whole number, 0 to 1000000000"))?;
        let chaos = number(text("CHAOS_RATE"), usual.chaos, 0.0..=1.0)
            .ok_or_else(|| bad("CHAOS_RATE", "must be a probability, 0 to 1, such as 0.05"))?;
        let port = number(text("PORT"), DEFAULT_PORT, 1..=u16::MAX)
            .ok_or_else(|| bad("PORT", "must be a port number, 1 to 65535"))?;
        Ok(Self {
            table,
            key,
            webhook_secret: text("WEBHOOK_SECRET_ID"),
            settings: Settings {
                offer: seconds("OFFER_SECONDS", usual.offer)?,
                hold: seconds("HOLD_SECONDS", usual.hold)?,
                price_percent,
                capacity,
                chaos,
            },
            port,
        })
    }
}

fn number<T>(text: Option<String>, usual: T, allowed: std::ops::RangeInclusive<T>) -> Option<T>
where
    T: std::str::FromStr + PartialOrd,
{
    let Some(text) = text else {
        return Some(usual);
    };
    let value = text.trim().parse().ok()?;
    allowed.contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, BadVariable> {
        Config::read(|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn problem(variables: &[(&str, &str)]) -> String {
        read(variables).err().unwrap().to_string()
    }

    #[test]
    fn only_the_table_and_the_key_have_no_default() {
        let config = read(&[
            ("SUPPLIERS_TABLE", "t"),
            ("SUPPLIERS_KEY", "k"),
            ("CHAOS_RATE", ""),
        ]);
        let config = config.ok().unwrap();
        assert_eq!(config.settings, Settings::default());
        assert_eq!(config.port, 4571);
        let missing = problem(&[]);
        assert!(missing.starts_with("SUPPLIERS_TABLE"), "{missing}");
        let missing = problem(&[("SUPPLIERS_TABLE", "t")]);
        assert!(missing.starts_with("SUPPLIERS_KEY"), "{missing}");
    }

    #[test]
    fn a_bad_value_is_named_by_its_variable() {
        for (variable, value) in [
            ("CHAOS_RATE", "lots"),
            ("CHAOS_RATE", "1.1"),
            ("CHAOS_RATE", "NaN"),
            ("CHAOS_RATE", "-0.1"),
            ("HOLD_SECONDS", "0"),
            ("OFFER_SECONDS", "0"),
            ("PRICE_PERCENT", "0"),
            ("PRICE_PERCENT", "1.5"),
            ("CAPACITY", "-1"),
            ("PORT", "70000"),
        ] {
            let set = [
                ("SUPPLIERS_TABLE", "t"),
                ("SUPPLIERS_KEY", "k"),
                (variable, value),
            ];
            let problem = problem(&set);
            assert!(
                problem.starts_with(variable),
                "{variable}={value}: {problem}"
            );
        }
    }
}
