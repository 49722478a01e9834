//! The session of one customer of one API, kept in a file that only its owner reads, so that a command
//! does not sign in each time.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use holdfast_core::hex::hex;
use holdfast_core::time::Timestamp;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// A token that ends sooner than this is renewed before it is used.
const MARGIN: Duration = Duration::from_secs(30);

/// Both tokens of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) access_token: String,
    pub(super) refresh_token: String,
    good_until: Timestamp,
}

/// What the API answers to those who sign in.
#[derive(Deserialize)]
struct Opened {
    access_token: String,
    expires_in: u64,
    refresh_token: String,
}

/// Where the session is kept; nowhere on a machine without a home.
#[derive(Debug)]
pub(super) struct Sessions {
    file: Option<PathBuf>,
}

impl Session {
    /// The session that an answer opens.
    pub(super) fn opened(answer: &[u8], now: Timestamp) -> Result<Self, serde_json::Error> {
        let opened: Opened = serde_json::from_slice(answer)?;
        Ok(Self {
            access_token: opened.access_token,
            refresh_token: opened.refresh_token,
            good_until: now + Duration::from_secs(opened.expires_in),
        })
    }

    /// Whether its access token is good for a while.
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        now + MARGIN < self.good_until
    }
}

impl Sessions {
    /// The session of a customer of an API.
    pub(super) fn of(api: &str, email: &str) -> Self {
        let file = folder().map(|folder| folder.join(name(api, email)));
        Self { file }
    }

    /// Where it is kept, for people.
    pub(super) fn folder(&self) -> String {
        let folder = self.file.as_deref().and_then(Path::parent);
        folder.map_or_else(String::new, |folder| folder.display().to_string())
    }

    /// The session that is kept. One that cannot be read is none: signing in makes another.
    pub(super) fn read(&self) -> Option<Session> {
        let text = fs::read(self.file.as_ref()?).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Keeps a session, in place of the one before, at once.
    pub(super) fn write(&self, session: &Session) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let new = file.with_extension(format!("{}.new", std::process::id()));
        private(&new)?.write_all(&serde_json::to_vec(session)?)?;
        fs::rename(&new, file)
    }

    /// Marks an access token that was refused as no longer good; one that another program has renewed
    /// meanwhile stays.
    pub(super) fn spoil(&self, token: &str) {
        let kept = self.read().filter(|kept| kept.access_token == token);
        if let Some(mut session) = kept {
            session.good_until = Timestamp::from_millis(0);
            // Where it cannot be written, it was not kept either.
            let _unkept = self.write(&session);
        }
    }

    /// Waits until no other program renews the session; as long as the turn is held, no other does.
    pub(super) fn turn(&self) -> Option<File> {
        let file = private(&self.file.as_ref()?.with_extension("turn")).ok()?;
        file.lock().ok()?;
        Some(file)
    }
}

/// A file that only its owner reads, in a folder that only its owner lists.
fn private(file: &Path) -> io::Result<File> {
    if let Some(folder) = file.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(file)
}

fn folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = set("HOLDFAST_STATE_DIR") {
        return Some(folder.into());
    }
    if let Some(state) = set("XDG_STATE_HOME") {
        return Some(PathBuf::from(state).join("holdfast"));
    }
    set("HOME").map(|home| PathBuf::from(home).join(".local/state/holdfast"))
}

/// Tells the customers of all APIs apart, and names none of them.
fn name(api: &str, email: &str) -> String {
    let digest = digest(&SHA256, format!("{api}\n{email}").as_bytes());
    format!("session-{}.json", hex(&digest.as_ref()[..12]))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn session(token: &str) -> Session {
        Session {
            access_token: token.to_owned(),
            refresh_token: "rt_1".to_owned(),
            good_until: Timestamp::from_millis(60_000),
        }
    }

    fn kept_in(test: &str) -> Sessions {
        let folder = std::env::temp_dir().join(format!("holdfast-{test}-{}", std::process::id()));
        let file = Some(folder.join(name("https://a", "ana@example.com")));
        Sessions { file }
    }

    #[test]
    fn a_session_is_kept_for_its_owner_alone() {
        let sessions = kept_in("owner");
        assert_eq!(sessions.read(), None);
        sessions.write(&session("one")).unwrap();
        sessions.write(&session("two")).unwrap();
        assert_eq!(sessions.read(), Some(session("two")));
        let file = sessions.file.clone().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
        fs::remove_dir_all(file.parent().unwrap()).unwrap();
    }

    #[test]
    fn only_the_token_that_was_refused_is_spoilt() {
        let sessions = kept_in("spoil");
        sessions.write(&session("new")).unwrap();
        sessions.spoil("old");
        let now = Timestamp::from_millis(1_000);
        assert!(sessions.read().unwrap().is_good(now));
        sessions.spoil("new");
        assert!(!sessions.read().unwrap().is_good(now));
        assert_eq!(sessions.read().unwrap().refresh_token, "rt_1");
        fs::remove_dir_all(sessions.file.unwrap().parent().unwrap()).unwrap();
    }

    #[test]
    fn a_token_is_renewed_a_little_before_it_ends() {
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        assert!(session("t").is_good(at(29)));
        assert!(!session("t").is_good(at(30)));
    }

    #[test]
    fn each_customer_of_each_api_has_a_file() {
        let names = [
            name("https://a", "ana@example.com"),
            name("https://b", "ana@example.com"),
            name("https://a", "bob@example.com"),
        ];
        assert!(names[0] != names[1] && names[0] != names[2] && names[1] != names[2]);
    }
}
