//! The case engine: machines, packs, clocks, guards, and the one writer of case state.

pub mod model;
