//! When a doctor can be booked, and what becomes of appointments when that changes.

use std::sync::Arc;

use domain::{appointment::Appointment, id::AppointmentId, role::Role, schedule::Slot, shifts::ShiftTime, text::Reason};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use store::appointments::WriteError;

use crate::support::{Answer, App, Doctor, Patient, at_once, booking, shared_database};

/// A doctor who works Monday to Friday, 09:00 to 12:00, and a patient.
struct Clinic {
    app: App,
    doctor: Doctor,
    ada: Patient,
    admin: String,
    desk: String,
    seen: usize,
}

impl Clinic {
    async fn new() -> Self {
        let app = App::new().await;
        let (doctor, ada) = (app.doctor("Dr. Helen Taussig").await, app.patient("Ada Byron").await);
        let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        let mut clinic = Self { app, doctor, ada, admin, desk, seen: 0 };
        clinic.app.new_mails(&mut clinic.seen).await;
        clinic
    }

    /// The starts of the free slots of a day.
    async fn slots(&self, day: &str) -> Vec<String> {
        let path = format!("/doctors/{}/slots?from={day}&to={day}", self.doctor.id);
        let answer = self.app.get(&path).bearer(&self.ada.token).send().await.expect(200);
        answer.body["items"].as_array().unwrap().iter().map(|slot| slot["starts_at"].as_str().unwrap()[11..16].to_owned()).collect()
    }

    async fn exception(&self, kind: &str, starts_at: &str, ends_at: &str) -> Answer {
        let body = json!({ "kind": kind, "starts_at": starts_at, "ends_at": ends_at, "reason": "Teaching" });
        self.app.post(&format!("/doctors/{}/exceptions", self.doctor.id), &body).bearer(&self.doctor.token).send().await
    }

    async fn cancel_exception(&self, id: &str) -> Answer {
        let path = format!("/doctors/{}/exceptions/{id}/cancel", self.doctor.id);
        self.app.call("POST", &path).bearer(&self.doctor.token).send().await
    }

    async fn book(&self, starts_at: &str) -> Answer {
        self.app.book(&self.ada, &self.doctor, starts_at).await
    }

    async fn change(&self, body: Value) -> Answer {
        self.app.call("PATCH", &format!("/doctors/{}", self.doctor.id)).json(&body).bearer(&self.admin).send().await
    }

    /// The appointment as the front desk reads it.
    async fn appointment(&self, id: &str) -> Value {
        self.app.get(&format!("/appointments/{id}")).bearer(&self.desk).send().await.expect(200).body
    }

    /// The doctor's appointments that need another time.
    async fn displaced(&self) -> Vec<String> {
        let path = format!("/appointments?doctor_id={}&needs_new_time=true", self.doctor.id);
        let list = self.app.get(&path).bearer(&self.desk).send().await.expect(200).body;
        list["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn mails(&mut self) -> Vec<(String, String, String)> {
        let mails = self.app.new_mails(&mut self.seen).await;
        mails.into_iter().map(|mail| (mail.to.clone(), mail.subject.clone(), mail.text.clone())).collect()
    }
}

#[tokio::test]
async fn a_blocked_time_is_taken_away_and_its_patients_are_offered_others() {
    let mut clinic = Clinic::new().await;
    let booked = clinic.book("2026-03-03T10:00:00Z").await.expect(201).id();
    clinic.mails().await;
    let reminder = format!("appt-{booked}-1h");
    assert!(clinic.app.services.schedules.list().contains_key(&reminder));

    let blocked = clinic.exception("blocked", "2026-03-03T09:45:00Z", "2026-03-03T10:30:00Z").await.expect(201);
    assert_eq!(clinic.slots("2026-03-03").await, ["09:00", "10:30", "11:00", "11:30"]);
    let grace = clinic.app.patient("Grace Hopper").await;
    let refused = clinic.app.book(&grace, &clinic.doctor, "2026-03-03T09:30:00Z").await.refused(409, "doctor_away");
    assert_eq!(refused.body["next_free"][0]["starts_at"], "2026-03-03T10:30:00+00:00");
    let mails = clinic.mails().await;
    let told = mails.iter().find(|(to, ..)| *to == clinic.ada.email).unwrap();
    assert_eq!(told.1, "Please choose a new time for your appointment with Dr. Helen Taussig");
    assert!(told.2.contains("Tuesday 3 March 2026, 10:30 to 11:00") && told.2.contains("10:00 to 10:30"), "{}", told.2);
    assert!(!told.2.contains("Teaching"), "the reason is the doctor's own: {}", told.2);
    assert_eq!(clinic.appointment(&booked).await["needs_new_time"], "blocked");
    assert_eq!(clinic.displaced().await, [booked.as_str()]);
    // Every list says so.
    let get = async |path: &str, token: &str| clinic.app.get(path).bearer(token).send().await.expect(200).body;
    let day = get("/appointments/day?date=2026-03-03", &clinic.desk).await;
    assert_eq!((&day["items"][0]["needs_new_time"], &day["counts"]["needs_new_time"]), (&json!("blocked"), &json!(1)));
    let days = get("/appointments/calendar?to=2026-03-03", &clinic.doctor.token).await;
    assert_eq!(days["items"][0]["needs_new_time"], "blocked");
    let own = get("/appointments?needs_new_time=true", &clinic.ada.token).await;
    assert_eq!(own["items"][0]["needs_new_time"], "blocked");
    let file = clinic.app.get(&format!("/appointments/{booked}/calendar.ics")).bearer(&clinic.ada.token).send().await.expect(200);
    assert!(file.text.contains("STATUS:TENTATIVE"), "{}", file.text);
    assert!(!clinic.app.services.schedules.list().contains_key(&reminder), "nobody is reminded of it");

    // She moves it, and nothing of it is left.
    let to = json!({ "starts_at": "2026-03-03T11:00:00Z" });
    let moved = clinic.app.post(&format!("/appointments/{booked}/reschedule"), &to).bearer(&clinic.ada.token).send().await.expect(200);
    assert_eq!(moved.body.get("needs_new_time"), None);
    clinic.mails().await;
    assert!(clinic.displaced().await.is_empty() && clinic.app.services.schedules.list().contains_key(&reminder));

    // The doctor takes it back: the time is free again.
    let list = clinic.app.get(&format!("/doctors/{}/exceptions?from=2026-03-03", clinic.doctor.id)).bearer(&clinic.desk).send().await;
    assert_eq!((&list.body["items"][0]["id"], &list.body["items"][0]["reason"]), (&blocked.body["id"], &json!("Teaching")));
    clinic.cancel_exception(&blocked.id()).await.expect(200);
    clinic.cancel_exception(&blocked.id()).await.refused(409, "already_cancelled");
    assert_eq!(clinic.slots("2026-03-03").await, ["09:00", "09:30", "10:00", "10:30", "11:30"]);
}

#[tokio::test]
async fn the_front_desk_calls_whom_no_email_reaches() {
    let mut clinic = Clinic::new().await;
    let (ruth, _) = clinic.app.staff("Ruth Davis", Role::Receptionist).await;
    clinic.app.on_roster(&ruth, Role::Receptionist, None).await;
    let walk_in = json!({ "name": "Joan Clarke", "date_of_birth": "1985-06-24", "gender": "female", "phone": "+442079460100" });
    let joan = clinic.app.post("/patients", &walk_in).bearer(&clinic.desk).send().await.expect(201).id();
    let mut body = booking(&clinic.doctor, "2026-03-03T10:00:00Z");
    body["patient_id"] = json!(joan);
    clinic.app.post("/appointments", &body).bearer(&clinic.desk).send().await.expect(201);
    clinic.mails().await;
    let blocked = clinic.exception("blocked", "2026-03-03T10:00:00Z", "2026-03-03T10:30:00Z").await.expect(201).id();
    let mails = clinic.mails().await;
    let told: Vec<_> = mails.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect();
    assert_eq!(told, [("ruth-davis@example.org", "Please call a patient whose appointment needs a new time")]);
    assert!(mails[0].2.contains("Joan Clarke"), "{}", mails[0].2);
    clinic.cancel_exception(&blocked).await.expect(200);
    assert!(clinic.mails().await.is_empty());
}

#[tokio::test]
async fn who_has_not_chosen_another_time_did_not_miss_it() {
    let mut clinic = Clinic::new().await;
    let booked = clinic.book("2026-03-03T10:00:00Z").await.expect(201).id();
    let blocked = clinic.exception("blocked", "2026-03-03T10:00:00Z", "2026-03-03T10:30:00Z").await.expect(201).id();
    clinic.mails().await;
    // It takes place after all, and then it does not.
    clinic.cancel_exception(&blocked).await.expect(200);
    let mails = clinic.mails().await;
    assert_eq!(
        mails.iter().map(|mail| mail.1.as_str()).collect::<Vec<_>>(),
        ["Your appointment with Dr. Helen Taussig takes place after all"]
    );
    assert_eq!(clinic.appointment(&booked).await.get("needs_new_time"), None);
    clinic.exception("blocked", "2026-03-03T09:00:00Z", "2026-03-03T12:00:00Z").await.expect(201);
    assert_eq!(clinic.mails().await.len(), 1);
    clinic.app.set_clock("2026-03-03T11:30:00Z");
    clinic.app.fire_due().await;
    (_, clinic.desk) = clinic.app.staff("Ruth Davis", Role::Receptionist).await;
    let lapsed = clinic.appointment(&booked).await;
    assert_eq!((&lapsed["status"], &lapsed["cancelled_by"]), (&json!("cancelled"), &json!("doctor")));
    assert!(clinic.mails().await.is_empty(), "it was told before");
}

#[tokio::test]
async fn a_note_that_is_taken_back_finds_the_doctor_away() {
    let mut clinic = Clinic::new().await;
    let booked = clinic.book("2026-03-02T11:00:00Z").await.expect(201).id();
    clinic.app.call("POST", &format!("/appointments/{booked}/arrive")).bearer(&clinic.desk).send().await.expect(200);
    clinic.exception("blocked", "2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z").await.expect(201);
    let past = clinic.app.get("/appointments?when=past&needs_new_time=true").bearer(&clinic.doctor.token).send().await;
    past.invalid(&[("needs_new_time", "not_here")]);
    assert_eq!(clinic.mails().await.iter().filter(|mail| mail.1.starts_with("Please choose")).count(), 0, "the patient is here");
    let undo = json!({ "reason": "It was her sister" });
    clinic.app.post(&format!("/appointments/{booked}/undo"), &undo).bearer(&clinic.desk).send().await.expect(200);
    assert_eq!(clinic.mails().await.iter().filter(|mail| mail.1.starts_with("Please choose")).count(), 1);
    assert_eq!(clinic.appointment(&booked).await["needs_new_time"], "blocked");
    // She comes all the same, and is the next one.
    clinic.app.call("POST", &format!("/appointments/{booked}/arrive")).bearer(&clinic.desk).send().await.expect(200);
    clinic.app.drain().await;
    let day = clinic.app.get("/appointments/day").bearer(&clinic.doctor.token).send().await.expect(200).body;
    assert_eq!((&day["next"], day["items"][0].get("needs_new_time")), (&json!(booked), None));
}

#[tokio::test]
async fn what_changes_elsewhere_on_the_day_keeps_no_booking_out() {
    let clinic = Clinic::new().await;
    let (app, zone) = (&clinic.app, &clinic.app.config.hospital.zone);
    let doctor = app.store().doctor(clinic.doctor.id).await.unwrap().unwrap();
    let patient = app.store().patient(clinic.ada.id).await.unwrap().unwrap();
    // As if the day had been read before this.
    clinic.exception("blocked", "2026-03-03T11:00:00Z", "2026-03-03T12:00:00Z").await.expect(201);
    let book = async |at: &str| {
        let start: Timestamp = at.parse().unwrap();
        let slot = Slot { start, end: start + SignedDuration::from_mins(30) };
        let id = AppointmentId::new(app.now(), app.random());
        let appointment = Appointment::book(id, &patient, &doctor, slot, Reason::parse("Cough").unwrap(), app.now(), zone);
        app.store().appointment_book(&appointment, &doctor, 0, zone).await
    };
    book("2026-03-03T09:00:00Z").await.unwrap();
    assert!(matches!(book("2026-03-03T11:00:00Z").await, Err(WriteError::PlanChanged)));
}

#[tokio::test]
async fn time_that_opens_up_is_offered_to_those_who_wait() {
    let mut clinic = Clinic::new().await;
    let blocked = clinic.exception("blocked", "2026-03-03T09:00:00Z", "2026-03-03T12:00:00Z").await.expect(201).id();
    let body = json!({ "specialization": "cardiology", "from": "2026-03-03", "to": "2026-03-03", "reason": "Cough" });
    let wait = clinic.app.post("/waiting-list", &body).bearer(&clinic.ada.token).send().await.expect(201).id();
    assert!(clinic.mails().await.is_empty());
    clinic.cancel_exception(&blocked).await.expect(200);
    assert_eq!(
        clinic.mails().await.iter().map(|mail| mail.1.as_str()).collect::<Vec<_>>(),
        ["A time with Dr. Helen Taussig has become free"]
    );
    let offered = clinic.app.get(&format!("/waiting-list/{wait}")).bearer(&clinic.ada.token).send().await.expect(200);
    assert_eq!(offered.body["offer"]["starts_at"], "2026-03-03T09:00:00+00:00");
}

#[tokio::test]
async fn leave_and_shifts_from_before_a_profile_are_the_profiles_too() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    let (account, token) = app.staff("Dr. Virginia Apgar", Role::Doctor).await;
    let leave = json!({ "type": "annual", "from": "2026-03-09", "to": "2026-03-09" });
    let leave = app.post("/leaves", &leave).bearer(&token).send().await.expect(201).id();
    app.post(&format!("/leaves/{leave}/approve"), &json!({})).bearer(&clinic.admin).send().await.expect(200);
    let shift = json!({ "user_id": account.id, "role": "doctor", "shift": "evening", "date": "2026-03-14" });
    app.post("/shifts", &shift).bearer(&clinic.admin).send().await.expect(201);
    app.drain().await;
    let hours: Vec<_> = ["monday", "tuesday"].iter().map(|day| json!({ "weekday": day, "from": "09:00", "to": "12:00" })).collect();
    let profile = json!({
        "name": "Dr. Virginia Apgar", "user_id": account.id, "specialization": "pediatrics", "slot_minutes": 30, "weekly_hours": hours,
        "consultation_fee": { "amount": "80", "currency": "GBP" }
    });
    let doctor = app.post("/doctors", &profile).bearer(&clinic.admin).send().await.expect(201).id();
    app.drain().await;
    let free = async |day: &str| {
        let path = format!("/doctors/{doctor}/slots?from={day}&to={day}");
        app.get(&path).bearer(&clinic.ada.token).send().await.expect(200).body["items"].as_array().unwrap().len()
    };
    assert_eq!((free("2026-03-09").await, free("2026-03-10").await, free("2026-03-14").await), (0, 6, 16));
}

#[tokio::test]
async fn an_extra_session_and_a_shift_without_a_ward_add_time() {
    let mut clinic = Clinic::new().await;
    assert!(clinic.slots("2026-03-07").await.is_empty(), "a Saturday");
    clinic.book("2026-03-07T14:00:00Z").await.invalid(&[("starts_at", "outside_working_hours")]);
    let session = clinic.exception("extra_session", "2026-03-07T14:00:00Z", "2026-03-07T15:10:00Z").await.expect(201).id();
    assert_eq!(clinic.slots("2026-03-07").await, ["14:00", "14:30"]);
    let booked = clinic.book("2026-03-07T14:00:00Z").await.expect(201).id();
    clinic.book("2026-03-07T14:10:00Z").await.invalid(&[("starts_at", "off_grid")]);
    clinic.cancel_exception(&session).await.expect(200);
    clinic.mails().await;
    assert_eq!(clinic.appointment(&booked).await["needs_new_time"], "hours");
    // A shift for the whole hospital opens its eight hours, a shift on a ward does not.
    let shift = |ward: Option<&str>, time: ShiftTime| {
        let mut body = json!({ "user_id": clinic.doctor.user_id, "role": "doctor", "shift": time, "date": "2026-03-07" });
        if let Some(ward) = ward {
            body["ward"] = json!(ward);
        }
        body
    };
    clinic.app.post("/shifts", &shift(Some("icu"), ShiftTime::Evening)).bearer(&clinic.admin).send().await.expect(201);
    let open = clinic.app.post("/shifts", &shift(None, ShiftTime::Day)).bearer(&clinic.admin).send().await.expect(201).id();
    clinic.mails().await;
    assert_eq!(clinic.slots("2026-03-07").await.len(), 15, "one is taken");
    assert_eq!(clinic.appointment(&booked).await.get("needs_new_time"), None);
    clinic.app.post(&format!("/shifts/{open}/cancel"), &json!({})).bearer(&clinic.admin).send().await.expect(200);
    clinic.mails().await;
    assert!(clinic.slots("2026-03-07").await.is_empty());
    assert_eq!(clinic.displaced().await, [booked]);
}

#[tokio::test]
async fn hours_and_slots_change_from_a_day_on() {
    let mut clinic = Clinic::new().await;
    let [before, fits, misfit] = ["2026-03-03T09:30:00Z", "2026-03-10T09:00:00Z", "2026-03-10T10:30:00Z"];
    let mut ids = Vec::new();
    for starts_at in [before, fits, misfit] {
        ids.push(clinic.book(starts_at).await.expect(201).id());
    }
    clinic.mails().await;
    let afternoon = json!([{ "weekday": "tuesday", "from": "09:00", "to": "11:00" }]);
    let fee = json!({ "amount": "95", "currency": "GBP" });
    let changed = clinic
        .change(
            json!({ "from": "2026-03-09", "slot_minutes": 20, "buffer_minutes": 10, "weekly_hours": afternoon, "consultation_fee": fee }),
        )
        .await
        .expect(200);
    assert_eq!((&changed.body["slot_minutes"], &changed.body["later"][0]["slot_minutes"]), (&json!(30), &json!(20)));
    // A slot of 20 minutes is no longer one of 30, so both need another time.
    let mails = clinic.mails().await;
    assert_eq!(mails.iter().filter(|mail| mail.0 == clinic.ada.email && mail.1.starts_with("Please choose")).count(), 2);
    assert_eq!(clinic.displaced().await, ids[1..]);
    assert_eq!(clinic.appointment(&ids[0]).await.get("needs_new_time"), None);
    // What they hold stays theirs until they have moved: nobody is booked over them.
    assert_eq!(clinic.slots("2026-03-10").await, ["09:30", "10:00"]);
    let grace = clinic.app.patient("Grace Hopper").await;
    clinic.app.book(&grace, &clinic.doctor, "2026-03-10T09:00:00Z").await.refused(409, "slot_taken");
    let booked = clinic.app.book(&grace, &clinic.doctor, "2026-03-10T09:30:00Z").await.expect(201);
    assert_eq!(
        (&booked.body["ends_at"], &booked.body["consultation_fee"]["amount"]),
        (&json!("2026-03-10T09:50:00+00:00"), &json!("95.00"))
    );
    let to = json!({ "starts_at": "2026-03-10T10:00:00Z" });
    clinic.app.post(&format!("/appointments/{}/reschedule", ids[1]), &to).bearer(&clinic.ada.token).send().await.expect(200);
    assert_eq!(clinic.slots("2026-03-10").await, ["09:00"]);
    // The directory shows what holds on the day.
    clinic.app.set_clock("2026-03-09T08:00:00Z");
    let fresh = clinic.app.fresh(&clinic.ada).await;
    let listed = clinic.app.get("/doctors").bearer(&fresh).send().await.expect(200).body["items"][0].clone();
    assert_eq!((&listed["slot_minutes"], &listed["consultation_fee"]["amount"]), (&json!(20), &json!("95.00")));
    let now = clinic.app.get(&format!("/doctors/{}", clinic.doctor.id)).bearer(&fresh).send().await.expect(200).body;
    assert_eq!((&now["slot_minutes"], now.get("later")), (&json!(20), None));
}

#[tokio::test]
async fn patients_learn_where_the_doctor_sees_them() {
    let mut clinic = Clinic::new().await;
    let soon = clinic.book("2026-03-03T09:30:00Z").await.expect(201).id();
    let later = clinic.book("2026-03-10T09:00:00Z").await.expect(201).id();
    clinic.mails().await;
    clinic.change(json!({ "from": "2026-03-09", "place": "Room 3" })).await.expect(200);
    let mails = clinic.mails().await;
    let told: Vec<_> = mails.iter().map(|(to, subject, _)| (to.as_str(), subject.as_str())).collect();
    assert_eq!(told, [("ada-byron@example.org", "Where your appointment with Dr. Helen Taussig takes place")]);
    assert!(mails[0].2.contains("Tuesday 10 March 2026") && mails[0].2.contains("Room 3"), "{}", mails[0].2);
    let places = (clinic.appointment(&soon).await["place"].clone(), clinic.appointment(&later).await["place"].clone());
    assert_eq!(places, (json!("Room 12, second floor"), json!("Room 3")));
    // Who moves there hears of it once.
    let to = json!({ "starts_at": "2026-03-10T10:00:00Z" });
    let moved = clinic.app.post(&format!("/appointments/{soon}/reschedule"), &to).bearer(&clinic.ada.token).send().await.expect(200);
    assert_eq!(moved.body["place"], "Room 3");
    let mails = clinic.mails().await;
    let to_ada: Vec<_> = mails.iter().filter(|(to, ..)| *to == clinic.ada.email).collect();
    assert!(to_ada.len() == 1 && to_ada[0].2.contains("Room 3"), "{to_ada:?}");
}

#[tokio::test]
async fn refused_changes_of_a_doctor() {
    let clinic = Clinic::new().await;
    let refused = async |body: Value, expected: &[(&str, &str)]| {
        clinic.change(body).await.invalid(expected);
    };
    refused(json!({ "from": "2026-03-01", "slot_minutes": 7 }), &[("from", "in_the_past"), ("slot_minutes", "invalid_slot_length")]).await;
    refused(json!({ "from": "2027-03-05", "buffer_minutes": 3 }), &[("from", "too_far_ahead"), ("buffer_minutes", "invalid_buffer")]).await;
    refused(json!({ "booking_horizon_days": 0 }), &[("booking_horizon_days", "invalid_horizon")]).await;
    refused(json!({ "doctor_may_change": ["name"] }), &[("doctor_may_change", "invalid_field")]).await;
    refused(json!({ "slot_minutes": 240 }), &[("weekly_hours[0]", "too_short")]).await;
    let short = json!([{ "weekday": "monday", "from": "09:00", "to": "09:10" }]);
    refused(json!({ "weekly_hours": short }), &[("weekly_hours[0]", "too_short")]).await;
    for day in 10..16 {
        clinic.change(json!({ "from": format!("2026-03-{day}"), "buffer_minutes": 5 })).await.expect(200);
    }
    clinic.change(json!({ "from": "2026-03-20", "buffer_minutes": 5 })).await.refused(409, "too_many_changes_ahead");
    // The doctor changes what an administrator allows.
    let own = async |body: Value| clinic.app.call("PATCH", "/doctors/me").json(&body).bearer(&clinic.doctor.token).send().await;
    own(json!({ "place": "Room 3" })).await.expect(200);
    let all = json!({ "slot_minutes": 20, "name": "Dr. X", "doctor_may_change": ["slot_minutes"], "booking_horizon_days": 9 });
    own(all).await.invalid(&[
        ("slot_minutes", "administrators_only"),
        ("name", "administrators_only"),
        ("doctor_may_change", "administrators_only"),
        ("booking_horizon_days", "administrators_only"),
    ]);
    clinic.change(json!({ "doctor_may_change": ["slot_minutes", "booking_horizon_days"] })).await.expect(200);
    own(json!({ "slot_minutes": 20, "booking_horizon_days": 9 })).await.expect(200);
    own(json!({ "place": null })).await.invalid(&[("place", "administrators_only")]);
    assert_eq!(clinic.slots("2026-03-11").await.len(), 7, "20 minutes and a buffer of 5");
    assert!(clinic.slots("2026-03-12").await.is_empty(), "beyond the horizon");
    clinic.book("2026-03-12T09:00:00Z").await.invalid(&[("starts_at", "too_far_ahead")]);
    let me = clinic.app.get("/doctors/me").bearer(&clinic.doctor.token).send().await.expect(200);
    assert_eq!((&me.body["booking_horizon_days"], &me.body["place"]), (&json!(9), &json!("Room 3")));
    clinic.app.get("/doctors/me").bearer(&clinic.admin).send().await.refused(403, "forbidden");
    let stale = clinic.app.call("PATCH", "/doctors/me").json(&json!({ "slot_minutes": 30 })).bearer(&clinic.doctor.token);
    assert_eq!(stale.header("if-match", "\"v1\"").send().await.status, 412);
}

#[tokio::test]
async fn refused_exceptions() {
    let clinic = Clinic::new().await;
    let refused = async |starts_at: &str, ends_at: &str, expected: &[(&str, &str)]| {
        clinic.exception("blocked", starts_at, ends_at).await.invalid(expected);
    };
    clinic.exception("holiday", "x", "y").await.invalid(&[
        ("kind", "invalid_kind"),
        ("starts_at", "invalid_instant"),
        ("ends_at", "invalid_instant"),
    ]);
    refused("2026-03-03T10:00:00Z", "2026-03-03T10:00:00Z", &[("ends_at", "before_start")]).await;
    refused("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", &[("ends_at", "in_the_past")]).await;
    refused("2026-03-03T10:00:00Z", "2026-03-04T11:00:00Z", &[("ends_at", "other_day")]).await;
    refused("2027-03-10T10:00:00Z", "2027-03-10T11:00:00Z", &[("starts_at", "too_far_ahead")]).await;
    let short = clinic.exception("extra_session", "2026-03-03T18:00:00Z", "2026-03-03T18:20:00Z").await;
    short.invalid(&[("ends_at", "too_short")]);
    let endless = clinic.exception("extra_session", "2026-03-03T10:00:00Z", "9999-12-30T00:00:00Z").await;
    endless.invalid(&[("ends_at", "other_day")]);
    refused("2026-03-03T10:01:00Z", "2026-03-03T11:00:30Z", &[("starts_at", "not_on_mark"), ("ends_at", "not_on_mark")]).await;
    for hour in 0..20 {
        clinic.exception("blocked", &format!("2026-03-03T{hour:02}:00:00Z"), &format!("2026-03-03T{hour:02}:30:00Z")).await.expect(201);
    }
    clinic.exception("blocked", "2026-03-03T21:00:00Z", "2026-03-03T22:00:00Z").await.refused(409, "too_many_exceptions");
    // Another doctor does not even learn that there are any.
    let other = clinic.app.doctor("Dr. Daniel Williams").await;
    clinic.app.get(&format!("/doctors/{}/exceptions", clinic.doctor.id)).bearer(&other.token).send().await.refused(404, "not_found");
    clinic.cancel_exception("exc_01JD8Z0V3XQ5T4E2W9K7M6N8PR").await.refused(404, "not_found");
}

#[tokio::test]
async fn a_suspended_doctor_is_not_in_the_directory_and_their_patients_hear_of_it() {
    let mut clinic = Clinic::new().await;
    let other = clinic.app.doctor("Dr. Daniel Williams").await;
    let booked = clinic.book("2026-03-03T10:00:00Z").await.expect(201).id();
    clinic.mails().await;
    let decide = async |what: &str| {
        clinic.app.call("POST", &format!("/users/{}/{what}", clinic.doctor.user_id)).bearer(&clinic.admin).send().await.expect(200);
    };
    decide("suspend").await;
    let mut seen = clinic.seen;
    let mails = clinic.app.new_mails(&mut seen).await;
    let told = mails.iter().find(|mail| mail.to == clinic.ada.email).unwrap();
    assert!(told.subject.starts_with("Please choose a new time"), "{}", told.subject);
    assert!(told.text.contains("with Dr. Daniel Williams"), "{}", told.text);
    let names = async || -> Vec<String> {
        let list = clinic.app.get("/doctors").bearer(&clinic.ada.token).send().await.expect(200).body;
        list["items"].as_array().unwrap().iter().map(|doctor| doctor["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names().await, ["Dr. Daniel Williams"]);
    assert_eq!(clinic.appointment(&booked).await["needs_new_time"], "doctor_unavailable");
    decide("reinstate").await;
    let mails = clinic.app.new_mails(&mut seen).await;
    assert!(mails.iter().any(|mail| mail.to == clinic.ada.email && mail.subject.ends_with("takes place after all")));
    assert_eq!(names().await, ["Dr. Daniel Williams", "Dr. Helen Taussig"]);
    assert_eq!(clinic.appointment(&booked).await.get("needs_new_time"), None);
    drop(other);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_booking_and_a_blocked_time_at_the_same_moment() {
    for _ in 0..6 {
        let clinic = Clinic::new().await;
        let (app, doctor) = (Arc::new(clinic.app), clinic.doctor);
        let block = json!({ "kind": "blocked", "starts_at": "2026-03-03T09:00:00Z", "ends_at": "2026-03-03T12:00:00Z" });
        let requests = vec![
            ("/appointments".to_owned(), booking(&doctor, "2026-03-03T09:30:00Z"), clinic.ada.token.clone()),
            (format!("/doctors/{}/exceptions", doctor.id), block, doctor.token.clone()),
        ];
        let answers = at_once(&app, requests).await;
        if answers[1].status == 409 {
            answers[1].clone().refused(409, "day_changed");
            continue;
        }
        app.drain().await;
        if answers[0].status == 201 {
            // It was first, so it is known to be in the way.
            let path = format!("/appointments/{}", answers[0].body["id"].as_str().unwrap());
            let there = app.get(&path).bearer(&clinic.desk).send().await.expect(200);
            assert_eq!(there.body["needs_new_time"], "blocked");
        } else {
            answers[0].clone().refused(409, "doctor_away");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn slots_of_different_lengths_never_overlap() {
    for round in 0..3 {
        let clinic = Clinic::new().await;
        let (app, zone) = (Arc::new(clinic.app), clinic.doctor.id);
        let doctor = app.store().doctor(zone).await.unwrap().unwrap();
        let mut tries = tokio::task::JoinSet::new();
        for number in 0..24_u32 {
            // As if some had read the doctor before the slots changed, and some after.
            let patient = app.patient(&format!("Patient {number}")).await;
            let patient = app.store().patient(patient.id).await.unwrap().unwrap();
            let length = [30, 20, 45][usize::try_from((number + round) % 3).unwrap()];
            let start: Timestamp = "2026-03-03T09:00:00Z".parse().unwrap();
            let start = start + SignedDuration::from_mins(i64::from(number % 8) * 10);
            let slot = Slot { start, end: start + SignedDuration::from_mins(length) };
            let id = AppointmentId::new(app.now(), app.random());
            let zone = app.config.hospital.zone.clone();
            let appointment = Appointment::book(id, &patient, &doctor, slot, Reason::parse("Cough").unwrap(), app.now(), &zone);
            let (store, doctor) = (app.store().clone(), doctor.clone());
            tries.spawn(async move { store.appointment_book(&appointment, &doctor, 0, &zone).await.is_ok().then_some(slot) });
        }
        let mut booked: Vec<Slot> = tries.join_all().await.into_iter().flatten().collect();
        booked.sort_unstable();
        assert!(!booked.is_empty() && booked.windows(2).all(|pair| pair[0].end <= pair[1].start), "{booked:?}");
    }
}

#[tokio::test]
async fn a_month_of_a_doctor_who_is_booked_out_costs_at_most_four_units() {
    let clinic = Clinic::new().await;
    let app = &clinic.app;
    // 09:00 to 17:00 on 22 working days in slots of 10 minutes, all of them taken.
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let hours: Vec<_> = days.iter().map(|day| json!({ "weekday": day, "from": "09:00", "to": "17:00" })).collect();
    clinic.change(json!({ "weekly_hours": hours, "slot_minutes": 10 })).await.expect(200);
    let doctor = app.store().doctor(clinic.doctor.id).await.unwrap().unwrap();
    let path = format!("/doctors/{}/slots?from=2026-03-02&to=2026-03-31", doctor.id);
    let free = app.get(&path).bearer(&clinic.ada.token).send().await.expect(200);
    assert_eq!(free.body["items"].as_array().unwrap().len(), 22 * 48);
    for day in 2..=31 {
        let (pk, sk) = (format!("DOC#{}", doctor.id), format!("DAY#2026-03-{day:02}"));
        let number = |number: &str| json!({ "N": number });
        let mut item =
            json!({ "pk": { "S": pk }, "sk": { "S": sk }, "kind": { "S": "doctor_day" }, "v": number("1"), "ttl": number("1780000000") });
        for mark in 9 * 12..17 * 12 {
            item[format!("m{mark}")] = number("9000000000000");
        }
        let put = json!({ "TableName": app.table, "Item": item });
        shared_database().0.put_item(serde_json::from_value(put).unwrap()).unwrap();
    }
    let before = app.store().meter().read();
    let answer = app.get(&path).bearer(&clinic.ada.token).send().await.expect(200);
    let read = (app.store().meter().read() - before).read;
    assert!(answer.body["items"].as_array().unwrap().is_empty() && read <= 4.0, "{read} units: {}", answer.text);
}
