//! What is made when it is first used. A client of AWS costs about a million instructions, and most
//! invocations need only some of those that their program may use.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

type Maker<T> = Box<dyn FnOnce() -> T + Send>;

/// A thing that is made on its first use. Clones share it.
pub struct Later<T>(Arc<LazyLock<T, Maker<T>>>);

impl<T> Later<T> {
    /// What `make` makes.
    pub fn new(make: impl FnOnce() -> T + Send + 'static) -> Self {
        Self(Arc::new(LazyLock::new(Box::new(make))))
    }
}

impl<T: Send + 'static> From<T> for Later<T> {
    fn from(made: T) -> Self {
        Self::new(move || made)
    }
}

impl<T> Clone for Later<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Deref for Later<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Later<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn it_is_made_on_first_use_and_once_for_all_clones() {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let later = Later::new(|| MADE.fetch_add(1, Ordering::Relaxed));
        let clone = later.clone();
        assert_eq!(MADE.load(Ordering::Relaxed), 0);
        assert_eq!((*later, *clone, *later), (0, 0, 0));
        assert_eq!(MADE.load(Ordering::Relaxed), 1);
    }
}
