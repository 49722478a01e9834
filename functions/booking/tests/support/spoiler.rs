//! Suppliers whose answers are spoilt on their way: real suppliers, and before them a server that
//! says something else, or nothing, instead of what they answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use holdfast_kit::https::Https;
use holdfast_kit::suppliers::Endpoint;
use lambda_http::Service;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What is heard instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nonsense {
    Html,
    Empty,
    OtherJson,
    Truncated,
    Closed,
    Unreachable,
    ServerError,
    Unavailable,
    Conflict,
    ConflictInHtml,
    Endless,
    Slow,
    Redirect,
}

impl Nonsense {
    pub(crate) const ALL: [Self; 13] = [
        Self::Html,
        Self::Empty,
        Self::OtherJson,
        Self::Truncated,
        Self::Closed,
        Self::Unreachable,
        Self::ServerError,
        Self::Unavailable,
        Self::Conflict,
        Self::ConflictInHtml,
        Self::Endless,
        Self::Slow,
        Self::Redirect,
    ];

    /// What is sent; nothing for what is not merely sent.
    fn text(self) -> Option<&'static str> {
        Some(match self {
            Self::Html => "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<h1>OK!</h1>\n",
            Self::Empty => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            Self::OtherJson => "HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{\"done\":true}",
            Self::Truncated => "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"status\":\"he",
            Self::Closed => "",
            Self::ServerError => {
                "HTTP/1.1 500 Oh\r\ncontent-length: 18\r\n\r\n{\"message\":\"oops\"}"
            }
            Self::Unavailable => {
                "HTTP/1.1 503 No\r\ncontent-length: 18\r\n\r\n{\"message\":\"busy\"}"
            }
            Self::Conflict => "HTTP/1.1 409 No\r\ncontent-length: 18\r\n\r\n{\"message\":\"sold\"}",
            Self::ConflictInHtml => "HTTP/1.1 409 No\r\ncontent-length: 12\r\n\r\n<h1>No!</h1>",
            Self::Redirect => {
                "HTTP/1.1 302 Go\r\nlocation: /elsewhere\r\ncontent-length: 2\r\n\r\n{}"
            }
            Self::Unreachable | Self::Endless | Self::Slow => return None,
        })
    }
}

/// What happens to the calls that come by.
#[derive(Clone, Copy, Debug)]
struct Spoilt {
    nonsense: Nonsense,
    /// Whether the supplier hears the call all the same, and does it.
    heard: bool,
    /// Whether questions about calls are spoilt as well.
    questions: bool,
}

/// The server; clones are the same one.
#[derive(Clone)]
pub(crate) struct Spoiler {
    suppliers: Router,
    address: String,
    spoilt: Arc<Mutex<Option<Spoilt>>>,
}

impl Spoiler {
    /// A server before these suppliers, which spoils nothing yet.
    pub(crate) async fn before(suppliers: &Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let spoiler = Self {
            suppliers: suppliers.clone(),
            address: format!("http://{}", listener.local_addr().unwrap()),
            spoilt: Arc::default(),
        };
        let server = spoiler.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let server = server.clone();
                // A caller that hangs up is no failure here.
                tokio::spawn(async move { drop(server.serve(stream).await) });
            }
        });
        spoiler
    }

    /// Spoils the answers to calls, and to questions about them.
    pub(crate) fn spoil(&self, nonsense: Nonsense, heard: bool) {
        self.set(Some(Spoilt {
            nonsense,
            heard,
            questions: true,
        }));
    }

    /// Spoils the answers to calls alone.
    pub(crate) fn spoil_calls(&self, nonsense: Nonsense, heard: bool) {
        self.set(Some(Spoilt {
            nonsense,
            heard,
            questions: false,
        }));
    }

    fn set(&self, spoilt: Option<Spoilt>) {
        *self.spoilt.lock().unwrap() = spoilt;
    }

    /// The suppliers by way of this server.
    pub(crate) fn endpoint(&self, patience: Duration) -> Endpoint {
        Endpoint::new(Https::default(), &self.address, patience)
    }

    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let request = read(&mut stream).await?;
        let question = request.uri().path() == "/operations";
        let spoilt = *self.spoilt.lock().unwrap();
        match spoilt.filter(|spoilt| spoilt.questions || !question) {
            None => {
                let answer = self.ask(request).await;
                stream.write_all(answer.as_bytes()).await
            }
            Some(spoilt) => {
                if spoilt.heard && !question {
                    self.ask(request).await;
                }
                speak(&mut stream, spoilt.nonsense).await
            }
        }
    }

    async fn ask(&self, request: Request<Body>) -> String {
        let response = Service::call(&mut self.suppliers.clone(), request).await;
        let (parts, body) = response.unwrap().into_parts();
        let body = to_bytes(body, 1_000_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let (status, length) = (parts.status.as_u16(), body.len());
        format!(
            "HTTP/1.1 {status} OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Request<Body>> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, uri) = (words.next().unwrap(), words.next().unwrap());
    let mut request = Request::builder().method(method.as_str()).uri(uri);
    let mut length = 0;
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        }
        request = request.header(name, value);
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(request.body(Body::from(body)).unwrap())
}

async fn speak(stream: &mut BufReader<TcpStream>, nonsense: Nonsense) -> std::io::Result<()> {
    if let Some(text) = nonsense.text() {
        return stream.write_all(text.as_bytes()).await;
    }
    if nonsense == Nonsense::Slow {
        // Says nothing until the caller hangs up.
        return stream.read_u8().await.map(drop);
    }
    let head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head).await?;
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    loop {
        stream.write_all(chunk.as_bytes()).await?;
    }
}
