//! Documents in a private bucket: a link to upload one, the check of what was uploaded, and a link to download it.
//!
//! A client uploads to a place of its own and cannot reach any other. What is checked there is moved to where it is kept, so a link
//! that still works cannot change a document that others have seen.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_object::GetObjectOutput,
    presigning::{PresignedRequest, PresigningConfig},
};
use aws_types::SdkConfig;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::record::image::{Rejection, Sha256};
use platform::config::Aws;
use ring::digest;

/// What is announced and then checked.
#[derive(Debug, Clone)]
pub struct Announced {
    /// In bytes.
    pub size: u64,
    pub sha256: Sha256,
}

/// A request that a client makes without an account of AWS, for a short time.
#[derive(Debug, Clone)]
pub struct Link {
    pub url: String,
    /// The headers that have to be sent as they are.
    pub headers: Vec<(String, String)>,
}

/// What was found where a document is uploaded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing has arrived.
    Nothing,
    /// It is not what was announced, and is deleted.
    Rejected(Rejection),
    /// It is what was announced, and is kept.
    Kept,
}

/// The bucket cannot be reached, or refuses.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    #[error("the bucket is busy or cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the bucket refused the request")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The bucket.
#[derive(Debug, Clone)]
pub struct Documents {
    client: Client,
    bucket: String,
}

const PDF: &str = "application/pdf";
/// How a PDF begins (ISO 32000-1, 7.5.2) and how its last bytes say that it is whole (7.5.5).
const HEADER: &[u8] = b"%PDF-";
const TRAILER: [&[u8]; 2] = [b"startxref", b"%%EOF"];
/// How many of the last bytes are looked at. Readers look at as many.
const TAIL: usize = 1024;

impl Documents {
    #[must_use]
    pub fn connect(aws: &Aws, sdk: &SdkConfig, bucket: String) -> Self {
        let mut config = aws_sdk_s3::config::Builder::from(sdk);
        // An emulator has one address for all buckets.
        config.set_force_path_style(aws.s3_endpoint.as_ref().map(|_| true));
        config.set_endpoint_url(aws.s3_endpoint.clone());
        Self { client: Client::from_conf(config.build()), bucket }
    }

    /// A link to upload the document `id`. It works for a file of exactly this size, type and digest.
    pub async fn upload_link(&self, id: &str, announced: &Announced, within: Duration) -> Result<Link, DocumentError> {
        let put = self.client.put_object().bucket(&self.bucket).key(incoming(id));
        let put = put
            .content_type(PDF)
            .content_length(i64::try_from(announced.size).unwrap_or(i64::MAX))
            .checksum_sha256(announced.sha256.as_str());
        let request = put.presigned(term(within)?).await.map_err(failed)?;
        Ok(link(&request))
    }

    /// A link to download the document `id` under a name.
    pub async fn download_link(&self, id: &str, name: &str, within: Duration) -> Result<Link, DocumentError> {
        let get = self.client.get_object().bucket(&self.bucket).key(kept(id)).response_content_type(PDF);
        let get = get.response_content_disposition(format!("attachment; filename=\"{name}\""));
        let request = get.presigned(term(within)?).await.map_err(failed)?;
        Ok(link(&request))
    }

    /// Reads what was uploaded, and keeps it if it is what was announced. Doing it again changes nothing.
    pub async fn check(&self, id: &str, announced: &Announced) -> Result<Found, DocumentError> {
        let Some(object) = self.open(&incoming(id)).await? else {
            // An earlier call kept it, and its answer was lost.
            return self.already(id).await;
        };
        let (tag, version) = (object.e_tag.clone(), object.version_id.clone());
        let found = if let Some(rejection) = read(object, announced).await? {
            Found::Rejected(rejection)
        } else {
            let copy = self.client.copy_object().copy_source(format!("{}/{}", self.bucket, incoming(id)));
            // Of what was read, not of what is there by now.
            match copy.set_copy_source_if_match(tag).bucket(&self.bucket).key(kept(id)).send().await {
                Ok(_) => Found::Kept,
                // Another call was quicker, and has moved it.
                Err(error) if is_missing(&error) => {
                    return self.already(id).await;
                }
                // Somebody uploads it again at this moment.
                Err(error) if error.code() == Some("PreconditionFailed") => return Err(DocumentError::Unavailable(error.into())),
                Err(error) => return Err(failed(error)),
            }
        };
        self.client.delete_object().bucket(&self.bucket).key(incoming(id)).set_version_id(version).send().await.map_err(failed)?;
        Ok(found)
    }

    /// What an earlier call has left, when nothing waits to be checked.
    async fn already(&self, id: &str) -> Result<Found, DocumentError> {
        Ok(if self.open(&kept(id)).await?.is_some() { Found::Kept } else { Found::Nothing })
    }

    async fn open(&self, key: &str) -> Result<Option<GetObjectOutput>, DocumentError> {
        match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(object) => Ok(Some(object)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

/// Where a document is uploaded to. What stays there is deleted after a day.
fn incoming(id: &str) -> String {
    format!("incoming/{id}")
}

/// Where a document is kept.
fn kept(id: &str) -> String {
    format!("kept/{id}")
}

/// What is wrong with a document, if something is. It is read to its end, or to where it is too long.
async fn read(object: GetObjectOutput, announced: &Announced) -> Result<Option<Rejection>, DocumentError> {
    let (mut size, mut head, mut tail, mut digest) = (0_u64, Vec::<u8>::new(), Vec::<u8>::new(), digest::Context::new(&digest::SHA256));
    let mut body = object.body;
    while let Some(bytes) = body.try_next().await.map_err(|error| DocumentError::Unavailable(error.into()))? {
        size += bytes.len() as u64;
        if size > announced.size {
            return Ok(Some(Rejection::OtherSize));
        }
        digest.update(&bytes);
        head.extend(bytes.iter().take(HEADER.len().saturating_sub(head.len())));
        tail.extend_from_slice(&bytes);
        tail.drain(..tail.len().saturating_sub(TAIL));
    }
    let has = |part: &[u8]| tail.windows(part.len()).any(|window| window == part);
    Ok(if size != announced.size {
        Some(Rejection::OtherSize)
    } else if BASE64_STANDARD.encode(digest.finish()) != announced.sha256.as_str() {
        Some(Rejection::OtherChecksum)
    } else if head != HEADER || !TRAILER.iter().all(|part| has(part)) {
        Some(Rejection::NotAPdf)
    } else {
        None
    })
}

// A link is signed with the clock of this machine, which is the one that S3 compares with its own.
fn term(within: Duration) -> Result<PresigningConfig, DocumentError> {
    PresigningConfig::expires_in(within).map_err(|error| DocumentError::Refused(error.into()))
}

fn link(request: &PresignedRequest) -> Link {
    let headers = request.headers().filter(|(name, _)| *name != "host").map(|(name, value)| (name.to_owned(), value.to_owned()));
    Link { url: request.uri().to_owned(), headers: headers.collect() }
}

fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code() == Some("NoSuchKey")
}

fn failed<E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static>(error: SdkError<E>) -> DocumentError {
    let refused = match &error {
        SdkError::ServiceError(answer) => answer.raw().status().as_u16() < 500 && error.code() != Some("SlowDown"),
        SdkError::ConstructionFailure(_) => true,
        _ => false,
    };
    if refused { DocumentError::Refused(error.into()) } else { DocumentError::Unavailable(error.into()) }
}
