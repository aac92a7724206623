//! The front desk registers patients, finds them, and changes their profiles.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::StatusCode;
use domain::{mrn::Mrn, role::Role};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::patients::RegisterError;

use crate::support::{Answer, App, at_once};

fn lovelace() -> Value {
    json!({ "name": "Ada Lovelace", "date_of_birth": "1985-12-10", "gender": "female", "phone": "+44 20 7946 0100" })
}

struct Desk {
    app: App,
    token: String,
}

impl Desk {
    async fn new() -> Self {
        Self::at(crate::support::NOW).await
    }

    async fn at(now: &str) -> Self {
        let app = App::new().await;
        app.set_clock(now);
        let (_, token) = app.staff("Rosa Parks", Role::Receptionist).await;
        Self { app, token }
    }

    async fn register(&self, patient: &Value) -> Answer {
        self.app.post("/patients", patient).bearer(&self.token).send().await
    }

    async fn find(&self, query: &str) -> Answer {
        self.app.get(&format!("/patients?{query}")).bearer(&self.token).send().await
    }

    /// The names of everybody whom all pages of a search show.
    async fn names(&self, query: &str) -> Vec<String> {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.find(&format!("{query}{cursor}")).await.expect(200);
            names.extend(page.body["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()));
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return names,
            }
        }
    }

    async fn change(&self, id: &str, body: &Value, etag: &str) -> Answer {
        self.app.call("PATCH", &format!("/patients/{id}")).json(body).bearer(&self.token).header("if-match", etag).send().await
    }
}

#[tokio::test]
async fn somebody_walks_in_without_an_email_address() {
    let desk = Desk::new().await;
    let doctor = desk.app.doctor("Dr. Helen Taussig").await;
    let made = desk.register(&lovelace()).await.expect(201);
    assert_eq!((made.etag(), made.body["identity"].as_str(), made.body["has_account"].as_bool()), ("\"v1\"", Some("stated"), Some(false)));
    assert!(Mrn::parse(made.body["mrn"].as_str().unwrap()).is_ok());
    let (id, mut seen) = (made.id(), 0);
    assert_eq!(made.headers["location"], format!("/patients/{id}"));
    desk.app.new_mails(&mut seen).await;

    // Found by half a name and a birth year, and seen by the doctor on the same day.
    let found = desk.find("name=lovel&date_of_birth=1985").await.expect(200);
    assert_eq!(found.body["items"][0]["id"], id.as_str());
    let body = json!({ "doctor_id": doctor.id, "starts_at": "2026-03-02T09:00:00Z", "reason": "Cough", "patient_id": id });
    let appointment = desk.app.post("/appointments", &body).bearer(&desk.token).send().await.expect(201).id();
    let mails = desk.app.new_mails(&mut seen).await;
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), [doctor.email.as_str()], "the patient has no address");
    desk.app.post(&format!("/appointments/{appointment}/arrive"), &json!({})).bearer(&desk.token).send().await.expect(200);
    desk.app.get(&format!("/patients/{id}")).bearer(&doctor.token).send().await.expect(200);
}

#[tokio::test]
async fn nobody_knows_who_it_is_until_somebody_does() {
    let desk = Desk::new().await;
    let doctor = desk.app.doctor("Dr. Helen Taussig").await;
    let made = desk.register(&json!({ "identity": "temporary", "gender": "male" })).await.expect(201);
    let (id, mrn) = (made.id(), made.body["mrn"].clone());
    assert_eq!(made.body["name"], "Unknown man 2 Mar 2026 08h00");
    assert!(made.body.get("date_of_birth").is_none() && made.body["identity"] == "temporary");
    let body = json!({ "doctor_id": doctor.id, "starts_at": "2026-03-02T09:00:00Z", "reason": "Unconscious", "patient_id": id });
    desk.app.post("/appointments", &body).bearer(&desk.token).send().await.expect(201);
    assert_eq!(desk.names("name=unknown").await.len(), 1);

    let named = json!({
        "name": "Alan Turing", "date_of_birth": "1992-06-23", "phone": "+442079460123", "identity": "confirmed",
        "reason": "His brother came with his passport"
    });
    let after = desk.change(&id, &named, "\"v1\"").await.expect(200);
    assert_eq!((&after.body["mrn"], after.body["identity"].as_str(), after.etag()), (&mrn, Some("confirmed"), "\"v2\""));
    assert_eq!(desk.names("name=unknown").await, Vec::<String>::new());
    assert_eq!(desk.names("name=turing&date_of_birth=1992-06-23").await, ["Alan Turing"]);
    assert_eq!(desk.names("phone=%2B442079460123").await, ["Alan Turing"]);
    let list = desk.app.get(&format!("/appointments?patient_id={id}")).bearer(&desk.token).send().await.expect(200);
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1, "nothing is lost");
    desk.app.drain().await;
    for path in ["/appointments", "/appointments/day"] {
        let seen = desk.app.get(path).bearer(&doctor.token).send().await.expect(200);
        assert_eq!(seen.body["items"][0]["patient"]["name"], "Alan Turing", "{path}");
    }

    let changes = desk.app.get(&format!("/patients/{id}/changes")).bearer(&desk.token).send().await.expect(200);
    let change = &changes.body["items"][0];
    assert_eq!((change["name"].as_str(), change["reason"].as_str()), (Some("Rosa Parks"), Some("His brother came with his passport")));
    let before = json!({
        "identity": "temporary", "name": "Unknown man 2 Mar 2026 08h00", "date_of_birth_estimated": false,
        "empty": ["date_of_birth", "phone"]
    });
    assert_eq!(change["before"], before);
}

#[tokio::test]
async fn a_profile_keeps_what_it_was() {
    let desk = Desk::new().await;
    let id = desk.register(&lovelace()).await.expect(201).id();
    desk.change(&id, &json!({ "name": "Ada King", "reason": "She has married" }), "\"v1\"").await.expect(200);
    desk.change(&id, &json!({ "address": "1 Long Lane", "reason": "She has moved" }), "\"v2\"").await.expect(200);
    let estimated = json!({ "date_of_birth": "1986-01-01", "date_of_birth_estimated": true, "reason": "She is not sure" });
    desk.change(&id, &estimated, "\"v3\"").await.expect(200);
    let path = format!("/patients/{id}/changes?limit=2");
    let first = desk.app.get(&path).bearer(&desk.token).send().await.expect(200);
    let befores = |page: &Answer| page.body["items"].as_array().unwrap().iter().map(|item| item["before"].clone()).collect::<Vec<_>>();
    assert_eq!(
        befores(&first),
        [json!({ "date_of_birth": "1985-12-10", "date_of_birth_estimated": false }), json!({ "empty": ["address"] })]
    );
    let next = format!("{path}&cursor={}", first.body["next_cursor"].as_str().unwrap());
    let rest = desk.app.get(&next).bearer(&desk.token).send().await.expect(200);
    assert_eq!(befores(&rest), [json!({ "name": "Ada Lovelace" })]);

    // An estimate is found by its year, and not by a day that nobody knows.
    assert_eq!(desk.names("name=ki&date_of_birth=1986").await, ["Ada King"]);
    assert!(desk.names("date_of_birth=1986-01-01").await.is_empty() && desk.names("name=lovelace").await.is_empty());

    desk.change(&id, &json!({ "name": "Ada Byron" }), "\"v4\"").await.invalid(&[("reason", "required")]);
    desk.change(&id, &json!({ "name": "Ada Byron", "reason": "x" }), "\"v3\"").await.refused(412, "stale");
    let future = json!({ "date_of_birth": "2026-03-03", "reason": "x", "mrn": "100000006" });
    desk.change(&id, &future, "\"v4\"").await.invalid(&[("mrn", "unknown_field")]);
    let future = json!({ "date_of_birth": "2026-03-03", "gender": "x", "identity": "sure", "reason": "x" });
    let wrong = [("identity", "invalid_identity"), ("date_of_birth", "in_the_future"), ("gender", "invalid_gender")];
    desk.change(&id, &future, "\"v4\"").await.invalid(&wrong);
    let blind = desk.app.call("PATCH", &format!("/patients/{id}")).json(&json!({ "reason": "x" })).bearer(&desk.token);
    blind.send().await.refused(428, "if_match_required");
    desk.change("pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR", &json!({ "reason": "x" }), "\"v1\"").await.refused(404, "not_found");
}

#[tokio::test]
async fn patients_are_found_by_what_somebody_remembers() {
    let desk = Desk::new().await;
    for (name, born, phone) in [
        ("Zo\u{eb} O'Brien", "1990-05-04", "+442079460101"),
        ("Jos\u{e9} Garc\u{ed}a M\u{e1}rquez", "1990-07-01", "+442079460102"),
        ("Marie Garcia", "1971-07-01", "+442079460102"),
        ("Ada Adams", "1990-05-04", "+442079460103"),
        ("Prince", "1990-06-07", "+442079460104"),
    ] {
        desk.register(&json!({ "name": name, "date_of_birth": born, "gender": "unknown", "phone": phone })).await.expect(201);
    }
    for (query, found) in [
        ("name=zoe", vec!["Zo\u{eb} O'Brien"]),
        ("name=OBRIEN%20Z", vec!["Zo\u{eb} O'Brien"]),
        ("name=garcia", vec!["Jos\u{e9} Garc\u{ed}a M\u{e1}rquez", "Marie Garcia"]),
        ("name=mar%20gar", vec!["Marie Garcia", "Jos\u{e9} Garc\u{ed}a M\u{e1}rquez"]),
        ("name=m%C3%A1rquez%20jose", vec!["Jos\u{e9} Garc\u{ed}a M\u{e1}rquez"]),
        ("name=jo%20mar%20garcia", vec!["Jos\u{e9} Garc\u{ed}a M\u{e1}rquez"]),
        ("name=ad", vec!["Ada Adams"]),
        ("name=ada%20ad", vec!["Ada Adams"]),
        ("name=prin", vec!["Prince"]),
        ("name=prince%20charles", vec![]),
        ("name=gar&date_of_birth=1971", vec!["Marie Garcia"]),
        ("name=gar&date_of_birth=1990-07-01", vec!["Jos\u{e9} Garc\u{ed}a M\u{e1}rquez"]),
        ("phone=%2B44%2020%207946%200102", vec!["Jos\u{e9} Garc\u{ed}a M\u{e1}rquez", "Marie Garcia"]),
        ("phone=%2B442079460102&name=mari", vec!["Marie Garcia"]),
        ("date_of_birth=1990-06-07", vec!["Prince"]),
        ("name=nobody", vec![]),
    ] {
        let mut names = desk.names(query).await;
        let mut expected: Vec<_> = found.into_iter().map(str::to_owned).collect();
        names.sort();
        expected.sort();
        assert_eq!(names, expected, "{query}");
    }
    let mrn = desk.find("name=prince").await.expect(200).body["items"][0]["mrn"].as_str().unwrap().to_owned();
    assert_eq!(desk.names(&format!("mrn={}-{}%20{}", &mrn[..3], &mrn[3..6], &mrn[6..])).await, ["Prince"]);
    assert!(desk.names(&format!("mrn={mrn}&name=marie")).await.is_empty());
}

#[tokio::test]
async fn a_search_that_is_too_wide_or_wrong_is_refused() {
    let desk = Desk::new().await;
    for (query, field, code) in [
        ("", "name", "required"),
        ("name=a", "name", "too_short"),
        ("name=%20-%20", "name", "too_short"),
        ("date_of_birth=1990", "name", "required"),
        ("date_of_birth=1990-02-31", "date_of_birth", "invalid_date"),
        ("date_of_birth=90", "date_of_birth", "invalid_date"),
        ("mrn=100000007", "mrn", "wrong_check_digit"),
        ("mrn=1", "mrn", "invalid_mrn"),
        ("phone=7946", "phone", "invalid_phone"),
        ("name=ada&city=london", "city", "unknown_field"),
        ("name=ada&limit=0", "limit", "invalid_limit"),
    ] {
        desk.find(query).await.invalid(&[(field, code)]);
    }
    desk.find(&format!("name={}", "a".repeat(6_000))).await.invalid(&[("name", "too_long")]);
    let cursor = desk.app.functions.state.cursors.seal("patients?other", "0 x");
    desk.find(&format!("name=ada&cursor={cursor}")).await.refused(400, "invalid_cursor");
}

#[tokio::test]
async fn every_page_goes_on_where_the_last_one_ended() {
    let desk = Desk::new().await;
    let mut expected = BTreeSet::new();
    for number in 0..60_u8 {
        let first: String = [b'a' + number / 10, b'a' + number % 10].map(char::from).iter().collect();
        let name = match number % 3 {
            0 => format!("Mar{first} Gar{first}"),
            1 => format!("Mar Gar{first} Martin"),
            _ => format!("{first} Marina Gar"),
        };
        let day = format!("19{:02}-01-01", 30 + number);
        desk.register(&json!({ "name": name, "date_of_birth": day, "gender": "unknown" })).await.expect(201);
        expected.insert(name);
    }
    for query in ["name=mar&limit=7", "name=mar%20gar&limit=7", "name=gar%20mar&limit=100", "name=gar&limit=1"] {
        let names = desk.names(query).await;
        assert_eq!(names.len(), 60, "{query}: each once");
        assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_search_is_noted_and_the_people_whom_it_found_are_not() {
    let desk = Desk::new().await;
    let ada = desk.app.patient("Ada Byron").await;
    let (_, admin) = desk.app.staff("Florence Nightingale", Role::Administrator).await;
    assert_eq!(desk.names("name=byr&date_of_birth=1990").await, ["Ada Byron"], "she has registered herself");
    let log = desk.app.get("/audit-log").bearer(&admin).send().await.expect(200);
    let search = log.body["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "patient.search").unwrap();
    assert_eq!((search["detail"].as_str(), search.get("patient_id")), (Some("name byr, born 1990"), None));
    let own = desk.app.get("/patients/me/access-log").bearer(&ada.token).send().await.expect(200);
    assert!(!own.text.contains("patient.search"), "{}", own.text);
}

#[tokio::test]
async fn a_likely_duplicate_is_shown_before_it_is_made() {
    let desk = Desk::new().await;
    let known = desk.register(&lovelace()).await.expect(201);
    let again = |change: Value| {
        let mut body = lovelace();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let refused = desk.register(&again(json!({ "name": "LOVELACE, Ada" }))).await.refused(409, "likely_duplicate");
    let candidate = &refused.body["candidates"][0];
    assert_eq!((&candidate["patient"]["mrn"], candidate["score"].as_u64()), (&known.body["mrn"], Some(100)));
    assert_eq!(candidate["agreements"], json!(["same_name", "same_date_of_birth", "same_phone", "same_gender"]));
    for slip in [
        json!({ "date_of_birth": "1985-10-12" }),
        json!({ "date_of_birth": "1985-12-11", "phone": null }),
        json!({ "name": "Ada Lovelase", "phone": "+442079460199" }),
        json!({ "name": "Ada Lovelace King", "gender": "unknown" }),
        json!({ "date_of_birth": "1984-01-01", "date_of_birth_estimated": true }),
    ] {
        desk.register(&again(slip.clone())).await.refused(409, "likely_duplicate");
        assert_eq!(desk.names("name=ada").await.len(), 1, "nothing is written: {slip}");
    }
    // A twin, a namesake, and a daughter at the same number are other people.
    for other in [
        json!({ "name": "Byron Lovelace", "gender": "male" }),
        json!({ "date_of_birth": "1950-03-04", "phone": "+442079460177" }),
        json!({ "name": "Grace Hopper", "date_of_birth": "2015-02-01" }),
    ] {
        desk.register(&again(other)).await.expect(201);
    }
    let reason = json!({ "not_a_duplicate": "Her cousin, who has the same name" });
    let cousin = desk.register(&again(reason)).await.expect(201);
    assert_eq!(cousin.body["not_a_duplicate"], "Her cousin, who has the same name");
    assert_ne!(cousin.body["mrn"], known.body["mrn"]);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named_at_once() {
    let desk = Desk::new().await;
    desk.register(&json!({})).await.invalid(&[("gender", "required"), ("name", "required"), ("date_of_birth", "required")]);
    let wrong = json!({
        "identity": "x", "name": "www.example.org", "date_of_birth": "2026-03-03", "gender": "f", "phone": "1",
        "emergency_contact": { "name": "B" }
    });
    let refused = [
        ("identity", "invalid_identity"),
        ("gender", "invalid_gender"),
        ("name", "invalid_name"),
        ("date_of_birth", "in_the_future"),
        ("phone", "invalid_phone"),
        ("emergency_contact.phone", "required"),
    ];
    desk.register(&wrong).await.invalid(&refused);
    desk.register(&json!({ "identity": "temporary" })).await.invalid(&[("gender", "required")]);
    let (_, sweeper) = desk.app.staff("Ignaz Clean", Role::Sweeper).await;
    desk.app.post("/patients", &lovelace()).bearer(&sweeper).send().await.refused(403, "forbidden");
    let ada = desk.app.patient("Ada Byron").await;
    desk.app.post("/patients", &lovelace()).bearer(&ada.token).send().await.refused(403, "forbidden");
    desk.app.get("/patients?name=ada").bearer(&ada.token).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_patient_who_changes_the_number_is_found_by_the_new_one() {
    let desk = Desk::new().await;
    let ada = desk.app.patient("Ada Byron").await;
    let own = desk.app.call("PATCH", "/patients/me").json(&json!({ "phone": "+442079460555" })).bearer(&ada.token);
    own.header("if-match", "\"v1\"").send().await.expect(200);
    assert_eq!(desk.names("phone=%2B442079460555").await, ["Ada Byron"]);
    assert!(desk.names("phone=%2B442079460018").await.is_empty());
    desk.app.call("PATCH", "/users/me").json(&json!({ "phone": "+442079460556" })).bearer(&ada.token).send().await.expect(200);
    assert_eq!(desk.names("phone=%2B442079460556").await, ["Ada Byron"]);
    let changes = format!("/patients/{}/changes", ada.id);
    let none = desk.app.get(&changes).bearer(&ada.token).send().await.expect(200);
    assert_eq!(none.body["items"], json!([]), "only what the front desk changed");
    let alan = desk.app.patient("Alan Mathison").await;
    desk.app.get(&changes).bearer(&alan.token).send().await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_register_one_person_at_once_one_does() {
    let Desk { app, token } = Desk::new().await;
    let app = Arc::new(app);
    let same = |number: usize| {
        let name = if number.is_multiple_of(2) { "Ada Lovelace" } else { "Lovelace, Ada" };
        ("/patients".to_owned(), json!({ "name": name, "date_of_birth": "1985-12-10", "gender": "female" }), token.clone())
    };
    let answers = at_once(&app, (0..20).map(same).collect()).await;
    let of = |status: StatusCode| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((of(StatusCode::CREATED), of(StatusCode::CONFLICT)), (1, 19));
    assert!(answers.iter().any(|answer| answer.body["code"] == "likely_duplicate"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_patient_gets_a_number_of_their_own() {
    let Desk { app, token } = Desk::new().await;
    let app = Arc::new(app);
    let another = |number: usize| {
        let body = json!({ "name": format!("Patient Number{number}"), "date_of_birth": format!("19{number:02}-01-01"), "gender": "other" });
        ("/patients".to_owned(), body, token.clone())
    };
    let answers = at_once(&app, (10..60).map(another).collect()).await;
    let numbers: BTreeSet<_> = answers.iter().map(|answer| answer.body["mrn"].as_str().unwrap()).collect();
    assert_eq!(numbers.len(), 50);

    // A number that is drawn again is refused, so the caller draws another one.
    let store = app.store();
    let id = answers[0].body["id"].as_str().unwrap().parse().unwrap();
    let known = store.patient(id).await.unwrap().unwrap();
    let other = domain::patient::Patient { id: "pat_01JD8Z0V3XQ5T4E2W9K7M6N8PR".parse().unwrap(), phone: None, ..known };
    let duplicates = store.patient_duplicates(&other).await.unwrap();
    assert!(matches!(store.patient_register(&other, &duplicates).await, Err(RegisterError::MrnTaken)));
    assert!(store.patient(other.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_slot_that_has_begun_is_for_whoever_stands_at_the_desk() {
    let desk = Desk::at("2026-03-02T09:25:00Z").await;
    let (ada, doctor) = (desk.app.patient("Ada Byron").await, desk.app.doctor("Dr. Helen Taussig").await);
    desk.app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.invalid(&[("starts_at", "in_the_past")]);
    desk.app.book_for(&desk.token, &ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201);
    let other = desk.app.patient("Alan Mathison").await;
    desk.app.book_for(&desk.token, &other, &doctor, "2026-03-02T09:00:00Z").await.refused(409, "slot_taken");
    desk.app.set_clock("2026-03-02T09:30:00Z");
    desk.app.book_for(&desk.token, &other, &doctor, "2026-03-02T09:00:00Z").await.invalid(&[("starts_at", "in_the_past")]);
}

#[tokio::test]
async fn missed_appointments_are_counted_where_the_front_desk_books() {
    let desk = Desk::at("2026-03-02T08:55:00Z").await;
    let (ada, doctor) = (desk.app.patient("Ada Byron").await, desk.app.doctor("Dr. Helen Taussig").await);
    let path = format!("/patients/{}", ada.id);
    let first = desk.app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    desk.app.book(&ada, &doctor, "2026-03-02T10:00:00Z").await.expect(201);
    assert_eq!(desk.app.get(&path).bearer(&desk.token).send().await.expect(200).body["missed_last_year"], 0);
    desk.app.set_clock("2026-03-02T09:05:00Z");
    desk.app.post(&format!("/appointments/{first}/no-show"), &json!({})).bearer(&desk.token).send().await.expect(200);
    assert_eq!(desk.app.get(&path).bearer(&desk.token).send().await.expect(200).body["missed_last_year"], 1);
    assert!(desk.app.get(&path).bearer(&ada.token).send().await.expect(200).body.get("missed_last_year").is_none());
}

#[tokio::test]
async fn the_soonest_slots_of_a_specialty() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let helen = app.doctor("Dr. Helen Taussig").await;
    let daniel = app.doctor_with("Dr. Daniel Williams", "cardiology", 60).await;
    app.doctor_with("Dr. Patricia Bath", "ophthalmology", 30).await;
    let slots = |query: &str| app.get(&format!("/doctors/slots?{query}")).bearer(&ada.token).send();
    app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201);
    let found = slots("specialization=cardiology").await.expect(200);
    let times: Vec<_> = found.body["items"].as_array().unwrap().iter().take(4).collect();
    let expected = [(&daniel, "09:00", "10:00"), (&helen, "09:30", "10:00"), (&daniel, "10:00", "11:00"), (&helen, "10:00", "10:30")];
    for (slot, (doctor, from, to)) in times.into_iter().zip(expected) {
        assert_eq!(slot["doctor_id"], doctor.id.to_string());
        assert_eq!(slot["starts_at"], format!("2026-03-02T{from}:00+00:00"));
        assert_eq!(slot["ends_at"], format!("2026-03-02T{to}:00+00:00"));
    }
    assert_eq!(slots("specialization=cardiology&from=2026-03-07&to=2026-03-08").await.expect(200).body["items"], json!([]));
    assert_eq!(slots("specialization=dermatology").await.expect(200).body["items"], json!([]));
    slots("from=2026-03-07").await.invalid(&[("specialization", "required")]);
    slots("from=x&to=2026-03-07").await.invalid(&[("specialization", "required"), ("from", "invalid_date")]);
    slots("specialization=cardiology&from=2026-03-07&to=2026-03-01").await.invalid(&[("to", "before_from")]);
}

#[tokio::test]
async fn an_administrator_finds_an_account_by_its_email_address() {
    let app = App::new().await;
    let ada = app.patient("Ada Byron").await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let find = |query: &str| app.get(&format!("/users?{query}")).bearer(&admin).send();
    let found = find("email=ADA-byron@example.org").await.expect(200);
    assert_eq!(found.body["items"][0]["id"], ada.user_id.to_string());
    assert_eq!(find("email=nobody@example.org").await.expect(200).body["items"], json!([]));
    find("email=nobody").await.invalid(&[("email", "invalid_email")]);
    find("email=a@example.org&group=staff").await.invalid(&[("email", "one_of")]);
}

#[tokio::test]
async fn no_letter_goes_to_the_dead() {
    let desk = Desk::new().await;
    let (app, mut seen) = (&desk.app, 0);
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let path = format!("/patients/{}/death", ada.id);
    let note = |body: Value| app.post(&path, &body).bearer(&desk.token).send();
    let first = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let second = app.book(&ada, &doctor, "2026-03-03T09:00:00Z").await.expect(201).id();
    app.new_mails(&mut seen).await;
    assert_eq!(app.services.schedules.list().len(), 3, "a reminder, and two no-shows");

    note(json!({})).await.invalid(&[("date_of_death", "required"), ("reason", "required")]);
    note(json!({ "date_of_death": "2026-03-03", "reason": "x" })).await.invalid(&[("date_of_death", "in_the_future")]);
    note(json!({ "date_of_death": "1980-03-03", "reason": "x" })).await.invalid(&[("date_of_death", "before_birth")]);
    let death = json!({ "date_of_death": "2026-03-01", "reason": "Her daughter called" });
    // A booking may be under way: it would be missed by what cancels them.
    note(death.clone()).await.refused(409, "booking_under_way");
    app.wait(SignedDuration::from_secs(31));
    let dead = note(death.clone()).await.expect(200);
    assert_eq!(dead.body["deceased_on"], "2026-03-01");
    note(death).await.refused(409, "already_deceased");

    let mails = app.new_mails(&mut seen).await;
    assert_eq!(mails.len(), 2, "{mails:?}");
    assert!(mails.iter().all(|mail| mail.to == doctor.email && mail.subject.contains("ancelled")));
    assert!(app.services.schedules.list().is_empty());
    for id in [&first, &second] {
        let read = app.get(&format!("/appointments/{id}")).bearer(&desk.token).send().await.expect(200);
        assert_eq!((read.body["status"].as_str(), read.body["cancelled_by"].as_str()), (Some("cancelled"), Some("front_desk")));
    }
    let log = app.get(&format!("/audit-log?patient_id={}", ada.id)).bearer(&admin).send().await.expect(200);
    let noted: Vec<_> = log.body["items"].as_array().unwrap().iter().filter(|entry| entry["action"] == "patient.note_death").collect();
    assert_eq!((noted.len(), noted[0]["name"].as_str()), (1, Some("Rosa Parks")), "the cancellations are part of it");

    app.book_for(&desk.token, &ada, &doctor, "2026-03-04T09:00:00Z").await.refused(409, "patient_deceased");
    app.book(&ada, &doctor, "2026-03-04T09:00:00Z").await.refused(409, "patient_deceased");
    assert_eq!(desk.find("name=byron").await.expect(200).body["items"][0]["deceased"], true);

    let undo = |body: Value| app.post(&format!("{path}/undo"), &body).bearer(&desk.token).send();
    undo(json!({})).await.invalid(&[("reason", "required")]);
    let alive = undo(json!({ "reason": "It was another Ada Byron" })).await.expect(200);
    assert!(alive.body.get("deceased_on").is_none());
    undo(json!({ "reason": "x" })).await.refused(409, "not_deceased");
    let changes = app.get(&format!("/patients/{}/changes", ada.id)).bearer(&desk.token).send().await.expect(200);
    assert_eq!(changes.body["items"][0]["before"], json!({ "deceased_on": "2026-03-01" }));
    assert_eq!(changes.body["items"][1]["before"], json!({ "empty": ["deceased_on"] }));
    app.book_for(&desk.token, &ada, &doctor, "2026-03-04T09:00:00Z").await.expect(201);
    app.post(&path, &json!({})).bearer(&ada.token).send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn only_the_patient_and_the_front_desk_see_the_income() {
    let desk = Desk::new().await;
    let (app, mother) = (&desk.app, desk.app.patient("Ada Byron").await);
    let doctor = app.doctor("Dr. Helen Taussig").await;
    let income = app.call("PATCH", "/patients/me").json(&json!({ "income": { "amount": "10", "currency": "GBP" } }));
    income.bearer(&mother.token).header("if-match", "\"v1\"").send().await.expect(200);
    app.book(&mother, &doctor, "2026-03-02T09:00:00Z").await.expect(201);
    app.wait(SignedDuration::from_secs(31));
    let path = format!("/patients/{}", mother.id);
    let consent = json!({ "to": "treatment", "given": true });
    let own = app.post(&format!("{path}/consents"), &consent).bearer(&mother.token).send().await.expect(200);
    assert_eq!(own.body["income"]["amount"], "10.00");
    let death = json!({ "date_of_death": "2026-03-01", "reason": "In the ambulance" });
    let noted = app.post(&format!("{path}/death"), &death).bearer(&doctor.token).send().await.expect(200);
    assert!(noted.body.get("income").is_none(), "{}", noted.text);
    let kept = app.get(&path).bearer(&desk.token).send().await.expect(200);
    assert_eq!(kept.body["income"]["amount"], "10.00", "it is hidden, not lost");
}

#[tokio::test]
async fn a_patient_decides_what_they_are_told() {
    let desk = Desk::new().await;
    let (app, mut seen) = (&desk.app, 0);
    let (ada, alan, doctor) = (app.patient("Ada Byron").await, app.patient("Alan Mathison").await, app.doctor("Dr. Helen Taussig").await);
    app.new_mails(&mut seen).await;
    let path = format!("/patients/{}/consents", ada.id);
    let decide = |given: bool, token: &str| app.post(&path, &json!({ "to": "appointment_emails", "given": given })).bearer(token).send();
    let told = async |at: &str, seen: &mut usize| {
        app.book(&ada, &doctor, at).await.expect(201);
        app.new_mails(seen).await.iter().any(|mail| mail.to == ada.email)
    };
    assert!(told("2026-03-02T09:00:00Z", &mut seen).await);
    let withdrawn = decide(false, &ada.token).await.expect(200);
    assert_eq!(withdrawn.body["consents"], json!([{ "to": "appointment_emails", "given": false, "since": "2026-03-02T08:00:00+00:00" }]));
    assert!(!told("2026-03-02T10:00:00Z", &mut seen).await);
    decide(false, &ada.token).await.expect(200);
    decide(true, &desk.token).await.expect(200);
    assert!(told("2026-03-02T11:00:00Z", &mut seen).await);

    let list = app.get(&path).bearer(&ada.token).send().await.expect(200);
    let decisions: Vec<_> =
        list.body["items"].as_array().unwrap().iter().map(|item| (item["given"].as_bool(), item["name"].as_str())).collect();
    assert_eq!(decisions, [(Some(true), Some("Rosa Parks")), (Some(false), None)], "the same decision twice is one");
    decide(false, &alan.token).await.refused(404, "not_found");
    app.get(&path).bearer(&doctor.token).send().await.refused(403, "forbidden");
    let wrong = app.post(&path, &json!({ "to": "everything" })).bearer(&ada.token).send().await;
    wrong.invalid(&[("to", "invalid_consent"), ("given", "required")]);
}

#[tokio::test]
async fn the_next_of_kin() {
    let desk = Desk::new().await;
    let kin = |name: &str| json!({ "name": name, "phone": "+44 20 7946 0107", "relationship": "daughter" });
    let mut patient = lovelace();
    patient["next_of_kin"] = json!([kin("Anne Blunt"), { "name": "Byron King" }]);
    desk.register(&patient).await.expect(422).invalid(&[("next_of_kin[1].phone", "required")]);
    patient["next_of_kin"] = json!(vec![kin("Anne Blunt"); 5]);
    desk.register(&patient).await.expect(422).invalid(&[("next_of_kin", "too_many")]);
    patient["next_of_kin"] = json!([kin("Anne Blunt")]);
    let made = desk.register(&patient).await.expect(201);
    assert_eq!(made.body["next_of_kin"][0], json!({ "name": "Anne Blunt", "phone": "+442079460107", "relationship": "daughter" }));
    let both = json!({ "next_of_kin": [kin("Anne Blunt"), kin("Judith Blunt")], "reason": "She told us" });
    let changed = desk.change(&made.id(), &both, made.etag()).await.expect(200);
    assert_eq!(changed.body["next_of_kin"].as_array().unwrap().len(), 2);
    let none = desk.change(&made.id(), &json!({ "next_of_kin": [], "reason": "She asked us" }), changed.etag()).await.expect(200);
    assert!(none.body.get("next_of_kin").is_none());
    let log = desk.app.get(&format!("/patients/{}/changes", made.id())).bearer(&desk.token).send().await.expect(200);
    assert_eq!(log.body["items"][0]["before"]["next_of_kin"][1]["name"], "Judith Blunt");
    // Patients change their own.
    let ada = desk.app.patient("Ada Byron").await;
    let own = desk.app.call("PATCH", "/patients/me").json(&json!({ "next_of_kin": [kin("Anne Blunt")] })).bearer(&ada.token);
    assert_eq!(own.header("if-match", "\"v1\"").send().await.expect(200).body["next_of_kin"][0]["name"], "Anne Blunt");
}
