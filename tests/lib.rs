//! Tests only: see `it/main.rs`.
