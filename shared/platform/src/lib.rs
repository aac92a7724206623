//! What every floor stands on besides the rules: configuration, AWS clients, randomness, logs.

pub mod aws;
pub mod config;
pub mod logs;
pub mod random;
