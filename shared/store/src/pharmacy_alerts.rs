//! What a pharmacy is told of medicines that run low and of lots that expire. The email follows from the stored alert.

use domain::{
    id::{AlertId, LotId, PharmacyId},
    pharmacy::{AlertAbout, AlertState, ListedAlert, PharmacyAlert},
};
use jiff::Timestamp;

use super::{
    Key, Listed, Record, Store, StoreError,
    keys::{self, IndexKey},
    number,
    record::from_index,
    stock::MedicineLine,
    transact::NEW,
};

impl Record for PharmacyAlert {
    const KIND: &'static str = "pharmacy_alert";
    fn key(&self) -> Key {
        keys::pharmacy_alert(self.pharmacy_id, self.listed.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        let listed = &self.listed;
        Some(keys::listed_alert(self.pharmacy_id, listed.state, listed.told_at, listed.id))
    }
}

/// Somebody else has written what lists show of the medicine since it was read.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error("it was counted by others at this moment")]
    Moved,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// An alert of a pharmacy.
    pub async fn pharmacy_alert(&self, pharmacy: PharmacyId, id: AlertId) -> Result<Option<PharmacyAlert>, StoreError> {
        self.get(&keys::pharmacy_alert(pharmacy, id)).await
    }

    /// The alerts of a pharmacy that are in a state, latest first.
    pub async fn pharmacy_alerts(
        &self,
        pharmacy: PharmacyId,
        state: AlertState,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedAlert>>, StoreError> {
        from_index::<PharmacyAlert, _>(self.query(keys::alerts_in_state(pharmacy, state, before)).latest_first(true).first(limit).await?)
    }

    /// Writes what lists show of a medicine, with the alert that begins or ends with it. It is the count of `before` no longer: who counted
    /// meanwhile counts again.
    pub async fn medicine_line_follow(&self, before: u64, line: &MedicineLine, alerts: &[PharmacyAlert]) -> Result<(), FollowError> {
        let mut write = self.transaction();
        write.put_if(line, "as_of = :before", &[(":before", number(before))], |_| FollowError::Moved)?;
        for alert in alerts {
            let is_new = alert.listed.state == AlertState::Open;
            write.put_if(alert, if is_new { NEW } else { "attribute_exists(pk)" }, &[], |_| FollowError::Moved)?;
        }
        write.commit().await
    }

    /// Writes that a lot expires soon, or has expired, unless the pharmacy was told as much already.
    pub async fn expiry_alert(&self, alert: &PharmacyAlert) -> Result<(), StoreError> {
        let AlertAbout::Expiry { stage, .. } = alert.listed.about else { return Err(StoreError::refused("not an alert of a lot")) };
        let later = format!("{NEW} OR entry.about.stage > :stage");
        self.put_where(alert, &later, &[(":stage", number(stage))]).await.map(drop)
    }

    /// Makes the alert of a lot say whether something of it is still there.
    pub async fn expiry_alert_follow(&self, pharmacy: PharmacyId, lot: LotId, there: bool, at: Timestamp) -> Result<(), StoreError> {
        let state = if there { AlertState::Open } else { AlertState::Resolved };
        let Some(before) = self.pharmacy_alert(pharmacy, AlertId::of_lot(lot)).await?.filter(|alert| alert.listed.state != state) else {
            return Ok(());
        };
        let unchanged = if there { "attribute_exists(entry.resolved_at)" } else { "attribute_not_exists(entry.resolved_at)" };
        let listed = ListedAlert { state, resolved_at: (!there).then_some(at), ..before.listed };
        let after = PharmacyAlert { listed, ..before };
        self.put_where(&after, unchanged, &[]).await.map(drop)
    }
}
