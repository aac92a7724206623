//! The tests that laboratories offer.

use domain::{
    id::{LaboratoryId, OfferedTestId},
    laboratory::{ListedTest, OfferedTest},
    record::lab_result::Loinc,
    turnaround::{Month, Turnaround},
};
use serde::{Deserialize, Serialize};

use super::{
    Key, Listed, Record, Store, StoreError, from_item,
    keys::{self, IndexKey},
    number,
    record::from_index,
    transact::{NEW, Transaction},
};

impl Record for OfferedTest {
    const KIND: &'static str = "offered_test";
    fn key(&self) -> Key {
        keys::offered_test(self.listed.laboratory_id, self.listed.id)
    }
    fn index_key(&self) -> Option<IndexKey> {
        Some(keys::listed_test(self.listed.laboratory_id, &self.listed.name, self.listed.id))
    }
    fn actor_index_key(&self) -> Option<IndexKey> {
        self.listed.offered.then(|| keys::listed_test_anywhere(&self.listed.name, self.listed.id))
    }
}

/// What lists show of a test, where it is found by its code. It is there while the test is offered.
#[derive(Debug, Serialize, Deserialize)]
struct WithCode {
    loinc: Loinc,
    listed: ListedTest,
}

impl Record for WithCode {
    const KIND: &'static str = "test_with_code";
    fn key(&self) -> Key {
        keys::test_with_code(&self.loinc, self.listed.laboratory_id, self.listed.id)
    }
}

impl Record for Turnaround {
    const KIND: &'static str = "turnaround";
    fn key(&self) -> Key {
        keys::turnaround(self.laboratory_id, self.month, self.test_id)
    }
}

/// A test was not written.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    #[error("the test has changed since it was read")]
    Stale,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// A test that a laboratory offers, or has offered.
    pub async fn offered_test(&self, laboratory: LaboratoryId, id: OfferedTestId) -> Result<Option<OfferedTest>, StoreError> {
        self.get(&keys::offered_test(laboratory, id)).await
    }

    /// The tests of a laboratory whose name begins like this, by name. Those that it does not offer any more are among them.
    pub async fn tests_of_laboratory(
        &self,
        laboratory: LaboratoryId,
        name: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<ListedTest>>, StoreError> {
        from_index::<OfferedTest, _>(self.query(keys::tests_of_laboratory(laboratory, name, after)).first(limit).await?)
    }

    /// The tests that any laboratory offers whose name begins like this, by name.
    pub async fn tests_anywhere(&self, name: &str, after: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedTest>>, StoreError> {
        from_index::<OfferedTest, _>(self.query(keys::tests_anywhere(name, after)).first(limit).await?)
    }

    /// The tests with a code that any laboratory offers.
    pub async fn tests_with_code(&self, loinc: &Loinc, after: Option<&str>, limit: usize) -> Result<Vec<Listed<ListedTest>>, StoreError> {
        let found = self.query(keys::tests_with_code(loinc, after)).first(limit).await?;
        let line = |item| from_item::<WithCode>(item).map(|found| Listed { position: found.key().sk, entry: found.listed });
        found.into_iter().map(line).collect()
    }

    /// Writes a new test.
    pub async fn offered_test_add(&self, test: &OfferedTest) -> Result<(), TestError> {
        let mut write = self.transaction();
        write.put_new(test, |_| TestError::Stale)?;
        follow_code(&mut write, None, test)?;
        write.commit().await
    }

    /// Writes a changed test. Its code stays.
    pub async fn offered_test_change(&self, before: &OfferedTest, after: &OfferedTest) -> Result<(), TestError> {
        let mut write = self.transaction();
        write.replace(after, before.version, |_| TestError::Stale)?;
        follow_code(&mut write, Some(before), after)?;
        write.commit().await
    }

    /// What a laboratory released in a month, test by test.
    pub async fn turnaround(
        &self,
        laboratory: LaboratoryId,
        month: Month,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Listed<Turnaround>>, StoreError> {
        let found = self.query(keys::turnarounds(laboratory, month, after)).first(limit).await?;
        let line = |item| from_item::<Turnaround>(item).map(|found| Listed { position: found.key().sk, entry: found });
        found.into_iter().map(line).collect()
    }
}

/// Makes the test be found by its code while it is offered.
fn follow_code(write: &mut Transaction<'_, TestError>, before: Option<&OfferedTest>, after: &OfferedTest) -> Result<(), TestError> {
    let Some(loinc) = after.listed.loinc.clone() else { return Ok(()) };
    let was_offered = before.is_some_and(|before| before.listed.offered);
    let found = WithCode { loinc, listed: after.listed.clone() };
    match (was_offered, after.listed.offered) {
        (false, true) => write.put_if(&found, NEW, &[], |_| TestError::Stale),
        (true, true) => write.put_if(&found, "attribute_exists(pk)", &[], |_| TestError::Stale),
        (true, false) => write.delete_if(&found.key(), "attribute_exists(pk)", &[], |_| TestError::Stale),
        (false, false) => Ok(()),
    }
}

/// Adds to what a laboratory released of a test in a month.
pub(crate) fn add_turnaround<E: From<StoreError>>(
    write: &mut Transaction<'_, E>,
    more: &Turnaround,
    refuse: impl FnOnce() -> E + Send + 'static,
) -> Result<(), E> {
    let fixed = [
        (":kind", super::text(Turnaround::KIND)),
        (":laboratory", super::text(more.laboratory_id)),
        (":test_id", super::text(more.test_id)),
        (":test", super::text(more.test.as_str())),
        (":month", super::text(more.month)),
        (":v", number(Turnaround::VERSION)),
        (":released", number(more.released)),
        (":in_time", number(more.in_time)),
        (":to_specimen", number(more.to_specimen)),
        (":to_result", number(more.to_result)),
        (":to_verification", number(more.to_verification)),
        (":to_release", number(more.to_release)),
    ];
    write.update(
        &more.key(),
        |update| {
            let update = update
                .update_expression(
                    "SET kind = :kind, v = :v, laboratory_id = :laboratory, test_id = :test_id, test = :test, #month = :month \
                     ADD released :released, in_time :in_time, to_specimen :to_specimen, to_result :to_result, \
                     to_verification :to_verification, to_release :to_release",
                )
                .expression_attribute_names("#month", "month");
            fixed.into_iter().fold(update, |update, (name, value)| update.expression_attribute_values(name, value))
        },
        |_| refuse(),
    )
}
