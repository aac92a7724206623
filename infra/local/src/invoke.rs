//! Calls functions that run in another process, over Lambda's own API, as `cargo lambda watch` serves them.

use std::time::Duration;

use axum::http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use crate::{firing::Target, functions::Functions, stream::Consumer};

/// Functions that run in another process.
#[derive(Debug, Clone)]
pub struct Remote {
    client: Client<HttpConnector, Full<axum::body::Bytes>>,
    address: String,
}

impl Remote {
    #[must_use]
    pub fn new(address: &str) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), address: address.trim_end_matches('/').to_owned() }
    }

    /// `Invoke`, and wait for the answer.
    async fn invoke(&self, function: &str, payload: String) -> Result<Value, String> {
        let path = format!("{}/2015-03-31/functions/{function}/invocations", self.address);
        let response = loop {
            let request = Request::post(&path).header("content-type", "application/json").body(Full::from(payload.clone()));
            match self.client.request(request.map_err(|error| error.to_string())?).await {
                Ok(response) => break response,
                // The functions have not started yet, or are starting again. This does not count as a failure.
                Err(error) if error.is_connect() => tokio::time::sleep(Duration::from_secs(1)).await,
                Err(error) => return Err(format!("{function}: {error}")),
            }
        };
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        let answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() && answer.get("errorType").is_none() {
            Ok(answer)
        } else {
            Err(format!("{function} failed: {status} {answer}"))
        }
    }
}

/// The event-driven functions, in this process or in another one.
#[derive(Debug, Clone)]
pub enum Worker {
    Here(Box<Functions>),
    There(Box<Remote>),
}

impl Consumer for Worker {
    async fn call(&self, function: &str, event: Value) -> Result<Value, String> {
        match self {
            Self::Here(functions) => Consumer::call(&**functions, function, event).await,
            Self::There(remote) => remote.invoke(function, event.to_string()).await,
        }
    }
}

impl Target for Worker {
    async fn call(&self, input: &str) -> Result<(), String> {
        match self {
            Self::Here(functions) => Target::call(&**functions, input).await,
            Self::There(remote) => remote.invoke("reminders", input.to_owned()).await.map(drop),
        }
    }
}
