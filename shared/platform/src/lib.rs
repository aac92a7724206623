//! What all other crates build on, apart from the hospital's rules: configuration, AWS clients, randomness and logs.

pub mod aws;
pub mod config;
pub mod logs;
pub mod random;
