//! A one-time link: to choose another password, or to confirm an address. What is kept of the letter names
//! the link, and does not open it.

use holdfast_core::language::Language;
use holdfast_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Kind, pick};
use crate::links::{Opened, Purpose};
use crate::rules::preferences::Topic;
use crate::writing::Page;

/// A one-time link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// Its id.
    pub link: String,
    /// The version of the secret that its token is worked out with.
    pub key: String,
    /// When it ends.
    pub ends: Timestamp,
}

impl Kind for Link {
    const NAME: &'static str = "link";

    fn topic(&self) -> Option<Topic> {
        None
    }

    /// The letter without its link.
    fn page(&self, language: Language) -> Page {
        Page::new(self.subject(language)).text(self.asks(language))
    }
}

impl Link {
    /// The letter with its link.
    pub fn opened(&self, language: Language, opened: &Opened) -> Page {
        self.page(language)
            .link(opened.reveal().to_owned())
            .text(self.until(language))
            .text(self.otherwise(language))
    }

    fn subject(&self, language: Language) -> &'static str {
        match self.purpose {
            Purpose::ResetPassword => {
                pick(language, "Choose a new password", "Escolha uma nova senha")
            }
            Purpose::ConfirmAddress => pick(
                language,
                "Confirm your e-mail address",
                "Confirme seu endereço de e-mail",
            ),
        }
    }

    fn asks(&self, language: Language) -> &'static str {
        match self.purpose {
            Purpose::ResetPassword => pick(
                language,
                "A new password was asked for, for the account with this address. To choose one, use this:",
                "Uma nova senha foi pedida para a conta com este endereço. Para escolhê-la, use isto:",
            ),
            Purpose::ConfirmAddress => pick(
                language,
                "An account was registered with this address. To confirm that the address is yours, use this:",
                "Uma conta foi registrada com este endereço. Para confirmar que o endereço é seu, use isto:",
            ),
        }
    }

    fn until(&self, language: Language) -> String {
        let moment = self.ends.to_string();
        let time: String = moment.chars().skip(11).take(5).collect();
        let until = format!("{} {time} UTC", language.date(self.ends));
        pick(
            language,
            "It works once, until {}.",
            "Funciona uma vez, até {}.",
        )
        .replace("{}", &until)
    }

    fn otherwise(&self, language: Language) -> &'static str {
        match self.purpose {
            Purpose::ResetPassword => pick(
                language,
                "If you did not ask for it, do nothing: your password stays as it is.",
                "Se você não pediu, não faça nada: sua senha continua a mesma.",
            ),
            Purpose::ConfirmAddress => pick(
                language,
                "If you did not register, do nothing.",
                "Se você não se registrou, não faça nada.",
            ),
        }
    }
}
