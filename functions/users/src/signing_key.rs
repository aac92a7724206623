//! The key that signs access tokens. It is read once, at the start, from a secret that only this function's role may read.

use aws_sdk_secretsmanager::{Client, config::Builder, error::SdkError, operation::get_secret_value::GetSecretValueError};
use platform::{
    aws::{Patience, sdk_config},
    config::{Aws, SigningKey},
};

/// The signing key cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    #[error("the secret with the signing key cannot be read")]
    Secret(#[from] Box<SdkError<GetSecretValueError>>),
    #[error("the secret with the signing key does not have the form that the template gives it")]
    Damaged,
}

/// Reads the key from the secret of this name.
pub async fn load(aws: &Aws, secret: &str) -> Result<SigningKey, SigningKeyError> {
    let mut config = Builder::from(&sdk_config(aws, Patience::SomebodyWaits));
    config.set_endpoint_url(aws.secrets_endpoint.clone());
    let found = Client::from_conf(config.build()).get_secret_value().secret_id(secret).send().await;
    let text = found.map_err(Box::new)?.secret_string.ok_or(SigningKeyError::Damaged)?;
    serde_json::from_str(&text).map_err(|_| SigningKeyError::Damaged)
}
