//! xiaoer
fn main() {}
