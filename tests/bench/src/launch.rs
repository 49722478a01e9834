//! Starts a program as Lambda would, and measures it until it asks for its first event.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::runtime_api::{NEXT, RuntimeApi};

/// Under valgrind a start takes about a second.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is checked that the program has not ended.
const GLANCE: Duration = Duration::from_millis(100);

/// A program, and the environment that it is started in.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    /// The file.
    pub(crate) program: PathBuf,
    /// What its settings are.
    pub(crate) environment: BTreeMap<String, String>,
}

/// A program that waits for its first event. It is killed when this is dropped.
pub(crate) struct Started {
    /// From just before the start to the arrival of the first request.
    pub(crate) took: Duration,
    child: Child,
}

impl Launch {
    /// Starts it, under a tool (a command and its arguments) if one is given.
    pub(crate) fn start(&self, api: &RuntimeApi, tool: &[OsString]) -> Result<Started, String> {
        let mut command = match tool {
            [] => Command::new(&self.program),
            [tool, arguments @ ..] => {
                let mut command = Command::new(tool);
                command.args(arguments).arg(&self.program);
                command
            }
        };
        command
            .env_clear()
            .envs(&self.environment)
            .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(path) = std::env::var_os("PATH").filter(|_| !tool.is_empty()) {
            command.env("PATH", path);
        }
        let began = Instant::now();
        let child = command.spawn();
        let child = child.map_err(|problem| format!("cannot be started: {problem}"))?;
        let mut started = Started {
            took: Duration::ZERO,
            child,
        };
        started.took = started.first_request(api, began)?;
        Ok(started)
    }
}

impl Started {
    fn first_request(&mut self, api: &RuntimeApi, began: Instant) -> Result<Duration, String> {
        while began.elapsed() < PATIENCE {
            if let Some(request) = api.wait(GLANCE) {
                if request.text.starts_with(NEXT) {
                    return Ok(request.at - began);
                }
                let line = request.text.lines().next().unwrap_or_default();
                return Err(format!("asked for {line:?} first"));
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("ended with {status}: {}", self.last_words()));
            }
        }
        Err(format!("asked for no event within {PATIENCE:?}"))
    }

    /// The most memory that it has had, in bytes; nothing where the system does not tell.
    pub(crate) fn peak_memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1024)
    }

    /// Sends it a signal, and waits until it has ended.
    pub(crate) fn end_by(mut self, signal: &str) -> Result<(), String> {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args([signal, &pid]).status();
        told.map_err(|problem| format!("kill: {problem}"))?;
        let ended = self.child.wait();
        ended.map_err(|problem| problem.to_string()).map(drop)
    }

    fn last_words(&mut self) -> String {
        let mut said = String::new();
        if let Some(output) = &mut self.child.stdout {
            let _ = output.read_to_string(&mut said);
        }
        if let Some(errors) = &mut self.child.stderr {
            let _ = errors.read_to_string(&mut said);
        }
        said.trim().to_owned()
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Started, String> {
        let launch = Launch {
            program: "/bin/sh".into(),
            environment: BTreeMap::from([("PATH".to_owned(), std::env::var("PATH").unwrap())]),
        };
        let tool = ["sh", "-c", script].map(OsString::from);
        launch.start(&RuntimeApi::listen().unwrap(), &tool)
    }

    /// Speaks HTTP with what every shell of the tests' machines has.
    fn asking(line: &str) -> String {
        format!(
            "exec bash -c 'exec 3<>/dev/tcp/${{AWS_LAMBDA_RUNTIME_API/://}}; \
             printf \"{line} HTTP/1.1\\r\\n\\r\\n\" >&3; read -r <&3'"
        )
    }

    #[test]
    fn a_program_has_started_when_it_asks_for_an_event() {
        let started = shell(&asking("GET /2018-06-01/runtime/invocation/next")).unwrap();
        assert!(started.took > Duration::ZERO);
    }

    #[test]
    fn a_program_that_ends_is_told_with_its_last_words() {
        let problem = shell("echo KIND is missing; exit 3").err().unwrap();
        assert!(problem.contains("exit status: 3"), "{problem}");
        assert!(problem.contains("KIND is missing"), "{problem}");
    }

    #[test]
    fn a_program_that_asks_for_something_else_has_not_started() {
        let problem = shell(&asking("POST /2018-06-01/runtime/init/error"))
            .err()
            .unwrap();
        assert!(problem.contains("init/error"), "{problem}");
    }
}
