//! Every item that a request writes carries who wrote it and whose it is. This becomes an entry of the audit log, once, however often the
//! stream delivers the item.

use std::collections::BTreeSet;

use aws_lambda_events::dynamodb::EventRecord;
use domain::id::AuditId;
use mail::EventState;
use store::{StoreError, origin_of};

/// `noted` are the entries of this batch: one request often writes several things of one patient.
pub(crate) async fn note(state: &EventState, record: &EventRecord, noted: &mut BTreeSet<AuditId>) -> Result<(), StoreError> {
    let Some(entry) = origin_of(&record.change.new_image)?.map(store::trail::Origin::entry) else { return Ok(()) };
    let id = entry.id;
    if !noted.contains(&id) {
        state.store.audit_append(vec![entry]).await?;
        noted.insert(id);
    }
    Ok(())
}
