//! What is entered: values in their units, and how they stand out by age and sex.

use serde_json::{Value, json};

use super::{Bench, blood_count, counted, measured, potassium};

#[tokio::test]
async fn values_that_cannot_be() {
    let bench = Bench::new().await;
    let order = bench.ordered(&blood_count()).await;
    bench.started(&order).await;
    let film = json!({ "parameter": "Film", "text": "Normal" });
    let enter = async |values: Value| bench.step(&order, "result", &json!({ "values": values }), &bench.grete).await;
    let haemoglobin = |value: Value, unit: Value| json!([{ "parameter": "haemoglobin", "value": value, "unit": unit }, film]);
    enter(haemoglobin(json!("13"), json!("g/dL"))).await.invalid(&[("values[0].value", "invalid_type")]);
    enter(haemoglobin(json!(132), json!("g/dL"))).await.invalid(&[("values[0].value", "impossible_value")]);
    enter(haemoglobin(json!(-1), json!("g/dL"))).await.invalid(&[("values[0].value", "impossible_value")]);
    enter(haemoglobin(json!(13), json!("g/L"))).await.invalid(&[("values[0].unit", "wrong_unit")]);
    enter(json!([{ "parameter": "Haemoglobin", "value": 13 }, film])).await.invalid(&[("values[0].unit", "required")]);
    enter(json!([{ "parameter": "Haemoglobin", "value": 13, "unit": "g/dL", "text": "x" }, film]))
        .await
        .invalid(&[("values[0].value", "value_or_text")]);
    enter(json!([{ "parameter": "Haemoglobin" }, film])).await.invalid(&[("values[0].value", "value_or_text")]);
    enter(json!([film])).await.invalid(&[("values", "missing_value")]);
    enter(json!([film, film])).await.invalid(&[("values[1].parameter", "named_twice"), ("values", "missing_value")]);
    enter(json!([film, { "parameter": "Sodium", "value": 1, "unit": "1" }]))
        .await
        .invalid(&[("values[1].parameter", "unknown_parameter"), ("values", "missing_value")]);
    enter(json!([{ "parameter": "Haemoglobin", "text": "Clotted" }, { "parameter": "Film", "value": 1, "unit": "1" }]))
        .await
        .invalid(&[("values[1].value", "not_a_number")]);
    bench.step(&order, "result", &json!({}), &bench.grete).await.invalid(&[("values", "required")]);
    let mut unknown = counted(13.0);
    unknown["report_id"] = json!("rep_01JD8Z0V3XQ5T4E2W9K7M6N8PR");
    bench.step(&order, "result", &unknown, &bench.grete).await.invalid(&[("report_id", "unknown_report")]);
    for (token, status) in [(&bench.doctor.token, 403), (&bench.ada.token, 403)] {
        bench.step(&order, "result", &counted(13.0), token).await.expect(status);
    }
    bench.app.post(&bench.of(&order, "/result"), &counted(13.0)).bearer(&bench.grete).send().await.refused(428, "if_match_required");
    // Nothing was half done.
    let read = bench.read(&order, &bench.grete).await.expect(200).body;
    assert_eq!((&read["status"], read.get("result")), (&json!("in_progress"), None));
    // A value that could not be measured says so.
    enter(json!([{ "parameter": "Haemoglobin", "text": "Clotted" }, film])).await.expect(200);
    let read = bench.read(&order, &bench.grete).await.expect(200).body;
    assert_eq!(read["result"]["values"][0], json!({ "parameter": "Haemoglobin", "loinc": "718-7", "text": "Clotted", "critical": false }));
}

/// The flag of a value of the first parameter, for somebody of a sex who was born on a day.
async fn flag(bench: &Bench, test: &Value, (born, estimated): (&str, bool), gender: &str, value: f64) -> Option<String> {
    let store = bench.app.store();
    let before = store.patient(bench.ada.id).await.unwrap().unwrap();
    let mut after = before.clone();
    after.gender = domain::patient::Gender::parse(gender).unwrap();
    after.date_of_birth = Some(domain::patient::DateOfBirth::parse(born, jiff::civil::date(2026, 3, 2)).unwrap());
    after.date_of_birth_estimated = estimated;
    after.version += 1;
    store.patient_change(&before, &after).await.unwrap();
    let order = bench.ordered(test).await;
    bench.started(&order).await;
    let mut entered = if test["name"] == "Potassium" { measured(value) } else { counted(value) };
    if bench.step(&order, "result", &entered, &bench.grete).await.status == 422 {
        // No range is certain to be right.
        entered["values"][0]["critical"] = json!(false);
        bench.step(&order, "result", &entered, &bench.grete).await.expect(200);
    }
    let read = bench.read(&order, &bench.grete).await.expect(200).body;
    read["result"]["values"][0]["flag"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn flags_at_the_boundaries_of_age_sex_and_value() {
    let bench = Bench::new().await;
    let (count, potassium) = (blood_count(), potassium());
    // The specimen is taken on 2 March 2026.
    for (born, estimated, gender, value, expected) in [
        ("1990-12-10", false, "female", 12.0, Some("normal")),
        ("1990-12-10", false, "female", 11.9, Some("low")),
        ("1990-12-10", false, "male", 12.9, Some("low")),
        ("1990-12-10", false, "male", 17.5, Some("normal")),
        ("1990-12-10", false, "male", 17.6, Some("high")),
        // On the twelfth birthday, and the day before.
        ("2014-03-02", false, "male", 12.9, Some("low")),
        ("2014-03-03", false, "male", 12.9, None),
        // The 28th day of life is the first one that is not a newborn's.
        ("2026-02-03", false, "female", 14.4, Some("low")),
        ("2026-02-03", false, "female", 8.0, Some("critical_low")),
        ("2026-02-02", false, "female", 14.4, None),
        // Nothing is guessed.
        ("1990-12-10", false, "other", 11.0, None),
        ("1990-01-01", true, "female", 11.9, Some("low")),
        ("2014-01-01", true, "female", 11.9, None),
    ] {
        let found = flag(&bench, &count, (born, estimated), gender, value).await;
        assert_eq!(found.as_deref(), expected, "{born} {gender} {value}");
    }
    for (value, expected) in
        [(2.5, "critical_low"), (2.6, "low"), (3.5, "normal"), (5.1, "normal"), (5.2, "high"), (6.4, "high"), (6.5, "critical_high")]
    {
        assert_eq!(flag(&bench, &potassium, ("1990-12-10", false), "unknown", value).await.as_deref(), Some(expected), "{value}");
    }
}

#[tokio::test]
async fn what_is_usual_is_frozen() {
    let bench = Bench::new().await;
    let order = bench.ordered(&potassium()).await;
    bench.started(&order).await;
    bench.step(&order, "result", &measured(5.2), &bench.grete).await.expect(200);
    let test = bench.read(&order, &bench.grete).await.expect(200).body["test_id"].as_str().unwrap().to_owned();
    let wider = json!({ "parameters": [{ "name": "Potassium", "unit": "mmol/L", "highest_possible": 15, "reference_ranges": [{ "low": 3, "high": 6 }] }] });
    let path = format!("/laboratories/{}/tests/{test}", bench.laboratory);
    bench.app.call("PATCH", &path).json(&wider).header("if-match", "\"v1\"").bearer(&bench.grete).send().await.expect(200);
    let value = || async { bench.read(&order, &bench.grete).await.expect(200).body["result"]["values"][0].clone() };
    let before = value().await;
    assert_eq!((&before["flag"], &before["high"], &before["critical_high"]), (&json!("high"), &json!(5.1), &json!(6.5)));
    // Entered anew, it is what is usual now.
    bench.step(&order, "result", &measured(5.2), &bench.grete).await.expect(200);
    assert_eq!((&value().await["flag"], &value().await["high"]), (&json!("normal"), &json!(6.0)));
}
