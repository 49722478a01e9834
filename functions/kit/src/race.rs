//! Decide, write, and decide again upon what is there instead: the one loop of all who change what
//! others change too.

use holdfast_core::failure::Failure;

/// How one try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Try<T, V> {
    /// It is written, or there was nothing to write.
    Done(T),
    /// Another was first: decide again, upon this.
    Lost(V),
}

/// Tries until it is done, `most` times at most, each time upon what the last try has found.
///
/// # Errors
/// What a try fails with; `busy` when every try was lost.
pub async fn race<T, V, F>(
    first: V,
    most: usize,
    attempt: impl Fn(V) -> F,
    busy: impl FnOnce() -> Failure,
) -> Result<T, Failure>
where
    F: Future<Output = Result<Try<T, V>, Failure>>,
{
    let mut view = first;
    for _ in 0..most {
        match attempt(view).await? {
            Try::Done(done) => return Ok(done),
            Try::Lost(current) => view = current,
        }
    }
    Err(busy())
}
