//! How many instructions a program executes until it asks for its first event. Valgrind counts the
//! same in every run; perf counts only where the machine lets it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, process};

use crate::launch::Launch;
use crate::runtime_api::RuntimeApi;

/// A program that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    /// `valgrind --tool=callgrind`
    Callgrind,
    /// `perf stat -e instructions:u`
    Perf,
}

impl Counter {
    /// The first that works here.
    ///
    /// # Errors
    /// Why none does.
    pub(crate) fn find() -> Result<Self, String> {
        if runs("valgrind", &["--tool=callgrind", "--version"]) {
            return Ok(Self::Callgrind);
        }
        if !runs("perf", &["--version"]) {
            return Err("neither valgrind nor perf is installed".to_owned());
        }
        let file = report_file();
        let counted = Command::new("perf")
            .args(perf(&file))
            .arg("true")
            .stderr(Stdio::null())
            .status();
        match counted.is_ok_and(|status| status.success()) && perf_total(&file).is_some() {
            true => Ok(Self::Perf),
            false => Err(
                "valgrind is not installed, and perf may not count instructions here".to_owned(),
            ),
        }
    }

    /// What it is called in the table's heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Callgrind => "valgrind --tool=callgrind",
            Self::Perf => "perf stat -e instructions:u",
        }
    }

    /// What makes it write its report.
    fn signal(self) -> &'static str {
        match self {
            Self::Callgrind => "-TERM",
            Self::Perf => "-INT",
        }
    }

    /// Counts one start.
    pub(crate) fn count(self, launch: &Launch, api: &RuntimeApi) -> Result<u64, String> {
        let file = report_file();
        let tool = match self {
            Self::Callgrind => callgrind(&file),
            Self::Perf => ["perf".into()].into_iter().chain(perf(&file)).collect(),
        };
        launch.start(api, &tool)?.end_by(self.signal())?;
        let total = match self {
            Self::Callgrind => callgrind_total(&file),
            Self::Perf => perf_total(&file),
        };
        let _ = fs::remove_file(&file);
        total.ok_or_else(|| format!("{} reported nothing", self.name()))
    }
}

fn runs(tool: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(tool);
    let quiet = command.args(arguments).stdout(Stdio::null());
    let status = quiet.stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn report_file() -> PathBuf {
    env::temp_dir().join(format!("holdfast-bench-{}", process::id()))
}

fn callgrind(file: &Path) -> Vec<OsString> {
    let mut into = OsString::from("--callgrind-out-file=");
    into.push(file);
    vec!["valgrind".into(), "--tool=callgrind".into(), into]
}

fn perf(file: &Path) -> Vec<OsString> {
    let words = ["stat", "-x", ",", "-e", "instructions:u", "-o"].map(OsString::from);
    words
        .into_iter()
        .chain([file.into(), "--".into()])
        .collect()
}

/// The line `totals: 512345`.
fn callgrind_total(file: &Path) -> Option<u64> {
    let report = fs::read_to_string(file).ok()?;
    let total = report
        .lines()
        .find_map(|line| line.strip_prefix("totals:"))?;
    total.trim().parse().ok()
}

/// The line `512345,,instructions:u,…`.
fn perf_total(file: &Path) -> Option<u64> {
    let report = fs::read_to_string(file).ok()?;
    let line = report.lines().find(|line| line.contains("instructions"))?;
    line.split(',').next()?.parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_found_in_reports() {
        let file = env::temp_dir().join(format!("holdfast-bench-report-{}", process::id()));
        fs::write(&file, "events: Ir\nfn=(1) main\n16 3\n\ntotals: 512345\n").unwrap();
        assert_eq!(callgrind_total(&file), Some(512_345));
        fs::write(&file, "# started\n\n512345,,instructions:u,99,100.00,,\n").unwrap();
        assert_eq!(perf_total(&file), Some(512_345));
        fs::write(&file, "<not supported>,,instructions:u,0,100.00,,\n").unwrap();
        assert_eq!(perf_total(&file), None);
        fs::remove_file(&file).unwrap();
    }
}
