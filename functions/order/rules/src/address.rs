//! Where the goods go.

use serde::{Deserialize, Serialize};

const LONGEST_NAME: usize = 100;
const LONGEST_CITY: usize = 100;

/// Where the goods go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Who receives them.
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 100, example = "Example Buyer")
    )]
    pub name: String,
    /// The postcode, as its country writes it.
    #[cfg_attr(feature = "openapi", schema(max_length = 10, example = "01310-100"))]
    pub postcode: String,
    /// The city.
    #[cfg_attr(feature = "openapi", schema(max_length = 100, example = "São Paulo"))]
    pub city: String,
    /// The country, two capital letters of ISO 3166-1.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[A-Z]{2}$", example = "BR"))]
    pub country: String,
}

impl Address {
    /// The field that is wrong, and what is wrong with it.
    pub fn flaw(&self) -> Option<(&'static str, String)> {
        text("name", &self.name, LONGEST_NAME)
            .or_else(|| text("city", &self.city, LONGEST_CITY))
            .or_else(|| country(&self.country))
            .or_else(|| postcode(&self.country, &self.postcode))
    }
}

fn text(field: &'static str, text: &str, longest: usize) -> Option<(&'static str, String)> {
    let plain = !text.chars().any(char::is_control) && text.trim() == text;
    let good = plain && !text.is_empty() && text.chars().count() <= longest;
    let problem = || {
        format!("must be 1 to {longest} characters, without line breaks or blanks at either end")
    };
    (!good).then(|| (field, problem()))
}

fn country(code: &str) -> Option<(&'static str, String)> {
    let known = COUNTRIES.split(' ').any(|country| country == code);
    let problem = "must be the two capital letters of a country (ISO 3166-1), such as BR";
    (!known).then(|| ("country", problem.to_owned()))
}

/// Where a country's postcodes are of one shape, that shape; else something that could be a postcode.
fn postcode(country: &str, code: &str) -> Option<(&'static str, String)> {
    let (shapes, example): (&[&str], &str) = match country {
        "BR" => (&["99999-999", "99999999"], "01310-100"),
        "PT" => (&["9999-999"], "1100-148"),
        "US" => (&["99999", "99999-9999"], "94103"),
        "DE" | "ES" | "FR" | "IT" | "MX" => (&["99999"], "28013"),
        _ => (&[], ""),
    };
    if shapes.is_empty() {
        let problem = "must be 2 to 10 letters, digits, blanks and hyphens";
        return (!is_plausible(code)).then(|| ("postcode", problem.to_owned()));
    }
    let fits = shapes.iter().any(|shape| has_shape(code, shape));
    (!fits).then(|| {
        let problem = format!("must be a postcode of {country}, such as {example}");
        ("postcode", problem)
    })
}

fn is_plausible(code: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-');
    (2..=10).contains(&code.len()) && code.trim() == code && code.chars().all(allowed)
}

fn has_shape(code: &str, shape: &str) -> bool {
    let fits = |(c, wanted): (char, char)| match wanted {
        '9' => c.is_ascii_digit(),
        wanted => c == wanted,
    };
    code.len() == shape.len() && code.chars().zip(shape.chars()).all(fits)
}

/// ISO 3166-1, alpha 2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ \
    BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE \
    DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR \
    GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP \
    KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT \
    MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW \
    PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG \
    TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    fn flaw(country: &str, postcode: &str) -> Option<&'static str> {
        let address = Address {
            name: "Example Buyer".to_owned(),
            postcode: postcode.to_owned(),
            city: "São Paulo".to_owned(),
            country: country.to_owned(),
        };
        address.flaw().map(|(field, _)| field)
    }

    #[test]
    fn there_are_as_many_countries_as_the_standard_has() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
    }

    #[test]
    fn a_postcode_is_written_as_its_country_does() {
        for (country, good) in [
            ("BR", "01310-100"),
            ("BR", "01310100"),
            ("PT", "1100-148"),
            ("US", "94103-1234"),
            ("GB", "SW1A 1AA"),
            ("CA", "K1A 0B1"),
            ("JP", "100-0001"),
        ] {
            assert_eq!(flaw(country, good), None, "{country} {good}");
        }
        for (country, bad) in [
            ("BR", "1310-100"),
            ("BR", "01310 100"),
            ("BR", ""),
            ("US", "9410"),
            ("GB", "SW1A/1AA"),
            ("GB", " SW1A"),
            ("GB", "12345678901"),
        ] {
            assert_eq!(flaw(country, bad), Some("postcode"), "{country} {bad}");
        }
    }

    #[test]
    fn a_country_is_one_that_there_is() {
        for bad in ["", "br", "BRA", "XX", "AD AE", " "] {
            assert_eq!(flaw(bad, "01310-100"), Some("country"), "{bad}");
        }
    }
}
