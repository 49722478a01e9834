//! The seam between what is measured and how it is measured.

use holdfast_authorizer_rules::account::Account;
use holdfast_authorizer_rules::movement::Code;
use holdfast_core::ids::AccountId;

/// What a terminal is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The code.
    pub(crate) code: Code,
    /// Why it is 07.
    pub(crate) problem: Option<String>,
}

/// A way to answer terminals.
pub(crate) trait Design: Clone + Send + Sync + 'static {
    /// Opens an account that has money already.
    fn open(&self, account: &Account) -> impl Future<Output = Result<(), String>> + Send;

    /// Answers a terminal.
    fn ask(&self, body: &str) -> impl Future<Output = Answer> + Send;

    /// Clears up an account after workers that are gone, as the design provides for.
    fn settle(&self, _: &AccountId) -> impl Future<Output = Result<(), String>> + Send {
        std::future::ready(Ok(()))
    }
}
