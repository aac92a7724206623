//! Delivers the table's stream to the functions that the template names, with Lambda's semantics: filters, batches, partial failures, bisection,
//! bounded retries, and dead letters that are kept.

use std::{
    future::Future,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dynoxide::{Database, actions::get_shard_iterator::decode_shard_iterator};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    database::{self, DatabaseError},
    template::StreamMapping,
};

/// Functions that take a batch.
pub trait Consumer {
    /// The function's answer (`{"batchItemFailures": [...]}`), or why it crashed.
    fn call(&self, function: &str, event: Value) -> impl Future<Output = Result<Value, String>> + Send;
}

/// Records that were given up, with the data that Lambda would send to the on-failure queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The function that did not handle them.
    #[serde(default = "notifications")]
    pub function: String,
    pub condition: String,
    pub error: String,
    pub start_sequence_number: String,
    pub end_sequence_number: String,
    /// Lambda sends only the range. Here the records themselves are kept, so that they can be replayed after the stream has dropped them.
    pub records: Vec<Value>,
}

/// The only function that there was when earlier releases gave records up.
fn notifications() -> String {
    "notifications".to_owned()
}

/// Reads the stream from where it stopped, and delivers its records.
pub struct Poller<C> {
    database: Database,
    table: String,
    stream: String,
    mappings: Vec<StreamMapping>,
    consumer: C,
    folder: Option<PathBuf>,
    position: Option<String>,
    /// How many records were read since handled records were last deleted.
    handled: usize,
    backoff: Duration,
    dead: DeadLetters,
}

impl<C> std::fmt::Debug for Poller<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Poller({} after {:?})", self.table, self.position)
    }
}

/// The records that were given up so far.
#[derive(Debug, Clone, Default)]
pub struct DeadLetters {
    messages: Arc<Mutex<Vec<DeadLetter>>>,
    replay: Arc<AtomicBool>,
}

impl DeadLetters {
    /// Asks the poller to deliver all given-up records again. Those that fail again are given up again.
    pub fn replay(&self) {
        self.replay.store(true, Ordering::SeqCst);
    }

    fn take_for_replay(&self) -> Vec<DeadLetter> {
        if self.replay.swap(false, Ordering::SeqCst) {
            std::mem::take(&mut self.messages.lock().unwrap_or_else(PoisonError::into_inner))
        } else {
            Vec::new()
        }
    }

    #[must_use]
    pub fn list(&self) -> Vec<DeadLetter> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn push(&self, message: DeadLetter) {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner).push(message);
    }
}

const POSITION: &str = "stream-position";
/// Handled records are deleted when there are this many.
const MANY: usize = 1000;
const DEAD_LETTERS: &str = "dead-letters.json";

/// The stream cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    #[error("the stream cannot be read: {0}")]
    Read(#[from] dynoxide::DynoxideError),
    #[error("a record of the stream is not understood: {0}")]
    Record(#[from] serde_json::Error),
    #[error("the handled records of the stream cannot be deleted: {0}")]
    Forget(#[from] DatabaseError),
    #[error("the position in the stream cannot be kept: {0}")]
    Position(#[from] io::Error),
}

impl<C: Consumer> Poller<C> {
    /// A poller that keeps its position and its dead letters in a folder, or in memory.
    pub fn new(
        database: Database,
        table: String,
        mappings: Vec<StreamMapping>,
        consumer: C,
        folder: Option<&Path>,
    ) -> Result<Self, StreamError> {
        let kept = |name: &str| match folder.map(|folder| std::fs::read_to_string(folder.join(name))) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(None),
        };
        let dead = DeadLetters::default();
        if let Some(text) = kept(DEAD_LETTERS)? {
            serde_json::from_str::<Vec<DeadLetter>>(&text)?.into_iter().for_each(|message| dead.push(message));
        }
        let position = kept(POSITION)?;
        let folder = folder.map(Path::to_owned);
        // Not `DescribeTable`, which counts and decodes every item in the table.
        let label = database.get_table_metadata(&table)?.and_then(|table| table.stream_label).unwrap_or_default();
        let stream = dynoxide::streams::stream_arn(&table, &label);
        let backoff = Duration::from_millis(500);
        Ok(Self { database, table, stream, mappings, consumer, folder, position, handled: MANY, backoff, dead })
    }

    /// Changes the wait before the second attempt; each further wait is longer.
    #[must_use]
    pub fn with_backoff(self, backoff: Duration) -> Self {
        Self { backoff, ..self }
    }

    #[must_use]
    pub fn dead_letters(&self) -> DeadLetters {
        self.dead.clone()
    }

    /// Delivers everything that is in the stream. Returns how many records passed the filters.
    pub async fn drain(&mut self) -> Result<usize, StreamError> {
        let mut delivered = 0;
        let again = self.dead.take_for_replay();
        if !again.is_empty() {
            for message in again {
                if let Some(mapping) = self.mappings.iter().find(|mapping| mapping.function == message.function) {
                    self.deliver(mapping, message.records).await?;
                }
            }
            self.keep(DEAD_LETTERS, &serde_json::to_string_pretty(&self.dead.list())?)?;
        }
        loop {
            let records = self.next_records()?;
            let Some(last) = records.last().map(sequence) else { return self.forget_handled().map(|()| delivered) };
            self.handled += records.len();
            // One function after the other: here they wait for each other, in Lambda they do not.
            for mapping in &self.mappings {
                let passes = |record: &&Value| mapping.filters.iter().any(|filter| filter.matches(record));
                let batch: Vec<Value> = records.iter().filter(passes).cloned().collect();
                delivered += batch.len();
                self.deliver(mapping, batch).await?;
            }
            self.keep(POSITION, &last)?;
            self.position = Some(last);
        }
    }

    fn next_records(&self) -> Result<Vec<Value>, StreamError> {
        let limit = self.mappings.iter().map(|mapping| mapping.batch_size).min().unwrap_or(1);
        let records = json!({ "ShardIterator": self.iterator()?, "Limit": limit });
        let records = self.database.get_records(serde_json::from_value(records)?)?.records;
        Ok(records.iter().map(serde_json::to_value).collect::<Result<_, _>>()?)
    }

    fn iterator(&self) -> Result<Option<String>, StreamError> {
        let start = match &self.position {
            Some(position) => json!({ "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": position }),
            None => json!({ "ShardIteratorType": "TRIM_HORIZON" }),
        };
        let mut request = json!({ "StreamArn": self.stream, "ShardId": dynoxide::streams::shard_id(&self.table) });
        if let (Some(request), Value::Object(start)) = (request.as_object_mut(), start) {
            request.extend(start);
        }
        Ok(self.database.get_shard_iterator(serde_json::from_value(request)?)?.shard_iterator)
    }

    /// Deletes handled records now and then, and at the start those that an earlier run left. Only if the position is kept in a folder:
    /// otherwise a later poller would start from the beginning and miss the deleted records.
    fn forget_handled(&mut self) -> Result<(), StreamError> {
        if self.handled < MANY || self.folder.is_none() || self.position.is_none() {
            return Ok(());
        }
        if let Some((_, _, position)) = self.iterator()?.as_deref().and_then(decode_shard_iterator) {
            let deleted = database::forget_records(&self.database, &self.table, position)?;
            tracing::debug!(deleted, "handled records of the stream deleted");
        }
        self.handled = 0;
        Ok(())
    }

    /// Delivers a batch until every record in it is handled or given up. If the function names a failed record, the records before it count
    /// as handled. The rest is split in two, which does not count as an attempt, until a failing record is alone. That record is tried as
    /// often as the template allows.
    async fn deliver(&self, mapping: &StreamMapping, batch: Vec<Value>) -> Result<(), StreamError> {
        let mut work = vec![batch];
        let mut attempts = 0;
        while let Some(mut batch) = work.pop() {
            if batch.is_empty() {
                continue;
            }
            let answer = self.consumer.call(&mapping.function, json!({ "Records": batch })).await;
            let (failed_at, error) = match answer.map(|answer| failed_at(mapping, &batch, &answer)) {
                Ok(None) => {
                    attempts = 0;
                    continue;
                }
                Ok(Some(index)) => (index, "the function reported it as failed".to_owned()),
                Err(crash) => (0, crash),
            };
            let rest = batch.split_off(failed_at);
            if failed_at > 0 {
                attempts = 0;
            }
            if rest.len() > 1 && mapping.bisect_batch_on_function_error {
                let (first, second) = rest.split_at(rest.len() / 2);
                work.extend([second.to_vec(), first.to_vec()]);
                continue;
            }
            attempts += 1;
            if attempts > mapping.maximum_retry_attempts {
                self.give_up(mapping, rest, error)?;
                attempts = 0;
            } else {
                tokio::time::sleep(self.backoff * attempts).await;
                work.push(rest);
            }
        }
        Ok(())
    }

    fn give_up(&self, mapping: &StreamMapping, records: Vec<Value>, error: String) -> Result<(), StreamError> {
        let edge = |record: Option<&Value>| record.map(sequence).unwrap_or_default();
        let message = DeadLetter {
            function: mapping.function.clone(),
            condition: "RetryAttemptsExhausted".to_owned(),
            error,
            start_sequence_number: edge(records.first()),
            end_sequence_number: edge(records.last()),
            records,
        };
        tracing::error!(
            from = message.start_sequence_number,
            to = message.end_sequence_number,
            "stream records given up; see /dead-letters.json"
        );
        self.dead.push(message);
        self.keep(DEAD_LETTERS, &serde_json::to_string_pretty(&self.dead.list())?)
    }

    fn keep(&self, name: &str, text: &str) -> Result<(), StreamError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let temporary = folder.join(format!("{name}.new"));
        std::fs::write(&temporary, text)?;
        Ok(std::fs::rename(temporary, folder.join(name))?)
    }
}

/// Where in the batch to begin again: at the first reported record. A report about a record outside the batch means the whole batch.
fn failed_at(mapping: &StreamMapping, batch: &[Value], answer: &Value) -> Option<usize> {
    if !mapping.function_response_types.iter().any(|kind| kind == "ReportBatchItemFailures") {
        return None;
    }
    let failures = answer["batchItemFailures"].as_array()?;
    let find = |failure: &Value| batch.iter().position(|record| Some(sequence(record).as_str()) == failure["itemIdentifier"].as_str());
    failures.iter().map(|failure| find(failure).unwrap_or(0)).min()
}

fn sequence(record: &Value) -> String {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default().to_owned()
}
