//! What each operation costs, in the units that DynamoDB says it consumed, indexes included. Keep the table in infra/README.md
//! the same.

use std::collections::{BTreeMap, HashMap};

use domain::{
    admission::{Admission, Departure, Left},
    appointment::Appointment,
    bed::BedNumber,
    bed_request::{BedPriority, BedRequest},
    emergency::{EmergencyCase, Triage},
    id::{
        AdmissionId, AllocationId, AppointmentId, BedRequestId, CaseId, DoctorId, LabOrderId, OfferedTestId, PatientId, StockedMedicineId,
        WaitId,
    },
    lab_order::LabOrderStatus,
    money::{Currency, Money},
    mrn::Mrn,
    patient::{DateOfBirth, Gender, Identity, Patient},
    record::Author,
    role::Role,
    stay::Segment,
    text::{PersonName, Phone, Reason, Specialization},
    triage::TriageLevel,
    ward::Ward,
};
use jiff::Timestamp;
use local::services::mailbox::Refusal;
use serde_json::json;
use store::{Record, StreamItem, StreamValue, Units, keys, patients::FoundPatient, to_item};

use crate::{
    medical_record::Consultation,
    pharmacy::{Counter, amoxicillin},
    support::{App, booking, shared_database},
    wards::House,
};

/// What a request consumed.
async fn spent(app: &App, work: impl Future<Output = ()>) -> (f64, f64) {
    let before = app.store().meter().read();
    work.await;
    let Units { read, write } = app.store().meter().read() - before;
    (read, write)
}

#[tokio::test]
async fn budgets() {
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));

    let long_reason = "Palpitations since Monday, mostly in the evening, with some dizziness. ".repeat(4);
    let body = json!({ "doctor_id": doctor.id, "starts_at": "2026-03-03T09:00:00Z", "reason": long_reason.trim() });
    let mut appointment = String::new();
    line(
        "book",
        spent(&app, async { appointment = app.post("/appointments", &body).bearer(&ada.token).send().await.expect(201).id() }).await,
    );
    let path = format!("/appointments/{appointment}");
    line("read an appointment", spent(&app, async { drop(app.get(&path).bearer(&ada.token).send().await.expect(200)) }).await);
    let to = |starts_at: &str| json!({ "starts_at": starts_at });
    let same_day = app.post(&format!("{path}/reschedule"), &to("2026-03-03T09:30:00Z")).bearer(&ada.token);
    line("move within a day", spent(&app, async { drop(same_day.send().await.expect(200)) }).await);
    let other_day = app.post(&format!("{path}/reschedule"), &to("2026-03-04T09:30:00Z")).bearer(&ada.token);
    line("move to another day", spent(&app, async { drop(other_day.send().await.expect(200)) }).await);
    line(
        "cancel",
        spent(&app, async { drop(app.post(&format!("{path}/cancel"), &json!({})).bearer(&ada.token).send().await.expect(200)) }).await,
    );

    let second = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    let arrive = app.call("POST", &format!("/appointments/{second}/arrive")).bearer(&doctor.token);
    line("arrive", spent(&app, async { drop(arrive.send().await.expect(200)) }).await);

    // Full pages: 20 appointments of one patient, and of one doctor. The front desk books them, because it has no limit.
    for day in 9..=27 {
        let at = format!("2026-03-{day:02}T09:00:00Z");
        if app.book_for(&desk, &ada, &doctor, &at).await.status.is_success() {
            app.book_for(&desk, &ada, &doctor, &format!("2026-03-{day:02}T10:00:00Z")).await.expect(201);
        }
    }
    app.drain().await;
    let mut items = 0;
    line(
        "list a patient's appointments",
        spent(&app, async {
            items = app.get("/appointments").bearer(&ada.token).send().await.expect(200).body["items"].as_array().unwrap().len();
        })
        .await,
    );
    assert_eq!(items, 20);
    line(
        "list a doctor's appointments",
        spent(&app, async { drop(app.get("/appointments").bearer(&doctor.token).send().await.expect(200)) }).await,
    );
    let of_patient = app.get(&format!("/patients/{}", ada.id)).bearer(&doctor.token);
    line("read a patient whom one treats", spent(&app, async { drop(of_patient.send().await.expect(200)) }).await);
    let slots = app.get(&format!("/doctors/{}/slots", doctor.id)).bearer(&ada.token);
    line("free slots of a week", spent(&app, async { drop(slots.send().await.expect(200)) }).await);

    for number in 0..25 {
        app.doctor_with(&format!("Dr. Number{number}"), "urology", 30).await;
    }
    line("list doctors", spent(&app, async { drop(app.get("/doctors").bearer(&ada.token).send().await.expect(200)) }).await);
    line(
        "read a doctor",
        spent(&app, async { drop(app.get(&format!("/doctors/{}", doctor.id)).bearer(&ada.token).send().await.expect(200)) }).await,
    );
    line("read a profile", spent(&app, async { drop(app.get("/patients/me").bearer(&ada.token).send().await.expect(200)) }).await);

    let register = json!({
        "name": "Lin Chen", "email": "lin@example.org", "password": "correct horse battery", "date_of_birth": "1990-12-10",
        "gender": "female", "phone": "+442079460018", "address": "x", "emergency_contact": { "name": "B", "phone": "+442079460019" }
    });
    line("register", spent(&app, async { drop(app.post("/users", &register).send().await.expect(202)) }).await);
    let credentials = json!({ "email": "lin@example.org", "password": "correct horse battery" });
    let mut pair = json!({});
    line("sign in", spent(&app, async { pair = app.post("/auth/token", &credentials).send().await.expect(200).body }).await);
    line(
        "sign in again from there",
        spent(&app, async { pair = app.post("/auth/token", &credentials).send().await.expect(200).body }).await,
    );
    let refresh = json!({ "refresh_token": pair["refresh_token"] });
    line("refresh", spent(&app, async { drop(app.post("/auth/refresh", &refresh).send().await.expect(200)) }).await);

    // Account and sign-in are looked up once, although the idempotency key needs the caller, too.
    let keyed = app
        .post("/appointments", &booking(&doctor, "2026-03-06T09:00:00Z"))
        .bearer(&app.patient("Alan Mathison").await.token)
        .header("idempotency-key", "k");
    line("book with a key", spent(&app, async { drop(keyed.send().await.expect(201)) }).await);

    let walk_in = json!({ "name": "Grace Hopper", "date_of_birth": "1985-12-09", "gender": "female", "phone": "+442079460111" });
    let mut patient = String::new();
    line(
        "register at the front desk",
        spent(&app, async { patient = app.post("/patients", &walk_in).bearer(&desk).send().await.expect(201).id() }).await,
    );
    let marries = json!({ "name": "Grace Murray", "reason": "She has married" });
    let change = app.call("PATCH", &format!("/patients/{patient}")).json(&marries).bearer(&desk).header("if-match", "\"v1\"");
    line("change a name at the front desk", spent(&app, async { drop(change.send().await.expect(200)) }).await);

    let (_, administrator) = app.staff("Florence Nightingale", Role::Administrator).await;
    for _ in 0..21 {
        app.services.mailbox.refuse_next(Refusal::Rejected);
    }
    app.drain().await;
    let mut refused = json!({});
    line(
        "list refused emails",
        spent(&app, async { refused = app.get("/emails").bearer(&administrator).send().await.expect(200).body }).await,
    );
    assert_eq!(refused["items"].as_array().unwrap().len(), 20);
    let again = format!("/emails/{}/resend", refused["items"][0]["id"].as_str().unwrap());
    let again = app.call("POST", &again).bearer(&administrator);
    line("ask for an email again", spent(&app, async { drop(again.send().await.expect(202)) }).await);

    insta::assert_snapshot!(lines.join("\n"), @r"
    book: 6 read, 7 write
    read an appointment: 1 read, 3 write
    move within a day: 6 read, 7 write
    move to another day: 6 read, 11 write
    cancel: 3 read, 6 write
    arrive: 3 read, 4 write
    list a patient's appointments: 2 read, 3 write
    list a doctor's appointments: 3.5 read, 3 write
    read a patient whom one treats: 7 read, 3 write
    free slots of a week: 2 read, 0 write
    list doctors: 1 read, 0 write
    read a doctor: 1 read, 0 write
    read a profile: 1 read, 3 write
    register: 1 read, 25 write
    sign in: 3 read, 6 write
    sign in again from there: 3 read, 6 write
    refresh: 2 read, 1 write
    book with a key: 6 read, 9 write
    register at the front desk: 5 read, 22 write
    change a name at the front desk: 3 read, 24 write
    list refused emails: 3 read, 2 write
    ask for an email again: 3 read, 3 write
    ");
}

/// Of 100,000 patients, those who are at the places that the searches below read. The names are as frequent as in a large town: every
/// 50th patient is called Smith.
fn crowd(patients: u32) -> Vec<HashMap<String, dynoxide::AttributeValue>> {
    const FIRST: [&str; 40] = [
        "Ada", "Alan", "Amir", "Anna", "Arun", "Bea", "Carl", "Chen", "Dora", "Elif", "Emma", "Eric", "Fatma", "Finn", "Gita", "Hana",
        "Hugo", "Ines", "Ivan", "Jane", "John", "Jose", "Kofi", "Lena", "Li", "Maria", "Mei", "Noah", "Nora", "Omar", "Otto", "Paul",
        "Rosa", "Sami", "Tara", "Uma", "Vera", "Wen", "Yara", "Zoe",
    ];
    let (today, zone) = (jiff::civil::date(2026, 3, 2), jiff::Timestamp::UNIX_EPOCH);
    let mut items = Vec::new();
    for number in 0..patients {
        let first = FIRST[number as usize / 50 % FIRST.len()];
        let last = if number.is_multiple_of(50) { "Smith".to_owned() } else { format!("Family{}", number % 50 * 7) };
        let born = jiff::civil::date(1930, 1, 1).checked_add(jiff::Span::new().days(i64::from(number * 7919 % 35_000))).unwrap();
        let patient = Patient {
            id: PatientId::new(zone, u128::from(number)),
            user_id: None,
            mrn: Mrn::from_random(u128::from(number)),
            identity: Identity::Stated,
            name: PersonName::parse(&format!("{first} {last}")).unwrap(),
            date_of_birth: Some(DateOfBirth::parse(&born.to_string(), today).unwrap()),
            date_of_birth_estimated: false,
            gender: Gender::Female,
            phone: Some(Phone::parse(&format!("+4420{:08}", number / 3)).unwrap()),
            emergency_contact: None,
            address: None,
            income: None,
            registered_at: zone,
            next_of_kin: Vec::new(),
            guardians: Vec::new(),
            deceased: None,
            consents: BTreeMap::new(),
            not_a_duplicate: None,
            version: 1,
        };
        let read = ["FIND#name#sm", "FIND#name#jo", "FIND#year#1985", "FIND#born#1985-", "FIND#phone#+442000000000", "FIND#mrn#100000"];
        for place in FoundPatient::all(&patient) {
            if read.iter().any(|prefix| place.key().pk.starts_with(prefix)) {
                items.push(imported(&place));
            }
        }
    }
    items
}

/// A record, to be imported without a request.
pub(crate) fn imported(record: &impl Record) -> HashMap<String, dynoxide::AttributeValue> {
    let item = StreamItem::from(to_item(record).unwrap()).into_inner();
    item.into_iter().map(|(name, value)| (name, in_dynoxide(value))).collect()
}

fn in_dynoxide(value: StreamValue) -> dynoxide::AttributeValue {
    match value {
        StreamValue::S(text) => dynoxide::AttributeValue::S(text),
        StreamValue::N(number) => dynoxide::AttributeValue::N(number),
        StreamValue::Bool(flag) => dynoxide::AttributeValue::BOOL(flag),
        StreamValue::Null(flag) => dynoxide::AttributeValue::NULL(flag),
        StreamValue::M(map) => dynoxide::AttributeValue::M(map.into_iter().map(|(name, value)| (name, in_dynoxide(value))).collect()),
        StreamValue::L(list) => dynoxide::AttributeValue::L(list.into_iter().map(in_dynoxide).collect()),
        other => panic!("{other:?}"),
    }
}

/// A page of a search takes at most 2 read units, however many patients there are. Two more look up the account and the sign-in.
#[tokio::test]
async fn a_search_costs_the_same_among_a_hundred_thousand_patients() {
    let mut lines = Vec::new();
    for patients in [100, 100_000] {
        let app = App::new().await;
        shared_database().0.import_items(&app.table, crowd(patients), dynoxide::ImportOptions::default()).unwrap();
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        for query in [
            "name=smith",
            "name=smi%20jo",
            "name=smith%20john",
            "name=jo&date_of_birth=1985",
            "date_of_birth=1985-03-04",
            "phone=%2B442000000000",
            "mrn=100000006",
        ] {
            let mut found = 0;
            let search = app.get(&format!("/patients?limit=100&{query}")).bearer(&desk);
            let (read, _) = spent(&app, async { found = search.send().await.expect(200).body["items"].as_array().unwrap().len() }).await;
            assert!(read <= 4.0, "{query}: {read}");
            lines.push(format!("{patients}: {query}: {found} in {} read", read - 2.0));
        }
        let ada = app.patient("Ada Byron").await;
        let dashboard = app.get(&format!("/patients/{}/dashboard", ada.id)).bearer(&ada.token);
        let (read, _) = spent(&app, async { drop(dashboard.send().await.expect(200)) }).await;
        lines.push(format!("{patients}: a patient's dashboard: {read} read"));
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    100: name=smith: 2 in 0.5 read
    100: name=smi%20jo: 0 in 2 read
    100: name=smith%20john: 0 in 1 read
    100: name=jo&date_of_birth=1985: 0 in 0.5 read
    100: date_of_birth=1985-03-04: 0 in 0.5 read
    100: phone=%2B442000000000: 3 in 0.5 read
    100: mrn=100000006: 1 in 0.5 read
    100: a patient's dashboard: 2 read
    100000: name=smith: 40 in 1.5 read
    100000: name=smi%20jo: 20 in 2 read
    100000: name=smith%20john: 40 in 1.5 read
    100000: name=jo&date_of_birth=1985: 40 in 1.5 read
    100000: date_of_birth=1985-03-04: 3 in 0.5 read
    100000: phone=%2B442000000000: 3 in 0.5 read
    100000: mrn=100000006: 1 in 0.5 read
    100000: a patient's dashboard: 2 read
    ");
}

/// A day of 20 doctors with twelve appointments each takes 4 read units. Two more look up the account and the sign-in.
#[tokio::test]
async fn the_day_of_twenty_doctors() {
    let app = App::new().await;
    let (ada, helen) = (app.patient("Ada Lovelace").await, app.doctor("Dr. Helen Brooke Taussig").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let id = app.book(&ada, &helen, "2026-03-02T09:00:00Z").await.expect(201).id();
    let (store, zone) = (app.store(), &app.functions.state.hospital.zone);
    let pattern = store.appointment(id.parse().unwrap()).await.unwrap().unwrap();
    for doctor in 0..20_u128 {
        for line in 0..12_u128 {
            let (now, number) = (pattern.booked_at, doctor * 100 + line);
            let appointment = Appointment {
                id: AppointmentId::new(now, number),
                doctor_id: DoctorId::new(now, doctor),
                arrived_at: Some(now),
                ..pattern.clone()
            };
            store.day_list_follow(&appointment, &[], zone).await.unwrap();
        }
    }
    let mut found = 0;
    let day = app.get("/appointments/day").bearer(&desk);
    let (read, _) = spent(&app, async { found = day.send().await.expect(200).body["items"].as_array().unwrap().len() }).await;
    assert_eq!((found, read - 2.0), (240, 4.0));
}

/// To offer a slot costs the same, however many wait for it.
#[tokio::test]
async fn an_offer_costs_the_same_when_twenty_thousand_wait() {
    let mut lines = Vec::new();
    for waiting in [1, 20_000] {
        let app = App::new().await;
        let (ada, grace, doctor) =
            (app.patient("Ada Byron").await, app.patient("Grace Hopper").await, app.doctor("Dr. Helen Taussig").await);
        let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
        let mut booked = String::new();
        for slot in ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"] {
            booked = app.book_for(&desk, &grace, &doctor, &format!("2026-03-03T{slot}:00Z")).await.expect(201).id();
        }
        let join = json!({ "specialization": "cardiology", "from": "2026-03-03", "to": "2026-03-03", "reason": "Cough" });
        let mut wait = String::new();
        let (read, write) =
            spent(&app, async { wait = app.post("/waiting-list", &join).bearer(&ada.token).send().await.expect(201).id() }).await;
        lines.push(format!("{waiting}: join for a day: {read} read, {write} write"));
        // Those who came later.
        let queue = keys::Queue::Specialization(Specialization::parse("cardiology").unwrap());
        let mut items = Vec::new();
        for number in 1..waiting {
            let id = WaitId::new(app.now() + jiff::SignedDuration::from_secs(60), number);
            let key = keys::wait_line(&queue, jiff::civil::date(2026, 3, 3), id);
            let text = |text: String| dynoxide::AttributeValue::S(text);
            let mut line = HashMap::from([("pk".to_owned(), text(key.pk)), ("sk".to_owned(), text(key.sk))]);
            let target = HashMap::from([("specialization".to_owned(), text("cardiology".to_owned()))]);
            line.insert("kind".to_owned(), text("wait_line".to_owned()));
            line.insert("v".to_owned(), dynoxide::AttributeValue::N("1".to_owned()));
            line.insert("day".to_owned(), text("2026-03-03".to_owned()));
            line.insert("target".to_owned(), dynoxide::AttributeValue::M(target));
            line.insert("wait_id".to_owned(), text(id.to_string()));
            line.insert("patient_id".to_owned(), text(ada.id.to_string()));
            items.push(line);
        }
        shared_database().0.import_items(&app.table, items, dynoxide::ImportOptions::default()).unwrap();
        app.drain().await;
        app.post(&format!("/appointments/{booked}/cancel"), &json!({})).bearer(&desk).send().await.expect(200);
        let before = app.functions.events().store.meter().read();
        app.drain().await;
        let Units { read, write } = app.functions.events().store.meter().read() - before;
        lines.push(format!("{waiting}: cancel, offer the slot, and the emails: {read} read, {write} write"));
        let path = format!("/waiting-list/{wait}/accept");
        let (read, write) = spent(&app, async { drop(app.call("POST", &path).bearer(&ada.token).send().await.expect(201)) }).await;
        lines.push(format!("{waiting}: accept: {read} read, {write} write"));
    }
    insta::assert_snapshot!(lines.join("\n"), @r"
    1: join for a day: 4.5 read, 6 write
    1: cancel, offer the slot, and the emails: 30 read, 29 write
    1: accept: 7 read, 13 write
    20000: join for a day: 4.5 read, 6 write
    20000: cancel, offer the slot, and the emails: 31 read, 29 write
    20000: accept: 7 read, 13 write
    ");
}

#[tokio::test]
async fn staff_and_a_doctors_time() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (doctor, ada) = (app.doctor("Dr. Helen Taussig").await, app.patient("Ada Byron").await);
    let (_, desk) = app.staff("Rosa Parks", Role::Receptionist).await;
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));
    let (receptionist, _) = app.staff("Ruth Davis", Role::Receptionist).await;
    let one = json!({ "user_id": receptionist.id, "role": "receptionist", "shift": "day", "date": "2026-03-03" });
    let enter = async |body: &serde_json::Value| app.post("/shifts", body).bearer(&admin).send().await;
    line("enter a shift of a receptionist", spent(&app, async { drop(enter(&one).await.expect(201)) }).await);
    let every_day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let repeat = json!({ "weekdays": every_day, "until": "2027-03-02" });
    let year = json!({ "user_id": receptionist.id, "role": "receptionist", "shift": "night", "date": "2026-03-03", "repeat": repeat });
    line("enter a year of shifts", spent(&app, async { drop(enter(&year).await.expect(201)) }).await);
    // Ten nurses in each shift of a week.
    for number in 0..10 {
        let (nurse, _) = app.staff(&format!("Nurse {number}"), Role::Nurse).await;
        let repeat = json!({ "weekdays": every_day, "until": "2026-03-09" });
        for time in ["night", "day", "evening"] {
            let body =
                json!({ "user_id": nurse.id, "role": "nurse", "ward": "icu", "shift": time, "date": "2026-03-03", "repeat": repeat });
            enter(&body).await.expect(201);
        }
    }
    app.drain().await;
    let get = async |path: &str| app.get(path).bearer(&desk).send().await.expect(200);
    let on_duty = "/on-duty?ward=icu&at=2026-03-04T12:00:00Z";
    line("who is on duty on a ward, 10 nurses", spent(&app, async { drop(get(on_duty).await) }).await);
    line("the roster of a ward, 20", spent(&app, async { drop(get("/shifts?ward=icu&from=2026-03-03").await) }).await);
    line("the staff directory, 13", spent(&app, async { drop(get("/staff").await) }).await);

    let (from, to) = ("2026-03-09", "2026-03-15");
    let body = json!({ "type": "annual", "from": from, "to": to });
    let mut leave = String::new();
    let ask = app.post("/leaves", &body).bearer(&doctor.token);
    line("ask for a week of leave", spent(&app, async { leave = ask.send().await.expect(201).id() }).await);
    app.book(&ada, &doctor, "2026-03-10T09:00:00Z").await.expect(201);
    app.drain().await;
    let note = json!({});
    let approve = app.post(&format!("/leaves/{leave}/approve"), &note).bearer(&admin);
    line("approve a week of a doctor's leave", spent(&app, async { drop(approve.send().await.expect(200)) }).await);
    let before = app.functions.events().store.meter().read();
    app.drain().await;
    let Units { read, write } = app.functions.events().store.meter().read() - before;
    line("what follows, one appointment in the way", (read, write));
    let own = app.get("/leaves/balances").bearer(&doctor.token);
    line("leave balances", spent(&app, async { drop(own.send().await.expect(200)) }).await);
    let blocked = json!({ "kind": "blocked", "starts_at": "2026-03-17T09:00:00Z", "ends_at": "2026-03-17T10:00:00Z" });
    let block = app.post(&format!("/doctors/{}/exceptions", doctor.id), &blocked).bearer(&doctor.token);
    line("block a doctor's time", spent(&app, async { drop(block.send().await.expect(201)) }).await);
    insta::assert_snapshot!(lines.join("\n"), @r"
    enter a shift of a receptionist: 3 read, 8 write
    enter a year of shifts: 3 read, 110 write
    who is on duty on a ward, 10 nurses: 1 read, 0 write
    the roster of a ward, 20: 1 read, 0 write
    the staff directory, 13: 0.5 read, 0 write
    ask for a week of leave: 5 read, 8 write
    approve a week of a doctor's leave: 7 read, 25 write
    what follows, one appointment in the way: 25.5 read, 18 write
    leave balances: 1 read, 2 write
    block a doctor's time: 4 read, 5 write
    ");
}

/// Of these, two units look up the account and the sign-in, and some more whether the doctor treats the patient.
#[tokio::test]
async fn the_medical_record() {
    let Consultation { app, ada, doctor, appointment } = Consultation::new().await;
    app.drain().await;
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));
    let path = |rest: &str| format!("/patients/{}/{rest}", ada.id);
    let post = async |rest: &str, body: &serde_json::Value| app.post(&path(rest), body).bearer(&doctor.token).send().await;
    let outpatient = json!({ "class": "outpatient", "appointment_id": appointment });
    let mut encounter = String::new();
    line("open an encounter", spent(&app, async { encounter = post("encounters", &outpatient).await.expect(201).id() }).await);
    let note = path(&format!("encounters/{encounter}/note"));
    let long = "The patient has had palpitations since Monday, mostly in the evening. ".repeat(10);
    let draft = json!({ "subjective": long.trim(), "objective": long.trim(), "plan": "ECG." });
    let write = app.call("PUT", &note).json(&draft).header("if-match", "\"v1\"").bearer(&doctor.token);
    line("save a draft of 1.4 KB", spent(&app, async { drop(write.send().await.expect(200)) }).await);
    let sign = app.call("POST", &path(&format!("encounters/{encounter}/sign"))).header("if-match", "\"v2\"").bearer(&doctor.token);
    line("sign", spent(&app, async { drop(sign.send().await.expect(200)) }).await);
    let asthma = json!({ "what": "Asthma", "icd10": "J45.9", "clinical_status": "active", "verification_status": "confirmed" });
    let mut diagnosis = String::new();
    line("write a diagnosis", spent(&app, async { diagnosis = post("diagnoses", &asthma).await.expect(201).id() }).await);
    let revised = json!({ "reason": "Seen again", "content": asthma });
    let change =
        app.call("PUT", &path(&format!("diagnoses/{diagnosis}"))).json(&revised).header("if-match", "\"v1\"").bearer(&doctor.token);
    line("change a diagnosis", spent(&app, async { drop(change.send().await.expect(200)) }).await);
    let vitals = json!({ "values": { "heart_rate": 72, "respiratory_rate": 16, "systolic_pressure": 120, "diastolic_pressure": 80,
        "temperature": 36.6, "oxygen_saturation": 98 } });
    line("write six vital signs", spent(&app, async { drop(post("vitals", &vitals).await.expect(201)) }).await);
    let allergy = json!({ "kind": "allergy", "what": "Penicillin", "severity": "severe" });
    line("note an allergy", spent(&app, async { drop(post("history", &allergy).await.expect(201)) }).await);
    let medicine = |drug: &str| {
        json!({ "drug": drug, "ingredients": [drug], "dose": "1 tablet", "route": "oral", "frequency": "every 8 hours", "duration_days": 7,
            "quantity": 21, "instructions": "After meals." })
    };
    let ibuprofen = medicine("ibuprofen");
    line("prescribe a medicine", spent(&app, async { drop(post("prescriptions/medicines", &ibuprofen).await.expect(201)) }).await);
    let before = app.functions.events().store.meter().read();
    app.drain().await;
    let Units { read, write } = app.functions.events().store.meter().read() - before;
    line("what followed the eight changes: an audit entry for each, and an email", (read, write));
    // As much as one patient has at a time.
    for number in 0..8 {
        let mut body = asthma.clone();
        body["what"] = json!(format!("A chronic condition with a long name, number {number}"));
        post("diagnoses", &body).await.expect(201);
    }
    for drug in ["paracetamol", "metformin", "amlodipine", "salbutamol", "omeprazole", "levothyroxine", "ramipril", "atorvastatin"] {
        post("prescriptions/medicines", &medicine(drug)).await.expect(201);
    }
    line(
        "prescribe a tenth medicine",
        spent(&app, async { drop(post("prescriptions/medicines", &medicine("zinc")).await.expect(201)) }).await,
    );
    let get = async |rest: &str, token: &str| drop(app.get(&path(rest)).bearer(token).send().await.expect(200));
    line("the summary, ten medicines and nine diagnoses", spent(&app, get("record", &ada.token)).await);
    line("the dashboard", spent(&app, get("dashboard", &ada.token)).await);
    line("the medicines, ten", spent(&app, get("prescriptions/medicines", &ada.token)).await);
    line("one diagnosis", spent(&app, get(&format!("diagnoses/{diagnosis}"), &ada.token)).await);
    line("its versions", spent(&app, get(&format!("record/{diagnosis}/versions"), &ada.token)).await);
    line("a graph", spent(&app, get("series?code=heart_rate", &ada.token)).await);
    let own = app.get("/doctors/me/dashboard").bearer(&doctor.token);
    line("a doctor's dashboard", spent(&app, async { drop(own.send().await.expect(200)) }).await);
    insta::assert_snapshot!(lines.join("\n"), @r"
    open an encounter: 5 read, 8 write
    save a draft of 1.4 KB: 6 read, 6 write
    sign: 6 read, 8 write
    write a diagnosis: 5.5 read, 4 write
    change a diagnosis: 6 read, 6 write
    write six vital signs: 5 read, 16 write
    note an allergy: 6 read, 6 write
    prescribe a medicine: 5 read, 8 write
    what followed the eight changes: an audit entry for each, and an email: 12 read, 35 write
    prescribe a tenth medicine: 5 read, 14 write
    the summary, ten medicines and nine diagnoses: 3 read, 3 write
    the dashboard: 2 read, 3 write
    the medicines, ten: 2 read, 3 write
    one diagnosis: 2 read, 3 write
    its versions: 2.5 read, 3 write
    a graph: 1.5 read, 3 write
    a doctor's dashboard: 4 read, 2 write
    ");
}

/// With 20,000 patients who wait for a bed, 20,000 emergencies and a patient who has been here 2,000 times, as with a few.
#[tokio::test]
async fn beds_and_emergencies() {
    let mut all = Vec::new();
    for crowd in [30, 20_000] {
        all.push(beds_and_emergencies_beside(crowd).await);
    }
    assert_eq!(all[0], all[1]);
    insta::assert_snapshot!(all[0], @r"
    admit to any free bed: 8.5 read, 8 write
    transfer to a bed: 8.5 read, 6 write
    the twelfth transfer: 8.5 read, 8 write
    medically ready: 10 read, 6 write
    left: 6 read, 8 write
    clean a bed: 4 read, 3 write
    what followed: 298 read, 195 write
    open an emergency: 4 read, 7 write
    open one for critical care: 6.5 read, 10 write
    judge it anew: 5 read, 6 write
    see the patient: 5 read, 6 write
    wait for a bed: 5 read, 5 write
    the board of a full ward: 4.5 read, 2 write
    the wards: 0.5 read, 0 write
    critical care: 2.5 read, 2 write
    the queue of emergencies: 3.5 read, 2 write
    those who wait for a bed: 4 read, 2 write
    what has to be cleaned: 0.5 read, 0 write
    a patient's stays: 4 read, 3 write
    ");
}

async fn beds_and_emergencies_beside(crowd: u32) -> String {
    let mut house = House::new(&[Ward::Icu, Ward::General, Ward::Burns, Ward::Trauma]).await;
    house.fill(Ward::Trauma).await;
    let app = &house.app;
    let doctor = app.doctor("Dr. Helen Taussig").await;
    app.on_roster(&app.store().account(doctor.user_id).await.unwrap().unwrap().account, Role::Doctor, None).await;
    let ada = app.patient("Ada Byron").await;
    let profile = app.store().patient(ada.id).await.unwrap().unwrap();
    let mut items = Vec::new();
    let (at, fee) = (app.now(), Money::parse("200", Currency::parse("GBP").unwrap()).unwrap());
    for number in 0..crowd {
        let id = PatientId::new(at, app.random());
        let name = PersonName::parse("John Smith").unwrap();
        items.push(imported(&BedRequest {
            id: BedRequestId::new(at, app.random()),
            ward: Ward::Burns,
            patient_id: id,
            patient_name: name.clone(),
            mrn: profile.mrn.clone(),
            priority: BedPriority::Routine,
            reason: None,
            doctor: None,
            case_id: None,
            since: at,
            by: doctor.user_id,
        }));
        let author = Author { at, by: doctor.user_id, name: name.clone() };
        items.push(imported(&EmergencyCase {
            id: CaseId::new(at, app.random()),
            patient_id: id,
            patient_name: name,
            mrn: profile.mrn.clone(),
            complaint: Reason::parse("Chest pain").unwrap(),
            arrived_at: at,
            triages: vec![Triage { author, level: TriageLevel::Urgent, critical: false, note: None, vitals: None }],
            seen: Vec::new(),
            admission_id: None,
            closed: None,
            version: 1,
        }));
        if number >= 2_000 {
            continue;
        }
        let segments = vec![Segment { ward: Ward::Icu, bed: BedNumber::new(1).unwrap(), daily_fee: fee, from: at, to: Some(at) }];
        let left = Some(Left { at, by: doctor.user_id, how: Departure::Home });
        let id = AdmissionId::new(Timestamp::UNIX_EPOCH, app.random());
        items.push(imported(&Admission { segments, left, ..Admission::new(id, ada.id, at) }));
    }
    shared_database().0.import_items(&app.table, items, dynoxide::ImportOptions::default()).unwrap();
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));
    let post = async |path: String, body: serde_json::Value| app.post(&path, &body).bearer(&house.desk).send().await;
    let admissions = format!("/patients/{}/admissions", ada.id);
    let body =
        json!({ "ward": "icu", "doctor_id": doctor.id, "expected_discharge": "2026-03-06", "isolation": "contact", "acuity": "fair" });
    let mut stay = String::new();
    line("admit to any free bed", spent(app, async { stay = post(admissions.clone(), body).await.expect(201).id() }).await);
    let to = json!({ "ward": "general", "bed": 7 });
    line("transfer to a bed", spent(app, async { drop(post(format!("{admissions}/{stay}/transfer"), to).await.expect(200)) }).await);
    for _ in 0..10 {
        post(format!("{admissions}/{stay}/transfer"), json!({ "ward": "general" })).await.expect(200);
    }
    let twelfth = json!({ "ward": "icu" });
    line(
        "the twelfth transfer",
        spent(app, async { drop(post(format!("{admissions}/{stay}/transfer"), twelfth).await.expect(200)) }).await,
    );
    let follow_up = json!({ "follow_up": "See your doctor in a week. ".repeat(10).trim() });
    let ready = app.post(&format!("{admissions}/{stay}/medically-ready"), &follow_up).bearer(&doctor.token);
    line("medically ready", spent(app, async { drop(ready.send().await.expect(200)) }).await);
    line("left", spent(app, async { drop(post(format!("{admissions}/{stay}/left"), json!({})).await.expect(200)) }).await);
    line("clean a bed", spent(app, async { drop(house.cleaned(Ward::General, &json!(7)).await.expect(200)) }).await);
    let before = app.functions.events().store.meter().read();
    app.drain().await;
    let Units { read, write } = app.functions.events().store.meter().read() - before;
    line("what followed", (read, write));
    let (grace, lin) = (app.patient("Grace Hopper").await, app.patient("Lin Chen").await);
    let case = |patient: PatientId, critical: bool| json!({ "patient_id": patient, "complaint": "Fall", "triage": { "level": "urgent", "critical_care": critical } });
    let mut opened = String::new();
    line(
        "open an emergency",
        spent(app, async { opened = post("/emergency/cases".into(), case(grace.id, false)).await.expect(201).id() }).await,
    );
    line(
        "open one for critical care",
        spent(app, async { drop(post("/emergency/cases".into(), case(lin.id, true)).await.expect(201)) }).await,
    );
    let judged = json!({ "level": "emergent" });
    line("judge it anew", spent(app, async { drop(post(format!("/emergency/cases/{opened}/triage"), judged).await.expect(200)) }).await);
    let see = app.post(&format!("/emergency/cases/{opened}/see"), &json!({})).bearer(&doctor.token);
    line("see the patient", spent(app, async { drop(see.send().await.expect(200)) }).await);
    let asks = post(format!("/patients/{}/bed-requests", ada.id), json!({ "ward": "burns", "priority": "urgent" }));
    line("wait for a bed", spent(app, async { drop(asks.await.expect(201)) }).await);
    let get = async |path: &str| drop(app.get(path).bearer(&house.desk).send().await.expect(200));
    for (name, path) in [
        ("the board of a full ward", "/wards/trauma/board"),
        ("the wards", "/wards"),
        ("critical care", "/critical-care"),
        ("the queue of emergencies", "/emergency/queue"),
        ("those who wait for a bed", "/wards/burns/bed-requests"),
        ("what has to be cleaned", "/cleaning-tasks"),
        ("a patient's stays", admissions.as_str()),
    ] {
        line(name, spent(app, get(path)).await);
    }
    lines.join("\n")
}

/// With 20,000 other medicines in the pharmacy, and 20,000 allocations that wait and are in the ledger, as with a few.
#[tokio::test]
async fn a_pharmacy() {
    let mut all = Vec::new();
    for crowd in [30, 20_000] {
        all.push(a_pharmacy_beside(crowd).await);
    }
    assert_eq!(all[0], all[1]);
    insta::assert_snapshot!(all[0], @r"
    set aside of one lot: 7 read, 8 write
    set aside of two lots: 7 read, 8 write
    hand over: 8 read, 14 write
    hand over a part of two lots: 9 read, 19 write
    cancel: 6 read, 11 write
    receive a lot: 6 read, 10 write
    adjust: 6 read, 7 write
    what followed, by notifications: 75 read, 122 write
    what followed, by low-stock: 13 read, 13 write
    a medicine: 2 read, 0 write
    the medicines by name: 2 read, 0 write
    what runs low: 2 read, 0 write
    the lots of a medicine: 3.5 read, 0 write
    the lots by expiry: 2.5 read, 0 write
    the ledger: 3 read, 0 write
    what waits for patients: 5.5 read, 2 write
    the alerts: 2.5 read, 0 write
    who got the medicine: 4.5 read, 2 write
    the pharmacies: 0.5 read, 0 write
    a patient's allocations: 1.5 read, 3 write
    what a patient got: 1.5 read, 3 write
    ");
}

async fn a_pharmacy_beside(crowd: u32) -> String {
    let mut counter = Counter::new().await;
    let medicine = counter.keeps(&amoxicillin(), 2_000).await;
    counter.lot(&medicine, "SOON", "2026-03-20", 60).await;
    let prescription = counter.prescription().await;
    counter.all_mails().await;
    let app = std::sync::Arc::clone(&counter.app);
    let (id, pharmacy) = (medicine.parse().unwrap(), counter.pharmacy.parse().unwrap());
    let line = app.store().medicine_line(id).await.unwrap().unwrap();
    let sample = counter.ask(&medicine, 1, Some(prescription)).await.expect(201).id();
    let sample = app.store().allocation(counter.ada.id, sample.parse().unwrap()).await.unwrap().unwrap();
    let long_ago: Timestamp = "2025-03-02T08:00:00Z".parse().unwrap();
    let mut items = Vec::new();
    for _ in 0..crowd {
        let mut other = line.clone();
        other.listed.id = StockedMedicineId::new(long_ago, app.random());
        (other.pharmacy_id, other.listed.low) = (pharmacy, true);
        items.push(imported(&other));
        let mut waits = sample.clone();
        (waits.listed.id, waits.listed.patient_id) = (AllocationId::new(long_ago, app.random()), PatientId::new(long_ago, app.random()));
        items.push(imported(&waits));
    }
    shared_database().0.import_items(&app.table, items, dynoxide::ImportOptions::default()).unwrap();
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));
    let asks = async |units: u32| counter.ask(&medicine, units, Some(prescription)).await.expect(201).id();
    let (mut first, mut second) = (String::new(), String::new());
    line("set aside of one lot", spent(&app, async { first = asks(7).await }).await);
    line("set aside of two lots", spent(&app, async { second = asks(30).await }).await);
    let third = counter.ask(&medicine, 2, Some(prescription)).await.expect(201).id();
    let act = async |id: &str, what: &str, body: serde_json::Value| drop(counter.act(id, what, &body).await.expect(200));
    line("hand over", spent(&app, act(&first, "hand-over", json!({}))).await);
    line("hand over a part of two lots", spent(&app, act(&second, "hand-over", json!({ "units": 29, "reason": "Wants less" }))).await);
    line("cancel", spent(&app, act(&third, "cancel", json!({ "reason": "Broken" }))).await);
    let lots = format!("medicines/{medicine}/lots");
    let received = json!({ "lot_number": "B4712", "expires_on": "2027-06-01", "units": 50 });
    let mut lot = String::new();
    line("receive a lot", spent(&app, async { lot = counter.post(&lots, &received).await.expect(201).id() }).await);
    let adjust = json!({ "units": -1, "reason": "Counted" });
    line("adjust", spent(&app, async { drop(counter.post(&format!("{lots}/{lot}/adjust"), &adjust).await.expect(200)) }).await);
    let (before, of_low_stock) = (app.functions.events().store.meter().read(), app.functions.low_stock().store.meter().read());
    app.drain().await;
    let Units { read, write } = app.functions.events().store.meter().read() - before;
    line("what followed, by notifications", (read, write));
    let Units { read, write } = app.functions.low_stock().store.meter().read() - of_low_stock;
    line("what followed, by low-stock", (read, write));
    for (name, rest) in [
        ("a medicine", format!("medicines/{medicine}")),
        ("the medicines by name", "medicines?name=amox".to_owned()),
        ("what runs low", "medicines?low_stock=true".to_owned()),
        ("the lots of a medicine", lots.clone()),
        ("the lots by expiry", "lots".to_owned()),
        ("the ledger", format!("medicines/{medicine}/movements")),
        ("what waits for patients", "allocations".to_owned()),
        ("the alerts", "alerts".to_owned()),
        ("who got the medicine", format!("medicines/{medicine}/dispenses")),
    ] {
        line(name, spent(&app, async { drop(counter.get(&rest).await.expect(200)) }).await);
    }
    let own = async |rest: &str| {
        let path = format!("/patients/{}/{rest}", counter.ada.id);
        drop(app.get(&path).bearer(&counter.ada.token).send().await.expect(200));
    };
    line("the pharmacies", spent(&app, async { drop(app.get("/pharmacies").bearer(&counter.ada.token).send().await.expect(200)) }).await);
    line("a patient's allocations", spent(&app, own("allocations")).await);
    line("what a patient got", spent(&app, own("dispenses")).await);
    lines.join("\n")
}

/// With 20,000 other orders and tests, as with a few.
#[tokio::test]
async fn a_laboratory() {
    let mut all = Vec::new();
    for crowd in [30, 6_700] {
        all.push(a_laboratory_beside(crowd).await);
    }
    assert_eq!(all[0], all[1]);
    insta::assert_snapshot!(all[0], @r"
    place: 8 read, 16 write
    collect: 6 read, 6 write
    start: 5 read, 5 write
    a critical result: 9 read, 21 write
    verify: 5 read, 5 write
    release: 8 read, 19 write
    acknowledge: 7 read, 2 write
    amend: 10 read, 17 write
    cancel: 6 read, 13 write
    what followed, by notifications: 67 read, 79 write
    what there is to do: 5.5 read, 2 write
    what is overdue: 4.5 read, 2 write
    what is released: 5.5 read, 2 write
    the tests of a laboratory: 2 read, 0 write
    the turnaround: 2.5 read, 0 write
    the tests of all laboratories: 1 read, 0 write
    the tests with a code: 0.5 read, 0 write
    a patient's orders: 2.5 read, 3 write
    an order with its result: 3 read, 3 write
    a report: 4 read, 3 write
    ");
}

async fn a_laboratory_beside(crowd: u32) -> String {
    use crate::laboratory::{Bench, measured, potassium};
    let bench = Bench::new().await;
    let app = std::sync::Arc::clone(&bench.app);
    let (test, prescription) = (bench.offers(&potassium()).await, bench.prescription(&potassium()).await);
    let sample = bench.order(&bench.wanted(&test, Some(&prescription)), &bench.ada.token).await.expect(201).id();
    app.drain().await;
    let order = app.store().lab_order(bench.ada.id, sample.parse().unwrap()).await.unwrap().unwrap();
    let offered = app.store().offered_test(bench.laboratory.parse().unwrap(), test.parse().unwrap()).await.unwrap().unwrap();
    let mut items = Vec::new();
    for number in 0..crowd {
        let (mut waits, mut over, mut other) = (order.clone(), order.clone(), offered.clone());
        let long_ago = app.now() - jiff::SignedDuration::from_hours(48);
        waits.listed.id = LabOrderId::new(long_ago, app.random());
        waits.listed.patient_id = PatientId::new(long_ago, app.random());
        waits.listed.due_at = app.now() + jiff::SignedDuration::from_hours(24);
        over.listed.id = LabOrderId::new(long_ago, app.random());
        over.listed.status = LabOrderStatus::Released;
        other.listed.id = OfferedTestId::new(long_ago, app.random());
        other.listed.name = domain::text::Title::parse(&format!("Potassium {number:05}")).unwrap();
        items.extend([imported(&waits), imported(&over), imported(&other)]);
    }
    shared_database().0.import_items(&app.table, items, dynoxide::ImportOptions::default()).unwrap();
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));
    let another = bench.prescription(&potassium()).await;
    let (mut order, wanted) = (String::new(), bench.wanted(&test, Some(&another)));
    line("place", spent(&app, async { order = bench.order(&wanted, &bench.ada.token).await.expect(201).id() }).await);
    let step = async |step: &str, body: serde_json::Value, version: u64, token: &str| {
        drop(bench.step_from(&order, step, &body, &format!("\"v{version}\""), token).await.expect(200));
    };
    let (grete, otto, nothing) = (bench.grete.as_str(), bench.otto.as_str(), serde_json::Value::Null);
    line("collect", spent(&app, step("collect", json!({}), 1, grete)).await);
    line("start", spent(&app, step("start", nothing.clone(), 2, grete)).await);
    line("a critical result", spent(&app, step("result", measured(6.8), 3, grete)).await);
    line("verify", spent(&app, step("verify", nothing.clone(), 4, otto)).await);
    line("release", spent(&app, step("release", nothing, 5, grete)).await);
    let acknowledge = bench.of(&order, "/acknowledge");
    let acknowledged =
        async { drop(app.post(&acknowledge, &json!({ "result_version": 2 })).bearer(&bench.doctor.token).send().await.expect(204)) };
    line("acknowledge", spent(&app, acknowledged).await);
    let mut amended = measured(5.6);
    amended["reason"] = json!("Diluted");
    line("amend", spent(&app, step("amend", amended, 6, grete)).await);
    let cancelled = async { drop(bench.step_from(&sample, "cancel", &json!({}), "\"v1\"", &bench.ada.token).await.expect(200)) };
    line("cancel", spent(&app, cancelled).await);
    let before = app.functions.events().store.meter().read();
    app.drain().await;
    let Units { read, write } = app.functions.events().store.meter().read() - before;
    line("what followed, by notifications", (read, write));
    for (name, rest) in [
        ("what there is to do", "lab-orders"),
        ("what is overdue", "lab-orders?overdue=true"),
        ("what is released", "lab-orders?status=released"),
        ("the tests of a laboratory", "tests?name=potassium"),
        ("the turnaround", "turnaround"),
    ] {
        line(name, spent(&app, async { drop(bench.get(rest).await.expect(200)) }).await);
    }
    let get = async |path: String| drop(app.get(&path).bearer(&bench.ada.token).send().await.expect(200));
    line("the tests of all laboratories", spent(&app, get("/lab-tests?name=potassium".to_owned())).await);
    line("the tests with a code", spent(&app, get("/lab-tests?loinc=2823-3".to_owned())).await);
    line("a patient's orders", spent(&app, get(format!("/patients/{}/lab-orders", bench.ada.id))).await);
    line("an order with its result", spent(&app, get(bench.of(&order, ""))).await);
    line("a report", spent(&app, get(bench.of(&order, "/report.pdf"))).await);
    lines.join("\n")
}

/// With 20,000 other charges, invoices and entries of the patient and of others, as with a few.
#[tokio::test]
async fn an_invoice() {
    let mut all = Vec::new();
    for crowd in [30, 5_000] {
        all.push(an_invoice_beside(crowd).await);
    }
    assert_eq!(all[0], all[1]);
    insta::assert_snapshot!(all[0], @r"
    charge by hand: 5 read, 4 write
    issue an invoice: 9.5 read, 12 write
    a payment: 5 read, 6 write
    the last payment: 5 read, 6 write
    take a payment back: 6 read, 6 write
    ask for a refund: 6 read, 4 write
    approve it: 5 read, 4 write
    complete it: 5 read, 6 write
    a credit note: 8 read, 8 write
    what followed, by notifications: 117.5 read, 65 write
    the charges of a patient: 5.5 read, 3 write
    the invoices of a patient: 4 read, 3 write
    a statement: 6 read, 3 write
    an invoice: 7 read, 3 write
    its file: 7 read, 3 write
    all invoices: 3.5 read, 2 write
    those that are partly paid, of a month: 3 read, 2 write
    one by its number: 4 read, 3 write
    the refunds that are on their way: 2.5 read, 2 write
    ");
}

#[tokio::test]
async fn feedback_and_reports() {
    let (few, many) = (feedback_and_reports_beside(50).await, feedback_and_reports_beside(20_000).await);
    assert_eq!(few, many);
    for line in many.lines().filter(|line| line.starts_with("a year of ")) {
        let read: f64 = line.split([' ']).find_map(|word| word.parse().ok()).unwrap();
        // The sign-in of an administrator is not looked up for a report.
        assert!(read <= 8.0, "{line}");
    }
    insta::assert_snapshot!(many, @r"
    give feedback: 4 read, 7 write
    change it: 4 read, 8 write
    what can be rated: 5 read, 3 write
    a patient's own: 1.5 read, 3 write
    the ratings of a doctor: 3 read, 0 write
    the feedback with four stars: 3 read, 2 write
    a year of occupancy: 6.5 read, 0 write
    a year of appointments: 6.5 read, 0 write
    a year of emergency: 6.5 read, 0 write
    a year of revenue: 6.5 read, 0 write
    a year of laboratory: 6.5 read, 0 write
    a year of pharmacy: 6.5 read, 0 write
    doctors compared: 0.5 read, 0 write
    a doctor's performance in a month: 4 read, 0 write
    ");
}

/// A year in which something happened every day, of everything that is counted, and so many ratings.
async fn feedback_and_reports_beside(crowd: u32) -> String {
    use dynoxide::AttributeValue::{N, S};
    let app = App::new().await;
    let (ada, doctor) = (app.patient("Ada Byron").await, app.doctor("Dr. Helen Taussig").await);
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let visit = app.book(&ada, &doctor, "2026-03-02T09:00:00Z").await.expect(201).id();
    for step in ["arrive", "complete"] {
        app.call("POST", &format!("/appointments/{visit}/{step}")).bearer(&doctor.token).send().await.expect(200);
    }
    let subjects = ["hospital".to_owned(), format!("doctor#{}", doctor.id)];
    let mut items = Vec::new();
    let texts = |values: [(&str, String); 3]| values.map(|(name, value)| (name.to_owned(), S(value)));
    for book in domain::figures::Book::ALL {
        for subject in &subjects {
            let key = keys::balances(*book, subject);
            let measures = measures_of(*book);
            let balances = measures.iter().filter(|measure| measure.is_balance());
            let months = balances
                .flat_map(|measure| (1..=12).map(move |month| (format!("2025{month:02}{}", measure.code()), N("123456".to_owned()))));
            items.push(texts([("pk", key.pk), ("sk", key.sk), ("kind", "figures".to_owned())]).into_iter().chain(months).collect());
            for month in (1..=12).map(|month| format!("2025-{month:02}").parse().unwrap()) {
                let key = keys::figures(*book, month, subject);
                let days = measures.iter().flat_map(|measure| {
                    (1..=31).map(|day| (format!("{}{}", char::from_digit(day, 32).unwrap(), measure.code()), N("123456".to_owned())))
                });
                items.push(texts([("pk", key.pk), ("sk", key.sk), ("kind", "figures".to_owned())]).into_iter().chain(days).collect());
            }
        }
    }
    for _ in 0..crowd {
        let said = crate::feedback::of_hospital(&app, PatientId::new(app.now(), app.random()));
        let about = domain::feedback::About::Doctor(doctor.id);
        items.push(imported(&domain::feedback::Feedback { about, id: domain::id::FeedbackId::of(said.visit, &about), ..said }));
    }
    for items in items.chunks(1_000) {
        shared_database().0.import_items(&app.table, items.to_vec(), dynoxide::ImportOptions::default()).unwrap();
    }
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));
    let path = format!("/patients/{}/feedback", ada.id);
    let body =
        json!({ "visit": visit, "about": "doctor", "doctor_id": doctor.id, "rating": 2, "review": "It took long. ".repeat(70).trim() });
    let mut id = String::new();
    line("give feedback", spent(&app, async { id = app.post(&path, &body).bearer(&ada.token).send().await.expect(201).id() }).await);
    let change = app.call("PUT", &format!("{path}/{id}")).json(&json!({ "rating": 4 })).header("if-match", "\"v1\"").bearer(&ada.token);
    line("change it", spent(&app, async { drop(change.send().await.expect(200)) }).await);
    app.drain().await;
    let get = async |path: String, token: &str| drop(app.get(&path).bearer(token).send().await.expect(200));
    line("what can be rated", spent(&app, get(format!("{path}/choices?visit={visit}"), &ada.token)).await);
    line("a patient's own", spent(&app, get(path.clone(), &ada.token)).await);
    line("the ratings of a doctor", spent(&app, get(format!("/feedback/doctors/{}", doctor.id), &ada.token)).await);
    line("the feedback with four stars", spent(&app, get("/feedback?rating=4".to_owned(), &admin)).await);
    for report in ["occupancy", "appointments", "emergency", "revenue", "laboratory", "pharmacy"] {
        let path = format!("/reports/{report}?from=2025-01-01&to=2025-12-31");
        line(&format!("a year of {report}"), spent(&app, get(path, &admin)).await);
    }
    line("doctors compared", spent(&app, get("/reports/appointments/by-doctor?month=2025-06".to_owned(), &admin)).await);
    let performance = format!("/performance/doctors/{}?from=2025-06-01&to=2025-06-30", doctor.id);
    line("a doctor's performance in a month", spent(&app, get(performance, &admin)).await);
    lines.join("\n")
}

/// What is counted in a book.
fn measures_of(book: domain::figures::Book) -> Vec<domain::figures::Measure> {
    use domain::figures::{Book, Measure};
    let at = |measure: Measure| Measure::ALL.iter().position(|other| *other == measure).unwrap();
    let (first, next) = match book {
        Book::Occupancy => (Measure::Beds, Some(Measure::Booked)),
        Book::Appointments => (Measure::Booked, Some(Measure::Waited)),
        Book::Doctors => (Measure::Waited, Some(Measure::Cases)),
        Book::Emergency => (Measure::Cases, Some(Measure::Billed)),
        Book::Revenue => (Measure::Billed, Some(Measure::Ordered)),
        Book::Laboratory => (Measure::Ordered, Some(Measure::Stock)),
        Book::Pharmacy => (Measure::Stock, Some(Measure::Stars1)),
        Book::Ratings => (Measure::Stars1, None),
    };
    Measure::ALL[at(first)..next.map_or(Measure::ALL.len(), at)].to_vec()
}

async fn an_invoice_beside(crowd: u32) -> String {
    use crate::billing::{Books, gbp};
    let mut books = Books::new().await;
    let app = std::sync::Arc::clone(&books.app);
    let mut lines = Vec::new();
    let mut line = |name: &str, (read, write): (f64, f64)| lines.push(format!("{name}: {read} read, {write} write"));
    books.invoice("10").await;
    books.settle().await;
    more_of(&app, crowd);
    books.at("2026-03-03T08:00:00Z").await;
    line("charge by hand", spent(&app, async { assert_eq!(books.charge("Copy of the images", "10").await, u64::from(crowd) + 1) }).await);
    books.charge("Room for a guest", "30").await;
    let mut id = String::new();
    line("issue an invoice", spent(&app, async { id = books.issue(&books.luca).await.expect(201).id() }).await);
    let act = async |what: &str, body: serde_json::Value| drop(books.act(&id, what, &body).await.expect(200));
    let transfer = json!({ "amount": gbp("18"), "tender": "bank_transfer", "reference": "A reference of forty characters, or less" });
    line("a payment", spent(&app, act("payments", transfer)).await);
    line("the last payment", spent(&app, act("payments", json!({ "amount": gbp("30"), "tender": "cash" }))).await);
    line("take a payment back", spent(&app, act("payments/3/take-back", json!({ "reason": "Entered twice" }))).await);
    line(
        "ask for a refund",
        spent(&app, act("refunds", json!({ "payment": 2, "amount": gbp("6"), "reason": "Paid by mistake", "owed_again": true }))).await,
    );
    let approve = async { drop(books.act_as(&books.benedetto, &id, "refunds/5/approve", &serde_json::Value::Null).await.expect(200)) };
    line("approve it", spent(&app, approve).await);
    line("complete it", spent(&app, act("refunds/5/complete", json!({ "tender": "cash" }))).await);
    let charge = i64::from(crowd) + 2;
    let note = json!({ "charges": [charge], "reason": "The guest did not come" });
    let credited = async {
        let path = books.path(&format!("invoices/{id}/credit-notes"));
        drop(app.post(&path, &note).header("if-match", "\"v7\"").bearer(&books.luca).send().await.expect(200));
    };
    line("a credit note", spent(&app, credited).await);
    let before = app.functions.events().store.meter().read();
    app.drain().await;
    let Units { read, write } = app.functions.events().store.meter().read() - before;
    line("what followed, by notifications", (read, write));
    let get = async |path: String| drop(app.get(&path).bearer(&books.luca).send().await.expect(200));
    for (name, rest) in [("the charges of a patient", "charges"), ("the invoices of a patient", "invoices"), ("a statement", "statement")] {
        line(name, spent(&app, get(books.path(rest))).await);
    }
    line("an invoice", spent(&app, get(books.path(&format!("invoices/{id}")))).await);
    line("its file", spent(&app, get(books.path(&format!("invoices/{id}/invoice.pdf")))).await);
    line("all invoices", spent(&app, get("/invoices".to_owned())).await);
    line(
        "those that are partly paid, of a month",
        spent(&app, get("/invoices?status=partly_paid&from=2026-03&to=2026-03".to_owned())).await,
    );
    line("one by its number", spent(&app, get("/invoices/1".to_owned())).await);
    line("the refunds that are on their way", spent(&app, get("/refunds".to_owned())).await);
    lines.join("\n")
}

/// Many more of the charges, invoices, entries and lines that there are.
fn more_of(app: &App, crowd: u32) {
    use dynoxide::AttributeValue::{N, S};
    let scan = json!({ "TableName": app.table });
    let all = shared_database().0.scan(serde_json::from_value(scan).unwrap()).unwrap().items.unwrap_or_default();
    let of = |kind: &str| all.iter().find(|item| item.get("kind") == Some(&S(kind.to_owned()))).unwrap().clone();
    let (charge, balance, entry, line, mut account) =
        (of("charge"), of("invoice_balance"), of("invoice_entry"), of("bill_line"), of("billing_account"));
    let mut items = Vec::new();
    for number in 2..=crowd {
        let id = domain::id::InvoiceId::new(app.now() - jiff::SignedDuration::from_mins(number.into()), app.random());
        let with = |item: &HashMap<String, dynoxide::AttributeValue>, changes: &[(&str, dynoxide::AttributeValue)]| {
            let mut item = item.clone();
            item.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
            item
        };
        let place = S(format!("2026-03-02T07:00:00Z#{number:012}"));
        items.push(with(&charge, &[("sk", S(format!("CHARGE#{number:08}"))), ("number", N(number.to_string()))]));
        items.push(with(&balance, &[("sk", S(format!("BALANCE#{id}"))), ("id", S(id.to_string()))]));
        items.push(with(&entry, &[("sk", S(format!("INVOICE#{id}#00001"))), ("invoice_id", S(id.to_string()))]));
        items.push(with(&line, &[("sk", S(format!("BILL#{id}#"))), ("gsi1sk", place.clone()), ("gsi2sk", place)]));
    }
    account.extend([("charges".to_owned(), N(crowd.to_string())), ("invoiced".to_owned(), N(crowd.to_string()))]);
    items.push(account);
    shared_database().0.import_items(&app.table, items, dynoxide::ImportOptions::default()).unwrap();
}
