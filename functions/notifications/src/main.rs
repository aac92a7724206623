use domain::Clock;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use notifications::{Notifications, answer};
use platform::config::{Config, Scheduling, TokenKey};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::logs::init();
    let state = Notifications::new(&Config::from_env()?, Scheduling::from_env()?, &TokenKey::from_env()?, Clock::system());
    state.base.store.warm().await;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<_>| answer(&state, event.payload).await.map_err(Error::from))).await
}
