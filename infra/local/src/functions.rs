//! Every function of the hospital, set up as in its `main`, in one process.

use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use axum::Router;
use domain::Clock;
use http::{AppState, auth::access_token::KeySetError, finish};
use laboratory::Laboratories;
use low_stock::LowStock;
use mail::EventState;
use medical_records::MedicalRecords;
use notifications::Notifications;
use platform::config::{Config, Scheduling, SigningKey, TokenKey};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use users::Users;
use utoipa::openapi::OpenApi;

use crate::{firing::Target, services::s3::BUCKET, stream::Consumer};

/// The functions, ready to be called.
#[derive(Debug, Clone)]
pub struct Functions {
    pub state: AppState,
    users: Users,
    medical_records: MedicalRecords,
    laboratories: Laboratories,
    notifications: Notifications,
    low_stock: LowStock,
    reminders: EventState,
}

impl Functions {
    pub fn new(config: &Config, key: &SigningKey, tokens: &TokenKey, scheduling: Scheduling, clock: &Clock) -> Result<Self, KeySetError> {
        let users = Users::new(config, key, tokens, clock.clone())?;
        let medical_records = MedicalRecords::new(users.base.clone(), config, BUCKET.to_owned());
        let laboratories = Laboratories::new(users.base.clone(), config, BUCKET.to_owned());
        let low_stock = LowStock::new(config, scheduling.clone(), clock.clone());
        let notifications = Notifications::new(config, scheduling, tokens, clock.clone());
        Ok(Self {
            state: users.base.clone(),
            reminders: notifications.base.clone(),
            users,
            medical_records,
            laboratories,
            notifications,
            low_stock,
        })
    }

    /// What the event-driven functions work with.
    #[must_use]
    pub const fn events(&self) -> &EventState {
        &self.notifications.base
    }

    /// The same of the function that follows the stock.
    #[must_use]
    pub const fn low_stock(&self) -> &EventState {
        &self.low_stock.base
    }

    /// Every HTTP function's routes behind one address, as API Gateway mounts them.
    pub fn api(&self) -> Router {
        let all = HTTP_FUNCTIONS.iter().fold(Router::new(), |all, function| all.merge((function.mount)(self)));
        finish(all, &self.state)
    }
}

/// An HTTP function: its name, its router and its part of the API document.
#[derive(Debug)]
pub struct HttpFunction {
    pub name: &'static str,
    mount: fn(&Functions) -> Router,
    pub openapi: fn() -> OpenApi,
}

macro_rules! http_function {
    ($name:literal, $routes:path, $state:ident: $State:ty) => {
        HttpFunction {
            name: $name,
            mount: |all| {
                // Once a run: putting the routes together makes their part of the document as well.
                static ROUTES: LazyLock<Router<$State>> = LazyLock::new(|| $routes().into());
                ROUTES.clone().with_state(all.$state.clone())
            },
            openapi: || $routes().into_openapi(),
        }
    };
}

/// All of them. The local hospital, the API document, the tests and the routes of `cargo lambda watch` follow this list.
pub const HTTP_FUNCTIONS: [HttpFunction; 13] = [
    http_function!("users", users::routes, users: Users),
    http_function!("patients", patients::routes, state: AppState),
    http_function!("doctors", doctors::routes, state: AppState),
    http_function!("appointments", appointments::routes, state: AppState),
    http_function!("billing", billing::routes, state: AppState),
    http_function!("feedback", feedback::routes, state: AppState),
    http_function!("reports", reports::routes, state: AppState),
    http_function!("emergency", emergency::routes, state: AppState),
    http_function!("medical-records", medical_records::routes, medical_records: MedicalRecords),
    http_function!("laboratory", laboratory::routes, laboratories: Laboratories),
    http_function!("pharmacy", pharmacy::routes, state: AppState),
    http_function!("staff", staff::routes, state: AppState),
    http_function!("wards", wards::routes, state: AppState),
];

/// The lines of `[workspace.metadata.lambda.watch.router]` in Cargo.toml: which function `cargo lambda watch` sends a path to.
#[must_use]
pub fn watch_routes() -> String {
    let mut by_path: BTreeMap<String, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    for function in &HTTP_FUNCTIONS {
        for (path, item) in (function.openapi)().paths.paths {
            let prefix = prefix(function.name, &path);
            let route = if path == prefix { prefix } else { format!("{prefix}/{{*path}}") };
            let item = serde_json::to_value(item).unwrap_or_default();
            let methods = item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase());
            by_path.entry(route).or_default().entry(function.name).or_default().extend(methods);
        }
    }
    let mut lines = String::new();
    for (path, functions) in by_path {
        let functions: Vec<_> = functions.into_iter().collect();
        let value = if let [(only, _)] = functions.as_slice() {
            format!("\"{only}\"")
        } else {
            let each = functions.iter().flat_map(|(function, methods)| methods.iter().map(move |method| (method, function)));
            let each = each.map(|(method, function)| format!("{{ method = \"{method}\", function = \"{function}\" }}"));
            format!("[{}]", each.collect::<Vec<_>>().join(", "))
        };
        let _ = writeln!(lines, "\"{path}\" = {value}");
    }
    lines
}

/// The part of a path that says which function serves it. Below a patient there are several functions, and the router of `cargo lambda watch`
/// takes no `/patients/{*path}` beside `/patients/{patient_id}/record`.
fn prefix(function: &str, path: &str) -> String {
    let segments = match (function, path.starts_with("/patients/")) {
        ("patients", _) => 3,
        (_, true) => 4,
        (_, false) => 2,
    };
    path.split('/').take(segments).collect::<Vec<_>>().join("/")
}

impl Consumer for Functions {
    async fn call(&self, function: &str, event: Value) -> Result<Value, String> {
        // In a task of its own, so that a panic crashes the function and not the stream.
        let answer = if function == "low-stock" {
            let (state, event) = (self.low_stock.clone(), read(event)?);
            tokio::spawn(async move { written(low_stock::answer(&state, event).await) }).await
        } else {
            let (state, event) = (self.notifications.clone(), read(event)?);
            tokio::spawn(async move { written(notifications::answer(&state, event).await) }).await
        };
        answer.map_err(|crash| crash.to_string())?
    }
}

fn read<T: DeserializeOwned>(event: Value) -> Result<T, String> {
    serde_json::from_value(event).map_err(|error| error.to_string())
}

fn written(answer: Result<impl Serialize, impl std::error::Error>) -> Result<Value, String> {
    let answer = answer.map_err(|error| platform::logs::chain(&error))?;
    serde_json::to_value(answer).map_err(|error| error.to_string())
}

impl Target for Functions {
    async fn call(&self, input: &str) -> Result<(), String> {
        let due: reminders::Due = serde_json::from_str(input).map_err(|error| error.to_string())?;
        let state = self.reminders.clone();
        let outcome = tokio::spawn(async move { reminders::handle(&state, due).await }).await;
        outcome.map_err(|crash| crash.to_string())?.map_err(|error| platform::logs::chain(&error))
    }
}
