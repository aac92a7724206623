//! Every function of the hospital, set up as its `main` would, in one process.

use axum::Router;
use domain::Clock;
use http::{AppState, auth::access_token::KeySetError, finish};
use mail::{EventState, reminders::ReminderDue};
use notifications::Notifications;
use platform::config::{Config, Scheduling, SigningKey, TokenKey};
use serde_json::Value;
use users::Users;

use crate::{firing::Target, stream::Consumer};

/// The functions, ready to be called.
#[derive(Debug, Clone)]
pub struct Functions {
    pub state: AppState,
    users: Users,
    notifications: Notifications,
    reminders: EventState,
}

impl Functions {
    pub fn new(config: &Config, key: &SigningKey, tokens: &TokenKey, scheduling: Scheduling, clock: &Clock) -> Result<Self, KeySetError> {
        let users = Users::new(config, key, tokens, clock.clone())?;
        let notifications = Notifications::new(config, scheduling, tokens, clock.clone());
        Ok(Self { state: users.base.clone(), reminders: notifications.base.clone(), users, notifications })
    }

    /// Every HTTP function's routes behind one address, as API Gateway mounts them.
    pub fn api(&self) -> Router {
        let state = &self.state;
        let routes = [
            users::routes().with_state(self.users.clone()),
            patients::routes().with_state(state.clone()),
            doctors::routes().with_state(state.clone()),
            appointments::routes().with_state(state.clone()),
        ];
        let all = routes.into_iter().fold(Router::new(), |all, routes| all.merge(Router::from(routes)));
        finish(all, state)
    }
}

impl Consumer for Functions {
    async fn call(&self, event: Value) -> Result<Value, String> {
        let state = self.notifications.clone();
        let event = serde_json::from_value(event).map_err(|error| error.to_string())?;
        // On a task of its own: a panic is the function's crash, not the stream's.
        let answer = tokio::spawn(async move { notifications::answer(&state, event).await }).await;
        let answer = answer.map_err(|crash| crash.to_string())?.map_err(|error| platform::logs::chain(&error))?;
        serde_json::to_value(answer).map_err(|error| error.to_string())
    }
}

impl Target for Functions {
    async fn call(&self, input: &str) -> Result<(), String> {
        let due: ReminderDue = serde_json::from_str(input).map_err(|error| error.to_string())?;
        let state = self.reminders.clone();
        let outcome = tokio::spawn(async move { reminders::handle(&state, due).await }).await;
        outcome.map_err(|crash| crash.to_string())?.map_err(|error| platform::logs::chain(&error))
    }
}
