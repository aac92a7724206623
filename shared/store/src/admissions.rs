//! Admissions: who lies in which bed. A bed has one patient and a patient has one bed, because both are written together: the bed's item, and
//! the one item that says that the patient lies in the hospital.

use domain::{
    admission::Admission,
    bed::{Bed, BedEvent, BedNumber, BedStatus, LatestVitals, Occupant},
    bed_request::BedRequest,
    id::{AdmissionId, PatientId},
    money::Money,
    patient::Patient,
    stay::Segment,
    ward::Ward,
};
use jiff::Timestamp;

use super::{
    Item, Key, Record, Store, StoreError,
    bed_requests::forget,
    emergency::{CaseError, CaseWrite, write_case},
    from_item, keys,
    presence::{Whereabouts, come, go},
    transact::Transaction,
};

/// How often something is tried again when others change the same bed at the same moment. Of somebody who looks for any free bed each failure
/// means that one bed fewer is free.
const TRIES: usize = 60;

impl Record for Admission {
    const KIND: &'static str = "admission";
    fn key(&self) -> Key {
        keys::admission(self.patient_id, self.id)
    }
    fn patient(&self) -> Option<PatientId> {
        Some(self.patient_id)
    }
}

/// Who is admitted, and what else that changes.
#[derive(Debug, Clone)]
pub struct NewAdmission<'a> {
    /// The admission, still without a bed.
    pub admission: Admission,
    pub patient: &'a Patient,
    pub ward: Ward,
    pub daily_fee: Money,
    /// What the patient waits for, if it is a bed on this ward.
    pub request: Option<&'a BedRequest>,
    /// The emergency that it ends. A patient who is one is not admitted without.
    pub case: Option<CaseWrite<'a>>,
}

/// Why a patient got no bed, or kept theirs. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    #[error("the patient lies in the hospital already")]
    AlreadyAdmitted(AdmissionId),
    #[error("the patient has died")]
    Deceased,
    #[error("there is no such bed, because there is no such ward")]
    NoBed,
    #[error("the bed is not free")]
    NotFree(BedStatus),
    #[error("no bed of the ward is free")]
    WardFull,
    #[error("the admission or the bed has changed since it was read")]
    Stale,
    #[error("the patient no longer waits for the bed")]
    NotWaiting,
    #[error("the patient is an emergency, or no longer")]
    Case(#[from] CaseError),
    /// Something that the board shows has changed in the patient's bed. It is read again.
    #[error("the patient's bed has changed since it was read")]
    BedChanged,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Requires that a patient lives.
pub(super) fn must_live<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    patient: PatientId,
    deceased: impl FnOnce() -> E + Send + 'static,
) -> Result<(), E> {
    let lives = "attribute_exists(pk) AND attribute_not_exists(deceased)";
    write.check(&keys::patient(patient), |check| check.condition_expression(lives), |_| deceased())
}

type Write<'a> = Transaction<'a, AdmitError>;

impl Store {
    /// An admission of a patient.
    pub async fn admission(&self, patient: PatientId, id: AdmissionId) -> Result<Option<Admission>, StoreError> {
        self.get(&keys::admission(patient, id)).await
    }

    /// The admission of a patient who lies in the hospital now.
    pub async fn current_admission(&self, patient: PatientId) -> Result<Option<Admission>, StoreError> {
        match self.presence(patient).await? {
            Some(Whereabouts::Bed(id)) => self.admission(patient, id).await,
            _ => Ok(None),
        }
    }

    /// A patient's admissions, latest first.
    pub async fn admission_list(
        &self,
        patient: PatientId,
        before: Option<AdmissionId>,
        limit: usize,
    ) -> Result<Vec<Admission>, StoreError> {
        let found = self.query(keys::admissions(patient, before)).latest_first(true).first(limit).await?;
        found.into_iter().map(from_item).collect()
    }

    /// Admits a patient to a bed, or to any free one of the ward.
    pub async fn admission_begin(
        &self,
        new: &NewAdmission<'_>,
        wanted: Option<BedNumber>,
        now: Timestamp,
    ) -> Result<Admission, AdmitError> {
        for _ in 0..TRIES {
            let bed = self.a_bed(new.ward, wanted).await?;
            match self.admit_to(new, &bed, now).await {
                Err(why) if is_tried_again(&why, wanted) => {}
                admitted => return admitted,
            }
        }
        Err(busy())
    }

    async fn admit_to(&self, new: &NewAdmission<'_>, before: &Bed, now: Timestamp) -> Result<Admission, AdmitError> {
        let segment = Segment { ward: new.ward, bed: before.number, daily_fee: new.daily_fee, from: now, to: None };
        let admission = Admission { segments: vec![segment], ..new.admission.clone() };
        let occupant = Occupant::of(&admission, new.patient.initials());
        let mut write = self.transaction();
        // What speaks against the patient counts first: then no other bed is tried.
        let from = match new.case {
            Some(CaseWrite::Changed { before, .. }) => Some(Whereabouts::Emergency(before.id)),
            Some(CaseWrite::New(_)) | None => None,
        };
        come(&mut write, admission.patient_id, from, Whereabouts::Bed(admission.id), |there| match there {
            Some(Whereabouts::Bed(id)) => AdmitError::AlreadyAdmitted(id),
            Some(Whereabouts::Emergency(id)) => AdmitError::Case(CaseError::Open(id)),
            None => AdmitError::Case(CaseError::Stale),
        })?;
        must_live(&mut write, admission.patient_id, || AdmitError::Deceased)?;
        if let Some(request) = new.request {
            forget(&mut write, request, || AdmitError::NotWaiting)?;
        }
        if let Some(case) = &new.case {
            write_case(&mut write, case)?;
        }
        take(&mut write, before, occupant, now)?;
        write.put_new(&admission, |_| AdmitError::Stale)?;
        write.commit().await.map(|()| admission)
    }

    /// Moves a patient to another bed, or to any free one of a ward. `request` is what they wait for, if it is a bed there.
    pub async fn admission_move(
        &self,
        before: &Admission,
        (ward, wanted, daily_fee): (Ward, Option<BedNumber>, Money),
        request: Option<&BedRequest>,
        now: Timestamp,
    ) -> Result<Admission, AdmitError> {
        for _ in 0..TRIES {
            let bed = self.a_bed(ward, wanted).await?;
            match self.move_to(before, &bed, daily_fee, request, now).await {
                Err(why) if is_tried_again(&why, wanted) => {}
                moved => return moved,
            }
        }
        Err(busy())
    }

    async fn move_to(
        &self,
        before: &Admission,
        bed: &Bed,
        daily_fee: Money,
        request: Option<&BedRequest>,
        now: Timestamp,
    ) -> Result<Admission, AdmitError> {
        let from = self.bed_of(before).await?;
        let moved = before.clone().moved(bed.ward, bed.number, daily_fee, now).map_err(|_| AdmitError::Stale)?;
        // Who was asked for with the bed is responsible from now on.
        let doctor = request.and_then(|request| request.doctor.clone());
        let after = Admission { doctor: doctor.or_else(|| moved.doctor.clone()), ..moved };
        let occupant = from.occupant.clone().ok_or(AdmitError::Stale)?.follow(&after);
        let mut write = self.transaction();
        write.replace(&after, before.version, |_| AdmitError::Stale)?;
        leave(&mut write, &from, now)?;
        if let Some(request) = request {
            forget(&mut write, request, || AdmitError::NotWaiting)?;
        }
        take(&mut write, bed, occupant, now)?;
        write.commit().await.map(|()| after)
    }

    /// Writes that a patient is gone. The bed waits to be cleaned. `request` is what they wait for: who is gone waits for nothing.
    pub async fn admission_end(
        &self,
        before: &Admission,
        after: &Admission,
        request: Option<&BedRequest>,
        now: Timestamp,
    ) -> Result<(), AdmitError> {
        self.with_the_bed_of(before, |write, bed| {
            write.replace(after, before.version, |_| AdmitError::Stale)?;
            leave(write, bed, now)?;
            go(write, after.patient_id, Whereabouts::Bed(after.id), || AdmitError::Stale)?;
            request.map_or(Ok(()), |request| forget(write, request, || AdmitError::NotWaiting))
        })
        .await
    }

    /// Writes a changed admission, and what the board shows of it.
    pub async fn admission_change(&self, before: &Admission, after: &Admission) -> Result<(), AdmitError> {
        self.with_the_bed_of(before, |write, bed| {
            write.replace(after, before.version, |_| AdmitError::Stale)?;
            let occupant = bed.occupant.clone().ok_or(AdmitError::Stale)?.follow(after);
            write.replace(&bed.clone().with_occupant(occupant), bed.version, |_| AdmitError::BedChanged)
        })
        .await
    }

    async fn with_the_bed_of(
        &self,
        admission: &Admission,
        add: impl Fn(&mut Write<'_>, &Bed) -> Result<(), AdmitError>,
    ) -> Result<(), AdmitError> {
        for _ in 0..TRIES {
            let bed = self.bed_of(admission).await?;
            let mut write = self.transaction();
            add(&mut write, &bed)?;
            match write.commit().await {
                Err(AdmitError::BedChanged) => {}
                written => return written,
            }
        }
        Err(busy())
    }

    /// Makes the board show a patient's latest vital signs.
    pub async fn board_show_vitals(&self, patient: PatientId) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let Some((admission, bed, occupant)) = self.on_the_board(patient).await? else { return Ok(()) };
            // What was measured when they came as an emergency counts.
            let since = match admission.case_id {
                Some(case) => self.emergency_case(case).await?.map_or(admission.admitted_at, |case| case.arrived_at),
                None => admission.admitted_at,
            };
            let vitals = LatestVitals::of(&self.record_summary(patient).await?, since);
            // A record that comes late does not bring back what is older.
            if vitals.as_of <= occupant.vitals.as_ref().map_or(0, |shown| shown.as_of) {
                return Ok(());
            }
            if self.bed_change(&bed, &bed.clone().with_occupant(Occupant { vitals: Some(vitals), ..occupant })).await? {
                return Ok(());
            }
        }
        Err(bed_is_busy())
    }

    /// Makes the board show the initials that a patient has now, and whether they live.
    pub async fn board_show_profile(&self, patient: &Patient) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let Some((_, bed, before)) = self.on_the_board(patient.id).await? else { return Ok(()) };
            let occupant = Occupant { initials: patient.initials(), deceased: patient.deceased.is_some(), ..before.clone() };
            if occupant == before || self.bed_change(&bed, &bed.clone().with_occupant(occupant)).await? {
                return Ok(());
            }
        }
        Err(bed_is_busy())
    }

    /// The stay of a patient, their bed, and what the board shows of them.
    async fn on_the_board(&self, patient: PatientId) -> Result<Option<(Admission, Bed, Occupant)>, StoreError> {
        for _ in 0..TRIES {
            let Some(admission) = self.current_admission(patient).await? else { return Ok(None) };
            match self.bed_of(&admission).await {
                Ok(bed) => return Ok(bed.occupant.clone().map(|occupant| (admission, bed, occupant))),
                Err(AdmitError::Store(error)) => return Err(error),
                // They were moved at this moment, or have left.
                Err(_) => {}
            }
        }
        Err(bed_is_busy())
    }

    /// The bed that a patient has.
    async fn bed_of(&self, admission: &Admission) -> Result<Bed, AdmitError> {
        let (ward, number) = admission.place().ok_or(AdmitError::Stale)?;
        let bed = self.bed(ward, number).await?.ok_or(AdmitError::NoBed)?;
        // Somebody has moved them meanwhile.
        if bed.occupant.as_ref().is_some_and(|occupant| occupant.admission_id == admission.id) { Ok(bed) } else { Err(AdmitError::Stale) }
    }

    /// The bed that is wanted, or a free one of the ward: one at random, so that many who look at once do not all try the same.
    async fn a_bed(&self, ward: Ward, wanted: Option<BedNumber>) -> Result<Bed, AdmitError> {
        if let Some(number) = wanted {
            return self.bed(ward, number).await?.ok_or(AdmitError::NoBed);
        }
        let mut beds = self.beds_now(ward).await?;
        if beds.is_empty() {
            return Err(AdmitError::NoBed);
        }
        beds.retain(|bed| bed.status == BedStatus::Free);
        let random = self.random.bytes::<1>().map_or(0, |[byte]| usize::from(byte));
        let chosen = random % beds.len().max(1);
        beds.into_iter().nth(chosen).ok_or(AdmitError::WardFull)
    }
}

/// Whether another try may succeed: with another bed, or with the patient's own as it is now.
const fn is_tried_again(why: &AdmitError, wanted: Option<BedNumber>) -> bool {
    match why {
        AdmitError::NotFree(_) => wanted.is_none(),
        AdmitError::BedChanged => true,
        _ => false,
    }
}

fn busy() -> AdmitError {
    StoreError::Unavailable("the beds of the ward are changed by others at this moment".into()).into()
}

fn bed_is_busy() -> StoreError {
    StoreError::Unavailable("the bed is changed by others at this moment".into())
}

/// The patient gets a bed.
fn take(write: &mut Write<'_>, before: &Bed, occupant: Occupant, now: Timestamp) -> Result<(), AdmitError> {
    let after = before.clone().take(occupant, now).map_err(AdmitError::NotFree)?;
    write.replace(&after, before.version, |there: Item| match from_item::<Bed>(there) {
        Ok(bed) => AdmitError::NotFree(bed.status),
        Err(error) => error.into(),
    })
}

/// The patient leaves a bed.
fn leave(write: &mut Write<'_>, before: &Bed, now: Timestamp) -> Result<(), AdmitError> {
    let after = before.clone().after(BedEvent::Left, now).map_err(|_| AdmitError::Stale)?;
    write.replace(&after, before.version, |_| AdmitError::BedChanged)
}
