use domain::Clock;
use http::AppState;
use platform::config::Config;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::logs::init();
    let state = AppState::new(&Config::from_env()?, Clock::system())?;
    state.store.warm().await;
    lambda_http::run(patients::router(&state)).await
}
