//! Serves DynamoDB to local runs from memory, with the dynoxide library.
//!
//! It listens on loopback only, for it asks for no password, and it lives no longer than the
//! process that started it: that process holds the other end of our standard input and never writes
//! to it. However it ends, even by `kill -9`, the kernel closes that end, and we stop.

mod database;

use std::io::{ErrorKind, Read};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::thread;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

const USAGE: &str =
    "usage: dynoxide [--host 127.0.0.1] [--port 8000]   (stops at the end of standard input)";

fn main() -> ExitCode {
    match parse(std::env::args().skip(1)).and_then(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("dynoxide: {problem}\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the address to listen on, and refuses any that others could reach.
fn parse(mut arguments: impl Iterator<Item = String>) -> Result<SocketAddr, String> {
    let mut address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8000);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or(format!("{flag} needs a value"))?;
        let invalid = |_| format!("{flag} cannot be {value:?}");
        match flag.as_str() {
            "--host" => address.set_ip(
                value
                    .parse()
                    .map_err(|e: std::net::AddrParseError| invalid(e.to_string()))?,
            ),
            "--port" => address.set_port(
                value
                    .parse()
                    .map_err(|e: std::num::ParseIntError| invalid(e.to_string()))?,
            ),
            _ => return Err(format!("{flag} is not known")),
        }
    }
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err(format!("{} is not a loopback address", address.ip()))
    }
}

fn serve(address: SocketAddr) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|e| format!("cannot start: {e}"))?;
    runtime.block_on(async {
        let database = database::open().map_err(|e| format!("cannot open a database: {e}"))?;
        let listener =
            TcpListener::bind(address).await.map_err(|e| format!("cannot listen on {address}: {e}"))?;
        let orphaned = parent_gone();
        tokio::select! {
            // Not a graceful shutdown: with the parent gone no client waits for an answer, and an open
            // connection must not keep us.
            _ = orphaned => Ok(()),
            served = dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()) => served,
        }
    })
}

/// Resolves at the end of standard input.
fn parent_gone() -> oneshot::Receiver<()> {
    let (gone, orphaned) = oneshot::channel::<()>();
    // A thread of its own, since tokio's stdin would keep the runtime from shutting down.
    thread::spawn(move || {
        let (mut input, mut buffer) = (std::io::stdin().lock(), [0; 64]);
        loop {
            match input.read(&mut buffer) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
        drop(gone);
    });
    orphaned
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn parsed(arguments: &[&str]) -> Result<String, String> {
        parse(arguments.iter().map(ToString::to_string)).map(|address| address.to_string())
    }

    #[test]
    fn it_listens_where_it_is_told() {
        assert_eq!(parsed(&[]).unwrap(), "127.0.0.1:8000");
        assert_eq!(
            parsed(&["--host", "127.0.0.1", "--port", "4567"]).unwrap(),
            "127.0.0.1:4567"
        );
    }

    #[test]
    fn it_refuses_an_address_that_others_can_reach() {
        assert_eq!(
            parsed(&["--host", "0.0.0.0"]).unwrap_err(),
            "0.0.0.0 is not a loopback address"
        );
    }

    #[test]
    fn it_names_the_argument_that_is_wrong() {
        assert_eq!(parsed(&["--port"]).unwrap_err(), "--port needs a value");
        assert_eq!(
            parsed(&["--port", "many"]).unwrap_err(),
            "--port cannot be \"many\""
        );
        assert_eq!(
            parsed(&["--color", "red"]).unwrap_err(),
            "--color is not known"
        );
    }
}
