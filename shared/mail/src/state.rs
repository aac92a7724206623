//! What event-driven functions work with.

use aws_types::SdkConfig;
use domain::Clock;
use jiff::civil::Date;
use platform::config::{Config, Hospital};
use store::Store;

use crate::{Cause, Mailer};

/// What every event-driven function works with.
#[derive(Clone, Debug)]
pub struct EventState {
    pub store: Store,
    pub clock: Clock,
    pub hospital: Hospital,
    pub mailer: Mailer,
}

impl EventState {
    #[must_use]
    pub fn new(config: &Config, sdk: &SdkConfig, clock: Clock) -> Self {
        let store = Store::connect(&config.aws, sdk, config.table.clone());
        let mailer = Mailer::new(config, sdk, store.clone(), clock.clone());
        Self { store, clock, hospital: config.hospital.clone(), mailer }
    }

    /// The day that it is in the hospital now.
    #[must_use]
    pub fn today(&self) -> Date {
        self.hospital.zone.to_datetime(self.clock.now()).date()
    }

    /// The same, for emails that follow from this; see [`Mailer::because_of`].
    #[must_use]
    pub fn because_of(&self, cause: Cause) -> Self {
        Self { mailer: self.mailer.because_of(cause), ..self.clone() }
    }
}
