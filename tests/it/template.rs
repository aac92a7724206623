//! What is wanted of the template beyond what the local hospital reads of it.

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
