//! What functions work with.

use aws_types::SdkConfig;
use domain::Clock;

use crate::{
    auth::token::{KeySetError, Verifier},
    aws::{self, Patience},
    config::{Config, House},
    http::page::CursorKey,
    mail::{Cause, Mailer},
    random::Random,
    store::Store,
};

/// What every HTTP function works with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct State {
    pub store: Store,
    pub clock: Clock,
    pub random: Random,
    pub house: House,
    pub tokens: Verifier,
    pub cursors: CursorKey,
}

impl State {
    pub fn new(config: &Config, clock: Clock) -> Result<Self, KeySetError> {
        let sdk = aws::sdk_config(&config.aws, Patience::SomebodyWaits);
        Ok(Self {
            store: Store::new(aws::dynamodb(&config.aws, &sdk), config.table.clone()),
            random: Random::default(),
            house: config.house.clone(),
            tokens: Verifier::new(&config.public_keys, config.house.issuer.clone(), clock.clone())?,
            cursors: CursorKey::new(&config.cursor_key),
            clock,
        })
    }
}

/// What every event-driven function works with.
#[derive(Clone, Debug)]
pub struct EventState {
    pub store: Store,
    pub clock: Clock,
    pub house: House,
    pub mailer: Mailer,
}

impl EventState {
    #[must_use]
    pub fn new(config: &Config, sdk: &SdkConfig, clock: Clock) -> Self {
        let store = Store::new(aws::dynamodb(&config.aws, sdk), config.table.clone());
        let mailer = Mailer::new(
            aws::ses(&config.aws, sdk),
            store.clone(),
            config.house.clone(),
            config.mail_configuration_set.clone(),
            clock.clone(),
        );
        Self { store, clock, house: config.house.clone(), mailer }
    }

    /// The same, for emails that follow from this; see [`Mailer::because_of`].
    #[must_use]
    pub fn because_of(&self, cause: Cause) -> Self {
        Self { mailer: self.mailer.because_of(cause), ..self.clone() }
    }
}
