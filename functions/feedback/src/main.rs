#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), http::Error> {
    http::run(feedback::router).await
}
