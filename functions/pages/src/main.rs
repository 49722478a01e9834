//! The Lambda that hands out the pages. It only wires.

use std::str::FromStr;

use holdfast_kit::settings::{Environment, setting};
use holdfast_pages::site::{Setting, Site};
use lambda_http::{Error, Request, service_fn};

/// Whether the suppliers are simulated.
enum Cards {
    OfTests,
    Real,
}

impl FromStr for Cards {
    type Err = &'static str;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "on" => Ok(Self::OfTests),
            "off" => Ok(Self::Real),
            _ => Err("must be on or off"),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let _environment = Environment::load()?;
    let simulation = matches!(setting("TEST_CARDS")?, Cards::OfTests);
    let push = setting("PUSH_URL")?;
    let site = &Site::new(Setting { simulation, push });
    lambda_http::run(service_fn(async |request: Request| {
        let (method, path) = (request.method(), request.uri().path());
        Ok::<_, Error>(site.respond(method, path, request.headers()))
    }))
    .await
}
