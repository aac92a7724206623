//! The one way to read a range of sort keys, of the table or of an index.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::{Item, Store, StoreError, keys::Range, text};
use crate::trail::{self, TableAction};

/// A query in the making. By default it reads from the beginning of the range, eventually consistent.
pub(super) struct Query<'a> {
    store: &'a Store,
    range: Range,
    latest_first: bool,
    consistent: bool,
}

impl Store {
    pub(super) fn query(&self, range: Range) -> Query<'_> {
        Query { store: self, range, latest_first: false, consistent: false }
    }
}

impl Query<'_> {
    pub(super) fn latest_first(self, latest_first: bool) -> Self {
        Self { latest_first, ..self }
    }

    /// Reads the table as it is now. An index cannot be read this way.
    pub(super) fn consistent(self) -> Self {
        Self { consistent: true, ..self }
    }

    /// At most `limit` items.
    pub(super) async fn first(&self, limit: usize) -> Result<Vec<Item>, StoreError> {
        Ok(self.page(Some(limit), None).await?.0)
    }

    /// Every item.
    pub(super) async fn all(&self) -> Result<Vec<Item>, StoreError> {
        let (mut all, mut resume) = self.page(None, None).await?;
        while resume.is_some() {
            let (more, next) = self.page(None, resume).await?;
            all.extend(more);
            resume = next;
        }
        Ok(all)
    }

    /// One page, and where the next one begins.
    pub(super) async fn page(&self, limit: Option<usize>, resume: Option<Item>) -> Result<(Vec<Item>, Option<Item>), StoreError> {
        let Range { index, pk, from, to } = &self.range;
        trail::touched(if index.is_some() { TableAction::QueryIndex } else { TableAction::Query }, pk);
        let prefix = index.unwrap_or_default();
        let (condition, bounds) = match (from, to) {
            (Some(from), Some(to)) if to < from => return Ok((Vec::new(), None)),
            (Some(from), Some(to)) => (format!(" AND {prefix}sk BETWEEN :from AND :to"), vec![(":from", from), (":to", to)]),
            (Some(from), None) => (format!(" AND {prefix}sk >= :from"), vec![(":from", from)]),
            (None, Some(to)) => (format!(" AND {prefix}sk <= :to"), vec![(":to", to)]),
            (None, None) => (String::new(), Vec::new()),
        };
        let mut query = self
            .store
            .client
            .query()
            .table_name(&self.store.table)
            .set_index_name(index.map(str::to_owned))
            .key_condition_expression(format!("{prefix}pk = :pk{condition}"))
            .expression_attribute_values(":pk", text(pk))
            .scan_index_forward(!self.latest_first)
            .set_consistent_read(self.consistent.then_some(true))
            .set_limit(limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .set_exclusive_start_key(resume)
            .return_consumed_capacity(ReturnConsumedCapacity::Indexes);
        for (name, value) in bounds {
            query = query.expression_attribute_values(name, text(value));
        }
        let output = query.send().await?;
        self.store.meter.read_units(output.consumed_capacity());
        Ok((output.items.unwrap_or_default(), output.last_evaluated_key))
    }
}
