//! As much of JSONata as can be told without evaluating it: brackets, variables, function calls.

/// What an expression consists of, apart from text, numbers and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// An opening bracket.
    Open(char),
    /// A closing bracket.
    Close(char),
    /// A variable, without its `$`.
    Variable(&'a str),
    /// A function that is called, without its `$`.
    Call(&'a str),
}

/// The expression in `{% … %}`, or nothing for other text.
///
/// # Errors
/// When only one end is there, or it is not at the end.
pub(crate) fn within(text: &str) -> Result<Option<&str>, &'static str> {
    let inner = text
        .strip_prefix("{%")
        .and_then(|rest| rest.strip_suffix("%}"));
    match inner {
        Some(inner) if !inner.contains("{%") && !inner.contains("%}") => Ok(Some(inner)),
        None if !text.contains("{%") && !text.contains("%}") => Ok(None),
        _ => Err("must start with {% and end with %}"),
    }
}

/// Takes an expression to pieces.
pub(crate) fn tokens(expression: &str) -> Result<Vec<Token<'_>>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    while let Some(next) = rest.chars().next() {
        let after = &rest[next.len_utf8()..];
        rest = match next {
            '\'' | '"' | '`' => past(after, next)?,
            '(' | '[' | '{' => {
                tokens.push(Token::Open(next));
                after
            }
            ')' | ']' | '}' => {
                tokens.push(Token::Close(next));
                after
            }
            '$' => {
                let part = |c: char| c.is_alphanumeric() || c == '_';
                let name = after.split(|c| !part(c)).next().unwrap_or_default();
                let after = &after[name.len()..];
                let call = after.trim_start().starts_with('(');
                tokens.push(if call {
                    Token::Call(name)
                } else {
                    Token::Variable(name)
                });
                after
            }
            _ => after,
        };
    }
    Ok(tokens)
}

/// What follows a quoted text.
fn past(text: &str, quote: char) -> Result<&str, &'static str> {
    let mut escaped = false;
    for (at, next) in text.char_indices() {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if next == quote => return Ok(&text[at + 1..]),
            _ => {}
        }
    }
    Err("a quotation has no end")
}

/// Whether each bracket has its counterpart.
pub(crate) fn is_balanced(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    for token in tokens {
        match token {
            Token::Open('(') => open.push(')'),
            Token::Open('[') => open.push(']'),
            Token::Open(_) => open.push('}'),
            Token::Close(bracket) if open.pop() != Some(*bracket) => return false,
            _ => {}
        }
    }
    open.is_empty()
}

#[test]
fn an_expression_is_taken_to_pieces() {
    let tokens = tokens("$merge([$booking, {'a $b (': $states.input.leg}])").unwrap();
    assert!(tokens.contains(&Token::Call("merge")));
    assert!(tokens.contains(&Token::Variable("booking")));
    assert!(tokens.contains(&Token::Variable("states")));
    assert!(!tokens.contains(&Token::Variable("b")), "{tokens:?}");
    assert!(is_balanced(&tokens));
}

#[test]
fn what_does_not_close_is_told() {
    for open in ["$f(", "[1", "{'a': 1]", ")", "([)]"] {
        assert!(!is_balanced(&tokens(open).unwrap()), "{open}");
    }
    assert!(tokens("'it\\'s").is_err());
}

#[test]
fn an_expression_stands_alone_in_its_text() {
    assert_eq!(within("{% 1 %}"), Ok(Some(" 1 ")));
    assert_eq!(within("plain"), Ok(None));
    for half in ["{% 1", "1 %}", "a {% 1 %}", "{% 1 %} {% 2 %}"] {
        assert!(within(half).is_err(), "{half}");
    }
}
