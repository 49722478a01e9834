//! What others wrote, as text of a page or a letter.

use std::fmt::{self, Display};

/// A text as it stands in HTML: it never becomes a tag, an attribute or an entity, and its direction
/// does not reach beyond it.
pub fn escaped(text: &str) -> impl Display {
    Isolated(text)
}

/// A text as it stands where HTML allows no tags, as in a title.
pub fn without_tags(text: &str) -> impl Display {
    Escaped(text)
}

struct Isolated<'a>(&'a str);

impl Display for Isolated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<bdi>{}</bdi>", Escaped(self.0))
    }
}

struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                letter if is_invisible(letter) => f.write_str(" ")?,
                letter => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

/// A text as it stands in a line of plain text, a subject for instance: it never begins a line of its own, and does
/// not turn the direction of what follows.
pub fn on_one_line(text: &str) -> String {
    let plain = |letter| if is_invisible(letter) { ' ' } else { letter };
    text.chars().map(plain).collect()
}

/// Control characters, and those that turn the direction of what follows.
fn is_invisible(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_anything_else() {
        let shown = |text: &str| escaped(text).to_string();
        assert_eq!(
            shown("<script>alert('x')</script>&amp;\""),
            "<bdi>&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;amp;&quot;</bdi>"
        );
        assert_eq!(shown("a\u{202E}b\0c\nd"), "<bdi>a b c d</bdi>");
        assert_eq!(shown("São Paulo 東京"), "<bdi>São Paulo 東京</bdi>");
    }

    #[test]
    fn a_title_has_no_tags() {
        assert_eq!(without_tags("<b>&").to_string(), "&lt;b&gt;&amp;");
    }

    #[test]
    fn no_text_begins_a_line() {
        assert_eq!(on_one_line("a\r\nBcc: b@c.d\u{202E}"), "a  Bcc: b@c.d ");
    }
}
