//! An embedded DynamoDB with Streams, reached over HTTP by the unmodified AWS client.

use std::{net::SocketAddr, path::Path};

use dynoxide::Database;
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
    #[error("the database cannot be served: {0}")]
    Serve(#[from] std::io::Error),
}

/// Opens the database in a file, or in memory.
pub fn open(file: Option<&Path>) -> Result<Database, DatabaseError> {
    match file {
        Some(file) => Database::new(&file.to_string_lossy()),
        None => Database::memory(),
    }
    .map_err(DatabaseError::Open)
}

/// Creates the table that the template declares, unless it is there.
pub fn create_table(database: &Database, template: &Template, name: &str) -> Result<(), DatabaseError> {
    let describe = serde_json::from_value(json!({ "TableName": name }))?;
    if database.describe_table(describe).is_ok() {
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
