//! The settings that a local hospital keeps: its keys and its time zone. They are made once.

use std::{fs, io, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    billing::Terms,
    money::{Currency, Money},
    text::Email,
};
use http::auth::access_token::key_set;
use jiff::tz::TimeZone;
use platform::config::{Aws, Config, Hospital, PasswordCost, Scheduling, SigningKey, TokenKey};
use ring::{
    rand::{SecureRandom, SystemRandom},
    signature::{Ed25519KeyPair, KeyPair},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use crate::services::s3::BUCKET;

/// The settings in `hospital.json` in the data folder.
#[derive(Clone, Serialize, Deserialize)]
pub struct Settings {
    time_zone: String,
    signing_key: String,
    cursor_key: String,
    token_key: String,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Settings({}, …)", self.time_zone)
    }
}

const FILE: &str = "hospital.json";
const KEY_ID: &str = "local-1";
/// The email address of the first administrator.
pub const ADMINISTRATOR: &str = "admin@seacole.example.org";
/// The table's name.
pub const TABLE: &str = "meditrack";

/// The settings of a local hospital cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{FILE} in the data folder cannot be read or written: {0}")]
    File(#[from] io::Error),
    #[error("{FILE} in the data folder is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    #[error("there is no time zone {0}; use an IANA name such as Europe/London")]
    TimeZone(String),
    #[error("this data folder belongs to a hospital in {kept}, with appointments in that time zone; choose another --data for {asked}")]
    OtherZone { kept: String, asked: String },
    #[error("the operating system gave no random bytes")]
    NoEntropy,
    #[error("a built-in setting is wrong: {0}")]
    BuiltIn(#[from] domain::Invalid),
}

impl Settings {
    /// New settings with new keys.
    pub fn new(time_zone: &str) -> Result<Self, SettingsError> {
        TimeZone::get(time_zone).map_err(|_| SettingsError::TimeZone(time_zone.to_owned()))?;
        let random = SystemRandom::new();
        let key = Ed25519KeyPair::generate_pkcs8(&random).map_err(|_| SettingsError::NoEntropy)?;
        let secret = || {
            let mut bytes = [0; 32];
            random.fill(&mut bytes).map(|()| BASE64_STANDARD.encode(bytes)).map_err(|_| SettingsError::NoEntropy)
        };
        Ok(Self { time_zone: time_zone.to_owned(), signing_key: BASE64_STANDARD.encode(key), cursor_key: secret()?, token_key: secret()? })
    }

    /// The settings in a folder. If there are none yet, makes them with the requested time zone.
    pub fn open(folder: &Path, asked: Option<&str>) -> Result<Self, SettingsError> {
        let file = folder.join(FILE);
        match fs::read(&file) {
            Ok(json) => {
                let kept: Self = serde_json::from_slice(&json)?;
                match asked {
                    Some(asked) if asked != kept.time_zone => {
                        Err(SettingsError::OtherZone { kept: kept.time_zone, asked: asked.to_owned() })
                    }
                    _ => Ok(kept),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let settings = Self::new(asked.unwrap_or("Europe/London"))?;
                write_private(&file, &serde_json::to_vec_pretty(&settings)?)?;
                Ok(settings)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The hospital itself.
    pub fn hospital(&self, portal_url: &str) -> Result<Hospital, SettingsError> {
        Ok(Hospital {
            name: "Seacole General Hospital".to_owned(),
            address: Some("12 Seacole Way, London SE1 7EH".to_owned()),
            contact: Some("+44 20 7946 0000".to_owned()),
            zone: TimeZone::get(&self.time_zone).map_err(|_| SettingsError::TimeZone(self.time_zone.clone()))?,
            currency: Currency::parse("GBP")?,
            triage: domain::triage::Scale::esi(),
            billing: Terms {
                no_show_fee: Money::parse("20", Currency::parse("GBP")?)?,
                how_to_pay: Some("You can pay by transfer to account 00000000, sort code 00-00-00, or at the cash desk.".to_owned()),
                ..Terms::of(Currency::parse("GBP")?).with_taxes("VAT", "other=20")?
            },
            sender: Email::parse("hospital@seacole.example.org")?,
            portal_url: portal_url.to_owned(),
            issuer: portal_url.to_owned(),
        })
    }

    /// The configuration of every function, for services at these addresses.
    pub fn config(
        &self,
        hospital: Hospital,
        table: &str,
        dynamodb: std::net::SocketAddr,
        services: std::net::SocketAddr,
        s3: Option<std::net::SocketAddr>,
    ) -> Result<Config, SettingsError> {
        let services = format!("http://{services}");
        Ok(Config {
            aws: Aws {
                region: "eu-west-2".to_owned(),
                access_key_id: "local".to_owned(),
                secret_access_key: "local".into(),
                session_token: None,
                dynamodb_endpoint: Some(format!("http://{dynamodb}")),
                ses_endpoint: Some(services.clone()),
                scheduler_endpoint: Some(services.clone()),
                secrets_endpoint: Some(services),
                s3_endpoint: s3.map(|s3| format!("http://{s3}")),
            },
            table: table.to_owned(),
            hospital,
            public_keys: self.public_keys()?,
            cursor_key: self.cursor_key.clone().into(),
            administrator: Some(Email::parse(ADMINISTRATOR)?),
            mail_configuration_set: None,
            password_cost: PasswordCost::default(),
        })
    }

    fn public_keys(&self) -> Result<String, SettingsError> {
        self.public_keys_as(KEY_ID)
    }

    fn public_keys_as(&self, id: &str) -> Result<String, SettingsError> {
        let der = BASE64_STANDARD.decode(&self.signing_key).map_err(io::Error::other)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(key_set(id, pair.public_key().as_ref()))
    }

    #[must_use]
    pub fn signing_key(&self) -> SigningKey {
        SigningKey { id: KEY_ID.to_owned(), pkcs8: self.signing_key.clone().into() }
    }

    #[must_use]
    pub fn token_key(&self) -> TokenKey {
        TokenKey(self.token_key.clone().into())
    }

    /// The functions' environment, one variable a line, for `cargo lambda watch --env-file`.
    #[must_use]
    pub fn environment(&self, config: &Config) -> String {
        let (aws, hospital, scheduling) = (&config.aws, &config.hospital, Self::scheduling());
        let endpoint = |endpoint: &Option<String>| endpoint.clone().unwrap_or_default();
        let variables = [
            ("AWS_REGION", aws.region.clone()),
            ("AWS_ACCESS_KEY_ID", aws.access_key_id.clone()),
            ("AWS_SECRET_ACCESS_KEY", aws.secret_access_key.expose_secret().to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", endpoint(&aws.dynamodb_endpoint)),
            ("AWS_ENDPOINT_URL_SESV2", endpoint(&aws.ses_endpoint)),
            ("AWS_ENDPOINT_URL_SCHEDULER", endpoint(&aws.scheduler_endpoint)),
            ("TABLE_NAME", config.table.clone()),
            ("HOSPITAL_NAME", hospital.name.clone()),
            ("HOSPITAL_ADDRESS", hospital.address.clone().unwrap_or_default()),
            ("HOSPITAL_CONTACT", hospital.contact.clone().unwrap_or_default()),
            ("TIME_ZONE", self.time_zone.clone()),
            ("CURRENCY", hospital.currency.code().to_owned()),
            ("SENDER_EMAIL", hospital.sender.to_string()),
            ("PORTAL_URL", hospital.portal_url.clone()),
            ("TOKEN_ISSUER", hospital.issuer.clone()),
            ("PUBLIC_KEYS", config.public_keys.clone()),
            ("CURSOR_KEY", self.cursor_key.clone()),
            ("TOKEN_KEY", self.token_key.clone()),
            ("ADMINISTRATOR_EMAIL", ADMINISTRATOR.to_owned()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint(&aws.secrets_endpoint)),
            ("AWS_ENDPOINT_URL_S3", endpoint(&aws.s3_endpoint)),
            ("DOCUMENTS_BUCKET", BUCKET.to_owned()),
            ("SIGNING_KEY_SECRET", "signing-key".to_owned()),
            ("SCHEDULE_GROUP", scheduling.group),
            ("REMINDERS_FUNCTION_ARN", scheduling.target_arn),
            ("SCHEDULER_ROLE_ARN", scheduling.role_arn),
            ("REMINDERS_DEAD_LETTER_ARN", scheduling.dead_letter_arn),
        ];
        variables.into_iter().fold(String::new(), |text, (name, value)| text + name + "='" + &value + "'\n")
    }

    #[must_use]
    pub fn scheduling() -> Scheduling {
        let arn = |service: &str, name: &str| format!("arn:aws:{service}:eu-west-2:000000000000:{name}");
        Scheduling {
            group: "reminders".to_owned(),
            target_arn: arn("lambda", "function:reminders"),
            role_arn: "arn:aws:iam::000000000000:role/reminder-caller".to_owned(),
            dead_letter_arn: arn("sqs", "reminders-dead-letters"),
        }
    }
}

/// The secrets of a new deployment, named like the template's parameters, together with other parameters. `sam deploy` can read the file,
/// because JSON is YAML.
pub fn deployment_secrets(key_id: &str, others: Vec<(String, String)>) -> Result<String, SettingsError> {
    let fresh = Settings::new("UTC")?;
    let mut parameters = serde_json::json!({
        "SigningKeyId": key_id,
        "SigningKey": fresh.signing_key,
        "PublicKeys": fresh.public_keys_as(key_id)?,
        "CursorKey": fresh.cursor_key,
        "TokenKey": fresh.token_key,
    });
    for (name, value) in others {
        parameters[name] = value.into();
    }
    Ok(serde_json::to_string_pretty(&parameters)? + "\n")
}

/// Writes a file that only its owner may read.
pub fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(file)?, bytes)
}
