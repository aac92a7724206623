//! What a request wrote carries who wrote it: that becomes an entry of the audit log, once, however often the record comes.

use aws_lambda_events::dynamodb::EventRecord;
use domain::{appointment::Appointment, patient::Patient};
use mail::EventState;
use store::{Record, StoreError, StreamValue, accounts::StoredAccount, deliveries::Delivery, origin_of};

use crate::change::kind;

pub(crate) async fn note(state: &EventState, record: &EventRecord) -> Result<(), StoreError> {
    let image = &record.change.new_image;
    let Some(origin) = origin_of(image)? else { return Ok(()) };
    let attribute = |name: &str| match image.get(name) {
        Some(StreamValue::S(value)) => Some(value.as_str()),
        _ => None,
    };
    let thing = attribute("pk").unwrap_or_default();
    let entry = match kind(image) {
        Some(StoredAccount::KIND) => origin.entry(thing, None, attribute("id").and_then(|id| id.parse().ok())),
        Some(Patient::KIND) => origin.entry(thing, attribute("id").and_then(|id| id.parse().ok()), None),
        Some(Appointment::KIND) => origin.entry(thing, attribute("patient_id").and_then(|id| id.parse().ok()), None),
        Some(Delivery::KIND) => origin.entry(thing, None, attribute("to").and_then(|id| id.parse().ok())),
        _ => return Ok(()),
    };
    state.store.append_to_audit_log(vec![entry]).await
}
