//! The last moment at which a call may leave. The clock is looked at after all that takes time: the
//! breaker, the connection, its handshake. So it is looked at when the first byte of the body is
//! asked for; a request without its body is nothing to whoever receives it.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use aws_smithy_types::body::SdkBody;
use holdfast_core::time::Timestamp;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use crate::clock::Clock;

/// The last moment at which a call may leave.
#[derive(Clone, Debug)]
pub struct Deadline {
    /// When.
    pub at: Timestamp,
    /// By this clock.
    pub clock: Clock,
}

/// The call has not left in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is too late to ask")]
pub(super) struct TooLate;

/// A body that leaves before its deadline or not at all.
struct InTime {
    left: Option<Bytes>,
    deadline: Deadline,
}

/// A body, with its deadline if it has one.
pub(super) fn in_time(body: Vec<u8>, deadline: Option<Deadline>) -> SdkBody {
    match deadline {
        Some(deadline) => SdkBody::from_body_1_x(InTime {
            left: Some(Bytes::from(body)),
            deadline,
        }),
        None => SdkBody::from(body),
    }
}

/// Whether this is why a call failed.
pub(super) fn is_too_late(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TooLate>() {
            return true;
        }
        cause = error.source();
    }
    false
}

impl Body for InTime {
    type Data = Bytes;
    type Error = TooLate;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TooLate>>> {
        if self.left.is_some() && self.deadline.clock.now() >= self.deadline.at {
            return Poll::Ready(Some(Err(TooLate)));
        }
        Poll::Ready(self.left.take().map(|body| Ok(Frame::data(body))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.as_ref().map_or(0, |body| body.len() as u64))
    }
}
