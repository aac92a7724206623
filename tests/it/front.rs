//! The local hospital's HTTP server: which hosts and origins it answers, and how long it waits for slow clients.

use std::time::Duration;

use local::{
    front,
    serve::{Bounds, serve},
    template::Template,
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::support::App;

#[tokio::test]
async fn the_developers_pages_are_for_this_machine() {
    let app = App::new().await;
    let paths = ["/mailbox.json", "/schedules.json", "/dead-letters.json", "/mailbox", "/docs/", "/openapi.json"];
    for path in paths {
        for host in ["localhost", "LOCALHOST:3000", "127.0.0.1:3000", "127.8.0.1", "[::1]:3000", "meditrack.localhost:3000"] {
            assert_ne!(app.get(path).header("host", host).send().await.status.as_u16(), 421, "{path} {host}");
        }
        for host in
            ["rebound.example.org", "192.168.0.7:3000", "localhost.example.org", "notlocalhost", "127.0.0.1.example.org:3000", "", "a b"]
        {
            let refused = app.get(path).header("host", host).send().await;
            assert_eq!((refused.status.as_u16(), &refused.body["code"]), (421, &json!("other_host")), "{path} {host}");
        }
    }
}

#[tokio::test]
async fn pages_of_this_machine_may_call_the_api_as_the_template_says() {
    let app = App::new().await;
    let cors = Template::read().unwrap().cors;
    for origin in ["http://localhost:5173", "http://127.0.0.1:8080", "https://[::1]:3001", "http://portal.localhost"] {
        let preflight = app.call("OPTIONS", "/appointments").header("origin", origin).header("access-control-request-method", "POST");
        let preflight = preflight.header("access-control-request-headers", "authorization,idempotency-key").send().await;
        assert!(preflight.status.is_success(), "{}", preflight.text);
        let said = |name: &str| preflight.headers[name].to_str().unwrap().to_ascii_lowercase();
        assert_eq!(said("access-control-allow-origin"), origin);
        assert_eq!(said("access-control-allow-methods"), cors.allow_methods.join(",").to_ascii_lowercase());
        assert_eq!(said("access-control-allow-headers"), cors.allow_headers.join(","));
        assert_eq!(said("access-control-max-age"), "600");

        let refused = app.get("/appointments").header("origin", origin).send().await.refused(401, "unauthenticated");
        assert_eq!(refused.headers["access-control-allow-origin"], origin, "browsers can read a refusal, too");
        assert_eq!(refused.headers["access-control-expose-headers"], cors.expose_headers.join(","));
    }
    for origin in ["https://example.org", "http://localhost.example.org", "null", "http://192.168.0.7", "file://"] {
        let preflight = app.call("OPTIONS", "/appointments").header("origin", origin).header("access-control-request-method", "POST");
        let preflight = preflight.send().await;
        assert!(!preflight.headers.contains_key("access-control-allow-origin"), "{origin}");
    }
    let tool = app.get("/mailbox.json").header("origin", "http://localhost:5173").send().await;
    assert!(!tool.headers.contains_key("access-control-allow-origin"), "other pages cannot read the mailbox");
}

#[test]
fn clients_in_browsers_can_read_every_header_that_they_need() {
    let exposed = Template::read().unwrap().cors.expose_headers;
    for header in ["etag", "idempotency-replayed", "location", "retry-after", "x-request-id"] {
        assert!(exposed.iter().any(|name| name == header), "{header}");
    }
}

#[tokio::test]
async fn slow_clients_are_not_waited_for() {
    let app = App::new().await;
    let cors = Template::read().unwrap().cors;
    let router = front::router(&app.functions, app.services.clone(), app.dead_letters.clone(), &cors, Duration::from_millis(300));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bounds = Bounds { connections: 4, headers: Duration::from_millis(300) };
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, router, bounds, async { drop(stopped.await) }));

    let mut slow = Vec::new();
    for number in 0..12 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let begun = [
            "",
            "GET /health HTTP/1.1\r\nhost: localhost\r\nx-slow",
            "POST /auth/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
        ];
        stream.write_all(begun[number % 3].as_bytes()).await.unwrap();
        slow.push(stream);
    }
    // It comes after all of them, and is answered while they still wait.
    let mut health = TcpStream::connect(address).await.unwrap();
    health.write_all(b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    timeout(Duration::from_secs(10), health.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"status\":\"ok\"}"), "{answer}");
    for (number, mut stream) in slow.into_iter().enumerate() {
        let mut answer = String::new();
        timeout(Duration::from_secs(10), stream.read_to_string(&mut answer)).await.expect("closed").unwrap();
        assert!(number % 3 != 2 || answer.starts_with("HTTP/1.1 408") && answer.contains("too_slow"), "{number}: {answer}");
    }
    stop.send(()).unwrap();
    timeout(Duration::from_secs(5), server).await.unwrap().unwrap();
}
