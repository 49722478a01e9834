//! The Lambda that hands out the pages. It only wires.

use holdfast_kit::rehearsal::Simulation;
use holdfast_kit::settings::{Environment, setting};
use holdfast_pages::site::{Setting, Site};
use lambda_http::{Error, Request, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let _environment = Environment::load()?;
    let suppliers: Simulation = setting("TEST_CARDS")?;
    let simulation = suppliers.is_on();
    let push = setting("PUSH_URL")?;
    let site = &Site::new(Setting { simulation, push });
    lambda_http::run(service_fn(async |request: Request| {
        let (method, path) = (request.method(), request.uri().path());
        Ok::<_, Error>(site.respond(method, path, request.headers()))
    }))
    .await
}
