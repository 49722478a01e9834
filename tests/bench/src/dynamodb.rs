//! A mock of DynamoDB that counts connections and answers every request with `{}`: what a program
//! does with it while it starts can be told apart from the rest of its start.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 2\r\n\r\n{}";

/// The mock.
pub(crate) struct DynamoDb {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl DynamoDb {
    /// Listens on a free port.
    pub(crate) fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || answer(connection));
            }
        });
        Ok(Self {
            address,
            connections,
        })
    }

    /// Where programs find it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many connections were opened to it until now.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// An address at which every connection is refused.
pub(crate) fn refusing_url() -> io::Result<String> {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    Ok(format!("http://{closed}"))
}

/// Answers requests until the other side hangs up.
fn answer(connection: TcpStream) -> io::Result<()> {
    let mut requests = BufReader::new(connection.try_clone()?);
    let mut answers = connection;
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if requests.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
        io::copy(&mut requests.by_ref().take(length), &mut io::sink())?;
        answers.write_all(ANSWER)?;
    }
}
