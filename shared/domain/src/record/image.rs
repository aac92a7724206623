//! Images of the inside of the body, as PDF files.

use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Clinical, Entry, Full, Summary,
    summary::{News, RecentImage, put_recent},
    vitals::VitalSign,
};
use crate::{
    Invalid,
    id::ImageId,
    text::{Reason, Title},
};

/// The largest file, in bytes: 50 MB.
pub const LARGEST: u64 = 50_000_000;
/// How long after an image is announced its file can be uploaded.
pub const UPLOAD_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// How long a link to upload a file works.
pub const UPLOAD_LINK: SignedDuration = SignedDuration::from_mins(10);
/// How long after that an image without a file is kept.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// How long a link to download a file works.
pub const DOWNLOAD_LINK: SignedDuration = SignedDuration::from_mins(5);

/// How an image was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    /// Computed tomography. DICOM CT.
    Ct,
    /// Magnetic resonance. DICOM MR.
    Mri,
    /// X-ray. DICOM DX.
    XRay,
    /// Ultrasound. DICOM US.
    Ultrasound,
    /// X-ray of the breast. DICOM MG.
    Mammography,
    /// Moving X-ray. DICOM RF.
    Fluoroscopy,
    /// Positron emission tomography. DICOM PT.
    Pet,
    /// A radioactive substance. DICOM NM.
    NuclearMedicine,
    /// A camera inside the body. DICOM ES.
    Endoscopy,
    /// The heart's electricity. DICOM ECG.
    Electrocardiogram,
    /// Another way.
    Other,
}

named! {
    Modality, "invalid_modality": {
        Ct = "ct", Mri = "mri", XRay = "x_ray", Ultrasound = "ultrasound", Mammography = "mammography", Fluoroscopy = "fluoroscopy",
        Pet = "pet", NuclearMedicine = "nuclear_medicine", Endoscopy = "endoscopy", Electrocardiogram = "electrocardiogram", Other = "other",
    }
}

/// A SHA-256 digest, in base64.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sha256(String);

impl Sha256 {
    /// Parses a digest: 32 bytes in base64, with padding.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bytes = text.as_bytes();
        let digits = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
        // The last digit holds four bits, so its lowest two are zero.
        let last = |b: &u8| b"AEIMQUYcgkosw048".contains(b);
        let fits = matches!(bytes, [head @ .., end, b'='] if bytes.len() == 44 && head.iter().all(digits) && last(end));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new("invalid_digest", "Give the file's SHA-256 digest in base64, 44 characters."))
        }
    }

    /// The digest.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageStatus {
    /// It has not been uploaded and checked. Only who uploads it sees it.
    AwaitingUpload,
    /// It can be downloaded.
    Available,
    /// It was not what had been announced, and is deleted.
    Rejected,
}

/// Why a file was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// It is no PDF: it does not begin and end like one.
    NotAPdf,
    /// It is larger or smaller than announced.
    OtherSize,
    /// Its digest is another one.
    OtherChecksum,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// What it is called.
    pub title: Title,
    /// How it was made.
    pub modality: Modality,
    /// When it was made.
    pub taken_on: Date,
    /// What can be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Reason>,
    /// The size of the file in bytes.
    pub size: u64,
    /// Its digest.
    pub sha256: Sha256,
    /// How far it is.
    pub status: ImageStatus,
    /// Until when it can be uploaded.
    pub upload_until: Timestamp,
    /// Why it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected_because: Option<Rejection>,
}

impl Clinical for Image {
    type Id = ImageId;
    const KIND: &'static str = "image";
    const IN_SUMMARY: bool = true;

    fn show(before: Option<&Entry<Self>>, entry: &Entry<Self>, summary: &mut Summary) -> Result<Vec<VitalSign>, Full> {
        let content = &entry.content;
        let line = (!entry.in_error && content.status == ImageStatus::Available).then(|| RecentImage {
            id: entry.id,
            title: content.title.clone(),
            modality: content.modality,
            taken_on: content.taken_on,
        });
        if entry.in_error {
            summary.take_back(&entry.id);
        }
        let visible = |entry: &Entry<Self>| !entry.in_error && entry.content.status == ImageStatus::Available;
        if visible(entry) && !before.is_some_and(visible) {
            summary.tell(News::ImageAvailable, &entry.id, entry.author.at);
        }
        put_recent(&mut summary.images, line, |other| other.id == entry.id, |line| (line.taken_on, line.id));
        Ok(Vec::new())
    }

    fn expires_at(entry: &Entry<Self>) -> Option<Timestamp> {
        // A file that never arrives leaves nothing behind.
        let waits = entry.content.status == ImageStatus::AwaitingUpload;
        waits.then(|| entry.content.upload_until.saturating_add(FORGOTTEN_AFTER).unwrap_or(Timestamp::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests() {
        assert!(Sha256::parse("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=").is_ok());
        for bad in ["", "47DEQpj8HBSa", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934c"]
        {
            assert_eq!(Sha256::parse(bad).unwrap_err().code, "invalid_digest", "{bad}");
        }
    }
}
