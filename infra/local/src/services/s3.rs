//! S3 on a folder, with <https://docs.rs/s3s>. A bucket is a folder in it, made at the start.

use std::{io, path::Path};

use axum::{Router, error_handling::HandleError, http::StatusCode};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tower_http::cors::CorsLayer;

/// The bucket for documents.
pub const BUCKET: &str = "documents";

pub(super) fn router(folder: &Path) -> io::Result<Router> {
    std::fs::create_dir_all(folder.join(BUCKET))?;
    let files = FileSystem::new(folder).map_err(|error| io::Error::other(format!("{error:?}")))?;
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single("local", "local"));
    let service = HandleError::new(service.build(), async |error| (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")));
    // Browsers upload and download from the pages of a client that runs on another port.
    Ok(Router::new().fallback_service(service).layer(CorsLayer::very_permissive()))
}
