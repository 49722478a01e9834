//! The files of the pages, which are in the program itself.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::digest::{Context, SHA256};

/// The files of `web`, by their names.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/files.rs"));
/// Enough of a digest to tell one version from all others.
const DIGEST_BYTES: usize = 9;

/// What a browser takes a file for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page.
    Page,
    /// A module.
    Script,
    /// A stylesheet.
    Style,
    /// A drawing.
    Drawing,
}

impl Kind {
    /// By the end of its name; nothing for what no browser is to get.
    pub fn of(name: &str) -> Option<Self> {
        let (_, end) = name.rsplit_once('.')?;
        match end {
            "html" => Some(Self::Page),
            "js" => Some(Self::Script),
            "css" => Some(Self::Style),
            "svg" => Some(Self::Drawing),
            _ => None,
        }
    }

    /// In the words of HTTP.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Page => "text/html; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Style => "text/css; charset=utf-8",
            Self::Drawing => "image/svg+xml; charset=utf-8",
        }
    }
}

/// A file, as it lies in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is.
    pub kind: Kind,
    /// What is in it.
    pub text: &'static str,
}

/// All files, and the name of their version.
#[derive(Clone, Debug)]
pub struct Files {
    version: String,
}

impl Files {
    /// Those of this program.
    pub fn of_this_program() -> Self {
        let mut digest = Context::new(&SHA256);
        for (name, bytes) in FILES {
            digest.update(name.as_bytes());
            digest.update(bytes);
        }
        let digest = digest.finish();
        let short = digest.as_ref().get(..DIGEST_BYTES).unwrap_or_default();
        let version = format!("v-{}", BASE64.encode(short));
        Self { version }
    }

    /// Changes with each change of any file.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The file of this name.
    pub fn get(&self, name: &str) -> Option<File> {
        let found = FILES.binary_search_by_key(&name, |(name, _)| name).ok()?;
        let (name, bytes) = FILES.get(found)?;
        let text = std::str::from_utf8(bytes).ok()?;
        Kind::of(name).map(|kind| File { kind, text })
    }

    /// The names of all files.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(name, _)| *name)
    }
}
