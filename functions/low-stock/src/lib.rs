//! What follows from changes of a pharmacy's stock: what lists show of it, and alerts when a medicine runs low or a lot expires.
//!
//! A record may come twice, late, or after one that replaced it. Each revision of a stock is looked at once, by the revision that was looked at
//! last. An alert is stored first, and its email follows from the stored alert, once.

mod check;
mod expiry;
mod stock;

use std::collections::{BTreeMap, HashSet};

use aws_lambda_events::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
pub use check::{Check, Report, Requested};
use domain::{
    Clock,
    id::{LotId, StockedMedicineId},
    pharmacy::{AlertAbout, AlertState, PharmacyAlert, ReceivedLot},
};
use mail::{
    Cause, EventState, MailError,
    pharmacy_news::PharmacyNews,
    reminders::{ReminderError, Reminders},
};
use platform::{
    aws::{self, Patience},
    config::{Config, Scheduling},
};
use serde::{Deserialize, Serialize};
use store::{Record, StoreError, StreamValue, from_stream, stock::MedicineStock};

/// What this function works with.
#[derive(Clone, Debug)]
pub struct LowStock {
    pub base: EventState,
    reminders: Reminders,
}

impl LowStock {
    #[must_use]
    pub fn new(config: &Config, scheduling: Scheduling, clock: Clock) -> Self {
        let sdk = aws::sdk_config(&config.aws, Patience::NobodyWaits);
        Self { base: EventState::new(config, &sdk, clock), reminders: Reminders::new(&config.aws, &sdk, scheduling) }
    }
}

/// What this function is called with.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Call {
    /// From the table's stream.
    Changes(Event),
    /// From an operator: `infra/check_stock.py`.
    Check(Requested),
    /// From an operator, after the table was restored: `infra/rebuild_reminders.py`.
    Rebuild(Rebuild),
}

/// The lots that are looked at again when they are about to expire.
#[derive(Debug, Deserialize)]
pub struct Rebuild {
    rebuild_lots: Vec<LotOf>,
}

#[derive(Debug, Deserialize)]
struct LotOf {
    medicine_id: StockedMedicineId,
    id: LotId,
}

/// What it answers.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    Handled(DynamoDbEventResponse),
    Checked(Report),
}

/// It could not be done this time.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Mail(#[from] MailError),
    #[error(transparent)]
    Reminder(#[from] ReminderError),
}

/// Handles a call of either kind.
pub async fn answer(state: &LowStock, call: Call) -> Result<Answer, Failure> {
    match call {
        Call::Changes(event) => Ok(Answer::Handled(Box::pin(handle(state, event)).await)),
        Call::Rebuild(rebuild) => {
            for LotOf { medicine_id, id } in rebuild.rebuild_lots {
                if let Some(lot) = state.base.store.lot(medicine_id, id).await? {
                    expiry::schedule(state, &lot).await?;
                }
            }
            Ok(Answer::Handled(DynamoDbEventResponse::default()))
        }
        Call::Check(requested) => Ok(Answer::Checked(Box::pin(check::check(&state.base.store, requested.check_stock)).await?)),
    }
}

/// Handles a batch. The revisions of one stock are looked at together, everything else record by record. What fails does not keep the rest from
/// being handled.
pub async fn handle(state: &LowStock, event: Event) -> DynamoDbEventResponse {
    let mut response = DynamoDbEventResponse::default();
    let mut failed = HashSet::new();
    let mut stocks: BTreeMap<StockedMedicineId, Vec<stock::Revision>> = BTreeMap::new();
    let mut of: Vec<(StockedMedicineId, String)> = Vec::new();
    for record in event.records {
        let (sequence, event_id) = (record.change.sequence_number.clone().unwrap_or_default(), record.event_id.clone());
        match one(state, record).await {
            Ok(None) => {}
            Ok(Some(revision)) => {
                of.push((revision.after.medicine_id, sequence));
                stocks.entry(revision.after.medicine_id).or_default().push(revision);
            }
            Err(error) => {
                tracing::error!(event_id, error = platform::logs::chain(&error), "record not handled");
                failed.insert(sequence);
            }
        }
    }
    for (medicine, revisions) in stocks {
        if let Err(error) = stock::follow(state, medicine, revisions).await {
            tracing::error!(medicine = %medicine, error = platform::logs::chain(&error), "stock not followed");
            failed.extend(of.iter().filter(|(other, _)| *other == medicine).map(|(_, sequence)| sequence.clone()));
        }
    }
    for sequence in failed {
        response.batch_item_failures.push(failed_record(sequence));
    }
    response
}

/// A record that has to come again (`ReportBatchItemFailures`), by its sequence number.
fn failed_record(sequence: String) -> DynamoDbBatchItemFailure {
    let mut failure = DynamoDbBatchItemFailure::default();
    failure.item_identifier = Some(sequence);
    failure
}

/// Handles a record. A revision of a stock is returned, to be looked at with its others.
async fn one(state: &LowStock, record: EventRecord) -> Result<Option<stock::Revision>, Failure> {
    let images = record.change;
    let kind = match images.new_image.get("kind") {
        Some(StreamValue::S(kind)) => kind.as_str(),
        _ => return Ok(None),
    };
    match kind {
        MedicineStock::KIND => {
            let before = if images.old_image.is_empty() { None } else { Some(from_stream(images.old_image)?) };
            return Ok(Some(stock::Revision { before, after: from_stream(images.new_image)? }));
        }
        ReceivedLot::KIND => expiry::schedule(state, &from_stream::<ReceivedLot>(images.new_image)?).await?,
        PharmacyAlert::KIND => tell(state, from_stream(images.new_image)?).await?,
        _ => {}
    }
    Ok(None)
}

/// Tells the pharmacy. What SES refuses can be asked for again.
async fn tell(state: &LowStock, alert: PharmacyAlert) -> Result<(), Failure> {
    if alert.listed.state != AlertState::Open {
        return Ok(());
    }
    // Nothing may be left of the lot any more since somebody looked at it.
    if let AlertAbout::Expiry { lot_id, .. } = &alert.listed.about
        && let Some(lot) = state.base.store.lot(alert.listed.medicine_id, *lot_id).await?
    {
        expiry::follow(state, &lot).await?;
    }
    let days = match alert.listed.about {
        AlertAbout::LowStock { .. } => None,
        AlertAbout::Expiry { stage, .. } => Some(stage),
    };
    let news = PharmacyNews::Alert { pharmacy_id: alert.pharmacy_id, alert_id: alert.listed.id, stage: days };
    Ok(state.base.because_of(Cause::Pharmacy(Box::new(news.clone()))).tell_pharmacy(&news).await?)
}
