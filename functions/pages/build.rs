//! Writes down which files are in `web`, so that the program has them in itself.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

const WEB: &str = "web";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={WEB}");
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(WEB);
    let mut found = Vec::new();
    collect(&web, &mut found)?;
    found.sort();
    let mut table = String::from("&[\n");
    for file in &found {
        let name = file
            .strip_prefix(&web)?
            .to_str()
            .ok_or("a name is no text")?;
        writeln!(table, "    ({name:?}, include_bytes!({file:?})),")?;
    }
    table.push(']');
    let out = PathBuf::from(env::var("OUT_DIR")?).join("files.rs");
    Ok(fs::write(out, table)?)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => collect(&path, found)?,
            false => found.push(path),
        }
    }
    Ok(())
}
