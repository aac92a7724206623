//! Calls the `reminders` function for due schedules, as Scheduler does: at least once, with retries. A schedule is deleted when it has
//! fired.

use std::{collections::HashMap, future::Future};

use domain::Clock;
use jiff::{SignedDuration, Timestamp};

use crate::services::schedules::Schedules;

/// A function that a schedule calls.
pub trait Target {
    fn call(&self, input: &str) -> impl Future<Output = Result<(), String>> + Send;
}

/// As in the retry policy of our schedules.
const ATTEMPTS: u32 = 6;
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(5);

/// Fires what is due.
#[derive(Debug)]
pub struct Firing<T> {
    schedules: Schedules,
    target: T,
    clock: Clock,
    failed: HashMap<String, (u32, Timestamp)>,
}

impl<T: Target> Firing<T> {
    pub fn new(schedules: Schedules, target: T, clock: Clock) -> Self {
        Self { schedules, target, clock, failed: HashMap::new() }
    }

    /// Fires everything that is due now. Returns how many schedules fired.
    pub async fn fire_due(&mut self) -> usize {
        let now = self.clock.now();
        let mut fired = 0;
        for due in self.schedules.due(now) {
            let (attempts, next) = self.failed.get(&due.name).copied().unwrap_or((0, now));
            if next > now {
                continue;
            }
            match self.target.call(&due.input).await {
                Ok(()) => fired += 1,
                Err(error) if attempts + 1 < ATTEMPTS => {
                    tracing::warn!(schedule = due.name, error, "schedule's target failed; trying again");
                    let later = now.checked_add(RETRY_AFTER).unwrap_or(now);
                    self.failed.insert(due.name.clone(), (attempts + 1, later));
                    continue;
                }
                Err(error) => tracing::error!(schedule = due.name, error, "schedule given up"),
            }
            self.failed.remove(&due.name);
            self.schedules.fired(&due);
        }
        fired
    }
}
