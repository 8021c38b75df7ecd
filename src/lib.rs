//! Break/fix training for GitLab.
//!
//! Modules in the order of their dependencies. Each uses only those on lines above its own; `tests/imports.rs` holds it to
//! that, and knows the exceptions.
//!
//! ```text
//! event parallel slug text
//! diagnostic
//! error sheet yaml
//! engine random render
//! doctor image lab
//! plan
//! store
//! app
//! attempt
//! grade pool
//! autograde class prove
//! daemon exit report
//! ops
//! gate
//! cli
//! ```

pub mod app;
pub mod attempt;
pub mod autograde;
pub mod class;
pub mod cli;
pub mod daemon;
pub mod diagnostic;
pub mod doctor;
pub mod engine;
pub mod error;
pub mod event;
pub mod exit;
pub mod gate;
pub mod grade;
pub mod image;
pub mod lab;
pub mod ops;
pub mod parallel;
pub mod plan;
pub mod pool;
pub mod prove;
pub mod random;
pub mod render;
pub mod report;
mod sheet;
pub mod slug;
pub mod store;
pub mod text;
mod yaml;
