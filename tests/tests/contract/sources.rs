//! The source files of the functions, as text.

use std::collections::BTreeMap;
use std::path::Path;

use crate::document::{file, root};

/// Whether a file is a module of this name, or within one.
pub(crate) fn is_within(path: &str, module: &str) -> bool {
    let names = Path::new(path).with_extension("");
    // The folder of a service may have the name of its handler.
    let mut within = names.iter().skip_while(|name| *name != "src");
    within.any(|name| name == module)
}

/// All sources within a folder by path, without their tests.
pub(crate) fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, is_folder) in listed(folder) {
        let path = format!("{folder}/{name}");
        if is_folder && name != "tests" {
            found.extend(sources(&path));
        } else if name.ends_with(".rs") && name != "tests.rs" {
            let source = file(&path);
            let code = source
                .split("#[cfg(test)]\nmod tests")
                .next()
                .unwrap_or_default();
            found.insert(path, code.to_owned());
        }
    }
    found
}

/// The names of the folders in a folder.
pub(crate) fn folders(folder: &str) -> Vec<String> {
    let all = listed(folder).into_iter();
    let folders = all.filter(|(_, is_folder)| *is_folder);
    folders.map(|(name, _)| name).collect()
}

fn listed(folder: &str) -> Vec<(String, bool)> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let entries = entries.map(|entry| entry.unwrap());
    let named = entries.map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        (name, entry.file_type().unwrap().is_dir())
    });
    named.collect()
}

/// Whether there is such a file.
pub(crate) fn exists(path: &str) -> bool {
    root().join(path).is_file()
}
