//! Access tokens: only those are good that our key has signed, for this hospital, for the present time.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::auth::access_token::{Issuer, Verifier, key_set};
use jsonwebtoken::Algorithm;
use platform::config::SigningKey;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::support::App;

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn opened(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut json = || serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap()).unwrap();
    let (header, claims) = (json(), json());
    (header, claims, parts.next().unwrap().to_owned())
}

#[tokio::test]
async fn forged_tokens_are_refused_alike() {
    let app = App::new().await;
    let good = app.patient("Ada Byron").await.token;
    app.get("/users/me").bearer(&good).send().await.expect(200);
    let (header, claims, signature) = opened(&good);

    let mut administrator = claims.clone();
    administrator["roles"] = json!(["administrator"]);
    let none = json!({ "alg": "none", "typ": "at+jwt", "kid": "local-1" });
    let other_kid = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "local-2" });
    let other_type = json!({ "alg": "EdDSA", "typ": "JWT", "kid": "local-1" });
    let mut forged = vec![
        String::new(),
        "x".to_owned(),
        "a.b.c".to_owned(),
        good[..good.len() - 4].to_owned(),
        format!("{}.{}.{signature}", part(&header), part(&administrator)),
        format!("{}.{}.", part(&none), part(&administrator)),
        format!("{}.{}.{signature}", part(&other_kid), part(&claims)),
        format!("{}.{}.{signature}", part(&other_type), part(&claims)),
    ];
    // HS256 with the public key as the secret.
    let jwks: Value = serde_json::from_str(&app.config.public_keys).unwrap();
    let public = BASE64_URL_SAFE_NO_PAD.decode(jwks["keys"][0]["x"].as_str().unwrap()).unwrap();
    let symmetric = format!("{}.{}", part(&json!({ "alg": "HS256", "typ": "at+jwt", "kid": "local-1" })), part(&administrator));
    let tag = ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &public), symmetric.as_bytes());
    forged.push(format!("{symmetric}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag)));
    for token in &forged {
        app.get("/users/me").bearer(token).send().await.refused(401, "unauthenticated");
    }
    app.get("/users/me").send().await.refused(401, "unauthenticated");
    app.get("/users/me").header("authorization", "Basic YTpi").send().await.refused(401, "unauthenticated");
    let challenge = app.get("/users/me").send().await;
    assert_eq!(challenge.headers["www-authenticate"], "Bearer realm=\"meditrack\"");
}

#[tokio::test]
async fn another_hospitals_token_is_refused() {
    let app = App::new().await;
    let (account, _) = app.staff("Florence Nightingale", domain::role::Role::Administrator).await;
    let session = domain::id::SessionId::new(app.now(), 1);
    let elsewhere = Issuer::new(&app.settings.signing_key(), "https://elsewhere.example.org".to_owned()).unwrap();
    let token = elsewhere.sign(&account, session, 1, app.now()).unwrap();
    app.get("/users/me").bearer(&token).send().await.refused(401, "unauthenticated");

    // The same claims, but for another audience, signed with the real key.
    let (_, mut claims, _) = opened(&app.token(&account).await);
    claims["aud"] = json!("another-service");
    let der = base64::prelude::BASE64_STANDARD.decode(app.settings.signing_key().pkcs8.expose_secret()).unwrap();
    let header = jsonwebtoken::Header {
        typ: Some("at+jwt".to_owned()),
        kid: Some("local-1".to_owned()),
        ..jsonwebtoken::Header::new(Algorithm::EdDSA)
    };
    let token = jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_ed_der(&der)).unwrap();
    app.get("/users/me").bearer(&token).send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_is_good_for_fifteen_minutes() {
    let app = App::new().await;
    let token = app.patient("Ada Byron").await.token;
    app.wait(jiff::SignedDuration::from_secs(15 * 60 - 1));
    app.get("/users/me").bearer(&token).send().await.expect(200);
    app.wait(jiff::SignedDuration::from_secs(1));
    app.get("/users/me").bearer(&token).send().await.refused(401, "token_expired");
    app.set_clock("2026-03-02T07:58:00Z");
    app.get("/users/me").bearer(&token).send().await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_key_set_is_public() {
    let app = App::new().await;
    let answer = app.get("/.well-known/jwks.json").send().await.expect(200);
    assert_eq!(answer.body["keys"][0]["crv"], "Ed25519");
    assert!(answer.body["keys"][0].get("d").is_none());
}

#[tokio::test]
async fn keys_are_rotated_with_an_overlap() {
    let app = App::new().await;
    let (account, old_token) = app.staff("Florence Nightingale", domain::role::Role::Administrator).await;
    let random = ring::rand::SystemRandom::new();
    let pkcs8 = ring::signature::Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let pair = ring::signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8.as_ref()).unwrap();
    let key = SigningKey { id: "key-2".to_owned(), pkcs8: base64::prelude::BASE64_STANDARD.encode(pkcs8).into() };
    let issuer = Issuer::new(&key, app.config.hospital.issuer.clone()).unwrap();
    let session = domain::id::SessionId::new(app.now(), 1);
    let new_token = issuer.sign(&account, session, 1, app.now()).unwrap();

    let new_set = key_set("key-2", ring::signature::KeyPair::public_key(&pair).as_ref());
    let (old, new): (Value, Value) = (serde_json::from_str(&app.config.public_keys).unwrap(), serde_json::from_str(&new_set).unwrap());
    let both = json!({ "keys": [old["keys"][0], new["keys"][0]] }).to_string();
    let verifier = |set: &str| Verifier::new(set, app.config.hospital.issuer.clone(), app.clock.clone()).unwrap();
    assert!(verifier(&app.config.public_keys).verify(&new_token).is_err(), "before: no function knows the new key");
    assert!(verifier(&both).verify(&old_token).is_ok() && verifier(&both).verify(&new_token).is_ok(), "during the rotation both are good");
    assert!(verifier(&new_set).verify(&old_token).is_err(), "afterwards the old one is not good");
    // The new key under the old key's id is refused.
    let renamed = Issuer::new(&SigningKey { id: "local-1".to_owned(), ..key }, app.config.hospital.issuer.clone()).unwrap();
    let swapped = renamed.sign(&account, session, 1, app.now()).unwrap();
    assert!(verifier(&both).verify(&swapped).is_err());
}
