//! An embedded DynamoDB with Streams, reached over HTTP by the unmodified AWS client.

use std::{
    net::SocketAddr,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use dynoxide::Database;
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::template::Template;

/// The database could not be opened or filled.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("the database cannot be opened: {0}")]
    Open(#[source] dynoxide::DynoxideError),
    #[error("the table cannot be created: {0}")]
    Table(#[source] dynoxide::DynoxideError),
    #[error("the table's definition is not understood: {0}")]
    Definition(#[from] serde_json::Error),
    #[error("the stream's records cannot be kept in order: {0}")]
    Stream(#[from] rusqlite::Error),
    #[error("the database cannot be served: {0}")]
    Serve(#[from] std::io::Error),
}

/// The database asks for the last record of a stream at each write, and for the next ones at each poll. Without an index it
/// reads every record of every table for that.
const INDEX: &str = "CREATE INDEX IF NOT EXISTS stream_records_in_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// How long one connection to the database's file waits for another.
const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the database in a file, or in memory.
pub fn open(file: Option<&Path>) -> Result<Database, DatabaseError> {
    static IN_MEMORY: AtomicUsize = AtomicUsize::new(0);
    let path = match file {
        Some(file) => file.to_string_lossy().into_owned(),
        // A database in memory has a name, so that a second connection can open it.
        None => format!("file:/meditrack-{}?vfs=memdb", IN_MEMORY.fetch_add(1, Ordering::Relaxed)),
    };
    let database = Database::new(&path).map_err(DatabaseError::Open)?;
    // Sets `synchronous = NORMAL`, which suits a write-ahead log: when the machine crashes, the last writes may be lost, but the file stays
    // intact.
    database.disable_bulk_loading().map_err(DatabaseError::Open)?;
    beside(&path)?.execute_batch(INDEX)?;
    Ok(database)
}

/// A second connection to the database's file. `SQLite` allows one writer at a time; the other waits.
fn beside(path: &str) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}

/// Deletes a stream's records before a position, as DynamoDB does after 24 hours. The record at the position stays: the database numbers
/// new records from the last one, and no number may be used twice.
pub fn forget_records(database: &Database, table: &str, position: i64) -> Result<usize, DatabaseError> {
    let Some(path) = database.db_path().map_err(DatabaseError::Open)? else { return Ok(0) };
    let before = "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2";
    Ok(beside(&path)?.execute(before, (table, position))?)
}

/// Creates the table that the template declares, unless it exists.
pub fn create_table(database: &Database, template: &Template, name: &str) -> Result<(), DatabaseError> {
    // Not `DescribeTable`, which counts and decodes every item in the table.
    if database.get_table_metadata(name).map_err(DatabaseError::Table)?.is_some() {
        return Ok(());
    }
    let mut create = template.table.clone();
    create.insert("TableName".to_owned(), Value::from(name));
    database.create_table(serde_json::from_value(Value::Object(create))?).map_err(DatabaseError::Table)?;
    let ttl = json!({ "TableName": name, "TimeToLiveSpecification": { "AttributeName": template.ttl_attribute, "Enabled": true } });
    database.update_time_to_live(serde_json::from_value(ttl)?).map_err(DatabaseError::Table)?;
    Ok(())
}

/// Serves the database on a port of its own until the process ends.
pub async fn serve(database: Database) -> Result<SocketAddr, DatabaseError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(dynoxide::server::serve_with_shutdown(listener, database, std::future::pending()));
    Ok(address)
}
