//! The browser's driver: how it is started, what it is asked for, and a command that it passes on to the browser.

use std::env;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::Look;

/// What the driver says once it listens.
const READY: &str = "started successfully on port ";

/// How long a driver may take to end its browser.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// A driver that runs. Its browser ends with it.
#[derive(Debug)]
pub(super) struct Driver {
    pub(super) port: u16,
    _program: Child,
}

impl Drop for Driver {
    /// A test that fails does not come to close its browser, and a driver that is killed leaves it running.
    fn drop(&mut self) {
        let asked = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).and_then(|mut driver| {
            driver.set_read_timeout(Some(LAST_WORDS))?;
            driver.write_all(b"GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
            driver.read(&mut [0; 64])
        });
        if let Err(problem) = asked {
            eprintln!("the browser's driver does not end its browser: {problem}");
        }
    }
}

/// Starts a driver.
pub(super) async fn start() -> Driver {
    // Two that start at once may choose the same port, and one of them ends.
    for _ in 0..5 {
        if let Some(started) = started().await {
            return started;
        }
    }
    panic!("the browser's driver does not start");
}

async fn started() -> Option<Driver> {
    let program = env::var("HOLDFAST_BROWSER_DRIVER").expect("HOLDFAST_BROWSER_DRIVER");
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("the browser's driver");
    let mut lines = BufReader::new(driver.stdout.take()?).lines();
    loop {
        let line = lines.next_line().await.ok()??;
        if let Some((_, port)) = line.split_once(READY) {
            let port = port.trim_end_matches('.').parse().ok()?;
            // Whatever else it says must not fill its pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some(Driver {
                port,
                _program: driver,
            });
        }
    }
}

/// What sort of browser is wanted.
pub(super) fn capabilities(look: Look) -> Value {
    let Look {
        width,
        height,
        language,
        ..
    } = look;
    let arguments = [
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        format!("--window-size={width},{height}"),
        format!("--lang={language}"),
        format!("--accept-lang={language}"),
    ];
    json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "binary": env::var("HOLDFAST_BROWSER").expect("HOLDFAST_BROWSER"),
            "args": arguments,
            "prefs": {"intl.accept_languages": language},
        },
        "goog:loggingPrefs": {"browser": "ALL"},
    })
}

/// A command for the browser's own tools.
#[derive(Debug)]
pub(super) struct Devtools(pub(super) Value);

impl fantoccini::wd::WebDriverCompatibleCommand for Devtools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.0.to_string()))
    }
}
