//! Prescriptions, and the requests that they answer.

use domain::{
    id::PatientId,
    record::{
        Clinical, Entry, Summary,
        lab_result::LabResult,
        prescription::{LabTest, Medicine},
        request::PrescriptionRequest,
    },
};

use super::{RecordError, entry_writes, must_live};
use crate::Store;

/// A request before and after a doctor has answered it.
#[derive(Debug, Clone)]
pub struct Answered {
    pub before: Entry<PrescriptionRequest>,
    pub after: Entry<PrescriptionRequest>,
}

impl Store {
    /// Prescribes a medicine, or revises or stops a prescription. `make` sees the summary that the prescription is written under, so what
    /// it has checked still holds when it is written. A prescription that the patient asked for answers the request.
    pub async fn medicine_write(
        &self,
        patient: PatientId,
        before: Option<&Entry<Medicine>>,
        answered: Option<&Answered>,
        mut make: impl FnMut(&Summary) -> Result<Entry<Medicine>, RecordError> + Send,
    ) -> Result<Entry<Medicine>, RecordError> {
        let mut shown = |summary: &mut Summary| {
            let prescribed = make(summary)?;
            if let Some(Answered { before, after }) = answered {
                PrescriptionRequest::show(Some(before), after, summary).map_err(RecordError::Full)?;
            }
            Ok(prescribed)
        };
        self.record_write(patient, before, &mut shown, &|write, medicine: &Entry<Medicine>| {
            if let Some(Answered { before, after }) = answered {
                entry_writes(write, Some(before), after)?;
            }
            // Nothing is prescribed for the dead. What was, can be stopped.
            if medicine.content.stopped || medicine.in_error { Ok(()) } else { must_live(write, patient) }
        })
        .await
    }

    /// Prescribes a lab test, or revises or stops a prescription.
    pub async fn lab_test_write(&self, before: Option<&Entry<LabTest>>, after: &Entry<LabTest>) -> Result<(), RecordError> {
        self.record_write(after.patient_id, before, &mut |_| Ok(after.clone()), &|write, test: &Entry<LabTest>| {
            if test.content.waits() && !test.in_error { must_live(write, after.patient_id) } else { Ok(()) }
        })
        .await
        .map(drop)
    }

    /// Asks a doctor for a prescription.
    pub async fn request_ask(&self, request: &Entry<PrescriptionRequest>) -> Result<(), RecordError> {
        let patient = request.patient_id;
        self.record_write(patient, None, &mut |_| Ok(request.clone()), &|write, _| must_live(write, patient)).await.map(drop)
    }

    /// Writes a result, or takes one out of view. The test that it answers follows: it waits no longer, or waits again.
    pub async fn lab_result_write(
        &self,
        earlier: Option<&Entry<LabResult>>,
        result: &Entry<LabResult>,
        test: Option<(&Entry<LabTest>, &Entry<LabTest>)>,
    ) -> Result<(), RecordError> {
        let mut shown = |summary: &mut Summary| {
            if let Some((before, after)) = test {
                LabTest::show(Some(before), after, summary).map_err(RecordError::Full)?;
            }
            Ok(result.clone())
        };
        self.record_write(result.patient_id, earlier, &mut shown, &|write, _| match test {
            Some((before, after)) => entry_writes(write, Some(before), after),
            None => Ok(()),
        })
        .await
        .map(drop)
    }
}
