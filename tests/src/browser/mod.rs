//! A real browser, driven over WebDriver: what a person sees in the pages, and does there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc
)]

mod driver;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::output;
use driver::Driver;

/// How long a page may take until it shows what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOKS_EVERY: Duration = Duration::from_millis(50);

/// How somebody looks at the pages.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// The window's width, in CSS pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Whether they like it dark.
    pub dark: bool,
    /// The language of their browser.
    pub language: &'static str,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 900,
            dark: false,
            language: "en-US",
        }
    }
}

/// A browser with one window, and nothing in its memory.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    /// Ends with the browser.
    _driver: Driver,
}

impl Browser {
    /// Opens a browser.
    pub async fn open(look: Look) -> Self {
        let driver = driver::start().await;
        let capabilities = driver::capabilities(look);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities.as_object().unwrap().clone());
        let client = builder
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await;
        let client = client.expect("a browser");
        let browser = Self {
            client,
            _driver: driver,
        };
        browser.looks(look).await;
        browser
    }

    /// Changes how it is looked at.
    pub async fn looks(&self, look: Look) {
        let scheme = if look.dark { "dark" } else { "light" };
        let scheme = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let media = json!({"media": "", "features": scheme});
        self.devtools("Emulation.setEmulatedMedia", media).await;
        // A window of the browser's own cannot be as narrow as a telephone.
        let size = json!({"width": look.width, "height": look.height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// Goes to an address below the pages', such as `desk/`.
    pub async fn goes_to(&self, path: &str) {
        let address = format!("{}{path}", output("PAGES_URL"));
        self.client.goto(&address).await.expect("the page");
    }

    /// Loads the page anew.
    pub async fn reloads(&self) {
        self.client.refresh().await.expect("the page again");
    }

    /// The element with this `data-test`, once it is there and can be seen.
    pub async fn one(&self, test: &str) -> Element {
        self.find(&format!("[data-test='{test}']")).await
    }

    /// The element that a selector finds, once it is there and can be seen.
    pub async fn find(&self, selector: &str) -> Element {
        let until = Instant::now() + PATIENCE;
        loop {
            for found in self.all(selector).await {
                if found.is_displayed().await.unwrap_or(false) {
                    return found;
                }
            }
            if Instant::now() > until {
                panic!("{selector} is not on the page:\n{}", self.told().await);
            }
            tokio::time::sleep(LOOKS_EVERY).await;
        }
    }

    /// All that a selector finds now.
    pub async fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.client.find_all(Locator::Css(selector)).await;
        found.unwrap_or_default()
    }

    /// Presses a button, or follows a link, once it can be pressed.
    pub async fn presses(&self, test: &str) {
        self.clicks(&format!("[data-test='{test}']")).await;
    }

    /// Clicks what a selector finds, once nothing is in the way.
    pub async fn clicks(&self, selector: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let found = self.find(selector).await;
            // A button whose act is under way takes no press.
            let is_busy = found
                .attr("aria-disabled")
                .await
                .unwrap_or_default()
                .is_some();
            let enabled = !is_busy && found.is_enabled().await.unwrap_or(false);
            // Not below what stays at the edge of the window.
            let middle = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
            let element = serde_json::to_value(&found).unwrap();
            let _ = self.client.execute(middle, vec![element]).await;
            let clicked = match enabled {
                true => found.click().await.map_err(|error| error.to_string()),
                false => Err("it is disabled".to_owned()),
            };
            let Err(error) = clicked else { return };
            if Instant::now() > until {
                panic!("{selector}: {error}\n{}", self.told().await);
            }
            tokio::time::sleep(LOOKS_EVERY).await;
        }
    }

    /// Writes into a field, in the place of what is in it.
    pub async fn writes(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        let kind = field.attr("type").await.unwrap_or_default();
        if kind.as_deref() == Some("date") {
            // Typed, a date would have to be in the order of the browser's language.
            let script = "arguments[0].value = arguments[1]; \
                for (const what of ['input', 'change']) arguments[0].dispatchEvent(new Event(what, {bubbles: true}));";
            let field = serde_json::to_value(&field).unwrap();
            self.run(script, vec![field, json!(text)]).await;
            return;
        }
        field.clear().await.expect("an empty field");
        field.send_keys(text).await.expect("a field to write into");
    }

    /// Presses keys, wherever the focus is.
    pub async fn types(&self, keys: &str) {
        let mut pressed = KeyActions::new("keys".to_owned());
        for value in keys.chars() {
            pressed = pressed.then(KeyAction::Down { value });
            pressed = pressed.then(KeyAction::Up { value });
        }
        self.client.perform_actions(pressed).await.expect("keys");
    }

    /// Presses Tab until the focus is on what a selector finds.
    pub async fn tabs_to(&self, selector: &str) {
        const MOST: usize = 120;
        self.find(selector).await;
        let tab = char::from(Key::Tab).to_string();
        for _ in 0..MOST {
            let script = "return document.activeElement?.matches(arguments[0]) ?? false";
            if self.run(script, vec![json!(selector)]).await == json!(true) {
                return;
            }
            self.types(&tab).await;
        }
        panic!(
            "the focus never comes to {selector}:\n{}",
            self.told().await
        );
    }

    /// Waits until the text of what a selector finds is as it should be, and tells it.
    pub async fn sees(&self, selector: &str, is_so: impl Fn(&str) -> bool) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut texts = Vec::new();
            for found in self.all(selector).await {
                let text = found.text().await.unwrap_or_default();
                if is_so(&text) {
                    return text;
                }
                texts.push(text);
            }
            if Instant::now() > until {
                let page = self.told().await;
                panic!("{selector} is {texts:?}, on the page:\n{page}");
            }
            tokio::time::sleep(LOOKS_EVERY).await;
        }
    }

    /// Waits until something is so.
    pub async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let until = Instant::now() + PATIENCE;
        while !is_so().await {
            if Instant::now() > until {
                panic!("never: {what}, on the page:\n{}", self.told().await);
            }
            tokio::time::sleep(LOOKS_EVERY).await;
        }
    }

    /// All that the page says now.
    pub async fn told(&self) -> String {
        let script = "return document.body.innerText + '\\n' + location.href";
        let text = self.run(script, vec![]).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page, and tells what it returns.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let done = self.client.execute(script, arguments).await;
        done.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script whose last argument it calls with what it has found.
    pub async fn run_later(&self, script: &str, arguments: Vec<Value>) -> Value {
        let done = self.client.execute_async(script, arguments).await;
        done.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Asks the browser's own tools for something, such as to be offline.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let asked = json!({"cmd": command, "params": parameters});
        let issued = self.client.issue_cmd(driver::Devtools(asked)).await;
        issued.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Nothing on the page is out of reach for anybody, as far as a program can tell.
    pub async fn is_for_everybody(&self, page: &str) {
        let axe = fs::read_to_string(env::var("HOLDFAST_AXE").unwrap()).unwrap();
        self.run(&axe, vec![]).await;
        let script = "const done = arguments[arguments.length - 1]; \
            axe.run(document, {resultTypes: ['violations']}).then((found) => done(found.violations.map((each) => \
            `${each.id}: ${each.help}: ${each.nodes.map((node) => node.html).join(' | ')}`)), (error) => done([`${error}`]))";
        let found = self.run_later(script, vec![]).await;
        assert_eq!(found, json!([]), "{page}");
    }

    /// Keeps a picture of the page.
    pub async fn is_pictured(&self, name: &str) {
        let shot = self.client.screenshot().await.expect("a picture");
        keep(name, &shot);
    }

    /// Draws what the window shows, small enough to be kept among the sources.
    pub async fn is_drawn(&self, file: &Path) {
        let wanted = json!({"format": "webp", "quality": 90});
        let shot = self.devtools("Page.captureScreenshot", wanted).await;
        let picture = BASE64.decode(shot["data"].as_str().unwrap()).unwrap();
        fs::write(file, picture).unwrap();
    }

    /// Opens another window beside this one, with the same memory, and tells how to come to it.
    pub async fn opens_another(&self) -> fantoccini::wd::WindowHandle {
        let new = self.client.new_window(true).await.expect("a tab");
        new.handle
    }

    /// The window that is looked at.
    pub async fn window(&self) -> fantoccini::wd::WindowHandle {
        self.client.window().await.expect("a window")
    }

    /// All windows.
    pub async fn windows(&self) -> Vec<fantoccini::wd::WindowHandle> {
        self.client.windows().await.expect("windows")
    }

    /// Looks at a window.
    pub async fn turns_to(&self, window: fantoccini::wd::WindowHandle) {
        self.client
            .switch_to_window(window)
            .await
            .expect("a window");
    }

    /// Closes the browser.
    pub async fn closes(self) {
        self.client.clone().close().await.expect("an end");
    }
}

fn keep(name: &str, picture: &[u8]) {
    let folder = PathBuf::from(env::var("HOLDFAST_SCREENSHOTS").unwrap());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{name}.png")), picture).unwrap();
}
