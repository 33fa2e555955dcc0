//! Numbers with a check character: of companies, people, bank cards and goods.
//!
//! Read leniently (blanks, hyphens, full-width and lower-case letters, as people type and paste them), kept in one normal form.
//! A number that passes is well formed; whether it was ever issued, and to whom, it does not say.

pub mod table_cli;

use std::str::FromStr;

/// Characters of a unified social credit code by their value; I, O, S, V and Z are not used (GB 32100-2015, table 4).
const USCC_ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const USCC_LENGTH: usize = 18;
/// Registering authority and the kinds of organisation it registers (GB 32100-2015, tables 1 and 2, with its amendment).
const USCC_REGISTERED: &[(u8, &[u8])] = &[
    (b'1', b"1239"),
    (b'2', b"19"),
    (b'3', b"123459"),
    (b'4', b"19"),
    (b'5', b"1239"),
    (b'6', b"129"),
    (b'7', b"129"),
    (b'8', b"19"),
    (b'9', b"1239"),
    (b'A', b"19"),
    (b'N', b"1239"),
    (b'Y', b"1"),
];
/// The authority's place: digits of GB/T 2260.
const USCC_PLACE: std::ops::Range<usize> = 2..8;
const RESIDENT_LENGTH: usize = 18;
/// Check characters by the remainder (ISO 7064, MOD 11-2).
const RESIDENT_CHECK: &[u8] = b"10X98765432";
/// Digits of a card number (ISO/IEC 7812-1).
const CARD_LENGTHS: std::ops::RangeInclusive<usize> = 8..=19;
const EAN_LENGTH: usize = 13;

/// What a number names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// Unified social credit code of an organisation (GB 32100-2015).
    Uscc,
    /// Number of a resident's identity card (GB 11643-1999), the 18 digits of the second generation.
    ResidentId,
    /// Number of a bank card, with the check digit of ISO/IEC 7812-1, annex B ("Luhn").
    BankCard,
    /// Goods (GS1 General Specifications, GTIN-13).
    Ean13,
}

/// Why a number is refused; the first fault from the left of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierFault {
    /// Too short or too long, without blanks and hyphens.
    #[error("wrong length")]
    Length,
    /// A character that such a number cannot have at its place.
    #[error("a character that cannot stand there")]
    Character,
    /// No such registering authority, or it registers no such kind of organisation.
    #[error("no such registering authority")]
    Authority,
    /// The day of birth is no day.
    #[error("the day of birth is no day")]
    Birthday,
    /// The check character does not fit the rest: a character is wrong, or two are swapped.
    #[error("the check character does not fit")]
    CheckCharacter,
}

/// The name of no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of uscc, resident_id, luhn, ean13")]
pub struct NoSuchKind(pub String);

impl FromStr for IdentifierKind {
    type Err = NoSuchKind;

    fn from_str(name: &str) -> Result<Self, NoSuchKind> {
        match name {
            "uscc" => Ok(Self::Uscc),
            "resident_id" => Ok(Self::ResidentId),
            "luhn" => Ok(Self::BankCard),
            "ean13" => Ok(Self::Ean13),
            other => Err(NoSuchKind(other.to_owned())),
        }
    }
}

impl IdentifierKind {
    /// The number in its normal form: without blanks and hyphens, in upper-case ASCII.
    ///
    /// # Errors
    /// [`IdentifierFault`], which says what is wrong with it.
    pub fn check(self, given: &str) -> Result<String, IdentifierFault> {
        let normal: String = given.chars().filter_map(normal).collect();
        let digits = normal.as_bytes();
        match self {
            Self::Uscc => uscc(digits),
            Self::ResidentId => resident_id(digits),
            Self::BankCard => bank_card(digits),
            Self::Ean13 => ean13(digits),
        }?;
        Ok(normal)
    }
}

/// A character as it is kept; none for blanks and hyphens.
fn normal(given: char) -> Option<char> {
    /// From full-width forms to ASCII.
    const FULL_WIDTH: u32 = 0xFEE0;
    match given {
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FF0D}' => None,
        blank if blank.is_whitespace() => None,
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(given) - FULL_WIDTH).map(|c| c.to_ascii_uppercase()),
        other => Some(other.to_ascii_uppercase()),
    }
}

const fn fits(holds: bool, fault: IdentifierFault) -> Result<(), IdentifierFault> {
    if holds { Ok(()) } else { Err(fault) }
}

fn all_digits(text: &[u8]) -> Result<(), IdentifierFault> {
    fits(text.iter().all(u8::is_ascii_digit), IdentifierFault::Character)
}

fn digit(character: u8) -> usize {
    usize::from(character - b'0')
}

/// GB 32100-2015, 5.2: weights 3^i mod 31, and 31 less the remainder of their sum.
fn uscc(code: &[u8]) -> Result<(), IdentifierFault> {
    fits(code.len() == USCC_LENGTH, IdentifierFault::Length)?;
    let value = |c: &u8| USCC_ALPHABET.iter().position(|known| known == c);
    let values: Option<Vec<usize>> = code.iter().map(value).collect();
    let values = values.ok_or(IdentifierFault::Character)?;
    all_digits(&code[USCC_PLACE])?;
    let registers = |(authority, kinds): &(u8, &[u8])| *authority == code[0] && kinds.contains(&code[1]);
    fits(USCC_REGISTERED.iter().any(registers), IdentifierFault::Authority)?;
    let modulus = USCC_ALPHABET.len();
    let weighed = values[..USCC_LENGTH - 1].iter().scan(1, |weight, value| {
        let product = value * *weight;
        *weight = *weight * 3 % modulus;
        Some(product)
    });
    let check = (modulus - weighed.sum::<usize>() % modulus) % modulus;
    fits(check == values[USCC_LENGTH - 1], IdentifierFault::CheckCharacter)
}

/// GB 11643-1999: weights 2^(17-i) mod 11 (ISO 7064, MOD 11-2).
fn resident_id(number: &[u8]) -> Result<(), IdentifierFault> {
    fits(number.len() == RESIDENT_LENGTH, IdentifierFault::Length)?;
    let (body, check) = (&number[..RESIDENT_LENGTH - 1], number[RESIDENT_LENGTH - 1]);
    all_digits(body)?;
    fits(check.is_ascii_digit() || check == b'X', IdentifierFault::Character)?;
    let read = |range: std::ops::Range<usize>| body[range].iter().fold(0, |sum, c| sum * 10 + digit(*c));
    let small = |n: usize| i8::try_from(n).unwrap_or(0);
    let year = i16::try_from(read(6..10)).unwrap_or(0);
    let birthday = jiff::civil::Date::new(year, small(read(10..12)), small(read(12..14)));
    fits(birthday.is_ok(), IdentifierFault::Birthday)?;
    let sum = body.iter().fold(0, |sum, c| (sum + digit(*c)) * 2 % 11);
    fits(RESIDENT_CHECK[sum] == check, IdentifierFault::CheckCharacter)
}

fn bank_card(number: &[u8]) -> Result<(), IdentifierFault> {
    fits(CARD_LENGTHS.contains(&number.len()), IdentifierFault::Length)?;
    all_digits(number)?;
    let doubled = |(place, c): (usize, &u8)| match (place % 2, digit(*c)) {
        (0, value) => value,
        (_, value) if value > 4 => value * 2 - 9,
        (_, value) => value * 2,
    };
    let sum: usize = number.iter().rev().enumerate().map(doubled).sum();
    fits(sum.is_multiple_of(10), IdentifierFault::CheckCharacter)
}

fn ean13(number: &[u8]) -> Result<(), IdentifierFault> {
    fits(number.len() == EAN_LENGTH, IdentifierFault::Length)?;
    all_digits(number)?;
    let sum: usize =
        number.iter().enumerate().map(|(place, c)| digit(*c) * if place.is_multiple_of(2) { 1 } else { 3 }).sum();
    fits(sum.is_multiple_of(10), IdentifierFault::CheckCharacter)
}

#[cfg(test)]
mod tests {
    use super::IdentifierFault::{Authority, Birthday, Character, CheckCharacter, Length};
    use super::IdentifierKind::{BankCard, Ean13, ResidentId, Uscc};
    use super::{IdentifierFault, IdentifierKind};

    #[test]
    fn numbers_are_read_as_people_type_them() {
        let cases = [
            (Uscc, "93632525YTPLXG0TEJ", "93632525YTPLXG0TEJ"),
            (Uscc, " 9363-2525 ytplxg0tej\t", "93632525YTPLXG0TEJ"),
            (ResidentId, "440524 18800101 0014", "440524188001010014"),
            (ResidentId, "１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"),
            (BankCard, "4111 1111–1111\u{3000}1111", "4111111111111111"),
            (Ean13, "6901234567892", "6901234567892"),
        ];
        for (kind, given, normal) in cases {
            assert_eq!(kind.check(given).as_deref(), Ok(normal), "{kind:?} {given}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let cases = [
            (Uscc, "", Length),
            (Uscc, "93632525YTPLXG0TE", Length),
            (Uscc, "9363252IYTPLXG0TEJ", Character),
            (Uscc, "9363252AYTPLXG0TEJ", Character),
            (Uscc, "94632525YTPLXG0TEJ", Authority),
            (Uscc, "B3632525YTPLXG0TEJ", Authority),
            (Uscc, "93632525YTPLXG0TEK", CheckCharacter),
            (Uscc, "一二三四五六", Character),
            (ResidentId, "110105491231002", Length),
            (ResidentId, "1101051949123100XX", Character),
            (ResidentId, "11010519490229002X", Birthday),
            (ResidentId, "11010519491331002X", Birthday),
            (ResidentId, "110105194912310021", CheckCharacter),
            (BankCard, "4111111", Length),
            (BankCard, "411111111111111a", Character),
            (BankCard, "4111111111111112", CheckCharacter),
            (Ean13, "690123456789", Length),
            (Ean13, "6901234567893", CheckCharacter),
        ];
        for (kind, given, fault) in cases {
            assert_eq!(kind.check(given), Err(fault), "{kind:?} {given}");
        }
    }

    /// The authorities of the standard that lenient libraries refuse: village collectives have N, the army A, others Y.
    #[test]
    fn authorities_are_those_of_the_standard() {
        for start in ["N2130121D2AMKFFBY", "A1130121D2AMKFFBY", "Y1130121D2AMKFFBY"] {
            let passes = |check: &u8| Uscc.check(&format!("{start}{}", char::from(*check))).is_ok();
            assert_eq!(super::USCC_ALPHABET.iter().filter(|check| passes(check)).count(), 1, "{start}");
        }
        assert_eq!(Uscc.check("Y2130121D2AMKFFBY9"), Err(Authority));
    }

    /// What a check character is for: one wrong character is always found, and so are two swapped neighbours where the
    /// modulus is prime.
    #[test]
    fn slips_of_the_pen_are_found() {
        let found = |kind: IdentifierKind, number: String| {
            assert!(kind.check(&number).is_err(), "{number}");
        };
        let numbers =
            [(Uscc, "93632525YTPLXG0TEJ"), (ResidentId, "11010519491231002X"), (BankCard, "4111111111111111")];
        for (kind, number) in numbers {
            for place in 0..number.len() {
                let kept = number.as_bytes()[place];
                for other in super::USCC_ALPHABET.iter().filter(|c| **c != kept) {
                    let mut bytes = number.as_bytes().to_vec();
                    bytes[place] = *other;
                    found(kind, String::from_utf8(bytes).expect("ASCII"));
                }
                let mut bytes = number.as_bytes().to_vec();
                if kind != BankCard && place > 0 && bytes[place - 1] != bytes[place] {
                    bytes.swap(place - 1, place);
                    found(kind, String::from_utf8(bytes).expect("ASCII"));
                }
            }
        }
    }

    #[test]
    fn faults_have_words() {
        let said: IdentifierFault = Ean13.check("1").expect_err("too short");
        assert_eq!(said.to_string(), "wrong length");
    }
}
