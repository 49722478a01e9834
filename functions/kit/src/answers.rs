//! What answers over HTTP have in common, whether they are pages or the API's.

use hyper::HeaderMap;
use hyper::header::{self, HeaderName};

/// Said in every answer: a browser guesses nothing, frames nothing, and tells no other origin where it was.
pub const SECURITY: [(HeaderName, &str); 4] = [
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::STRICT_TRANSPORT_SECURITY,
        "max-age=63072000; includeSubDomains",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// Whether a client says that it has the answer of this tag. What compresses an answer on its way makes its tag
/// a weak one, so that does not count.
pub fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let known = asked.get_all(header::IF_NONE_MATCH).iter();
    let known = known.filter_map(|value| value.to_str().ok());
    known
        .flat_map(|tags| tags.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == opaque(tag))
}

fn opaque(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knows(known: &[&str], tag: &str) -> bool {
        let mut asked = HeaderMap::new();
        for tags in known {
            asked.append(header::IF_NONE_MATCH, tags.parse().unwrap());
        }
        is_known(&asked, tag)
    }

    #[test]
    fn a_tag_is_known_by_itself_weak_or_strong_in_a_list_and_by_a_star() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", W/\"a\"", "*"] {
            assert!(knows(&[known], "\"a\""), "{known}");
            assert!(knows(&[known], "W/\"a\""), "{known}");
        }
        assert!(knows(&["\"b\"", "\"a\""], "\"a\""));
        assert!(!knows(&["\"b\""], "\"a\""));
        assert!(!knows(&[], "\"a\""));
    }
}
