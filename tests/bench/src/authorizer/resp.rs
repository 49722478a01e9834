//! Speaks RESP, the protocol of Redis, over one connection. Requests are pipelined: each is sent as soon
//! as it is made, and answers come in the order of the requests.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

/// What Redis answers, or sends on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// A word such as `OK`.
    Simple(String),
    /// A number.
    Integer(i64),
    /// A text; nothing where there is none.
    Bulk(Option<String>),
    /// Several values.
    Array(Vec<Self>),
    /// A refusal.
    Error(String),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The connection is closed.
    #[error("the connection to Redis is closed")]
    Closed,
    /// Redis refuses the request.
    #[error("Redis: {0}")]
    Refused(String),
}

/// A connection, shared by all that ask over it.
#[derive(Clone, Debug)]
pub(crate) struct Redis(mpsc::UnboundedSender<Request>);

#[derive(Debug)]
struct Request {
    text: Vec<u8>,
    answer: oneshot::Sender<Value>,
}

impl Redis {
    /// Connects.
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let (reader, writer) = open(address).await?;
        let (requests, to_send) = mpsc::unbounded_channel();
        let (sent, waiting) = mpsc::unbounded_channel();
        tokio::spawn(send_all(writer, to_send, sent));
        tokio::spawn(answer_all(reader, waiting));
        Ok(Self(requests))
    }

    /// Sends a command, and waits for the answer.
    pub(crate) async fn ask(&self, words: &[&str]) -> Result<Value, Problem> {
        let (answer, answered) = oneshot::channel();
        let text = command(words);
        let sent = self.0.send(Request { text, answer });
        sent.map_err(|_| Problem::Closed)?;
        match answered.await {
            Ok(Value::Error(why)) => Err(Problem::Refused(why)),
            Ok(value) => Ok(value),
            Err(_) => Err(Problem::Closed),
        }
    }
}

/// Sends whatever has come meanwhile by one write.
async fn send_all(
    mut writer: OwnedWriteHalf,
    mut requests: mpsc::UnboundedReceiver<Request>,
    sent: mpsc::UnboundedSender<oneshot::Sender<Value>>,
) {
    let (mut batch, mut text) = (Vec::new(), Vec::new());
    while requests.recv_many(&mut batch, 1024).await > 0 {
        text.clear();
        for request in batch.drain(..) {
            text.extend_from_slice(&request.text);
            if sent.send(request.answer).is_err() {
                return;
            }
        }
        if writer.write_all(&text).await.is_err() {
            return;
        }
    }
}

/// Ends with the connection; whoever still waits learns it, for their senders are dropped.
async fn answer_all(
    mut reader: Reader,
    mut waiting: mpsc::UnboundedReceiver<oneshot::Sender<Value>>,
) {
    while let Ok(value) = reader.next().await {
        let Some(asked) = waiting.recv().await else {
            return;
        };
        // The one who asked may have given up.
        let _ = asked.send(value);
    }
}

/// Opens a connection whose two sides are used apart.
pub(crate) async fn open(address: SocketAddr) -> io::Result<(Reader, OwnedWriteHalf)> {
    let connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let (reader, writer) = connection.into_split();
    Ok((Reader(BufReader::new(reader)), writer))
}

/// A command as it is sent.
pub(crate) fn command(words: &[&str]) -> Vec<u8> {
    let mut text = format!("*{}\r\n", words.len());
    for word in words {
        text.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    text.into_bytes()
}

/// Reads values from a connection.
#[derive(Debug)]
pub(crate) struct Reader(BufReader<OwnedReadHalf>);

impl Reader {
    /// The next value.
    pub(crate) async fn next(&mut self) -> io::Result<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line).await?;
        let line = line.strip_suffix("\r\n").ok_or_else(broken)?;
        let (kind, rest) = line.split_at_checked(1).ok_or_else(broken)?;
        match kind {
            "+" => Ok(Value::Simple(rest.to_owned())),
            "-" => Ok(Value::Error(rest.to_owned())),
            ":" => Ok(Value::Integer(number(rest)?)),
            "$" => self.bulk(number(rest)?).await,
            "*" => {
                let mut values = Vec::new();
                for _ in 0..number(rest)? {
                    values.push(Box::pin(self.next()).await?);
                }
                Ok(Value::Array(values))
            }
            _ => Err(broken()),
        }
    }

    async fn bulk(&mut self, length: i64) -> io::Result<Value> {
        let Ok(length) = usize::try_from(length) else {
            return Ok(Value::Bulk(None)); // -1
        };
        let mut text = vec![0; length + 2];
        self.0.read_exact(&mut text).await?;
        text.truncate(length);
        let text = String::from_utf8(text).map_err(|_| broken())?;
        Ok(Value::Bulk(Some(text)))
    }
}

fn number(text: &str) -> io::Result<i64> {
    text.parse().map_err(|_| broken())
}

fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not RESP, or cut off")
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;
    use crate::authorizer::engine::Server;

    #[test]
    fn a_command_is_an_array_of_texts() {
        let text = command(&["SET", "key", ""]);
        assert_eq!(text, b"*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$0\r\n\r\n");
    }

    async fn read(text: &'static str) -> io::Result<Value> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.write_all(text.as_bytes()).await.unwrap();
        });
        let (mut reader, _writer) = open(address).await.unwrap();
        reader.next().await
    }

    #[tokio::test]
    async fn every_kind_of_value_is_read() {
        let text = |text: &str| Value::Bulk(Some(text.to_owned()));
        for (sent, value) in [
            ("+OK\r\n", Value::Simple("OK".to_owned())),
            (":-7\r\n", Value::Integer(-7)),
            ("$-1\r\n", Value::Bulk(None)),
            ("$4\r\na\r\nb\r\n", text("a\r\nb")),
            ("-ERR no\r\n", Value::Error("ERR no".to_owned())),
            (
                "*2\r\n$1\r\nx\r\n*1\r\n:1\r\n",
                Value::Array(vec![text("x"), Value::Array(vec![Value::Integer(1)])]),
            ),
        ] {
            assert_eq!(read(sent).await.unwrap(), value, "{sent:?}");
        }
    }

    #[tokio::test]
    async fn what_is_cut_off_or_something_else_is_an_error() {
        for sent in ["", "+OK", ":x\r\n", "$4\r\nab", "*2\r\n:1\r\n", "HTTP\r\n"] {
            assert!(read(sent).await.is_err(), "{sent:?}");
        }
    }

    #[tokio::test]
    async fn requests_at_once_each_get_their_own_answer() {
        let Some(server) = Server::redis_or_skip().await else {
            return;
        };
        let redis = Redis::connect(server.address).await.unwrap();
        let texts: Vec<_> = (0..500).map(|number| number.to_string()).collect();
        let answers = join_all(
            texts
                .iter()
                .map(|text| async { redis.ask(&["ECHO", text]).await.unwrap() }),
        );
        let expected = texts.iter().map(|text| Value::Bulk(Some(text.clone())));
        assert_eq!(answers.await, expected.collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn a_refusal_is_an_error_and_the_connection_stays() {
        let Some(server) = Server::redis_or_skip().await else {
            return;
        };
        let redis = Redis::connect(server.address).await.unwrap();
        assert!(matches!(redis.ask(&["NO"]).await, Err(Problem::Refused(_))));
        let pong = Value::Simple("PONG".to_owned());
        assert_eq!(redis.ask(&["PING"]).await.unwrap(), pong);
    }

    #[tokio::test]
    async fn a_closed_connection_is_an_error() {
        let Some(server) = Server::redis_or_skip().await else {
            return;
        };
        let redis = Redis::connect(server.address).await.unwrap();
        drop(server);
        assert!(matches!(redis.ask(&["PING"]).await, Err(Problem::Closed)));
    }
}
