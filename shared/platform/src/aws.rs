//! AWS clients that share one HTTP client, built by hand.
//!
//! `aws-config` would bring STS, SSO and a provider chain; in Lambda the credentials are environment variables.

use std::time::Duration;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, region::Region};

use secrecy::ExposeSecret;

use crate::config::Aws;

/// How long to keep trying while a service is busy or unreachable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// For an HTTP request: a few tenths of a second.
    SomebodyWaits,
    /// For an event: some seconds.
    NobodyWaits,
}

/// The settings that every client starts from.
#[must_use]
pub fn sdk_config(aws: &Aws, patience: Patience) -> SdkConfig {
    let credentials = Credentials::new(
        &aws.access_key_id,
        aws.secret_access_key.expose_secret(),
        aws.session_token.as_ref().map(|token| token.expose_secret().to_owned()),
        None,
        "environment",
    );
    let retries = match patience {
        Patience::SomebodyWaits => RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50)),
        Patience::NobodyWaits => RetryConfig::standard().with_max_attempts(6).with_initial_backoff(Duration::from_millis(200)),
    };
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    SdkConfig::builder()
        .behavior_version(aws_smithy_runtime_api::client::behavior_version::BehaviorVersion::latest())
        .region(Region::new(aws.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http)
        .sleep_impl(TokioSleep::new())
        .retry_config(retries)
        .timeout_config(
            TimeoutConfig::builder().connect_timeout(Duration::from_secs(2)).operation_attempt_timeout(Duration::from_secs(5)).build(),
        )
        .build()
}
