//! What the parts promise each other, checked without a running stack: the state machine, the
//! template, and the code that they deploy.
//!
//! Each check takes a document and returns complaints that name the state or the resource. Each is
//! tried on the real documents, which must be free of complaints, and on copies that were broken on
//! purpose, so that a check that has lost its teeth is noticed.
//!
//! # Layout
//! - `document`, `yaml`, `jsonata`: reading what is to be checked; `machine`, `template`: what was read
//! - `graph`, `tasks`, `shape`, `variables`: the state machine by itself
//! - `substitutions`, `patience`: the state machine and the template
//! - `roles`, `storage`, `outputs`: the template by itself
//! - `settings`, `rights`: the template and the code; `code`: what that says of itself

#[cfg(test)]
mod code;
#[cfg(test)]
mod document;
#[cfg(test)]
mod graph;
#[cfg(test)]
mod jsonata;
#[cfg(test)]
mod machine;
#[cfg(test)]
mod outputs;
#[cfg(test)]
mod patience;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod shape;
#[cfg(test)]
mod storage;
#[cfg(test)]
mod substitutions;
#[cfg(test)]
mod tasks;
#[cfg(test)]
mod template;
#[cfg(test)]
mod variables;
#[cfg(test)]
mod yaml;
