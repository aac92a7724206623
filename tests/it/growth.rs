//! In the local hospital, a write and a poll take as long after much data as at the beginning.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use local::{
    database,
    stream::{Consumer, Poller},
    template::Template,
};
use rusqlite::Connection;
use serde_json::{Value, json};

struct Content;

impl Consumer for Content {
    async fn call(&self, _: &str, _: Value) -> Result<Value, String> {
        Ok(json!({ "batchItemFailures": [] }))
    }
}

fn put(database: &dynoxide::Database, table: &str, number: usize) {
    let item = json!({ "pk": { "S": "GROWTH" }, "sk": { "S": number.to_string() } });
    database.put_item(serde_json::from_value(json!({ "TableName": table, "Item": item })).unwrap()).unwrap();
}

/// The quickest of several runs: other work on the machine makes a run slower, never quicker.
fn quickest(mut work: impl FnMut(usize)) -> Duration {
    let timed = |number| {
        let begun = Instant::now();
        work(number);
        begun.elapsed()
    };
    (0..30).map(timed).min().unwrap()
}

/// Adds as many records as some months would.
fn fill_stream(connection: &Connection, table: &str) {
    let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
        INSERT INTO _stream_records (table_name, event_name, keys_json, sequence_number, shard_id, created_at)
        SELECT ?1, 'INSERT', '{}', i, ?2, 0 FROM n";
    assert_eq!(connection.execute(many, (table, dynoxide::streams::shard_id(table))).unwrap(), 50_000);
}

#[track_caller]
fn no_slower(before: Duration, after: Duration) {
    assert!(after < before * 4, "{before:?} before, {after:?} after");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_and_a_poll_take_no_longer_after_many_others() {
    let folder = tempfile::tempdir().unwrap();
    // In a file as the local hospital has it, and in memory as the tests have it.
    for path in [folder.path().join("dynamodb.sqlite"), PathBuf::from("file:/growth?vfs=memdb")] {
        let (database, table) = (database::open(Some(&path)).unwrap(), "growth");
        let template = Template::read().unwrap();
        database::create_table(&database, &template, table).unwrap();
        let mut poller = Poller::new(database.clone(), table.to_owned(), template.streams.clone(), Content, Some(folder.path())).unwrap();
        let runtime = tokio::runtime::Handle::current();
        let mut poll = |_| tokio::task::block_in_place(|| runtime.block_on(poller.drain())).map(drop).unwrap();

        let write = quickest(|number| put(&database, table, number));
        poll(0);
        let idle = quickest(&mut poll);
        fill_stream(&Connection::open(path).unwrap(), table);
        let items = (0..20_000).map(|n| serde_json::from_value(json!({ "pk": { "S": "MORE" }, "sk": { "S": n.to_string() } })).unwrap());
        database.import_items(table, items.collect(), dynoxide::ImportOptions::default()).unwrap();
        no_slower(write, quickest(|number| put(&database, table, number + 30)));
        poll(0);
        no_slower(idle, quickest(&mut poll));
        std::fs::remove_file(folder.path().join("stream-position")).unwrap();
    }
}

#[tokio::test]
async fn what_was_handled_is_forgotten_and_the_numbers_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dynamodb.sqlite");
    let kept = |database: &dynoxide::Database| -> (usize, i64) {
        let connection = Connection::open(database.db_path().unwrap().unwrap()).unwrap();
        let records = "SELECT COUNT(*), MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records";
        connection.query_row(records, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    let start = || {
        let template = Template::read().unwrap();
        let database = database::open(Some(&file)).unwrap();
        database::create_table(&database, &template, "meditrack").unwrap();
        let poller = Poller::new(database.clone(), "meditrack".to_owned(), template.streams.clone(), Content, Some(folder.path())).unwrap();
        (database, poller)
    };
    let (database, mut poller) = start();
    poller.drain().await.unwrap();
    for number in 0..1500 {
        put(&database, "meditrack", number);
    }
    assert_eq!(kept(&database).0, 1500, "no record is deleted before it is handled");
    poller.drain().await.unwrap();
    let (left, last) = kept(&database);
    assert_eq!(left, 1, "the last record stays");
    // The clock is put back: the next number must still be a later one, or the poller would never see the record.
    let connection = Connection::open(&file).unwrap();
    connection.execute("UPDATE _stream_records SET sequence_number = ?1", [(last + 3_600_000_000).to_string()]).unwrap();
    put(&database, "meditrack", 2000);
    assert_eq!(kept(&database), (2, last + 3_600_000_001));
    for number in 0..50 {
        put(&database, "meditrack", 3000 + number);
    }
    drop((database, poller));

    // After a restart, the records after the position are still there. The first poll deletes the earlier ones.
    let (database, mut poller) = start();
    assert_eq!(kept(&database).0, 52);
    poller.drain().await.unwrap();
    assert_eq!(kept(&database).0, 1);
}
