//! A database in memory, with an index that dynoxide does without.

use dynoxide::Database;
use rusqlite::Connection;

/// Of this process alone, and gone with its last connection.
const IN_MEMORY: &str = "file:/holdfast?vfs=memdb";

/// Each change of a table with a stream asks for the highest number of a change so far, which without
/// the index is a look at all of them: the longer a test run, the slower its writes.
const INDEX: &str = "CREATE INDEX stream_records_by_number
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// Why it cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// dynoxide cannot.
    #[error(transparent)]
    Dynoxide(#[from] dynoxide::errors::DynoxideError),
    /// The index cannot be made.
    #[error("the index of the streams: {0}")]
    Index(#[from] rusqlite::Error),
}

/// Opens the database.
pub(crate) fn open() -> Result<Database, Problem> {
    let database = Database::new(IN_MEMORY)?;
    Connection::open(IN_MEMORY)?.execute_batch(INDEX)?;
    Ok(database)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use serde_json::json;

    #[test]
    fn the_number_of_a_change_is_found_by_the_index() {
        let database = super::open().unwrap();
        let table = json!({
            "TableName": "bookings",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
        });
        let create = serde_json::from_value(table).unwrap();
        database.create_table(create).unwrap();
        let item = json!({"TableName": "bookings", "Item": {"pk": {"S": "BOOKING#b-1"}}});
        let put = serde_json::from_value(item).unwrap();
        database.put_item(put).unwrap();

        let seen = Connection::open(super::IN_MEMORY).unwrap();
        let ask = |question: &str, column: &str| {
            let text = |row: &rusqlite::Row<'_>| row.get::<_, String>(column);
            seen.query_row(question, [], text).unwrap()
        };
        let highest = "MAX(CAST(sequence_number AS INTEGER))";
        let asked = format!(
            "SELECT COALESCE({highest}, 0) + 1 FROM _stream_records WHERE table_name = 'bookings'"
        );
        let plan = ask(&format!("EXPLAIN QUERY PLAN {asked}"), "detail");
        assert!(plan.contains("INDEX stream_records_by_number"), "{plan}");
        let changes = ask(
            "SELECT CAST(COUNT(*) AS TEXT) AS n FROM _stream_records",
            "n",
        );
        assert_eq!(changes, "1");
    }
}
