//! EventBridge Scheduler: one-shot schedules, kept as files, created, read, changed and deleted over the wire.

#![expect(clippy::disallowed_types, reason = "this answers like AWS, not like our API")]

use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Json, Response},
    routing::get,
};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Value, json};

/// All schedules.
#[derive(Debug, Clone)]
pub struct Schedules {
    inner: Arc<Mutex<BTreeMap<String, Kept>>>,
    folder: Option<PathBuf>,
}

/// A schedule, and when it fires. The time is parsed once, because it is compared twice a second.
#[derive(Debug, Clone)]
struct Kept {
    definition: Value,
    at: Option<Timestamp>,
}

impl From<Value> for Kept {
    fn from(definition: Value) -> Self {
        Self { at: fires_at(&definition), definition }
    }
}

/// A schedule whose time has come.
#[derive(Debug, Clone)]
pub struct Due {
    pub name: String,
    pub at: Timestamp,
    pub input: String,
    definition: Value,
}

impl Schedules {
    pub(super) fn open(folder: Option<PathBuf>) -> io::Result<Self> {
        let mut all = BTreeMap::new();
        if let Some(folder) = &folder {
            for file in std::fs::read_dir(folder)? {
                let path = file?.path();
                // Skips files that a crash left half-written.
                if path.extension().is_none_or(|extension| extension != "json") {
                    continue;
                }
                let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let definition: Value = serde_json::from_slice(&std::fs::read(&path)?).map_err(io::Error::other)?;
                all.insert(name, Kept::from(definition));
            }
        }
        Ok(Self { inner: Arc::new(Mutex::new(all)), folder })
    }

    fn inner(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(format!("{name}.json")))
    }

    fn put(&self, name: &str, definition: Value) -> io::Result<()> {
        if let Some(file) = self.file(name) {
            let temporary = file.with_extension("new");
            std::fs::write(&temporary, definition.to_string())?;
            std::fs::rename(temporary, file)?;
        }
        self.inner().insert(name.to_owned(), definition.into());
        Ok(())
    }

    fn remove(&self, name: &str) -> bool {
        if let Some(file) = self.file(name) {
            let _ = std::fs::remove_file(file);
        }
        self.inner().remove(name).is_some()
    }

    /// When each schedule fires.
    #[must_use]
    pub fn list(&self) -> BTreeMap<String, Timestamp> {
        self.inner().iter().filter_map(|(name, kept)| Some((name.clone(), kept.at?))).collect()
    }

    /// The schedules that are due at an instant.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Vec<Due> {
        let all = self.inner();
        let due = all.iter().filter_map(|(name, kept)| {
            let at = kept.at.filter(|at| *at <= now)?;
            let input = kept.definition["Target"]["Input"].as_str().unwrap_or_default().to_owned();
            Some(Due { name: name.clone(), at, input, definition: kept.definition.clone() })
        });
        due.collect()
    }

    /// Forgets a schedule that has fired, unless it was changed meanwhile.
    pub fn fired(&self, due: &Due) {
        let unchanged = self.inner().get(&due.name).is_some_and(|kept| kept.definition == due.definition);
        if unchanged {
            self.remove(&due.name);
        }
    }
}

/// `at(yyyy-mm-ddThh:mm:ss)` in the schedule's time zone.
fn fires_at(definition: &Value) -> Option<Timestamp> {
    let expression = definition["ScheduleExpression"].as_str()?.strip_prefix("at(")?.strip_suffix(')')?;
    let zone = TimeZone::get(definition["ScheduleExpressionTimezone"].as_str().unwrap_or("UTC")).ok()?;
    zone.to_timestamp(expression.parse::<DateTime>().ok()?).ok()
}

pub(super) fn router(schedules: Schedules) -> Router {
    Router::new().route("/schedules/{name}", get(read).post(create).put(update).delete(delete)).with_state(schedules)
}

async fn create(State(schedules): State<Schedules>, Path(name): Path<String>, body: Bytes) -> Response {
    if schedules.inner().contains_key(&name) {
        return error(StatusCode::CONFLICT, "ConflictException", &format!("Schedule {name} already exists."));
    }
    write(&schedules, &name, &body)
}

async fn update(State(schedules): State<Schedules>, Path(name): Path<String>, body: Bytes) -> Response {
    if !schedules.inner().contains_key(&name) {
        return missing(&name);
    }
    write(&schedules, &name, &body)
}

fn write(schedules: &Schedules, name: &str, body: &[u8]) -> Response {
    let definition: Value = serde_json::from_slice(body).unwrap_or_default();
    let named = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if !named || fires_at(&definition).is_none() || !definition["Target"]["Arn"].is_string() {
        return error(StatusCode::BAD_REQUEST, "ValidationException", "only one-shot `at(…)` schedules with a target are emulated");
    }
    match schedules.put(name, definition) {
        Ok(()) => Json(json!({ "ScheduleArn": format!("arn:aws:scheduler:local:000000000000:schedule/default/{name}") })).into_response(),
        Err(cause) => error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerException", &cause.to_string()),
    }
}

async fn read(State(schedules): State<Schedules>, Path(name): Path<String>) -> Response {
    match schedules.inner().get(&name) {
        Some(kept) => Json(kept.definition.clone()).into_response(),
        None => missing(&name),
    }
}

async fn delete(State(schedules): State<Schedules>, Path(name): Path<String>) -> Response {
    if schedules.remove(&name) { Json(json!({})).into_response() } else { missing(&name) }
}

fn missing(name: &str) -> Response {
    error(StatusCode::NOT_FOUND, "ResourceNotFoundException", &format!("Schedule {name} does not exist."))
}

fn error(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind), ("content-type", "application/json")], json!({ "Message": message }).to_string()).into_response()
}
