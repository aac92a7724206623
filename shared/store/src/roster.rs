//! Who is on duty.

use domain::{role::Role, roster::Shift};
use jiff::Timestamp;

use super::{Key, Record, Store, StoreError, from_item, keys};

impl Record for Shift {
    const KIND: &'static str = "shift";
    fn key(&self) -> Key {
        keys::shift(self.role, self.start)
    }
}

impl Store {
    /// Enters a shift; `false` when the role already has one that starts then.
    pub async fn shift_enter(&self, shift: &Shift) -> Result<bool, StoreError> {
        self.put_new(shift).await
    }

    /// The shift of a role at an instant: the latest one that has begun, if it has not ended.
    pub async fn shift_on_duty(&self, role: Role, at: Timestamp) -> Result<Option<Shift>, StoreError> {
        let latest = self.query(keys::shifts_until(role, at)).latest_first(true).first(1).await?;
        let latest = latest.into_iter().next().map(from_item::<Shift>).transpose()?;
        Ok(latest.filter(|shift| shift.covers(at)))
    }
}
