//! What of a script browsers do not get. The tests in `web-tests` weigh pages by the same rule and the same example.

#[path = "../comments.rs"]
mod comments;

use comments::code_alone;

#[test]
fn lines_that_are_comments_alone_are_emptied_and_all_others_lose_their_indentation() {
    let written = include_str!("../web-tests/comments/written.js");
    let served = include_str!("../web-tests/comments/served.js");
    assert_eq!(code_alone(written).as_deref(), Ok(served));
}

#[test]
fn a_template_literal_that_spans_lines_is_refused_by_its_line() {
    let refused = code_alone("const a = 1;\nconst b = `\n// text\n`;");
    assert!(refused.is_err_and(|wrong| wrong.starts_with("line 2: ")));
}
