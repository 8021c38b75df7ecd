//! Break/fix training for GitLab.
//!
//! Modules in the order of their dependencies. Each uses only those on lines above its own; `tests/imports.rs` holds it to
//! that.
//!
//! ```text
//! event parallel platform secret slug text
//! id
//! diagnostic
//! error roster yaml
//! engine random render
//! doctor image lab
//! host
//! environment
//! attempt grade
//! class
//! store
//! app
//! check
//! lifecycle
//! pool
//! autograde prove
//! daemon exit report
//! ops
//! gate
//! cli
//! ```

pub mod app;
pub mod attempt;
pub mod autograde;
pub mod check;
pub mod class;
pub mod cli;
pub mod daemon;
pub mod diagnostic;
pub mod doctor;
pub mod engine;
pub mod environment;
pub mod error;
pub mod event;
pub mod exit;
pub mod gate;
pub mod grade;
pub mod host;
pub mod id;
pub mod image;
pub mod lab;
pub mod lifecycle;
pub mod ops;
pub mod parallel;
pub mod platform;
pub mod pool;
pub mod prove;
pub mod random;
pub mod render;
pub mod report;
pub mod roster;
pub mod secret;
pub mod slug;
pub mod store;
pub mod text;
mod yaml;
