//! Runs the program, in a home of its own.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// How the program ended, and what it printed.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A home, with the settings for one API.
pub(crate) struct Program {
    home: PathBuf,
    api: Option<String>,
}

impl Program {
    /// The program, for an API at this address.
    pub(crate) fn of(api: &str) -> Self {
        let api = Some(api.to_owned());
        let home = home();
        Self { home, api }
    }

    /// The program without any settings.
    pub(crate) fn without_settings() -> Self {
        let home = home();
        Self { home, api: None }
    }

    /// A file in its home.
    pub(crate) fn file(&self, name: &str, text: &str) {
        std::fs::write(self.home.join(name), text).unwrap();
    }

    /// The files that it keeps.
    pub(crate) fn state(&self) -> PathBuf {
        self.home.join("state/holdfast")
    }

    /// Begins a command.
    pub(crate) fn begin(&self, line: &str, variables: &[(&str, &str)]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command
            .args(line.split_whitespace())
            .env_clear()
            .current_dir(&self.home)
            .env("XDG_STATE_HOME", self.home.join("state"))
            .envs(variables.iter().copied())
            .kill_on_drop(true)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(api) = &self.api {
            command
                .env("HOLDFAST_API_URL", api)
                .env("HOLDFAST_CUSTOMER_EMAIL", "ana@example.com")
                .env("HOLDFAST_CUSTOMER_PASSWORD", "correct horse battery");
        }
        command.spawn().unwrap()
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, line: &str) -> Ended {
        self.run_with(line, &[]).await
    }

    /// Runs a command to its end, with more settings.
    pub(crate) async fn run_with(&self, line: &str, variables: &[(&str, &str)]) -> Ended {
        let mut child = self.begin(line, variables);
        drop(child.stdin.take());
        child.wait_with_output().await.unwrap().into()
    }

    /// Runs a command that reads this.
    pub(crate) async fn run_reading(&self, line: &str, text: &str) -> Ended {
        let mut child = self.begin(line, &[]);
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).await.unwrap();
        drop(stdin);
        child.wait_with_output().await.unwrap().into()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A folder that stays is no reason to fail.
        std::fs::remove_dir_all(&self.home).ok();
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// The one line that it complained with, and nothing printed.
    #[track_caller]
    pub(crate) fn complaint(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        assert!(self.err.starts_with("holdfast: "), "{self:?}");
        for rust in ["::", "Error {", "Err(", "Some(", "panicked"] {
            assert!(!self.err.contains(rust), "{self:?}");
        }
        self.err.trim_end().trim_start_matches("holdfast: ")
    }
}

fn home() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("holdfast-program-{}-{number}", std::process::id());
    let home = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&home).unwrap();
    home
}
