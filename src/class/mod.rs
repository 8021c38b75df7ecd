//! A class: a roster of trainees and the labs they work on together.

pub mod results;
