//! Requirements on the template, besides those that the local hospital reads from it.

use std::collections::{BTreeMap, BTreeSet};

use local::template::{Permission, Template};
use serde_json::{Value, json};

/// The template, without its tags: `!Ref X` is `X`.
fn resources() -> Value {
    local::template::Template::document().unwrap()["Resources"].clone()
}

#[test]
fn throttling_is_watched_where_dynamodb_tells_of_it() {
    let resources = resources();
    let mut watched: Vec<_> = resources
        .as_object()
        .unwrap()
        .values()
        .filter(|resource| resource["Properties"]["Namespace"] == "AWS/DynamoDB")
        .map(|alarm| {
            let dimensions = alarm["Properties"]["Dimensions"].as_array().unwrap();
            let index = dimensions.iter().find(|dimension| dimension["Name"] == "GlobalSecondaryIndexName");
            (alarm["Properties"]["MetricName"].as_str().unwrap(), index.map_or("", |index| index["Value"].as_str().unwrap()))
        })
        .collect();
    watched.sort_unstable();
    let expected = ["ReadThrottleEvents", "WriteThrottleEvents"].map(|metric| ["", "gsi1", "gsi2"].map(|index| (metric, index)));
    assert_eq!(watched, expected.as_flattened());
}

#[test]
fn emails_go_over_tls_only() {
    assert_eq!(resources()["MailReports"]["Properties"]["DeliveryOptions"], json!({ "TlsPolicy": "REQUIRE" }));
}

/// The table of `infra/README.md`: what each function may do with the table.
fn table_of_permissions() -> BTreeMap<String, BTreeSet<Permission>> {
    const COLUMNS: [(&str, bool); 7] = [
        ("GetItem", false),
        ("Query", false),
        ("Query", true),
        ("PutItem", false),
        ("UpdateItem", false),
        ("DeleteItem", false),
        ("ConditionCheckItem", false),
    ];
    let text = include_str!("../../infra/README.md").split("### What a function may do with the table").nth(1).unwrap();
    let rows = text.lines().skip_while(|line| !line.starts_with("|---")).skip(1).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let permissions = cells[1..].iter().zip(COLUMNS).flat_map(|(cell, (action, index))| {
            let prefixes = cell.split('`').skip(1).step_by(2);
            prefixes.map(move |prefix| Permission { action: action.to_owned(), index, prefix: prefix.to_owned() })
        });
        (cells[0].to_owned(), permissions.collect())
    })
    .collect()
}

#[test]
fn roles_allow_what_the_table_says_and_nothing_else() {
    assert_eq!(Template::read().unwrap().table_permissions, table_of_permissions());
    let statements = resources().to_string();
    assert!(!statements.contains("dynamodb:Scan") && !statements.contains("dynamodb:*") && !statements.contains("BatchWrite"));
}

#[test]
fn no_role_changes_or_deletes_an_entry_of_the_audit_log() {
    for (function, permissions) in Template::read().unwrap().table_permissions {
        assert!(!permissions.is_empty(), "{function} may do nothing");
        let on_the_log = permissions.iter().filter(|permission| permission.prefix == "AUDIT").map(|permission| permission.action.as_str());
        assert!(on_the_log.into_iter().all(|action| ["Query", "PutItem"].contains(&action)), "{function}");
    }
}
