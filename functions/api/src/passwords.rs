//! Passwords, hashed with argon2id as OWASP recommends. A check takes the same time whether there is
//! anything to check against or not.

use std::sync::{Mutex, PoisonError};

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, PasswordHash, Version};
use holdfast_core::failure::Failure;

use crate::random;
use crate::rules::account::Password;

/// Checked where there is no such customer: the hash, with the parameters below, of a forgotten random text.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LCB3aG9tZXZlcg$\
    oMWwxLIEGLesH5ytvBJYv6OUUZjcyzZeSZyN7KUAW5A";
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// What hashes are worked out in, one after another. Made anew for each, such blocks are scattered over the heap,
/// and the process grows with every sign-in.
static BLOCKS: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// Hashes a password, with a salt of its own.
pub(crate) fn hash(password: &Password) -> Result<String, Failure> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(not_hashed)?;
    let salt = Salt::new(&random::bytes()?).map_err(not_hashed)?;
    let hashed = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(not_hashed)?,
        hash: Some(worked_out(password, &salt, params)?),
        salt: Some(salt),
    };
    Ok(hashed.to_string())
}

/// Whether a password is the one that was hashed; without a hash it is not, after the same time. What is no hash
/// fits no password.
pub(crate) fn is_right(password: &Password, hashed: Option<&str>) -> Result<bool, Failure> {
    let Some((salt, params, right)) = read(hashed.unwrap_or(NOBODYS)) else {
        return Ok(false);
    };
    // Outputs are compared in a time that tells nothing of them.
    let is_right = worked_out(password, &salt, params)? == right;
    Ok(is_right && hashed.is_some())
}

fn read(hashed: &str) -> Option<(Salt, Params, Output)> {
    let hashed = PasswordHash::new(hashed).ok()?;
    let params = Params::try_from(&hashed).ok()?;
    Some((hashed.salt?, params, hashed.hash?))
}

fn worked_out(password: &Password, salt: &Salt, params: Params) -> Result<Output, Failure> {
    let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    blocks.resize(params.block_count(), Block::default());
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, &mut *blocks)
        .map_err(not_hashed)?;
    Output::new(&out).map_err(not_hashed)
}

fn not_hashed(problem: impl std::fmt::Display) -> Failure {
    Failure::unavailable("hashing", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Password {
        serde_json::from_str(&format!("\"{text}\"")).unwrap()
    }

    #[test]
    fn the_right_password_is_right_and_no_other() {
        let hashed = hash(&password("correct horse battery")).unwrap();
        assert!(
            hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hashed}"
        );
        assert!(is_right(&password("correct horse battery"), Some(&hashed)).unwrap());
        assert!(!is_right(&password("incorrect horse"), Some(&hashed)).unwrap());
        let again = hash(&password("correct horse battery")).unwrap();
        assert_ne!(hashed, again, "each has a salt of its own");
    }

    #[test]
    fn what_another_program_has_hashed_is_right() {
        let hashed = "$argon2id$v=19$m=19456,t=2,p=1$xdMshdCgI5+6p+h8JdL20A$\
            7wZMaXbNaVj+Q39SWNfGh05ktrSG1I1A4+62kcuqYtE";
        let is_right = |text: &str| is_right(&password(text), Some(hashed));
        assert_eq!(is_right("correct horse battery"), Ok(true));
        assert_eq!(is_right("correct horse batterz"), Ok(false));
    }

    #[test]
    fn what_is_no_hash_fits_no_password() {
        for hashed in [
            "",
            "correct horse battery",
            "$argon2id$v=19$m=19456,t=2,p=1$",
        ] {
            let typed = password("correct horse battery");
            assert_eq!(is_right(&typed, Some(hashed)), Ok(false), "{hashed}");
        }
    }

    #[test]
    fn a_password_of_nobody_is_wrong_and_takes_as_much_work_to_check() {
        let typed = password("correct horse battery");
        assert!(!is_right(&typed, None).unwrap());
        let hashed = hash(&typed).unwrap();
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(NOBODYS), cost(&hashed));
        assert_eq!(NOBODYS.len(), hashed.len());
        // Worked out, and found to be another; not merely unreadable.
        assert_eq!(is_right(&typed, Some(NOBODYS)), Ok(false));
    }
}
