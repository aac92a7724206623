//! Reports and performance: each figure against what was done, whatever the stream brings in which order, and the command that proves them.

use std::{collections::HashMap, sync::Arc};

use domain::{role::Role, shifts::ShiftTime, ward::Ward};
use dynoxide::AttributeValue;
use local::stream::Consumer;
use serde_json::{Value, json};

use crate::{
    billing::{Books, gbp, paid},
    laboratory::{Bench, measured, potassium},
    pharmacy::{Counter, paracetamol},
    support::{Answer, App, shared_database},
    wards::House,
};

async fn ask(app: &App, path: &str, token: &str) -> Answer {
    app.drain().await;
    app.get(path).bearer(token).send().await
}

async fn administrator(app: &App) -> String {
    app.staff(&format!("Administrator {}", app.random()), Role::Administrator).await.1
}

/// A report, by an administrator.
async fn report(app: &App, path: &str) -> Value {
    let admin = administrator(app).await;
    ask(app, path, &admin).await.expect(200).body
}

/// Some of the figures, in this order.
fn some<const N: usize>(figures: &Value, names: [&str; N]) -> [Value; N] {
    names.map(|name| figures.get(name).unwrap_or_else(|| panic!("no {name} in {figures}")).clone())
}

fn amounts<const N: usize>(figures: &Value, names: [&str; N]) -> [String; N] {
    some(figures, names).map(|money| money["amount"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn appointments_by_day_doctor_and_specialization() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let other = app.doctor_with("Dr. Virginia Apgar", "urology", 30).await;
    let eve = app.patient("Eve Moneypenny").await;
    let act = async |id: &str, what: &str, token: &str| {
        let call = app.call("POST", &format!("/appointments/{id}/{what}")).bearer(token);
        if what == "cancel" { call.json(&json!({})).send().await.expect(200) } else { call.send().await.expect(200) }
    };
    let held = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    act(&held, "arrive", &doctor.token).await;
    act(&held, "complete", &doctor.token).await;
    let cancelled = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    act(&cancelled, "cancel", &ada.token).await;
    app.book(&eve, &other, "2026-03-03T09:00:00Z").await.expect(201);
    let moved = app.book(&eve, &doctor, "2026-03-04T09:00:00Z").await.expect(201).id();
    app.drain().await;
    let to = json!({ "starts_at": "2026-03-05T09:00:00Z" });
    app.post(&format!("/appointments/{moved}/reschedule"), &to).bearer(&eve.token).send().await.expect(200);

    let names = ["booked", "held", "cancelled", "missed"];
    let path = "/reports/appointments?from=2026-03-02&to=2026-03-05";
    let all = report(&app, path).await;
    let days: Vec<_> = all["days"].as_array().unwrap().iter().map(|day| some(&day["figures"], names)).collect();
    assert_eq!(
        json!(days),
        json!([[1, 1, 0, 0], [2, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 0]]),
        "one was moved from the third day to the fourth"
    );
    assert_eq!(json!(some(&all["total"], names)), json!([4, 1, 1, 0]));
    assert_eq!((&all["total"]["held_percent"], &all["total"]["cancelled_percent"]), (&json!(50.0), &json!(50.0)));
    let of = async |filter: &str| json!(some(&report(&app, &format!("{path}&{filter}")).await["total"], names));
    assert_eq!(of(&format!("doctor_id={}", doctor.id)).await, json!([3, 1, 1, 0]));
    assert_eq!(of("specialization=Urology").await, json!([1, 0, 0, 0]));

    // The same as a file.
    let admin = administrator(&app).await;
    let file = ask(&app, &format!("{path}&format=csv"), &admin).await.expect(200);
    assert_eq!(
        file.text,
        "day,booked,held,cancelled,missed,held_percent,cancelled_percent,missed_percent\n\
         2026-03-02,1,1,0,0,100,0,0\n2026-03-03,2,0,1,0,0,100,0\n2026-03-04,0,0,0,0,,,\n2026-03-05,1,0,0,0,,,\n"
    );
    assert_eq!(file.headers["content-disposition"], "attachment; filename=\"appointments-2026-03-02-2026-03-05.csv\"");

    let compared = report(&app, "/reports/appointments/by-doctor?month=2026-03&limit=1").await;
    let next = format!("/reports/appointments/by-doctor?month=2026-03&limit=1&cursor={}", compared["next_cursor"].as_str().unwrap());
    let rest = report(&app, &next).await;
    let mut lines: Vec<_> = [&compared, &rest].into_iter().map(|page| &page["items"][0]).collect();
    lines.sort_by_key(|line| line["figures"]["booked"].as_u64());
    assert_eq!((&lines[0]["doctor_id"], &lines[1]["doctor_id"]), (&json!(other.id), &json!(doctor.id)));
    assert_eq!(json!(some(&lines[1]["figures"], names)), json!([3, 1, 1, 0]));
    let compared = report(&app, "/reports/appointments/by-specialization").await;
    assert_eq!(
        (&compared["items"][0]["specialization"], &compared["items"][1]["specialization"]),
        (&json!("cardiology"), &json!("urology"))
    );
    assert_eq!(report(&app, "/reports/appointments/by-doctor?month=2025-01").await["items"], json!([]));

    // Whatever the stream brings once more, in which order, the figures are the same.
    let before = report(&app, path).await;
    app.redeliver(2, true).await;
    app.redeliver(1, false).await;
    assert_eq!(report(&app, path).await, before);
}

#[tokio::test]
async fn a_period_that_cannot_be_is_refused() {
    let app = App::new().await;
    let admin = administrator(&app).await;
    for path in ["/reports/appointments", "/reports/occupancy", "/performance/doctors/doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR"] {
        for (query, field, code) in [
            ("from=2026-03-02&to=2026-03-01", "to", "before_from"),
            ("from=2016-03-02&to=2026-03-01", "to", "too_long"),
            ("from=2026-01-01&to=2027-01-02", "to", "too_long"),
            ("from=yesterday", "from", "invalid_date"),
        ] {
            let answer = ask(&app, &format!("{path}?{query}"), &admin).await;
            if path.starts_with("/performance") {
                answer.refused(404, "not_found")
            } else {
                answer.invalid(&[(field, code)])
            };
        }
    }
    let year = ask(&app, "/reports/appointments?from=2026-01-01&to=2027-01-01", &admin).await.expect(200);
    assert_eq!(year.body["days"].as_array().unwrap().len(), 366);
    let usual = ask(&app, "/reports/occupancy", &admin).await.expect(200).body;
    assert_eq!((&usual["from"], &usual["to"]), (&json!("2026-02-01"), &json!("2026-03-02")));
    let from = ask(&app, "/reports/appointments?from=2026-01-01", &admin).await.expect(200).body;
    assert_eq!(from["to"], "2026-01-30");
    let ahead = ask(&app, "/reports/occupancy?from=2026-04-01&to=2026-04-03", &admin).await.expect(200).body;
    assert_eq!((&ahead["days"], &ahead["total"]["patient_days"], &ahead["total"]["bed_days"]), (&json!([]), &json!(0), &json!(0)));
    ask(&app, "/reports/occupancy?ward=attic", &admin).await.invalid(&[("ward", "invalid_ward")]);
    ask(&app, "/reports/occupancy?format=pdf", &admin).await.invalid(&[("format", "invalid_format")]);
    for (report, field, id) in [
        ("appointments", "doctor", "doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR"),
        ("laboratory", "laboratory", "lby_01JD8Z0V3XQ5T4E2W9K7M6N8PR"),
        ("pharmacy", "pharmacy", "pha_01JD8Z0V3XQ5T4E2W9K7M6N8PR"),
    ] {
        let (field, code) = (format!("{field}_id"), format!("unknown_{field}"));
        ask(&app, &format!("/reports/{report}?{field}={id}"), &admin).await.invalid(&[(&field, &code)]);
    }
    let both = "/reports/appointments?doctor_id=doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR&specialization=urology";
    ask(&app, both, &admin).await.invalid(&[("specialization", "not_both")]);
    ask(&app, "/reports/revenue/by-kind?month=2026-13", &admin).await.invalid(&[("month", "invalid_month")]);
    // The first and the last days of the calendar.
    ask(&app, "/reports/revenue?from=0001-01-01&to=0001-01-02", &admin).await.expect(200);
    ask(&app, "/reports/appointments?from=9999-12-30&to=9999-12-31", &admin).await.expect(200);
    ask(&app, "/reports/appointments?from=9999-12-31", &admin).await.expect(200);
}

#[tokio::test]
async fn beds_and_who_lay_in_them_at_midnight() {
    let mut house = House::new(&[]).await;
    for ward in [Ward::Icu, Ward::General] {
        house.establish(ward, "200").await.expect(201);
    }
    let (one, other) = (house.patient().await, house.patient().await);
    let first = house.admit(one, &json!({ "ward": "icu" })).await.expect(201).body;
    let second = house.admit(other, &json!({ "ward": "icu" })).await.expect(201).body;
    house.app.drain().await;
    house.at("2026-03-04T10:00:00Z").await;
    let to = json!({ "ward": "general" });
    house.step(&first, "transfer", &to).await.expect(200);
    house.app.drain().await;
    house.at("2026-04-02T10:00:00Z").await;
    let death = json!({ "date_of_death": "2026-04-02", "reason": "Certified on the ward" });
    house.app.post(&format!("/patients/{other}/death"), &death).bearer(&house.desk).send().await.expect(200);
    house.step(&second, "left", &json!({ "departure": "died" })).await.expect(200);
    house.app.drain().await;
    house.at("2026-04-03T10:00:00Z").await;
    let app = Arc::clone(&house.app);
    let days = async |query: &str, name: &str| {
        let report = report(&app, &format!("/reports/occupancy?{query}")).await;
        let days = report["days"].as_array().unwrap().iter().map(|day| day["figures"][name].clone());
        json!(days.collect::<Vec<_>>())
    };
    assert_eq!(days("from=2026-03-01&to=2026-03-05", "patient_days").await, json!([0, 2, 2, 2, 2]));
    assert_eq!(days("from=2026-03-01&to=2026-03-05", "bed_days").await, json!([0, 80, 80, 80, 80]));
    assert_eq!(days("from=2026-03-01&to=2026-03-05&ward=icu", "patient_days").await, json!([0, 2, 2, 1, 1]));
    assert_eq!(days("from=2026-03-04&to=2026-03-04&ward=general", "moved_in").await, json!([1]));
    assert_eq!(days("from=2026-03-04&to=2026-03-04&ward=icu", "moved_out").await, json!([1]));
    assert_eq!(days("from=2026-03-04&to=2026-03-04", "moved_in").await, json!([0]), "nobody moves in or out of the whole hospital");
    // What was before the first day counts, and days ahead are left out.
    assert_eq!(days("from=2026-04-01&to=2026-04-30", "patient_days").await, json!([2, 1, 1]));
    let april = report(&app, "/reports/occupancy?from=2026-04-01&to=2026-04-30").await["total"].clone();
    assert_eq!(
        json!(some(&april, ["bed_days", "patient_days", "occupancy_percent", "admitted", "left", "died", "mean_stay_days"])),
        json!([240, 4, 1.7, 0, 1, 1, 31.1])
    );
    let wards = report(&app, "/reports/occupancy/by-ward?month=2026-04").await;
    let of = |at: usize| (wards["items"][at]["ward"].clone(), wards["items"][at]["figures"]["patient_days"].clone());
    assert_eq!((of(0), of(1)), ((json!("general"), json!(3)), (json!("icu"), json!(1))), "also a ward in which nothing happened");
    assert_eq!(report(&app, "/reports/occupancy/by-ward?month=2026-05").await["items"], json!([]), "nothing is known of days ahead");

    // A ward manager sees the ward that they manage.
    let (_, manager) = house.manager("Lillian Wald", Ward::Icu, ShiftTime::Day).await;
    let own = ask(&app, "/reports/occupancy?from=2026-03-04&to=2026-03-04", &manager).await.expect(200).body;
    assert_eq!(own["total"]["patient_days"], json!(1), "without a filter: theirs");
    ask(&app, "/reports/occupancy?ward=icu", &manager).await.expect(200);
    ask(&app, "/reports/occupancy?ward=general", &manager).await.refused(403, "forbidden");
    ask(&app, "/reports/emergency", &manager).await.refused(403, "forbidden");
    ask(&app, "/performance/wards/general", &manager).await.refused(403, "forbidden");
    let own = ask(&app, "/performance/wards/icu?from=2026-03-01&to=2026-04-03", &manager).await.expect(200).body;
    assert_eq!(json!(some(&own["figures"], ["admitted", "moved_out", "left"])), json!([2, 1, 1]));
    let (_, idle) = app.staff("Nobody Here", Role::WardManager).await;
    ask(&app, "/reports/occupancy", &idle).await.refused(403, "forbidden");
    ask(&app, "/performance/wards/icu", &house.desk).await.refused(403, "forbidden");
}

#[tokio::test]
async fn emergencies_by_level_and_how_long_they_waited() {
    let mut house = House::new(&[Ward::Emergency]).await;
    let doctor = house.doctor_on_duty("Dr. Helen Taussig", None).await;
    let mut open = Vec::new();
    for level in ["urgent", "urgent", "non_urgent"] {
        let patient = house.patient().await;
        open.push(house.emergency(patient, &json!({ "level": level })).await.expect(201).body);
    }
    for case in &open[..2] {
        house.later(20).await;
        let token = house.app.fresh_doctor(&doctor).await;
        house.act(&token, case, "see", &json!({})).await.expect(200);
    }
    house.act(&house.desk, &open[2], "dispose", &json!({ "disposition": "left_without_being_seen" })).await.expect(200);
    let all = report(&house.app, "/reports/emergency").await["total"].clone();
    let names = ["cases", "seen", "seen_in_time", "in_time_percent", "mean_wait_minutes", "left_unseen"];
    assert_eq!(json!(some(&all, names)), json!([3, 2, 1, 50.0, 30.0, 1]), "after 20 and 40 minutes, of 30");
    let urgent = report(&house.app, "/reports/emergency?level=urgent").await["total"].clone();
    assert_eq!(json!(some(&urgent, names)), json!([2, 2, 1, 50.0, 30.0, 0]));
    let (_, manager) = house.manager("Lillian Wald", Ward::Emergency, ShiftTime::Day).await;
    let levels = ask(&house.app, "/reports/emergency/by-level", &manager).await.expect(200).body;
    assert_eq!((&levels["items"][0]["level"], &levels["items"][1]["level"]), (&json!("non_urgent"), &json!("urgent")));
    ask(&house.app, "/reports/emergency", &manager).await.expect(200);
}

#[tokio::test]
async fn revenue_by_kind_and_day_adds_up() {
    let books = Books::new().await;
    let seen = books.seen().await;
    books.appointment(&seen, "complete").await.expect(200);
    books.settle().await;
    books.charge("Copy of the images", "20").await;
    let invoice = books.issue(&books.luca).await.expect(201).id();
    let whole = books.read(&invoice).await;
    let total: f64 = whole["total"]["amount"].as_str().unwrap().parse().unwrap();
    books.act(&invoice, "payments", &paid("50")).await.expect(200);
    let app = &books.app;
    let names = ["billed", "paid", "outstanding", "overpaid"];
    let all = report(app, "/reports/revenue").await["total"].clone();
    assert_eq!(amounts(&all, names), [format!("{total:.2}"), "50.00".to_owned(), format!("{:.2}", total - 50.0), "0.00".to_owned()]);
    let of = async |kind: &str| amounts(&report(app, &format!("/reports/revenue?kind={kind}")).await["total"], names);
    let (consultation, other) = (of("consultation").await, of("other").await);
    // In pence.
    let number = |amount: &str| amount.replace('.', "").parse::<i64>().unwrap();
    for (at, amount) in amounts(&all, names).iter().enumerate() {
        assert_eq!(number(&consultation[at]) + number(&other[at]), number(amount), "{}", names[at]);
    }
    // Four fifths of what was billed before tax is for the consultation: so is the payment, about.
    assert!(number(&consultation[1]) > number(&other[1]), "{consultation:?} {other:?}");
    // A month later, after another payment, one that is taken back, and a credit note.
    let entry = books.read(&invoice).await["entries"].as_array().unwrap().last().unwrap()["entry"].clone();
    books.act(&invoice, &format!("payments/{entry}/take-back"), &json!({ "reason": "Returned by the bank" })).await.expect(200);
    let all = report(app, "/reports/revenue").await["total"].clone();
    assert_eq!(amounts(&all, ["paid", "taken_back", "outstanding"]), ["50.00".to_owned(), "50.00".to_owned(), format!("{total:.2}")]);
    let kinds = report(app, "/reports/revenue/by-kind").await;
    let outstanding: i64 =
        kinds["items"].as_array().unwrap().iter().map(|line| number(&amounts(&line["figures"], ["outstanding"])[0])).sum();
    assert_eq!(outstanding, number(&format!("{total:.2}")));
    books.app.redeliver(2, true).await;
    assert_eq!(report(app, "/reports/revenue").await["total"], all);
    // What another invoice is overpaid by is not taken off what is outstanding.
    let other = books.invoice("10").await;
    let all_of_it = amounts(&books.read(&other).await, ["outstanding"])[0].clone();
    let more = format!("{:.2}", all_of_it.parse::<f64>().unwrap() + 7.0);
    let paid_too_much = json!({ "amount": gbp(&more), "tender": "cash", "overpayment": true });
    books.act(&other, "payments", &paid_too_much).await.expect(200);
    let all = report(app, "/reports/revenue").await["total"].clone();
    assert_eq!(amounts(&all, ["outstanding", "overpaid"]), [format!("{total:.2}"), "7.00".to_owned()]);
    let of_all = app.get("/invoices").bearer(&books.luca).send().await.expect(200).body["totals"].clone();
    assert_eq!(amounts(&of_all, ["outstanding", "overpaid"]), amounts(&all, ["outstanding", "overpaid"]), "as the accountant sees it");
}

#[tokio::test]
async fn a_laboratory_and_its_critical_results() {
    let bench = Bench::new().await;
    let (critical, cancelled) = (bench.ordered(&potassium()).await, bench.ordered(&potassium()).await);
    bench.released(&critical, &measured(6.8)).await;
    bench.app.drain().await;
    bench.acknowledge(&critical, 1, &bench.doctor.token).await.expect(204);
    bench.step(&cancelled, "cancel", &json!({ "reason": "Not needed" }), &bench.ada.token).await.expect(200);
    let names =
        ["ordered", "collected", "released", "released_in_time", "in_time_percent", "cancelled", "critical", "acknowledged_in_time"];
    let expected = json!([2, 1, 1, 1, 100.0, 1, 1, 1]);
    let all = report(&bench.app, "/reports/laboratory").await;
    assert_eq!(json!(some(&all["total"], names)), expected);
    let own = ask(&bench.app, &format!("/performance/laboratories/{}", bench.laboratory), &bench.grete).await.expect(200).body;
    assert_eq!(json!(some(&own["figures"], names)), expected);
    let lines = report(&bench.app, "/reports/laboratory/by-laboratory").await;
    assert_eq!((&lines["items"][0]["laboratory_id"], &lines["items"][0]["figures"]["ordered"]), (&json!(bench.laboratory), &json!(2)));
    let (_, stranger) = bench.app.staff("Percy Julian", Role::LabTechnician).await;
    ask(&bench.app, &format!("/performance/laboratories/{}", bench.laboratory), &stranger).await.refused(403, "forbidden");
    bench.app.redeliver(2, true).await;
    assert_eq!(report(&bench.app, "/reports/laboratory").await, all);
}

#[tokio::test]
async fn the_stock_of_a_pharmacy_and_what_became_of_it() {
    let counter = Counter::new().await;
    let medicine = counter.keeps(&paracetamol(), 0).await;
    let lots = format!("medicines/{medicine}/lots");
    let lot = json!({ "lot_number": "B4711", "expires_on": "2027-03-02", "units": 30, "unit_cost": gbp("0.05") });
    let lot = counter.post(&lots, &lot).await.expect(201).id();
    let asked = counter.ask(&medicine, 6, None).await.expect(201).id();
    let part = json!({ "units": 4, "reason": "Wants less" });
    counter.act(&asked, "hand-over", &part).await.expect(200);
    let given_up = counter.ask(&medicine, 5, None).await.expect(201).id();
    counter.act(&given_up, "cancel", &json!({ "reason": "Not needed" })).await.expect(200);
    counter.post(&format!("{lots}/{lot}/write-off"), &json!({ "units": 3, "reason": "Broken" })).await.expect(200);
    let units = ["received_units", "set_aside_units", "put_back_units", "written_off_units", "stock_units"];
    let events = ["allocated", "handed_over", "cancelled", "not_collected"];
    let all = report(&counter.app, "/reports/pharmacy").await;
    assert_eq!(json!(some(&all["total"], units)), json!([30, 11, 7, 3, 23]));
    assert_eq!(json!(some(&all["total"], events)), json!([2, 1, 1, 0]));
    assert_eq!(
        amounts(&all["total"], ["stock_value", "set_aside_value", "put_back_value", "written_off_value"]),
        ["1.15", "0.55", "0.35", "0.15"]
    );
    let own = ask(&counter.app, &format!("/performance/pharmacies/{}", counter.pharmacy), &counter.pharmacist).await.expect(200).body;
    assert_eq!(json!(some(&own["figures"], units)), json!([30, 11, 7, 3, 23]));
    let money = ask(&counter.app, "/reports/pharmacy?format=csv", &administrator(&counter.app).await).await.expect(200).text;
    assert!(money.starts_with("day,stock_units,stock_value,") && money.trim_end().ends_with(",GBP"), "{money}");
    let lines = report(&counter.app, "/reports/pharmacy/by-pharmacy").await;
    assert_eq!(lines["items"][0]["pharmacy_id"], json!(counter.pharmacy));
    let (_, stranger) = counter.app.staff("Alice Ball", Role::Pharmacist).await;
    ask(&counter.app, &format!("/performance/pharmacies/{}", counter.pharmacy), &stranger).await.refused(403, "forbidden");
    counter.app.redeliver(2, true).await;
    assert_eq!(report(&counter.app, "/reports/pharmacy").await, all);
}

#[tokio::test]
async fn a_doctor_sees_how_they_perform() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let appointment = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    app.set_clock("2026-03-02T08:50:00Z");
    let token = app.fresh_doctor(&doctor).await;
    app.call("POST", &format!("/appointments/{appointment}/arrive")).bearer(&token).send().await.expect(200);
    app.set_clock("2026-03-02T09:20:00Z");
    let token = app.fresh_doctor(&doctor).await;
    let encounters = format!("/patients/{}/encounters", ada.id);
    app.post(&encounters, &json!({ "class": "outpatient", "appointment_id": appointment })).bearer(&token).send().await.expect(201);
    let mut drug = json!({ "drug": "Amoxicillin 500 mg capsules", "ingredients": ["amoxicillin"], "dose": "1 capsule", "route": "oral",
        "frequency": "every 8 hours", "duration_days": 7, "quantity": 21, "refills": 0 });
    let medicines = format!("/patients/{}/prescriptions/medicines", ada.id);
    app.post(&medicines, &drug).bearer(&token).send().await.expect(201);
    let hits = app.post(&medicines, &drug).bearer(&token).send().await.expect(409).body["hits"].clone();
    let hits: Vec<_> = hits.as_array().unwrap().iter().map(|hit| hit["id"].clone()).collect();
    drug["override"] = json!({ "reason": "intended_combination", "hits": hits });
    app.post(&medicines, &drug).bearer(&token).send().await.expect(201);
    app.call("POST", &format!("/appointments/{appointment}/complete")).bearer(&token).send().await.expect(200);
    let patient = app.fresh(&ada).await;
    let rate = json!({ "visit": appointment, "about": "doctor", "doctor_id": doctor.id, "rating": 4 });
    app.post(&format!("/patients/{}/feedback", ada.id), &rate).bearer(&patient).send().await.expect(201);

    let path = format!("/performance/doctors/{}", doctor.id);
    let own = ask(&app, &path, &token).await.expect(200).body;
    assert_eq!(json!(some(&own["appointments"], ["booked", "held", "held_percent"])), json!([1, 1, 100.0]));
    assert_eq!(
        json!(some(&own["work"], ["started", "started_on_time", "on_time_percent", "mean_wait_minutes"])),
        json!([1, 0, 0.0, 30.0]),
        "twenty minutes after the booked time"
    );
    assert_eq!(json!(some(&own["work"], ["prescribed", "overridden", "overridden_percent"])), json!([2, 1, 50.0]));
    assert_eq!(own["ratings"], json!({ "count": 1, "average": 4.0 }));
    assert_eq!(own["work"].get("acknowledged_percent"), None, "there was no critical result");
    let earlier = ask(&app, &format!("{path}?from=2026-02-01&to=2026-02-28"), &token).await.expect(200).body;
    assert_eq!((&earlier["work"]["prescribed"], &earlier["ratings"]), (&json!(0), &json!({ "count": 0 })));
    let colleague = app.doctor("Dr. Virginia Apgar").await;
    ask(&app, &path, &app.fresh_doctor(&colleague).await).await.refused(403, "forbidden");
    ask(&app, &path, &administrator(&app).await).await.expect(200);
    ask(&app, &path, &patient).await.refused(403, "forbidden");
}

type Item = HashMap<String, AttributeValue>;

fn all_items(app: &App) -> Vec<Item> {
    let scan = serde_json::from_value(json!({ "TableName": app.table })).unwrap();
    shared_database().0.scan(scan).unwrap().items.unwrap()
}

fn put(app: &App, item: Item) {
    shared_database().0.import_items(&app.table, vec![item], dynoxide::ImportOptions::default()).unwrap();
}

async fn check(app: &App, repair: bool) -> Value {
    app.drain().await;
    let (mut after, mut stale) = (Value::Null, Vec::new());
    loop {
        let call = json!({ "check_figures": { "after": after, "repair": repair } });
        let mut report = app.functions.call("notifications", call).await.unwrap();
        stale.extend(report["stale"].as_array().unwrap().clone());
        after = report["next"].clone();
        if after.is_null() {
            report["stale"] = json!(stale);
            return report;
        }
    }
}

#[tokio::test]
async fn an_error_in_the_figures_is_found_and_put_right() {
    let books = Books::new().await;
    let seen = books.seen().await;
    books.appointment(&seen, "complete").await.expect(200);
    books.invoice("10").await;
    let app = &books.app;
    let nothing = json!({ "stale": [], "drifts": [] });
    let found = |report: &Value| json!({ "stale": report["stale"], "drifts": report["checked"]["drifts"] });
    let clean = check(app, false).await;
    assert_eq!(found(&clean), nothing, "{clean}");
    assert!(clean["checked"]["items"].as_u64().unwrap() > 5, "{clean}");

    // A figure is wrong: one appointment too many.
    let is = |item: &&Item, name: &str, value: &str| item.get(name) == Some(&AttributeValue::S(value.to_owned()));
    let figures = all_items(app).into_iter().find(|item| is(&item, "pk", "FIGURES#appointments#2026-03") && is(&item, "sk", "hospital"));
    let mut planted = figures.unwrap();
    planted.insert("2he".to_owned(), AttributeValue::N("2".to_owned()));
    put(app, planted);
    // And figures of a doctor who has none.
    let mut invented = Item::new();
    for (name, value) in [("pk", "FIGURES#appointments#2026-03"), ("sk", "doctor#doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR"), ("kind", "figures")] {
        invented.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
    }
    for (name, value) in [("2bk", "7"), ("v", "1"), ("version", "1")] {
        invented.insert(name.to_owned(), AttributeValue::N(value.to_owned()));
    }
    put(app, invented);
    let report = check(app, false).await;
    assert_eq!(
        report["checked"]["drifts"],
        json!([
            { "figures": "appointments#2026-03", "subject": "doctor#doc_01JD8Z0V3XQ5T4E2W9K7M6N8PR", "figure": "2bk", "counted": 0, "shown": 7 },
            { "figures": "appointments#2026-03", "subject": "hospital", "figure": "2he", "counted": 1, "shown": 2 },
        ])
    );
    assert_eq!(check(app, true).await["checked"]["repaired"], json!(2));
    assert_eq!(found(&check(app, false).await), nothing);

    // A note is wrong: what it says was never so. The figures are wrong then, too, and both follow from the appointment again.
    let note = all_items(app).into_iter().find(|item| is(&item, "sk", &seen)).unwrap();
    let mut empty = note.clone();
    empty.insert("counts".to_owned(), AttributeValue::M(HashMap::new()));
    put(app, empty);
    let report = check(app, true).await;
    assert_eq!(
        (&report["stale"], report["checked"]["drifts"].as_array().unwrap().len()),
        (&json!([seen]), 6),
        "three subjects, booked and held"
    );
    assert_eq!(found(&check(app, false).await), nothing);
    let (_, admin) = app.staff("Mary Mahoney", Role::Administrator).await;
    let held = ask(app, "/reports/appointments", &admin).await.expect(200).body["total"]["held"].clone();
    assert_eq!(held, json!(1));

    // Something that was never counted is, when it is named.
    let call = json!({ "check_figures": { "count": [{ "what": "appointment", "id": seen }] } });
    let report = app.functions.call("notifications", call).await.unwrap();
    assert_eq!((&report["sources"], &report["stale"]), (&json!(1), &json!([])));
}
