//! The tests that a laboratory offers.

use domain::role::Role;
use serde_json::{Value, json};

use super::{Bench, blood_count, items, potassium};

#[tokio::test]
async fn a_test_is_offered_found_changed_and_offered_no_longer() {
    let bench = Bench::new().await;
    let id = bench.offers(&blood_count()).await;
    bench.offers(&potassium()).await;
    let path = format!("/laboratories/{}/tests/{id}", bench.laboratory);
    let read = bench.app.get(&path).bearer(&bench.ada.token).send().await.expect(200);
    assert_eq!((&read.body["price"]["amount"], &read.body["parameters"][1]), (&json!("20.00"), &json!({ "name": "Film" })));
    let newborn = &read.body["parameters"][0]["reference_ranges"][0];
    assert_eq!(
        *newborn,
        json!({ "from_age": { "count": 0, "unit": "days" }, "to_age": { "count": 28, "unit": "days" },
        "critical_low": 8.0, "low": 14.5, "high": 22.0 })
    );

    // What was read can be sent back.
    let same = json!({ "parameters": read.body["parameters"], "price": { "amount": "21", "currency": "GBP" } });
    let change =
        async |body: Value, token: &str| bench.app.call("PATCH", &path).json(&body).header("if-match", "\"v1\"").bearer(token).send().await;
    change(same.clone(), &bench.ada.token).await.expect(403);
    let changed = change(same.clone(), &bench.otto).await.expect(200);
    assert_eq!((&changed.body["parameters"], &changed.body["price"]["amount"]), (&read.body["parameters"], &json!("21.00")));
    change(same, &bench.otto).await.expect(412);

    let find = async |query: &str| {
        let found = bench.app.get(&format!("/lab-tests{query}")).bearer(&bench.ada.token).send().await.expect(200);
        items(&found).iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(find("").await, ["Blood count", "Potassium"]);
    assert_eq!((find("?name=blood").await, find("?loinc=2823-3").await), (vec!["Blood count".to_owned()], vec!["Potassium".to_owned()]));
    assert_eq!(find("?loinc=718-7").await, Vec::<String>::new(), "the code of a value is not that of the test");
    bench.app.get("/lab-tests?loinc=2823-3&name=p").bearer(&bench.ada.token).send().await.invalid(&[("name", "name_or_loinc")]);
    bench.app.get("/lab-tests?loinc=2823-4").bearer(&bench.ada.token).send().await.invalid(&[("loinc", "invalid_loinc")]);

    let tests = items(&bench.get("tests?name=POT").await.expect(200));
    let path = format!("/laboratories/{}/tests/{}", bench.laboratory, tests[0]["id"].as_str().unwrap());
    let no_longer = bench.app.call("PATCH", &path).json(&json!({ "offered": false })).header("if-match", "\"v1\"").bearer(&bench.grete);
    no_longer.send().await.expect(200);
    assert_eq!((find("").await, find("?loinc=2823-3").await), (vec!["Blood count".to_owned()], Vec::new()));
    assert_eq!(items(&bench.get("tests").await.expect(200)).len(), 2, "the laboratory still sees it");
    let again = bench.app.call("PATCH", &path).json(&json!({ "offered": true, "price": { "amount": "1", "currency": "GBP" } }));
    again.header("if-match", "\"v2\"").bearer(&bench.grete).send().await.expect(200);
    assert_eq!(find("?loinc=2823-3").await, ["Potassium"]);
}

#[tokio::test]
async fn a_test_that_cannot_be() {
    let bench = Bench::new().await;
    let (_, elsewhere) = bench.app.staff("Percy Julian", Role::LabTechnician).await;
    let path = format!("/laboratories/{}/tests", bench.laboratory);
    bench.app.post(&path, &potassium()).bearer(&elsewhere).send().await.expect(403);
    let with = |parameters: Value| {
        let mut body = potassium();
        body["parameters"] = parameters;
        body
    };
    let range = |range: Value| with(json!([{ "name": "K", "unit": "mmol/L", "highest_possible": 15, "reference_ranges": [range] }]));
    let age = |from: u16, to: u16| json!({ "from_age": { "count": from, "unit": "years" }, "to_age": { "count": to, "unit": "years" }, "low": 1 });
    for (body, field, code) in [
        (with(json!([])), "parameters", "out_of_range"),
        (with(json!([{ "name": "K" }, { "name": "k" }])), "parameters[1].name", "named_twice"),
        (with(json!([{ "name": "K", "loinc": "2823-3" }, { "name": "L", "loinc": "2823-3" }])), "parameters[1].loinc", "coded_twice"),
        (with(json!([{ "name": "K", "unit": "mmol/L" }])), "parameters[0].highest_possible", "required"),
        (with(json!([{ "name": "K", "highest_possible": 3 }])), "parameters[0].unit", "required"),
        (with(json!([{ "name": "K", "unit": "m mol", "highest_possible": 3 }])), "parameters[0].unit", "invalid_unit"),
        (
            with(json!([{ "name": "K", "unit": "1", "lowest_possible": 3, "highest_possible": 3 }])),
            "parameters[0].highest_possible",
            "reversed",
        ),
        (range(json!({ "low": 1, "high": 16 })), "parameters[0].highest_possible", "impossible_limit"),
        (range(json!({})), "parameters[0].reference_ranges[0]", "no_limits"),
        (range(json!({ "low": 5, "high": 4 })), "parameters[0].reference_ranges[0]", "limits_not_in_order"),
        (range(json!({ "sex": "x", "low": 5 })), "parameters[0].reference_ranges[0].sex", "invalid_sex"),
        (range(age(5, 5)), "parameters[0].reference_ranges", "ends_before_it_begins"),
        (range(age(5, 131)), "parameters[0].reference_ranges[0].to_age.count", "too_old"),
    ] {
        bench.post("tests", &body).await.invalid(&[(field, code)]);
    }
    let mut late = potassium();
    late["urgent_minutes"] = json!(121);
    bench.post("tests", &late).await.invalid(&[("urgent_minutes", "urgent_takes_longer")]);
    let two = json!([{ "name": "K", "unit": "1", "highest_possible": 9, "reference_ranges": [age(0, 10), age(9, 20)] }]);
    bench.post("tests", &with(two)).await.invalid(&[("parameters[0].reference_ranges", "ranges_overlap")]);
    let many: Vec<_> = (0..41).map(|index| json!({ "name": format!("K{index}") })).collect();
    bench.post("tests", &with(json!(many))).await.invalid(&[("parameters", "out_of_range")]);
    assert!(items(&bench.get("tests").await.expect(200)).is_empty());
    // Of two letters that look the same, either will do.
    let greek = with(json!([{ "name": "K", "unit": "\u{3bc}mol/L", "highest_possible": 9 }]));
    assert_eq!(bench.post("tests", &greek).await.expect(201).body["parameters"][0]["unit"], "\u{b5}mol/L");
}
