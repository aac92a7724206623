use domain::Clock;
use platform::config::{Config, documents_bucket};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    platform::logs::init();
    let state = medical_records::MedicalRecords::new(&Config::from_env()?, documents_bucket()?, Clock::system())?;
    state.base.store.warm().await;
    lambda_http::run(medical_records::router(state)).await
}
