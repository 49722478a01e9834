//! What browsers get, and what they are told about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use holdfast_pages::files::Kind;
use holdfast_pages::site::{Setting, Site};
use lambda_http::http::{HeaderMap, Method, header};
use lambda_http::{Body, Response};

fn site() -> Site {
    with(true)
}

fn with(simulation: bool) -> Site {
    let push = "wss://push.example.com/live".to_owned();
    Site::new(Setting { simulation, push })
}

fn get(path: &str) -> Response<Body> {
    site().respond(&Method::GET, path, &HeaderMap::new())
}

fn text(answer: &Response<Body>) -> &str {
    std::str::from_utf8(answer.body()).unwrap()
}

fn told(answer: &Response<Body>, name: header::HeaderName) -> &str {
    answer.headers()[name].to_str().unwrap()
}

/// The addresses that a page names, below the page's own.
fn named(page: &str) -> Vec<String> {
    let parts = page.split('"').filter(|part| part.contains("/v-"));
    parts
        .chain(page.split('"').filter(|part| part.starts_with("v-")))
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_page_is_asked_for_anew_and_all_that_it_names_is_kept_for_good() {
    for folder in ["/app/", "/app/desk/"] {
        let page = get(folder);
        assert_eq!(page.status(), 200, "{folder}");
        assert_eq!(told(&page, header::CACHE_CONTROL), "no-cache");
        let files = named(text(&page));
        assert!(files.len() > 2, "{folder} names {files:?}");
        for file in files {
            let path = match file.strip_prefix("../") {
                Some(file) => format!("/app/{file}"),
                None => format!("{folder}{file}"),
            };
            // A part of a drawing has a name behind `#`.
            let found = get(path.split('#').next().unwrap());
            assert_eq!(found.status(), 200, "{path}");
            assert!(told(&found, header::CACHE_CONTROL).contains("immutable"));
        }
    }
}

#[test]
fn a_browser_that_has_the_page_gets_nothing() {
    let first = get("/app/");
    let mut headers = HeaderMap::new();
    headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
    let again = site().respond(&Method::GET, "/app/", &headers);
    assert_eq!((again.status().as_u16(), text(&again)), (304, ""));
}

#[test]
fn scripts_come_from_the_stack_alone_and_none_stands_in_a_page() {
    let page = get("/app/");
    let policy = told(&page, header::CONTENT_SECURITY_POLICY);
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"));
    assert!(policy.contains("; connect-src 'self' wss://push.example.com;"));
    for loose in ["unsafe", "*", "http:", "https:"] {
        assert!(!policy.contains(loose), "{policy}");
    }
    for folder in ["/app/", "/app/desk/"] {
        let page = get(folder);
        let page = text(&page);
        assert!(!page.contains(" style="), "a style in {folder}");
        assert!(!page.contains("<style"), "a stylesheet in {folder}");
        let scripts = page.matches("<script").count();
        let named = page.matches("<script src=\"").count();
        let modules = page.matches("<script type=\"module\" src=\"").count();
        assert_eq!(scripts, named + modules, "each is in a file of its own");
        assert!(!page.contains("://"), "another origin in {folder}");
    }
}

#[test]
fn every_file_is_of_a_kind_and_is_text() {
    let site = site();
    for name in site.files().names() {
        assert!(Kind::of(name).is_some(), "{name}: of which kind is it?");
        assert!(site.files().get(name).is_some(), "{name} is no text");
    }
}

#[test]
fn there_is_nothing_else_and_nothing_of_another_version() {
    for path in [
        "/app/index",
        "/app/v-old/core/api.js",
        "/app/../Cargo.toml",
        "/app/core/api.js",
        "/desk/",
    ] {
        assert_eq!(get(path).status(), 404, "{path}");
    }
    let posted = site().respond(&Method::POST, "/app/", &HeaderMap::new());
    assert_eq!(posted.status(), 405);
    assert_eq!(told(&posted, header::ALLOW), "GET, HEAD");
}

#[test]
fn without_its_slash_a_page_moves_there() {
    for (path, to) in [("/app", "app/"), ("/app/desk", "desk/")] {
        let answer = get(path);
        assert_eq!(answer.status(), 308);
        assert_eq!(told(&answer, header::LOCATION), to);
    }
}

#[test]
fn the_pages_learn_whether_test_cards_are_taken() {
    for simulation in [true, false] {
        let site = with(simulation);
        let answer = site.respond(&Method::GET, "/app/config.json", &HeaderMap::new());
        assert_eq!(text(&answer), format!("{{\"simulation\":{simulation}}}"));
    }
}
