//! The pages: for travellers and shoppers at `app/`, for operators at `app/desk/`. `web` has what
//! browsers run; this program hands it out.
//!
//! - [`files`]: the files, which are in the program itself
//! - [`site`]: what is at which address, and what a browser may do with it

pub mod files;
pub mod site;
