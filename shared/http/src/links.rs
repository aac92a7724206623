//! Links: requests that a client makes itself, to a file in the bucket.

use std::collections::BTreeMap;

use domain::{
    instant::Instant,
    record::image::{LARGEST, Rejection},
};
use jiff::SignedDuration;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AppState, Problem};

/// A request that the client makes itself, without an access token.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    method: LinkMethod,
    #[schema(format = "uri")]
    url: String,
    /// Send these headers as they are.
    headers: BTreeMap<String, String>,
    expires_at: Instant,
}

/// How to call a link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum LinkMethod {
    /// To download.
    Get,
    /// To upload.
    Put,
}

impl LinkView {
    /// A link that works for some time from now on.
    #[must_use]
    pub fn of(method: LinkMethod, url: String, headers: Vec<(String, String)>, works: SignedDuration, state: &AppState) -> Self {
        let until = state.clock.now().saturating_add(works).unwrap_or_else(|_| state.clock.now());
        Self { method, url, headers: headers.into_iter().collect(), expires_at: state.hospital.instant(until) }
    }
}

/// Checks the size of a file that is going to be uploaded.
pub fn file_size(bytes: i64) -> Result<u64, domain::Invalid> {
    let size = u64::try_from(bytes).ok().filter(|size| (1..=LARGEST).contains(size));
    size.ok_or_else(|| domain::Invalid::new("out_of_range", format!("Give the file's size in bytes, at most {LARGEST}.")))
}

/// A file that was uploaded, and deleted because it is not what was announced.
pub fn file_rejected(because: Rejection) -> Problem {
    let why = match because {
        Rejection::NotAPdf => "It is not a whole PDF file.",
        Rejection::OtherSize => "It has not the size that was announced.",
        Rejection::OtherChecksum => "It has not the SHA-256 digest that was announced.",
    };
    Problem::conflict("file_rejected", format!("The file was deleted. {why} Announce it again.")).with("because", because)
}
