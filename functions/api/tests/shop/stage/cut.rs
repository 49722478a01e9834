//! A process that ends between two writes.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;

/// Lets so many more writes through to the tables, and none after them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<Mutex<Option<usize>>>);

impl Cut {
    /// From now on so many writes are done; all of them for `None`.
    pub(crate) fn after(&self, writes: Option<usize>) {
        *self.0.lock().unwrap() = writes;
    }

    /// Whether a write was refused.
    pub(crate) fn has_cut(&self) -> bool {
        *self.0.lock().unwrap() == Some(0)
    }
}

impl Intercept for Cut {
    fn name(&self) -> &'static str {
        "Cut"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().headers().get("x-amz-target");
        let target = target.and_then(|target| target.rsplit('.').next());
        let writes = ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"];
        if !target.is_some_and(|target| writes.contains(&target)) {
            return Ok(());
        }
        let mut left = self.0.lock().unwrap();
        match *left {
            Some(0) => Err("the process has ended".into()),
            Some(more) => {
                *left = Some(more - 1);
                Ok(())
            }
            None => Ok(()),
        }
    }
}
