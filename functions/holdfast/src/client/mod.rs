//! The HTTP API, asked as a customer. A request that got no answer, or is told to come again, is sent
//! again with the same `Idempotency-Key`; one whose token is no longer good, with another token.
//!
//! - `request`: what is asked
//! - `exchange`: one request, one answer, within a time
//! - `session`: the session, kept in a file between commands
//! - `refusal`: what the API refuses, as a line

mod exchange;
mod refusal;
mod request;
mod session;

use std::time::Duration;

use holdfast_kit::clock::Clock;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::problem::Problem;
use exchange::{Answer, Line, Silence};
use session::{Session, Sessions};

pub(crate) use refusal::Refusal;
pub(crate) use request::{Request, encoded, key};

const ADDRESS: &str = "HOLDFAST_API_URL";
const MOST_TRIES: u32 = 4;
/// Between two tries, where the API does not say how long.
const PAUSE: Duration = Duration::from_millis(500);
const UNAUTHORIZED: u16 = 401;

/// Who signs in.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// The API, and the session of one customer.
pub(crate) struct Api {
    line: Line,
    credentials: Credentials,
    sessions: Sessions,
    session: Option<Session>,
    clock: Clock,
}

impl Api {
    /// The API and the customer that the environment names.
    pub(crate) fn from_env() -> Result<Self, Problem> {
        Self::of("HOLDFAST_CUSTOMER_EMAIL", "HOLDFAST_CUSTOMER_PASSWORD")
    }

    /// The API and the operator that the environment names.
    pub(crate) fn of_operator() -> Result<Self, Problem> {
        Self::of("HOLDFAST_OPERATOR_EMAIL", "HOLDFAST_OPERATOR_PASSWORD")
    }

    fn of(email: &'static str, password: &'static str) -> Result<Self, Problem> {
        let base = setting(ADDRESS)?;
        let base = base.trim_end_matches('/').to_owned();
        if !base.starts_with("http://") && !base.starts_with("https://") {
            return Err(Problem::BadAddress { variable: ADDRESS });
        }
        let credentials = Credentials {
            email: setting(email)?,
            password: setting(password)?,
        };
        let sessions = Sessions::of(&base, &credentials.email);
        Ok(Self {
            line: Line::to(base),
            credentials,
            session: sessions.read(),
            sessions,
            clock: Clock::system(),
        })
    }

    /// The address of whom is signed in.
    pub(crate) fn customer(&self) -> &str {
        &self.credentials.email
    }

    /// The answer to a request, as JSON.
    pub(crate) async fn ask(&mut self, request: &Request) -> Result<Value, Problem> {
        let answer = self.answer(request).await?;
        serde_json::from_slice(&answer.body).map_err(|_| Problem::Nonsense {
            what: request.to_string(),
            why: "no JSON".to_owned(),
        })
    }

    /// The answer to a request, as text.
    pub(crate) async fn text(&mut self, request: &Request) -> Result<String, Problem> {
        let answer = self.answer(request).await?;
        Ok(String::from_utf8_lossy(&answer.body).into_owned())
    }

    async fn answer(&mut self, request: &Request) -> Result<Answer, Problem> {
        let mut signed_in_anew = false;
        loop {
            let token = self.token().await?;
            let (answer, tries) = self.persist(request, Some(&token)).await?;
            if answer.status == UNAUTHORIZED && !signed_in_anew {
                signed_in_anew = true;
                self.forget(&token);
            } else if answer.is_good() {
                return Ok(answer);
            } else {
                return Err(refused(request, answer, tries));
            }
        }
    }

    /// Asks again where no answer comes, or one that says so; answers with the number of tries, too.
    async fn persist(
        &self,
        request: &Request,
        token: Option<&str>,
    ) -> Result<(Answer, u32), Problem> {
        let mut tries = 1;
        loop {
            let is_last = tries == MOST_TRIES;
            let pause = match self.line.exchange(request, token).await {
                Ok(answer) if is_last || !answer.is_for_later() => return Ok((answer, tries)),
                Ok(answer) => answer.come_again.unwrap_or(PAUSE),
                Err(Silence::NoAnswer(_)) if !is_last => PAUSE,
                Err(silence) => return Err(self.silent(request, silence)),
            };
            tokio::time::sleep(pause).await;
            tries += 1;
        }
    }

    /// A token that is good for a while. Programs that run at the same time take turns, since a refresh
    /// token is good once.
    async fn token(&mut self) -> Result<String, Problem> {
        let now = self.clock.now();
        if let Some(session) = self.session.as_ref().filter(|kept| kept.is_good(now)) {
            return Ok(session.access_token.clone());
        }
        let turn = self.sessions.turn();
        let kept = self.sessions.read();
        let session = match kept.filter(|kept| kept.is_good(now)) {
            Some(session) => session,
            None => self.renewed().await?,
        };
        drop(turn);
        let token = session.access_token.clone();
        self.session = Some(session);
        Ok(token)
    }

    async fn renewed(&mut self) -> Result<Session, Problem> {
        let refreshed = match self.sessions.read() {
            Some(kept) => self.refresh(&kept.refresh_token).await?,
            None => None,
        };
        let session = match refreshed {
            Some(session) => session,
            None => self.sign_in().await?,
        };
        if let Err(problem) = self.sessions.write(&session) {
            let folder = self.sessions.folder();
            eprintln!("holdfast: the session cannot be kept in {folder}: {problem}");
        }
        Ok(session)
    }

    /// Another pair of tokens; nothing where the refresh token is no longer good.
    async fn refresh(&self, token: &str) -> Result<Option<Session>, Problem> {
        let request = Request::post("/sessions/refresh").json(json!({"refresh_token": token}));
        let (answer, _) = self.persist(&request, None).await?;
        match answer.is_good() {
            true => self.opened(&request, &answer).map(Some),
            false => Ok(None),
        }
    }

    async fn sign_in(&self) -> Result<Session, Problem> {
        let Credentials { email, password } = &self.credentials;
        let body = json!({"email": email, "password": password});
        let request = Request::post("/sessions").json(body);
        let (answer, tries) = self.persist(&request, None).await?;
        match answer.status {
            UNAUTHORIZED => Err(Problem::WrongPassword(email.clone())),
            _ if answer.is_good() => self.opened(&request, &answer),
            _ => Err(refused(&request, answer, tries)),
        }
    }

    fn opened(&self, request: &Request, answer: &Answer) -> Result<Session, Problem> {
        let opened = Session::opened(&answer.body, self.clock.now());
        opened.map_err(|problem| Problem::Nonsense {
            what: request.to_string(),
            why: format!("no session: {problem}"),
        })
    }

    /// The access token was refused: the next one is made with the refresh token, or by signing in.
    fn forget(&mut self, token: &str) {
        self.session = None;
        self.sessions.spoil(token);
    }

    fn silent(&self, request: &Request, silence: Silence) -> Problem {
        match silence {
            Silence::Unreachable => Problem::Unreachable(self.line.base().to_owned()),
            Silence::NoAnswer(why) => Problem::Silent {
                what: request.to_string(),
                why,
            },
            Silence::NotSent(why) => Problem::Usage(format!("{request}: {why}")),
        }
    }
}

/// What an answer says, in the types of this program.
pub(crate) fn read<T: DeserializeOwned>(what: &str, value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|problem| Problem::Nonsense {
        what: what.to_owned(),
        why: problem.to_string(),
    })
}

fn setting(variable: &'static str) -> Result<String, Problem> {
    let set = std::env::var(variable).ok();
    let set = set.filter(|value| !value.is_empty());
    set.ok_or_else(|| Problem::setting(variable))
}

fn refused(request: &Request, answer: Answer, tries: u32) -> Problem {
    Problem::Refused(Box::new(Refusal::read(request, answer, tries)))
}
