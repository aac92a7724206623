//! Where somebody works who works in one place only: a pharmacist in a pharmacy, a lab technician in a laboratory. It is written twice, among those of
//! the place and as their own, so that nobody has two.

use std::fmt::Debug;

use domain::{account::Account, id::UserId};
use jiff::Timestamp;

use super::{Item, Record, Store, StoreError, from_item, keys, roster::unchanged, text, transact::Transaction};

/// That somebody works in a place.
pub trait Seat: Record + Clone {
    /// The id of the place.
    type Place: Copy + Debug + Into<String> + Send;
    /// The same, as the one that they have.
    type Own: Record + From<Self> + Into<Self>;
    /// The attribute that names the place.
    const PLACE: &'static str;

    fn place(&self) -> Self::Place;
    fn user(&self) -> UserId;
    fn since(&self) -> Timestamp;
}

/// Why somebody does not work in a place now. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum SeatError<P: Debug> {
    #[error("they work in another place")]
    WorksIn(P),
    #[error("the account has changed since it was read")]
    Changed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<P: Debug + Send + Sync + 'static> SeatError<P> {
    /// For those who try again: somebody else has ended it already.
    #[must_use]
    pub fn to_retry(self) -> StoreError {
        match self {
            Self::Store(error) => error,
            other => StoreError::Unavailable(Box::new(other)),
        }
    }
}

impl Store {
    /// Writes that somebody works in a place, if they work in no other one.
    pub async fn seat_begin<S: Seat>(&self, seat: &S, account: &Account) -> Result<(), SeatError<S::Place>> {
        let mut write = self.transaction();
        begin(&mut write, seat, account)?;
        write.commit().await
    }

    /// Writes that somebody works there no longer.
    pub async fn seat_end<S: Seat>(&self, seat: &S) -> Result<(), SeatError<S::Place>> {
        let mut write = self.transaction();
        let theirs = [(":place", text(seat.place())), (":since", text(seat.since().to_string()))];
        let same = format!("{} = :place AND since = :since", S::PLACE);
        write.delete_if(&seat.key(), &same, &theirs, |_| SeatError::Changed)?;
        write.delete_if(&S::Own::from(seat.clone()).key(), &same, &theirs, |_| SeatError::Changed)?;
        write.commit().await
    }
}

/// Writes that somebody works in a place, with what else is written.
pub(super) fn begin<S: Seat>(
    write: &mut Transaction<'_, SeatError<S::Place>>,
    seat: &S,
    account: &Account,
) -> Result<(), SeatError<S::Place>> {
    write.check(&keys::account(account.id), unchanged(account), |_| SeatError::Changed)?;
    let works = |there: Item| match from_item::<S::Own>(there) {
        Ok(there) => SeatError::WorksIn(Into::<S>::into(there).place()),
        Err(error) => error.into(),
    };
    write.put_new(&S::Own::from(seat.clone()), works)?;
    write.put_new(seat, |_| SeatError::Changed)
}
