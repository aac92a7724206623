//! `cargo run`: the whole hospital, on this machine.

mod start;

use clap::{Parser, Subcommand};
use start::Options;

/// MediTrack on this machine: the API, its database, its mailbox and its schedules in one process.
#[derive(Debug, Parser)]
#[command(name = "meditrack")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the API document, as it is kept in infra/openapi.json.
    Openapi,
    /// Print which function serves which path, as it is kept in Cargo.toml for `cargo lambda watch`.
    WatchRoutes,
    /// Print who may call which route, as it is kept in infra/permissions.md.
    Permissions,
    /// Start everything but the functions, for `cargo lambda watch`.
    Services {
        /// The address where the functions run.
        #[arg(long, default_value = "http://127.0.0.1:9000")]
        lambda: String,
    },
    /// Count the ledger of every medicine again, and compare it with the stock. The hospital must not be running.
    CheckStock {
        /// Make what differs what the ledger says.
        #[arg(long)]
        rebuild: bool,
    },
    /// Prove that invoices equal their lines, and that what was paid and what is outstanding is the total, for every patient. The hospital must not be
    /// running.
    CheckBilling,
    /// Count everything again that reports show, and compare it with the figures. The hospital must not be running.
    CheckFigures {
        /// Make figures that are wrong what was counted.
        #[arg(long)]
        repair: bool,
    },
    /// Make the secrets of a new deployment, as parameters of the template.
    Secrets {
        /// The signing key's id. Choose another one at each rotation.
        #[arg(long, default_value = "key-1")]
        key_id: String,
        /// Other parameters to write beside them, such as SenderEmail=hospital@example.org.
        #[arg(value_name = "NAME=VALUE", value_parser = parameter)]
        parameters: Vec<(String, String)>,
    },
}

/// `NAME=VALUE`.
fn parameter(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    parts.ok_or_else(|| "write NAME=VALUE".to_owned())
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Some(Command::Openapi) => local::openapi::json().map_err(|error| error.to_string()).map(|json| start::say(&json)),
        Some(Command::WatchRoutes) => {
            start::say(&local::functions::watch_routes());
            Ok(())
        }
        Some(Command::Permissions) => {
            start::say(&local::openapi::permissions());
            Ok(())
        }
        Some(Command::Secrets { key_id, parameters }) => {
            local::settings::deployment_secrets(&key_id, parameters).map_err(|error| error.to_string()).map(|json| start::say(&json))
        }
        Some(Command::CheckStock { rebuild }) => start::check_stock(&arguments.options, rebuild).map_err(|error| error.to_string()),
        Some(Command::CheckBilling) => start::check_billing(&arguments.options).map_err(|error| error.to_string()),
        Some(Command::CheckFigures { repair }) => start::check_figures(&arguments.options, repair).map_err(|error| error.to_string()),
        Some(Command::Services { lambda }) => start::run(&arguments.options, Some(&lambda)).map_err(|error| error.to_string()),
        None => start::run(&arguments.options, None).map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(why) => {
            start::complain(&why);
            std::process::ExitCode::FAILURE
        }
    }
}
