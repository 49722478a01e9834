//! t
#[cfg(test)]
mod yaml;
