//! What the parts promise each other, checked without a running stack: the state machine, the
//! template, and the code that they deploy.
//!
//! Each check takes a document and returns complaints that name the state or the resource. Each is
//! tried on the real documents, which must be free of complaints, and on copies that were broken on
//! purpose, so that a check that has lost its teeth is noticed.
//!
//! # Layout
//! - `document`, `jsonata`: reading what is to be checked; `machine`, `template`: what was read
//! - `graph`, `tasks`, `shape`, `variables`: the state machine by itself
//! - `substitutions`, `patience`, `kinds`: the state machine and the template
//! - `roles`, `trust`, `apis`, `websockets`, `storage`, `outputs`, `cycles`, `loops`: the template by itself
//! - `products`: the lists of the shop and of the stock
//! - `settings`, `rights`, `logs`, `broker`: the template and the code; `code`, `service`, `calls`, `sources`: what
//!   that says of itself
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod apis;
mod broker;
mod calls;
mod code;
mod cycles;
mod document;
mod graph;
mod jsonata;
mod kinds;
mod logs;
mod loops;
mod machine;
mod outputs;
mod patience;
mod products;
mod rights;
mod roles;
mod service;
mod settings;
mod shape;
mod sources;
mod storage;
mod substitutions;
mod tasks;
mod template;
mod trust;
mod variables;
mod websockets;
