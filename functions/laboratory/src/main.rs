use domain::Clock;
use http::AppState;
use platform::config::{Config, documents_bucket};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::logs::init();
    let config = Config::from_env()?;
    let state = laboratory::Laboratories::new(AppState::new(&config, Clock::system())?, &config, documents_bucket()?);
    state.base.store.warm().await;
    lambda_http::run(laboratory::router(state)).await
}
