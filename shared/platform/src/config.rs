//! The settings of a deployment, read once. No other module reads the environment.

use domain::{
    billing::Terms,
    instant::Instant,
    money::{Currency, Money},
    schedule::Slot,
    text::{Email, Place},
    triage::Scale,
};
use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};
use secrecy::SecretString;
use serde::Deserialize;

/// Everything that differs between one hospital's deployment and another's.
#[derive(Clone, Debug)]
pub struct Config {
    pub aws: Aws,
    pub table: String,
    pub hospital: Hospital,
    /// JSON Web Key Set with the public keys that verify access tokens.
    pub public_keys: String,
    /// Signs list cursors; the same in every function.
    pub cursor_key: SecretString,
    /// The email address of the first administrator. The account that confirms it gets the role.
    pub administrator: Option<Email>,
    /// The SES configuration set that reports bounces and complaints.
    pub mail_configuration_set: Option<String>,
    pub password_cost: PasswordCost,
}

/// The cost of hashing one password. The default is what OWASP recommends (Password Storage Cheat Sheet), and every deployment uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2 }
    }
}

/// The hospital itself.
#[derive(Clone, Debug)]
pub struct Hospital {
    pub name: String,
    /// The postal address, in one line.
    pub address: Option<String>,
    /// How people reach the hospital, such as a telephone number. It stands at the foot of every email.
    pub contact: Option<String>,
    /// One IANA time zone for the whole hospital: appointments, rosters and emails use it.
    pub zone: TimeZone,
    pub currency: Currency,
    /// How urgent emergencies are, and for how long each may wait.
    pub triage: Scale,
    /// Discounts, taxes, and when an invoice is due.
    pub billing: Terms,
    /// The sender of all emails.
    pub sender: Email,
    /// The portal for patients and staff. Emails link to it.
    pub portal_url: String,
    /// `iss` of the access tokens.
    pub issuer: String,
}

impl Hospital {
    /// An instant as the API writes it.
    #[must_use]
    pub fn instant(&self, at: Timestamp) -> Instant {
        Instant::of(at, &self.zone)
    }

    /// The URL of a page in the portal.
    #[must_use]
    pub fn portal(&self, path: &str) -> String {
        format!("{}/{path}", self.portal_url.trim_end_matches('/'))
    }

    /// An instant in words, in the hospital's time zone: `Monday 2 March 2026, 10:05 (London time)`.
    #[must_use]
    pub fn instant_in_words(&self, at: Timestamp) -> String {
        format!("{} ({})", self.zone.to_datetime(at).strftime("%A %-d %B %Y, %H:%M"), self.zone_name(at))
    }

    /// A slot in words, in the hospital's time zone.
    #[must_use]
    pub fn slot_in_words(&self, slot: Slot) -> String {
        let (start, end) = (self.zone.to_datetime(slot.start), self.zone.to_datetime(slot.end));
        format!(
            "{}, {} to {} ({})",
            start.strftime("%A %-d %B %Y"),
            start.strftime("%H:%M"),
            end.strftime("%H:%M"),
            self.zone_name(slot.start)
        )
    }

    /// When a local day begins.
    #[must_use]
    pub fn midnight(&self, day: Date) -> Timestamp {
        day.to_zoned_datetime(self.zone.clone()).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
    }

    /// Eight o'clock in the morning after a local day.
    #[must_use]
    pub fn morning_after(&self, day: Date) -> Timestamp {
        let morning = day.tomorrow().and_then(|day| day.at(8, 0, 0, 0).to_zoned_datetime(self.zone.clone()));
        morning.map_or(Timestamp::MAX, |morning| morning.timestamp())
    }

    /// The time zone in words: `London time` for `Europe/London`.
    fn zone_name(&self, at: Timestamp) -> String {
        match self.zone.iana_name().map(|name| name.rsplit_once('/').unwrap_or(("", name))) {
            // `Etc/GMT+5` is five hours behind, which no reader would guess.
            None | Some(("Etc", _) | ("", "UTC")) => match self.zone.to_offset(at) {
                Offset::UTC => "UTC".to_owned(),
                offset => format!("UTC{offset}"),
            },
            Some((_, place)) => format!("{} time", place.replace('_', " ")),
        }
    }

    /// A place in the hospital, with the hospital's name and postal address, for people who come from outside.
    #[must_use]
    pub fn directions(&self, place: Option<&Place>) -> String {
        let place = place.map(Place::as_str);
        place.into_iter().chain([self.name.as_str()]).chain(self.address.as_deref()).collect::<Vec<_>>().join(", ")
    }
}

/// The region, the credentials and the endpoints of AWS. Lambda provides all but the endpoints, which point local runs at emulators.
#[derive(Clone, Debug)]
pub struct Aws {
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    pub session_token: Option<SecretString>,
    pub dynamodb_endpoint: Option<String>,
    pub ses_endpoint: Option<String>,
    pub scheduler_endpoint: Option<String>,
    pub secrets_endpoint: Option<String>,
    pub s3_endpoint: Option<String>,
}

/// The key that signs access tokens. Only the `users` function holds it, and reads it as JSON from a secret.
#[derive(Clone, Debug, Deserialize)]
pub struct SigningKey {
    /// The id of the public key that verifies the tokens.
    pub id: String,
    /// Ed25519, PKCS#8, base64.
    pub pkcs8: SecretString,
}

/// The secret that `users` and `notifications` share. Emailed tokens are derived from it, so that the table holds no tokens.
#[derive(Clone, Debug)]
pub struct TokenKey(pub SecretString);

impl TokenKey {
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self(required("TOKEN_KEY")?.into()))
    }
}

/// Where reminders are scheduled. Only the `notifications` function needs it.
#[derive(Clone, Debug)]
pub struct Scheduling {
    pub group: String,
    /// The `reminders` function, which Scheduler calls.
    pub target_arn: String,
    /// The role that Scheduler assumes to call it.
    pub role_arn: String,
    /// The queue for reminders that could not be delivered.
    pub dead_letter_arn: String,
}

/// A setting that is missing or wrong. Names the variable, never its value.
#[derive(Debug, thiserror::Error)]
#[error("set {variable}: {reason}")]
pub struct ConfigError {
    variable: &'static str,
    reason: String,
}

impl Config {
    pub fn from_env() -> Result<Self, ConfigError> {
        let everywhere = optional("AWS_ENDPOINT_URL");
        let currency = parsed("CURRENCY", |code| Currency::parse(code).map_err(|why| why.detail))?;
        let endpoint = |name| optional(name).or_else(|| everywhere.clone());
        Ok(Self {
            aws: Aws {
                region: required("AWS_REGION")?,
                access_key_id: required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: required("AWS_SECRET_ACCESS_KEY")?.into(),
                session_token: optional("AWS_SESSION_TOKEN").map(Into::into),
                dynamodb_endpoint: endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
                ses_endpoint: endpoint("AWS_ENDPOINT_URL_SESV2"),
                scheduler_endpoint: endpoint("AWS_ENDPOINT_URL_SCHEDULER"),
                secrets_endpoint: endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER"),
                s3_endpoint: endpoint("AWS_ENDPOINT_URL_S3"),
            },
            table: required("TABLE_NAME")?,
            hospital: Hospital {
                name: required("HOSPITAL_NAME")?,
                address: optional("HOSPITAL_ADDRESS"),
                contact: optional("HOSPITAL_CONTACT"),
                zone: parsed("TIME_ZONE", |name| TimeZone::get(name).map_err(|_| "not an IANA time zone".to_owned()))?,
                triage: match optional("TRIAGE_MINUTES") {
                    Some(_) => {
                        let name = required("TRIAGE_SCALE")?;
                        parsed("TRIAGE_MINUTES", |minutes| Scale::parse(&name, minutes).map_err(|why| why.detail))?
                    }
                    None => Scale::esi(),
                },
                currency,
                billing: terms(currency)?,
                sender: parsed("SENDER_EMAIL", |address| Email::parse(address).map_err(|why| why.detail))?,
                portal_url: required("PORTAL_URL")?,
                issuer: required("TOKEN_ISSUER")?,
            },
            public_keys: required("PUBLIC_KEYS")?,
            cursor_key: required("CURSOR_KEY")?.into(),
            administrator: match optional("ADMINISTRATOR_EMAIL") {
                Some(_) => Some(parsed("ADMINISTRATOR_EMAIL", |address| Email::parse(address).map_err(|why| why.detail))?),
                None => None,
            },
            mail_configuration_set: optional("MAIL_CONFIGURATION_SET"),
            password_cost: PasswordCost::default(),
        })
    }
}

/// What the hospital has decided about its bills. What is not set stays as [`Terms::of`] has it.
fn terms(currency: Currency) -> Result<Terms, ConfigError> {
    let mut terms = Terms::of(currency);
    if let Some(brackets) = optional("DISCOUNT_BRACKETS") {
        // A hospital without discounts says so.
        let brackets = if brackets == "none" { "" } else { &brackets };
        terms = refused("DISCOUNT_BRACKETS", terms.with_brackets(brackets))?;
    }
    if let Some(taxes) = optional("TAXES") {
        let name = optional("TAX_NAME").unwrap_or_else(|| terms.tax_name.clone());
        terms = refused("TAXES", terms.with_taxes(&name, &taxes))?;
    }
    if let Some(fee) = optional("NO_SHOW_FEE") {
        terms.no_show_fee = refused("NO_SHOW_FEE", Money::parse(&fee, currency))?;
    }
    if let Some(days) = optional("PAYMENT_DAYS") {
        let days = days.parse().ok().filter(|days| (0..=365).contains(days));
        terms.payment_days = days.ok_or_else(|| ConfigError { variable: "PAYMENT_DAYS", reason: "give 0 to 365 days".to_owned() })?;
    }
    terms.how_to_pay = optional("HOW_TO_PAY");
    Ok(terms)
}

fn refused<T>(variable: &'static str, outcome: Result<T, domain::Invalid>) -> Result<T, ConfigError> {
    outcome.map_err(|why| ConfigError { variable, reason: why.detail })
}

/// The name of the secret that holds the [`SigningKey`].
pub fn signing_key_secret() -> Result<String, ConfigError> {
    required("SIGNING_KEY_SECRET")
}

/// The name of the bucket with patients' documents. Only functions that reach it have it.
pub fn documents_bucket() -> Result<String, ConfigError> {
    required("DOCUMENTS_BUCKET")
}

impl Scheduling {
    pub fn from_env() -> Result<Self, ConfigError> {
        Ok(Self {
            group: required("SCHEDULE_GROUP")?,
            target_arn: required("REMINDERS_FUNCTION_ARN")?,
            role_arn: required("SCHEDULER_ROLE_ARN")?,
            dead_letter_arn: required("REMINDERS_DEAD_LETTER_ARN")?,
        })
    }
}

fn required(variable: &'static str) -> Result<String, ConfigError> {
    optional(variable).ok_or_else(|| ConfigError { variable, reason: "it is not set".to_owned() })
}

fn parsed<T>(variable: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, ConfigError> {
    parse(&required(variable)?).map_err(|reason| ConfigError { variable, reason })
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn optional(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_zones_in_words() {
        for (zone, words) in [
            ("Europe/London", "London time"),
            ("America/Argentina/Buenos_Aires", "Buenos Aires time"),
            ("Singapore", "Singapore time"),
            ("UTC", "UTC"),
            ("Etc/UTC", "UTC"),
            ("Etc/GMT+5", "UTC-05"),
        ] {
            let hospital = Hospital {
                name: "Seacole General Hospital".to_owned(),
                address: None,
                contact: None,
                zone: TimeZone::get(zone).unwrap(),
                currency: Currency::parse("USD").unwrap(),
                triage: Scale::esi(),
                billing: Terms::of(Currency::parse("USD").unwrap()),
                sender: Email::parse("hospital@example.org").unwrap(),
                portal_url: "https://portal.example.org".to_owned(),
                issuer: "https://api.example.org".to_owned(),
            };
            assert!(hospital.instant_in_words(Timestamp::UNIX_EPOCH).ends_with(&format!("({words})")), "{zone}");
        }
    }
}
