//! That a patient is in the hospital now: as an emergency, or in a bed. It is one item, so a patient is in the queue once, has one bed, and is never in
//! both.

use domain::id::{AdmissionId, CaseId, PatientId};
use serde::{Deserialize, Serialize};

use super::{Item, Key, Record, Store, StoreError, from_item, keys, text, transact::Transaction};

/// Where a patient is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whereabouts {
    Emergency(CaseId),
    Bed(AdmissionId),
}

/// That a patient is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    pub patient_id: PatientId,
    pub at: Whereabouts,
    /// The id in `at`, for conditions.
    because_of: String,
}

impl Presence {
    #[must_use]
    pub fn new(patient_id: PatientId, at: Whereabouts) -> Self {
        Self { patient_id, at, because_of: at.because_of() }
    }
}

impl Whereabouts {
    fn because_of(self) -> String {
        match self {
            Self::Emergency(id) => id.to_string(),
            Self::Bed(id) => id.to_string(),
        }
    }
}

impl Record for Presence {
    const KIND: &'static str = "presence";
    fn key(&self) -> Key {
        keys::presence(self.patient_id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

impl Store {
    /// Where a patient is, if they are here.
    pub async fn presence(&self, patient: PatientId) -> Result<Option<Whereabouts>, StoreError> {
        Ok(self.get::<Presence>(&keys::presence(patient)).await?.map(|presence| presence.at))
    }
}

/// The patient comes, or goes from one place to the other. `elsewhere` says what it means when they are in a place that was not read.
pub(super) fn come<E: From<StoreError> + 'static>(
    write: &mut Transaction<'_, E>,
    patient: PatientId,
    from: Option<Whereabouts>,
    to: Whereabouts,
    elsewhere: fn(Option<Whereabouts>) -> E,
) -> Result<(), E> {
    let refuse = move |there: Item| {
        if there.is_empty() {
            return elsewhere(None);
        }
        from_item::<Presence>(there).map_or_else(Into::into, |presence| elsewhere(Some(presence.at)))
    };
    let presence = Presence::new(patient, to);
    match from {
        None => write.put_new(&presence, refuse),
        Some(from) => write.put_if(&presence, IS_THERE, &[(":because_of", text(from.because_of()))], refuse),
    }
}

/// The patient goes.
pub(super) fn go<E: From<StoreError> + 'static>(
    write: &mut Transaction<'_, E>,
    patient: PatientId,
    from: Whereabouts,
    elsewhere: fn() -> E,
) -> Result<(), E> {
    write.delete_if(&keys::presence(patient), IS_THERE, &[(":because_of", text(from.because_of()))], move |_| elsewhere())
}

const IS_THERE: &str = "because_of = :because_of";
