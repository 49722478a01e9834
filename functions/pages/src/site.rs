//! What is at which address: pages that are asked for anew each time, and their files below a folder
//! whose name changes with them, so that a browser keeps them for good.

use holdfast_kit::answers::{SECURITY, is_known};
use lambda_http::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use lambda_http::{Body, Response};
use serde_json::json;

use crate::files::{File, Files};

/// Where the pages begin, in the stage.
pub const ROOT: &str = "/app";
/// What the pages' own text has where the folder of this version belongs.
const VERSION: &str = "{version}";
const PAGE: &str = "index.html";
const CONFIG: &str = "config.json";
const KEPT_FOR_GOOD: &str = "public, max-age=31536000, immutable";
const ASKED_FOR_ANEW: &str = "no-cache";

/// What is different from stack to stack.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Whether suppliers are simulated, so that the pages offer their test cards.
    pub simulation: bool,
    /// Where pages hear of changes: `wss://…`.
    pub push: String,
}

/// The pages of a stack.
#[derive(Clone, Debug)]
pub struct Site {
    files: Files,
    setting: Setting,
    /// What a page may load and connect to.
    policy: String,
}

impl Site {
    /// The pages of a stack with this setting.
    pub fn new(setting: Setting) -> Self {
        let policy = policy(&setting.push);
        Self {
            files: Files::of_this_program(),
            setting,
            policy,
        }
    }

    /// The files.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Answers a request for a path, which has no stage in it.
    pub fn respond(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response<Body> {
        let mut answer = self.found(method, path, headers);
        let policy = header::CONTENT_SECURITY_POLICY;
        set(answer.headers_mut(), policy, &self.policy);
        answer
    }

    fn found(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            let mut answer = plain(StatusCode::METHOD_NOT_ALLOWED, "pages are read: use GET");
            let allowed = HeaderValue::from_static("GET, HEAD");
            answer.headers_mut().insert(header::ALLOW, allowed);
            return answer;
        }
        let Some(name) = path.strip_prefix(ROOT) else {
            return nothing_here();
        };
        match name {
            // Without the slash, what a page names would be looked for beside it.
            "" => moved("app/"),
            "/desk" => moved("desk/"),
            _ => self.below(name.trim_start_matches('/'), headers),
        }
    }

    fn below(&self, name: &str, headers: &HeaderMap) -> Response<Body> {
        if name == CONFIG {
            return self.config();
        }
        let of_this_version = name
            .strip_prefix(self.files.version())
            .and_then(|name| name.strip_prefix('/'));
        match of_this_version {
            Some(name) => match self.files.get(name) {
                Some(file) => dressed(file, file.text.to_owned(), KEPT_FOR_GOOD),
                None => nothing_here(),
            },
            None => self.page(name, headers),
        }
    }

    fn page(&self, name: &str, headers: &HeaderMap) -> Response<Body> {
        let name = match name.is_empty() || name.ends_with('/') {
            true => format!("{name}{PAGE}"),
            false => name.to_owned(),
        };
        let is_page = name == PAGE || name.ends_with("/index.html");
        let Some(file) = self.files.get(&name).filter(|_| is_page) else {
            return nothing_here();
        };
        let tag = format!("\"{}\"", self.files.version());
        if is_known(headers, &tag) {
            return not_modified(&tag);
        }
        let text = file.text.replace(VERSION, self.files.version());
        let mut answer = dressed(file, text, ASKED_FOR_ANEW);
        set(answer.headers_mut(), header::ETAG, &tag);
        answer
    }

    fn config(&self) -> Response<Body> {
        let config = json!({"simulation": self.setting.simulation});
        let mut answer = Response::new(Body::Text(config.to_string()));
        let headers = answer.headers_mut();
        set(headers, header::CONTENT_TYPE, "application/json");
        set(headers, header::CACHE_CONTROL, ASKED_FOR_ANEW);
        secure(answer)
    }
}

/// Scripts and styles come from the stack alone, none of them stands in a page, and nothing is made from text.
/// Beside the stack's API a page may connect to the origin of its push.
fn policy(push: &str) -> String {
    let push = origin(push);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{push}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'"
    )
}

/// The origin of an address of WebSockets, behind a space; nothing where the address is none.
fn origin(url: &str) -> String {
    let parts = url.split_once("://");
    let parts = parts.filter(|(scheme, _)| matches!(*scheme, "ws" | "wss"));
    parts.map_or_else(String::new, |(scheme, rest)| {
        let host = rest.split('/').next().unwrap_or_default();
        format!(" {scheme}://{host}")
    })
}

fn dressed(file: File, text: String, cache: &str) -> Response<Body> {
    let mut answer = Response::new(Body::Text(text));
    let headers = answer.headers_mut();
    set(headers, header::CONTENT_TYPE, file.kind.media_type());
    set(headers, header::CACHE_CONTROL, cache);
    secure(answer)
}

fn secure(mut answer: Response<Body>) -> Response<Body> {
    let headers = answer.headers_mut();
    for (name, value) in SECURITY {
        set(headers, name, value);
    }
    answer
}

fn not_modified(tag: &str) -> Response<Body> {
    let mut answer = plain(StatusCode::NOT_MODIFIED, "");
    set(answer.headers_mut(), header::ETAG, tag);
    set(answer.headers_mut(), header::CACHE_CONTROL, ASKED_FOR_ANEW);
    answer
}

fn moved(to: &str) -> Response<Body> {
    let mut answer = plain(StatusCode::PERMANENT_REDIRECT, "");
    set(answer.headers_mut(), header::LOCATION, to);
    answer
}

fn nothing_here() -> Response<Body> {
    plain(
        StatusCode::NOT_FOUND,
        "there is no such page; begin at app/",
    )
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut answer = Response::new(Body::Text(text.to_owned()));
    *answer.status_mut() = status;
    let kind = "text/plain; charset=utf-8";
    set(answer.headers_mut(), header::CONTENT_TYPE, kind);
    secure(answer)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
