//! Break/fix training for GitLab.

pub mod app;
pub mod attempt;
pub mod autograde;
pub mod class;
pub mod cli;
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
