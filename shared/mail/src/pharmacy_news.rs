//! What happens in a pharmacy, and who is told of it by email. It holds ids only, so that it can be kept with an email that SES refused. Whether it
//! is still true is read when it is told.

use domain::{
    allocation::{Allocation, AllocationStatus},
    id::{AlertId, AllocationId, PatientId, PharmacyId},
    pharmacy::{AlertAbout, AlertState, Pharmacy},
};
use serde::{Deserialize, Serialize};

use crate::{EventState, MailError, Recipient, emails::pharmacy as emails};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PharmacyNews {
    /// Units of a medicine are set aside for a patient.
    SetAside { patient_id: PatientId, allocation_id: AllocationId },
    /// They are no longer.
    Ended { patient_id: PatientId, allocation_id: AllocationId },
    /// A medicine runs low, or a lot expires. `stage` is how many days are left, for a lot.
    Alert { pharmacy_id: PharmacyId, alert_id: AlertId, stage: Option<u16> },
}

impl EventState {
    /// Tells whom it concerns, if it is still so. Each email goes out once.
    pub async fn tell_pharmacy(&self, news: &PharmacyNews) -> Result<(), MailError> {
        match news {
            PharmacyNews::SetAside { patient_id, allocation_id } => self.set_aside(*patient_id, *allocation_id).await,
            PharmacyNews::Ended { patient_id, allocation_id } => self.ended(*patient_id, *allocation_id).await,
            PharmacyNews::Alert { pharmacy_id, alert_id, stage } => self.alert(*pharmacy_id, *alert_id, *stage).await,
        }
    }

    async fn set_aside(&self, patient: PatientId, id: AllocationId) -> Result<(), MailError> {
        let Some((allocation, pharmacy)) = self.allocated(patient, id).await? else { return Ok(()) };
        if allocation.status != AllocationStatus::Allocated {
            return Ok(());
        }
        let to_pharmacy = emails::to_prepare(&self.hospital, &allocation)?;
        let outcome = self.mailer.send(&format!("{id}-set-aside-pharmacy"), &address(&pharmacy), &to_pharmacy).await;
        let Some(patient) = self.store.patient(patient).await? else { return outcome };
        if let Some(to) = self.acts_for(&patient).await? {
            let email = emails::set_aside(&self.hospital, &allocation, &pharmacy, patient.name.as_str())?;
            self.mailer.send(&format!("{id}-set-aside-patient"), &to, &email).await?;
        }
        outcome
    }

    /// The side that did not end it is told; both, if nobody did. Who has got their medicine needs no email.
    async fn ended(&self, patient: PatientId, id: AllocationId) -> Result<(), MailError> {
        let Some((allocation, pharmacy)) = self.allocated(patient, id).await? else { return Ok(()) };
        let Some(end) = &allocation.end else { return Ok(()) };
        if allocation.status == AllocationStatus::HandedOver {
            return Ok(());
        }
        let expired = allocation.status == AllocationStatus::Expired;
        let mut outcome = Ok(());
        if expired || !end.by_pharmacy {
            let email = emails::to_put_back(&self.hospital, &allocation, expired, self.today())?;
            outcome = self.mailer.send(&format!("{id}-ended-pharmacy"), &address(&pharmacy), &email).await;
        }
        let Some(patient) = self.store.patient(patient).await? else { return outcome };
        if let Some(to) = self.acts_for(&patient).await?.filter(|_| expired || end.by_pharmacy) {
            let email = emails::not_set_aside(&self.hospital, &pharmacy, patient.name.as_str(), expired)?;
            self.mailer.send(&format!("{id}-ended-patient"), &to, &email).await?;
        }
        outcome
    }

    async fn alert(&self, pharmacy: PharmacyId, id: AlertId, stage: Option<u16>) -> Result<(), MailError> {
        let Some(alert) = self.store.pharmacy_alert(pharmacy, id).await?.filter(|alert| alert.listed.state == AlertState::Open) else {
            return Ok(());
        };
        let now = match alert.listed.about {
            AlertAbout::LowStock { .. } => None,
            AlertAbout::Expiry { stage, .. } => Some(stage),
        };
        // It has become more urgent since.
        if now != stage {
            return Ok(());
        }
        let Some(pharmacy) = self.store.pharmacy(pharmacy).await? else { return Ok(()) };
        let email = emails::alert(&self.hospital, &alert)?;
        let name = stage.map_or_else(|| format!("{id}-low"), |stage| format!("{id}-{stage}"));
        self.mailer.send(&name, &address(&pharmacy), &email).await
    }

    async fn allocated(&self, patient: PatientId, id: AllocationId) -> Result<Option<(Allocation, Pharmacy)>, MailError> {
        let Some(allocation) = self.store.allocation(patient, id).await? else { return Ok(None) };
        Ok(self.store.pharmacy(allocation.pharmacy_id).await?.map(|pharmacy| (allocation, pharmacy)))
    }
}

/// The pharmacy's own address. It counts as that of whoever registered it. Nobody has shown whose it is, so no email to it names a patient.
fn address(pharmacy: &Pharmacy) -> Recipient {
    Recipient { user_id: pharmacy.registered_by, name: None, email: pharmacy.email.clone() }
}
