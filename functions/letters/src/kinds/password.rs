//! The password of an account was changed.

use holdfast_core::language::Language;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Kind, pick};
use crate::rules::preferences::Topic;
use crate::writing::Page;

/// The password of an account was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordChanged {
    /// When.
    pub at: Timestamp,
}

impl Kind for PasswordChanged {
    const NAME: &'static str = "password_changed";

    fn topic(&self) -> Option<Topic> {
        None
    }

    fn page(&self, language: Language) -> Page {
        let moment = self.at.to_string();
        let time: String = moment.chars().skip(11).take(5).collect();
        let when = format!("{} {time} UTC", language.date(self.at));
        let told = pick(
            language,
            "The password of your account was changed on {}. All other sessions are over.",
            "A senha da sua conta foi alterada em {}. Todas as outras sessões foram encerradas.",
        );
        Page::new(pick(
            language,
            "Your password was changed",
            "Sua senha foi alterada",
        ))
        .text(told.replace("{}", &when))
        .text(pick(
            language,
            "If that was not you, ask for a new password at once, and tell us.",
            "Se não foi você, peça uma nova senha imediatamente e avise-nos.",
        ))
    }
}
