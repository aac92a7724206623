use domain::Clock;
use shared::{State, config::Config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    shared::telemetry::init();
    let state = State::new(&Config::from_env()?, Clock::system())?;
    state.store.warm().await;
    lambda_http::run(patients::router(&state)).await
}
