//! The environment, read once at the start: a value that is no good stops it, by the variable's name.

use std::time::Duration;

use crate::Settings;

/// What the environment says.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The table's name (`SUPPLIERS_TABLE`).
    pub table: String,
    /// The secret that reports of payments are signed with (`WEBHOOK_SECRET_ID`); none are sent
    /// without one.
    pub webhook_secret: Option<String>,
    /// How the suppliers behave (`HOLD_SECONDS`, `CAPACITY`, `CHAOS_RATE`).
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
        let hold =
            number(text("HOLD_SECONDS"), usual.hold.as_secs(), 1..=86_400).ok_or_else(|| {
                bad(
                    "HOLD_SECONDS",
                    "must be a whole number of seconds, 1 to 86400",
                )
            })?;
        let capacity = number(text("CAPACITY"), usual.capacity, 0..=1_000_000_000)
            .ok_or_else(|| bad("CAPACITY", "must be a whole number, 0 to 1000000000"))?;
        let chaos = number(text("CHAOS_RATE"), usual.chaos, 0.0..=1.0)
            .ok_or_else(|| bad("CHAOS_RATE", "must be a probability, 0 to 1, such as 0.05"))?;
        let port = number(text("PORT"), DEFAULT_PORT, 1..=u16::MAX)
            .ok_or_else(|| bad("PORT", "must be a port number, 1 to 65535"))?;
        Ok(Self {
            table,
            webhook_secret: text("WEBHOOK_SECRET_ID"),
            settings: Settings {
                hold: Duration::from_secs(hold),
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

    #[test]
    fn only_the_table_has_no_default() {
        let config = read(&[("SUPPLIERS_TABLE", "t"), ("CHAOS_RATE", "")]).unwrap();
        assert_eq!(config.settings, Settings::default());
        assert_eq!(config.port, 4571);
        let missing = read(&[]).unwrap_err().to_string();
        assert!(missing.starts_with("SUPPLIERS_TABLE"), "{missing}");
    }

    #[test]
    fn a_bad_value_is_named_by_its_variable() {
        for (variable, value) in [
            ("CHAOS_RATE", "lots"),
            ("CHAOS_RATE", "1.1"),
            ("CHAOS_RATE", "NaN"),
            ("CHAOS_RATE", "-0.1"),
            ("HOLD_SECONDS", "0"),
            ("CAPACITY", "-1"),
            ("PORT", "70000"),
        ] {
            let error = read(&[("SUPPLIERS_TABLE", "t"), (variable, value)]).unwrap_err();
            assert!(
                error.to_string().starts_with(variable),
                "{variable}={value}: {error}"
            );
        }
    }
}
