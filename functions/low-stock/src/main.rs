use domain::Clock;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use low_stock::{LowStock, answer};
use platform::config::{Config, Scheduling};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    platform::logs::init();
    let state = LowStock::new(&Config::from_env()?, Scheduling::from_env()?, Clock::system());
    state.base.store.warm().await;
    lambda_runtime::run(service_fn(async |event: LambdaEvent<_>| answer(&state, event.payload).await.map_err(Error::from))).await
}
