//! Bytes as text: two small hexadecimal digits each.

/// These bytes in digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a text is so many digits, and nothing else.
pub fn is_hex(text: &str, length: usize) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == length && text.bytes().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_small_and_two_for_each_byte() {
        assert_eq!(hex(&[0, 0x0a, 0xff]), "000aff");
        assert!(is_hex("000aff", 6));
        for bad in ["000AFF", "000afg", "000af", "000aff0", "äöü"] {
            assert!(!is_hex(bad, 6), "{bad}");
        }
    }
}
