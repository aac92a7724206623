use domain::Clock;
use platform::config::{Config, TokenKey, signing_key_secret};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::logs::init();
    let config = Config::from_env()?;
    let key = users::signing_key::load(&config.aws, &signing_key_secret()?).await?;
    let state = users::Users::new(&config, &key, &TokenKey::from_env()?, Clock::system())?;
    state.base.store.warm().await;
    lambda_http::run(users::router(state)).await
}
