//! What a stream record says has happened, in the hospital's words.

use aws_lambda_events::dynamodb::EventRecord;
use domain::{account::Account, appointment::Appointment, patient::Patient};
use shared::store::{Record, StoreError, accounts::StoredAccount, from_stream};

/// A change that something follows from.
pub(crate) enum Change {
    AccountOpened(Account),
    PatientRegistered(Patient),
    Visit { before: Option<Box<Appointment>>, after: Box<Appointment> },
}

impl Change {
    /// `None` for a change that nothing follows from.
    pub(crate) fn of(record: EventRecord) -> Result<Option<Self>, StoreError> {
        let images = record.change;
        let kind = images.new_image.get("kind").and_then(|kind| match kind {
            shared::store::StreamValue::S(kind) => Some(kind.as_str()),
            _ => None,
        });
        let inserted = record.event_name == "INSERT";
        Ok(match kind {
            Some(StoredAccount::KIND) if inserted => Some(Self::AccountOpened(from_stream::<StoredAccount>(images.new_image)?.account)),
            Some(Patient::KIND) if inserted => Some(Self::PatientRegistered(from_stream(images.new_image)?)),
            Some(Appointment::KIND) => {
                let before = if images.old_image.is_empty() { None } else { Some(Box::new(from_stream(images.old_image)?)) };
                Some(Self::Visit { before, after: Box::new(from_stream(images.new_image)?) })
            }
            _ => None,
        })
    }
}
