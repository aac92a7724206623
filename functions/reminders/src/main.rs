use domain::Clock;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use mail::EventState;
use platform::{
    aws::{Patience, sdk_config},
    config::Config,
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::logs::init();
    let config = Config::from_env()?;
    let state = EventState::new(&config, &sdk_config(&config.aws, Patience::NobodyWaits), Clock::system());
    state.store.warm().await;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<_>| reminders::handle(&state, event.payload).await.map_err(Error::from))).await
}
