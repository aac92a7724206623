//! Staff profiles, by their owner and by administrators, and the directory.

use domain::role::Role;
use serde_json::{Value, json};

use crate::support::App;

const GROUPS: [&str; 9] =
    ["a_positive", "a_negative", "b_positive", "b_negative", "ab_positive", "ab_negative", "o_positive", "o_negative", "unknown"];

#[tokio::test]
async fn everybody_who_works_here_has_a_profile() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    for role in Role::STAFF.into_iter().filter(|role| *role != Role::Administrator) {
        let (person, token) = app.staff(&format!("Person {}", role.in_words()), role).await;
        let empty = app.get("/staff/me").bearer(&token).send().await.expect(200);
        assert_eq!((&empty.body["blood_group"], &empty.body["roles"], empty.etag()), (&json!("unknown"), &json!([role]), "\"v0\""));
        let change = json!({
            "date_of_birth": "1985-03-03", "blood_group": "o_negative", "work_phone": "+44 20 7946 0123", "address": "1 High Street",
            "emergency_contact": { "name": "Lin Chen", "phone": "+44 20 7946 0124" }, "practising_since": 2010,
            "qualifications": [
                { "title": "Licence", "institution": "Council", "obtained_on": "2010-06-01", "expires_on": "2026-03-01" },
                { "title": "First aid", "expires_on": "2026-03-02" }
            ]
        });
        let changed = app.call("PATCH", "/staff/me").json(&change).bearer(&token).header("if-match", "\"v0\"").send().await.expect(200);
        // The birthday is tomorrow.
        assert_eq!((&changed.body["age"], &changed.body["experience_years"]), (&json!(40), &json!(16)), "{}", changed.text);
        assert_eq!((&changed.body["work_phone"], &changed.body["blood_group"]), (&json!("+442079460123"), &json!("o_negative")));
        let expired: Vec<_> = changed.body["qualifications"].as_array().unwrap().iter().map(|part| &part["expired"]).collect();
        assert_eq!(expired, [true, false]);
        // An administrator sees and changes the same, and the ward.
        let path = format!("/staff/{}", person.id);
        let seen = app.get(&path).bearer(&admin).send().await.expect(200);
        assert_eq!((&seen.body, seen.etag()), (&changed.body, changed.etag()));
        let ward = app.call("PATCH", &path).json(&json!({ "ward": "icu", "address": null })).bearer(&admin).header("if-match", seen.etag());
        let moved = ward.send().await.expect(200);
        assert_eq!((&moved.body["ward"], moved.body.get("address")), (&json!("icu"), None));
        let stale = app.call("PATCH", "/staff/me").json(&change).bearer(&token).header("if-match", "\"v1\"").send().await;
        assert_eq!(stale.status, 412);
    }
    let entries = app.drain().await;
    assert!(entries > 0);
}

#[tokio::test]
async fn refused_profiles() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (nurse, token) = app.staff("Mary Seacole", Role::Nurse).await;
    let doctor = app.doctor("Dr. Helen Taussig").await;
    let ada = app.patient("Ada Byron").await;
    let refused = async |body: Value, expected: &[(&str, &str)]| {
        app.call("PATCH", "/staff/me").json(&body).bearer(&token).send().await.invalid(expected);
    };
    refused(json!({ "date_of_birth": "2010-03-03" }), &[("date_of_birth", "too_young")]).await;
    refused(json!({ "date_of_birth": "2027-03-03" }), &[("date_of_birth", "in_the_future")]).await;
    refused(json!({ "blood_group": "A+", "work_phone": "1" }), &[("blood_group", "invalid_blood_group"), ("work_phone", "invalid_phone")])
        .await;
    refused(json!({ "ward": "icu" }), &[("ward", "administrators_only")]).await;
    refused(json!({ "practising_since": 2027 }), &[("practising_since", "invalid_year")]).await;
    refused(json!({ "emergency_contact": { "name": "Lin" } }), &[("emergency_contact.phone", "required")]).await;
    let qualified = |body: Value| json!({ "qualifications": [body] });
    refused(qualified(json!({})), &[("qualifications[0].title", "required")]).await;
    refused(qualified(json!({ "title": "x", "obtained_on": "2026-03-03" })), &[("qualifications[0].obtained_on", "in_the_future")]).await;
    let reversed = json!({ "title": "x", "obtained_on": "2026-01-02", "expires_on": "2026-01-01" });
    refused(qualified(reversed), &[("qualifications[0].expires_on", "before_from")]).await;
    refused(json!({ "qualifications": vec![json!({ "title": "x" }); 21] }), &[("qualifications", "too_many")]).await;
    for group in GROUPS {
        let kept = app.call("PATCH", "/staff/me").json(&json!({ "blood_group": group })).bearer(&token).send().await.expect(200);
        assert_eq!(kept.body["blood_group"], group);
    }
    // A doctor's specialization is in the profile that patients see.
    let own = app.get("/staff/me").bearer(&doctor.token).send().await.expect(200);
    assert_eq!((&own.body["specialization"], &own.body["doctor"]["id"]), (&json!("cardiology"), &json!(doctor.id)));
    assert_eq!(own.body["doctor"]["consultation_fee"]["amount"], "80.00");
    let field = app.call("PATCH", "/staff/me").json(&json!({ "specialization": "surgery" })).bearer(&doctor.token).send().await;
    field.invalid(&[("specialization", "in_doctor_profile")]);
    // Who works elsewhere, and who is nobody.
    app.get("/staff/me").bearer(&ada.token).send().await.refused(403, "forbidden");
    app.get(&format!("/staff/{}", nurse.id)).bearer(&doctor.token).send().await.refused(403, "forbidden");
    app.get(&format!("/staff/{}", ada.user_id)).bearer(&admin).send().await.refused(404, "not_found");
    app.get("/staff/usr_01JD8Z0V3XQ5T4E2W9K7M6N8PR").bearer(&admin).send().await.refused(404, "not_found");
}

#[tokio::test]
async fn the_directory_follows_accounts_and_profiles() {
    let app = App::new().await;
    let (_, admin) = app.staff("Florence Nightingale", Role::Administrator).await;
    let (mary, token) = app.staff("Mary Seacole", Role::Nurse).await;
    app.doctor("Dr. Helen Taussig").await;
    app.patient("Ada Byron").await;
    app.waiting("Edith Cavell", Role::Nurse).await;
    let names = async |query: &str| -> Vec<String> {
        app.drain().await;
        let list = app.get(&format!("/staff?{query}")).bearer(&token).send().await.expect(200).body;
        list["items"].as_array().unwrap().iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("").await, ["Dr. Helen Taussig", "Florence Nightingale", "Mary Seacole"]);
    assert_eq!(
        (names("role=nurse").await, names("name=dr.%20hel").await),
        (vec!["Mary Seacole".to_owned()], vec!["Dr. Helen Taussig".to_owned()])
    );
    assert!(names("ward=icu").await.is_empty() && names("role=sweeper").await.is_empty());
    let set_ward = async |ward: Value| {
        app.call("PATCH", &format!("/staff/{}", mary.id)).json(&json!({ "ward": ward })).bearer(&admin).send().await.expect(200);
    };
    set_ward(json!("icu")).await;
    assert_eq!(
        (names("ward=icu").await.len(), names("ward=icu&role=nurse").await.len(), names("ward=icu&role=doctor").await.len()),
        (1, 1, 0)
    );
    set_ward(json!("burns")).await;
    assert_eq!((names("ward=icu").await.len(), names("ward=burns").await.len()), (0, 1));
    app.post(&format!("/users/{}/roles", mary.id), &json!({ "roles": ["sweeper"] })).bearer(&admin).send().await.expect(200);
    assert_eq!((names("role=nurse").await.len(), names("role=sweeper&ward=burns").await.len(), names("").await.len()), (0, 1, 3));
    app.call("PATCH", &format!("/users/{}", mary.id)).json(&json!({ "name": "Mary Grant" })).bearer(&admin).send().await.expect(200);
    assert_eq!((names("ward=burns").await, names("name=mary%20s").await.len()), (vec!["Mary Grant".to_owned()], 0));
    app.call("POST", &format!("/users/{}/suspend", mary.id)).bearer(&admin).send().await.expect(200);
    let admins = async |query: &str| {
        app.drain().await;
        app.get(&format!("/staff?{query}")).bearer(&admin).send().await.expect(200).body["items"].as_array().unwrap().len()
    };
    assert_eq!((admins("").await, admins("ward=burns").await), (2, 0));
    app.call("POST", &format!("/users/{}/reinstate", mary.id)).bearer(&admin).send().await.expect(200);
    assert_eq!(admins("ward=burns&limit=1").await, 1);
    app.get("/staff?role=patient&ward=x").bearer(&admin).send().await.invalid(&[("role", "invalid_role"), ("ward", "invalid_ward")]);
}
