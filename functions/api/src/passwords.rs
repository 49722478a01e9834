//! Passwords, hashed with argon2id as OWASP recommends. A check takes the same time whether there is
//! anything to check against or not.

use crate::rules::account::Password;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use holdfast_core::failure::Failure;

use crate::random;

/// Checked where there is no such customer: the hash, with the parameters below, of a forgotten random text.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LCB3aG9tZXZlcg$\
    oMWwxLIEGLesH5ytvBJYv6OUUZjcyzZeSZyN7KUAW5A";
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn argon2() -> Result<Argon2<'static>, Failure> {
    let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(not_hashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters))
}

/// Hashes a password, with a salt of its own.
pub(crate) fn hash(password: &Password) -> Result<String, Failure> {
    let salt = random::bytes()?;
    let hashed = argon2()?.hash_password_with_salt(password.as_bytes(), &salt);
    Ok(hashed.map_err(not_hashed)?.to_string())
}

/// Whether a password is the one that was hashed; without a hash it is not, after the same time.
pub(crate) fn is_right(password: &Password, hashed: Option<&str>) -> Result<bool, Failure> {
    let against = hashed.unwrap_or(NOBODYS);
    let checked = argon2()?.verify_password(password.as_bytes(), against);
    Ok(checked.is_ok() && hashed.is_some())
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
    fn a_password_of_nobody_is_wrong_and_takes_as_much_work_to_check() {
        let typed = password("correct horse battery");
        assert!(!is_right(&typed, None).unwrap());
        let hashed = hash(&typed).unwrap();
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(NOBODYS), cost(&hashed));
        assert_eq!(NOBODYS.len(), hashed.len());
        let checked = argon2().unwrap().verify_password(typed.as_bytes(), NOBODYS);
        // Worked out, and found to be another; not merely unreadable.
        assert_eq!(checked, Err(argon2::password_hash::Error::PasswordInvalid));
    }
}
