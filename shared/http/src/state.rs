//! The state that HTTP functions share.

use domain::Clock;
use jiff::civil::Date;
use platform::{
    aws::{self, Patience},
    config::{Config, Hospital},
    random::Random,
};
use secrecy::ExposeSecret;
use store::Store;

use crate::{
    auth::access_token::{KeySetError, Verifier},
    cursor::CursorKey,
};

/// The state that all endpoints of an HTTP function share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct AppState {
    pub store: Store,
    pub clock: Clock,
    pub random: Random,
    pub hospital: Hospital,
    pub tokens: Verifier,
    pub cursors: CursorKey,
}

impl AppState {
    pub fn new(config: &Config, clock: Clock) -> Result<Self, KeySetError> {
        let sdk = aws::sdk_config(&config.aws, Patience::SomebodyWaits);
        Ok(Self {
            store: Store::connect(&config.aws, &sdk, config.table.clone()),
            random: Random::default(),
            hospital: config.hospital.clone(),
            tokens: Verifier::new(&config.public_keys, config.hospital.issuer.clone(), clock.clone())?,
            cursors: CursorKey::new(config.cursor_key.expose_secret()),
            clock,
        })
    }

    /// The day that it is in the hospital now.
    #[must_use]
    pub fn today(&self) -> Date {
        self.hospital.zone.to_datetime(self.clock.now()).date()
    }
}
