//! A mock of the Lambda Runtime API. It notes when a program first asks for an event, and never
//! answers.

use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// What a program asks for once it is ready.
pub(crate) const NEXT: &str = "GET /2018-06-01/runtime/invocation/next ";

const LONGEST_REQUEST: usize = 16 * 1024;

/// The mock.
pub(crate) struct RuntimeApi {
    address: SocketAddr,
    requests: Receiver<Request>,
}

/// The first request on a connection, which stays open as long as this is kept.
pub(crate) struct Request {
    /// When it came.
    pub(crate) at: Instant,
    /// The request as it came.
    pub(crate) text: String,
    _connection: TcpStream,
}

impl RuntimeApi {
    /// Listens on a free port.
    pub(crate) fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let (sender, requests) = mpsc::channel();
        thread::spawn(move || {
            let requests = listener.incoming().flatten().filter_map(read);
            for request in requests {
                if sender.send(request).is_err() {
                    return;
                }
            }
        });
        Ok(Self { address, requests })
    }

    /// Where programs find it.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The next request, if one comes in time.
    pub(crate) fn wait(&self, patience: Duration) -> Option<Request> {
        self.requests.recv_timeout(patience).ok()
    }
}

/// Reads the head of a request. A connection that ends before is none.
fn read(mut connection: TcpStream) -> Option<Request> {
    let (mut head, mut filled) = (vec![0; LONGEST_REQUEST], 0);
    while !head[..filled].windows(4).any(|end| end == b"\r\n\r\n") {
        match connection.read(&mut head[filled..]) {
            Ok(0) | Err(_) => return None,
            Ok(count) => filled += count,
        }
    }
    let at = Instant::now();
    Some(Request {
        at,
        text: String::from_utf8_lossy(&head[..filled]).into_owned(),
        _connection: connection,
    })
}
