//! Writes down which files are in `web`, so that the program has them in itself.

use std::error::Error;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "comments.rs"]
mod comments;

const WEB: &str = "web";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={WEB}");
    let web = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join(WEB);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut found = Vec::new();
    collect(&web, &mut found)?;
    found.sort();
    let mut table = String::from("&[\n");
    for file in &found {
        let name = file
            .strip_prefix(&web)?
            .to_str()
            .ok_or("a name is no text")?;
        let file = served(file, &out.join(WEB).join(name))?;
        writeln!(table, "    ({name:?}, include_bytes!({file:?})),")?;
    }
    table.push(']');
    Ok(fs::write(out.join("files.rs"), table)?)
}

/// What browsers get of a file: of a script its code, of all others the file itself.
fn served(file: &Path, stripped: &Path) -> Result<PathBuf, Box<dyn Error>> {
    if file.extension().is_none_or(|end| end != "js") {
        return Ok(file.to_owned());
    }
    let script = fs::read_to_string(file)?;
    let code =
        comments::code_alone(&script).map_err(|wrong| format!("{}: {wrong}", file.display()))?;
    if let Some(folder) = stripped.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(stripped, code)?;
    Ok(stripped.to_owned())
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
