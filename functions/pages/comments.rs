//! Browsers get scripts without the lines that are comments alone, and without indentation.

/// Empties those lines: `//…`, and what is between a leading `/**` and its end. The other lines keep their
/// numbers, so an error in a browser still names the line in `web`.
pub(crate) fn code_alone(script: &str) -> Result<String, String> {
    let mut in_block = false;
    let mut kept = String::with_capacity(script.len());
    for (index, line) in script.split('\n').enumerate() {
        let code = code_of(line, &mut in_block);
        // Within a template literal both are text. None may span lines, then none can be cut.
        if code.matches('`').count() % 2 == 1 {
            let line = index + 1;
            return Err(format!(
                "line {line}: a template literal ends on another line; end it on its own"
            ));
        }
        if index > 0 {
            kept.push('\n');
        }
        kept.push_str(code);
    }
    Ok(kept)
}

fn code_of<'a>(line: &'a str, in_block: &mut bool) -> &'a str {
    let text = line.trim_start();
    if !*in_block && text.starts_with("//") {
        return "";
    }
    if !*in_block && !text.starts_with("/**") {
        return text;
    }
    let ended = text.split_once("*/");
    *in_block = ended.is_none();
    ended.map_or("", |(_, rest)| rest.trim())
}
