//! Logs: one JSON object a line, without health data.
//!
//! Log ids, statuses, durations and counts. Never log names, postal or email addresses, reasons, tokens or bodies. A failure is logged
//! once, where it is answered.

use std::{error::Error, fmt::Write as _};

use tracing_subscriber::EnvFilter;

/// JSON lines on standard output, which log services can read. `RUST_LOG` changes the level.
pub fn init() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // A second call (two functions in one test process) changes nothing.
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_env_filter(filter)
        .try_init();
}

/// An error and its causes on one line, for the log.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    text
}
