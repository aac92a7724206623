//! Those who wait for a bed. A patient has one item, so they wait for one bed at a time; the ward's list is in the index.

use domain::{bed_request::BedRequest, id::PatientId, ward::Ward};
use serde::Serialize;

use super::{
    Item, Key, Listed, Record, Store, StoreError,
    admissions::must_live,
    from_item,
    keys::{self, IndexKey},
    record::from_index,
    text,
    transact::Transaction,
};

impl Record for BedRequest {
    const KIND: &'static str = "bed_request";
    fn key(&self) -> Key {
        keys::bed_request(self.patient_id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_bed_request(self.ward, &self.place()))
    }
    fn entry(&self) -> Option<impl Serialize> {
        Some(self)
    }
}

/// Why a patient does not wait for a bed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum BedRequestError {
    #[error("the patient waits for a bed already")]
    Waits(Box<BedRequest>),
    #[error("the patient has died")]
    Deceased,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// What a patient waits for.
    pub async fn bed_request(&self, patient: PatientId) -> Result<Option<BedRequest>, StoreError> {
        self.get(&keys::bed_request(patient)).await
    }

    /// Those who wait for a bed on a ward, most urgent first.
    pub async fn bed_request_list(&self, ward: Ward, after: Option<&str>, limit: usize) -> Result<Vec<Listed<BedRequest>>, StoreError> {
        from_index::<BedRequest, _>(self.query(keys::bed_list(ward, after)).first(limit).await?)
    }

    /// Writes that a patient waits for a bed.
    pub async fn bed_request_begin(&self, request: &BedRequest) -> Result<(), BedRequestError> {
        let mut write = self.transaction();
        must_live(&mut write, request.patient_id, || BedRequestError::Deceased)?;
        begin(&mut write, request, BedRequestError::Waits)?;
        write.commit().await
    }

    /// Writes a request under the name that the patient has now. Not when it has ended meanwhile.
    pub async fn bed_request_rename(&self, request: &BedRequest) -> Result<(), StoreError> {
        self.put_where(request, "id = :id", &[(":id", text(request.id))]).await.map(drop)
    }

    /// Writes that a patient no longer waits. `false` when that was so already.
    pub async fn bed_request_end(&self, request: &BedRequest) -> Result<bool, StoreError> {
        let mut write = self.transaction::<Gone>();
        let ended = match forget(&mut write, request, || Gone::Gone) {
            Ok(()) => write.commit().await,
            Err(error) => Err(error),
        };
        match ended {
            Ok(()) => Ok(true),
            Err(Gone::Gone) => Ok(false),
            Err(Gone::Store(error)) => Err(error),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Gone {
    #[error("the patient no longer waits for the bed")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The patient waits for a bed.
pub(super) fn begin<E: From<StoreError> + 'static>(
    write: &mut Transaction<'_, E>,
    request: &BedRequest,
    waits: fn(Box<BedRequest>) -> E,
) -> Result<(), E> {
    write.put_new(request, move |there: Item| from_item(there).map_or_else(Into::into, |there| waits(Box::new(there))))
}

/// The patient no longer waits for a bed.
pub(super) fn forget<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    request: &BedRequest,
    gone: impl FnOnce() -> E + Send + 'static,
) -> Result<(), E> {
    write.delete_if(&request.key(), "id = :id", &[(":id", text(request.id))], |_| gone())
}
