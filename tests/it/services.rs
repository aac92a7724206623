//! The emulated services, called as AWS is called.

use std::{fmt::Write as _, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_sesv2::{
    primitives::Blob,
    types::{Destination, EmailContent, RawMessage},
};
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use domain::Clock;
use local::services::Services;
use platform::aws::{self, Patience};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{App, PASSWORD};

/// One HTTP exchange, signed as AWS requires.
async fn s3(address: std::net::SocketAddr, method: &str, path: &str, body: &[u8], secret: &str) -> (u16, String) {
    let identity = Credentials::new("local", secret, None, None, "test").into();
    let mut settings = SigningSettings::default();
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-west-2")
        .name("s3")
        .time(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(now()))
        .settings(settings)
        .build()
        .unwrap();
    let host = address.to_string();
    let url = format!("http://{host}{path}");
    let request = SignableRequest::new(method, url, [("host", host.as_str())].into_iter(), SignableBody::Bytes(body)).unwrap();
    let (instructions, _) = sign(request, &params.into()).unwrap().into_parts();
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
    for (name, value) in instructions.headers() {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    (text[9..12].parse().unwrap(), text)
}

fn now() -> u64 {
    u64::try_from(Clock::system().now().as_second()).unwrap()
}

#[tokio::test]
async fn s3_keeps_files() {
    let folder = tempfile::tempdir().unwrap();
    let key = local::settings::Settings::new("UTC").unwrap().signing_key();
    let services = Services::start(Some(folder.path()), key, Clock::system()).await.unwrap();
    let address = services.s3.unwrap();
    let (status, text) = s3(address, "PUT", "/documents/scan.txt", b"a scan", "local").await;
    assert_eq!(status, 200, "{text}");
    let (status, text) = s3(address, "GET", "/documents/scan.txt", b"", "local").await;
    assert_eq!(status, 200, "{text}");
    assert!(text.ends_with("a scan"), "{text}");
    assert_eq!(s3(address, "GET", "/documents/missing", b"", "local").await.0, 404);
    assert_eq!(s3(address, "GET", "/documents/scan.txt", b"", "another secret").await.0, 403);
}

#[tokio::test]
async fn the_developers_pages() {
    let app = App::new().await;
    app.patient("Ada Byron").await;
    let mails = app.new_mails(&mut 0).await;
    let page = app.get("/mailbox").send().await;
    assert!(page.text.contains("Welcome to Seacole General Hospital") && page.text.contains("ada-byron@example.org"));
    let one = app.get(&format!("/mailbox/{}", mails[0].id)).send().await;
    assert!(one.text.contains("<iframe sandbox="));
    assert_eq!(app.get("/mailbox/none").send().await.status.as_u16(), 404);
    let json = app.get("/mailbox.json").send().await;
    assert_eq!(json.body[0]["to"], "ada-byron@example.org");
    assert!(app.get(&format!("/mailbox/{}/raw", mails[0].id)).send().await.text.contains("Auto-Submitted: auto-generated"));
    assert_eq!(app.get("/health").send().await.body["status"], "ok");
    assert_eq!(app.get("/dead-letters.json").send().await.body, Value::Array(Vec::new()));
    assert_eq!(app.get("/openapi.json").send().await.body["info"]["title"], "MediTrack");
    let docs = app.get("/docs/").send().await;
    assert!(docs.status.is_success() && docs.text.contains("swagger-ui"));
    assert!(app.get("/docs/swagger-ui-bundle.js").send().await.status.is_success());
}

#[tokio::test]
async fn an_odd_address_gets_its_email_and_a_bad_email_holds_up_no_others() {
    let app = App::new().await;
    let odd = "=?utf-8?q?x?=@example.org";
    app.post("/users", &json!({ "role": "nurse", "name": "Odd Address", "email": odd, "password": PASSWORD, "phone": "+44 20 7946 0103" }))
        .send()
        .await
        .expect(202);
    let mails = app.new_mails(&mut 0).await;
    assert_eq!((mails.len(), mails[0].to.as_str()), (1, odd));
    assert!(app.dead_letters.list().is_empty());

    // SES answers differently to an email that it will never take and to one that it may take later.
    let sdk = aws::sdk_config(&app.config.aws, Patience::NobodyWaits);
    let mut client = aws_sdk_sesv2::config::Builder::from(&sdk);
    client.set_endpoint_url(app.config.aws.ses_endpoint.clone());
    let client = aws_sdk_sesv2::Client::from_conf(client.build());
    for (to, message) in [("ada@example.org", "To: <alan@example.org>\r\n\r\nHello\r\n"), ("ada@example.org", "")] {
        let raw = RawMessage::builder().data(Blob::new(message)).build().unwrap();
        let sent = client
            .send_email()
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().raw(raw).build())
            .send()
            .await;
        let refused = sent.unwrap_err().into_service_error();
        assert!(refused.is_bad_request_exception(), "{refused:?}");
    }
    assert_eq!(app.services.mailbox.list().len(), 1);
}

#[tokio::test]
async fn the_signing_key_is_read_from_its_secret() {
    let app = App::new().await;
    let key = users::signing_key::load(&app.config.aws, "signing-key").await.unwrap();
    assert_eq!((key.id, key.pkcs8.expose_secret()), (app.settings.signing_key().id, app.settings.signing_key().pkcs8.expose_secret()));
    let mut nowhere = app.config.aws.clone();
    nowhere.secrets_endpoint = Some("http://127.0.0.1:9".to_owned());
    let refused = users::signing_key::load(&nowhere, "signing-key").await.unwrap_err();
    assert_eq!(refused.to_string(), "the secret with the signing key cannot be read");
}
