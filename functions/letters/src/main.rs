//! The Lambda of letters. It only wires.

use holdfast_kit::serve::Serves;
use holdfast_kit::settings::Environment;
use holdfast_letters::settings;
use holdfast_letters::store::Letters;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let environment = Environment::load()?;
    let delivery = settings::delivery(&environment)?;
    let queue = environment.queue("LETTERS_QUEUE_URL")?;
    Letters::serve(|batch| delivery.consume(batch, &queue)).await
}
