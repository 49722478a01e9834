//! The processes that are measured with: DynamoDB (dynoxide) and Redis, each on a free port, each gone
//! when its [`Server`] is dropped.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

/// A server takes no longer to start.
const PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(5);
/// Notifications of keys (`K`): deleted (`g`), expired (`x`).
pub(crate) const NOTIFICATIONS: &str = "Kgx";
/// How it is said that there is no Redis.
pub(crate) const NO_REDIS: &str =
    "redis-server is not installed (Debian: apt-get install redis-server)";

/// A process that listens. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    child: Child,
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// It cannot be started.
    #[error("{program}: {problem}")]
    Start {
        /// Which one.
        program: String,
        /// Why.
        problem: io::Error,
    },
    /// It ended, or does not listen.
    #[error("{program} does not listen on {address}")]
    Silent {
        /// Which one.
        program: String,
        /// Where it should.
        address: SocketAddr,
    },
}

impl Server {
    /// DynamoDB: the program of localstack/dynoxide.
    pub(crate) async fn dynoxide(program: &Path) -> Result<Self, Problem> {
        let mut command = Command::new(program);
        // It lives as long as its standard input is open.
        command.stdin(Stdio::piped());
        Self::start(command, "--port").await
    }

    /// Redis, which keeps nothing on a disk; nothing where it is not installed.
    pub(crate) async fn redis() -> Result<Option<Self>, Problem> {
        let Some(program) = on_the_path("redis-server") else {
            return Ok(None);
        };
        let mut command = Command::new(program);
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        command.args(["--notify-keyspace-events", NOTIFICATIONS]);
        command.stdin(Stdio::null());
        Self::start(command, "--port").await.map(Some)
    }

    async fn start(mut command: Command, port: &str) -> Result<Self, Problem> {
        let program = command.get_program().to_string_lossy().into_owned();
        let failed = |problem| Problem::Start {
            program: program.clone(),
            problem,
        };
        let address = free_address().map_err(failed)?;
        command.args([port, &address.port().to_string()]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(failed)?;
        let mut server = Self { address, child };
        if server.listens().await {
            return Ok(server);
        }
        Err(Problem::Silent { program, address })
    }

    async fn listens(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE && matches!(self.child.try_wait(), Ok(None)) {
            if TcpStream::connect(self.address).await.is_ok() {
                return true;
            }
            tokio::time::sleep(GLANCE).await;
        }
        false
    }

    /// Redis for a test; where it is not installed the test says so and is over.
    #[cfg(test)]
    pub(crate) async fn redis_or_skip() -> Option<Self> {
        let redis = Self::redis().await.unwrap();
        if redis.is_none() {
            eprintln!("skipped: {NO_REDIS}");
        }
        redis
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

fn on_the_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut files = std::env::split_paths(&path).map(|folder| folder.join(program));
    files.find(|file| fs::metadata(file).is_ok_and(|file| file.is_file()))
}
