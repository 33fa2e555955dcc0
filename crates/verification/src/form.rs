//! What an applicant says of itself.

use crate::Error;
use serde::{Deserialize, Serialize};
use xr_base::{IdentifierFault, IdentifierKind};

/// Who applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Somebody who sells in their own name; the number is that of the identity card.
    Person,
    /// An enterprise; the number is its unified social credit code.
    Enterprise,
}

impl Subject {
    /// The word in tables and the API.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Enterprise => "enterprise",
        }
    }

    /// The subject with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Person, Self::Enterprise].into_iter().find(|subject| subject.word() == word)
    }

    /// Which number names it.
    pub const fn number(self) -> IdentifierKind {
        match self {
            Self::Person => IdentifierKind::ResidentId,
            Self::Enterprise => IdentifierKind::Uscc,
        }
    }

    /// The papers that a review needs.
    pub const fn papers(self) -> &'static [&'static str] {
        match self {
            Self::Person => &["identity_card"],
            Self::Enterprise => &["business_licence"],
        }
    }
}

xr_base::stored_as_word!(Subject);

/// Most characters of a field.
const CHARS_MAX: usize = 100;
const ADDRESS_CHARS_MAX: usize = 200;

/// What an applicant says; whatever is not filled in yet is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// A person or an enterprise.
    pub subject: Subject,
    /// Name as on the papers.
    pub name: String,
    /// Unified social credit code, or number of the identity card.
    #[serde(default)]
    pub code: String,
    /// Legal person as on the licence; none for persons.
    #[serde(default)]
    pub legal_person: String,
    /// Registered address.
    #[serde(default)]
    pub address: String,
    /// Whom we speak to.
    #[serde(default)]
    pub contact: String,
    /// Phone number of the contact.
    #[serde(default)]
    pub phone: String,
    /// E-mail address of the contact.
    #[serde(default)]
    pub email: String,
    /// Bank account that money goes to; may stay empty.
    #[serde(default)]
    pub bank_account: String,
}

impl Form {
    /// As it is kept: trimmed, numbers in their normal form. Empty fields pass; [`Form::missing`] names those that are needed.
    ///
    /// # Errors
    /// [`Error::BadInput`] naming the field that is filled in badly.
    pub fn checked(mut self) -> Result<Self, Error> {
        for (field, max, text) in self.texts() {
            *text = text.trim().to_owned();
            if text.chars().count() > max || text.chars().any(char::is_control) {
                return Err(Error::input(field, format!("at most {max} printable characters")));
            }
        }
        self.code = number("code", self.subject.number(), &self.code)?;
        self.bank_account = number("bank_account", IdentifierKind::BankCard, &self.bank_account)?;
        if self.name.is_empty() {
            return Err(Error::input("name", "empty"));
        }
        if !self.phone.is_empty() && !is_phone(&self.phone) {
            return Err(Error::input("phone", "no phone number"));
        }
        if !self.email.is_empty() && !is_email(&self.email) {
            return Err(Error::input("email", "no e-mail address"));
        }
        if self.subject == Subject::Person {
            self.legal_person.clear();
        }
        Ok(self)
    }

    fn texts(&mut self) -> [(&'static str, usize, &mut String); 8] {
        [
            ("name", CHARS_MAX, &mut self.name),
            ("code", CHARS_MAX, &mut self.code),
            ("legal_person", CHARS_MAX, &mut self.legal_person),
            ("address", ADDRESS_CHARS_MAX, &mut self.address),
            ("contact", CHARS_MAX, &mut self.contact),
            ("phone", CHARS_MAX, &mut self.phone),
            ("email", CHARS_MAX, &mut self.email),
            ("bank_account", CHARS_MAX, &mut self.bank_account),
        ]
    }

    /// The fields that a review needs and that are empty.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut needed = vec![
            ("name", &self.name),
            ("code", &self.code),
            ("contact", &self.contact),
            ("phone", &self.phone),
            ("email", &self.email),
        ];
        if self.subject == Subject::Enterprise {
            needed.push(("legal_person", &self.legal_person));
        }
        needed.into_iter().filter(|(_, text)| text.is_empty()).map(|(field, _)| field).collect()
    }

    /// The first field in which what was read from the papers is not what this says. Blanks and the width of letters do not count.
    pub fn differs(&self, name: &str, code: &str, legal_person: &str) -> Option<&'static str> {
        let is_code = self.subject.number().check(code).is_ok_and(|read| read == self.code);
        if plain(name) != plain(&self.name) {
            Some("name")
        } else if !is_code {
            Some("code")
        } else if self.subject == Subject::Enterprise && plain(legal_person) != plain(&self.legal_person) {
            Some("legal_person")
        } else {
            None
        }
    }
}

fn number(field: &str, kind: IdentifierKind, text: &str) -> Result<String, Error> {
    if text.is_empty() {
        return Ok(String::new());
    }
    kind.check(text).map_err(|fault: IdentifierFault| Error::input(field, fault))
}

/// Digits, with the signs that people write between them.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits) && text.chars().all(|c| c.is_ascii_digit() || "+-() ".contains(c))
}

/// Whether it can be one; whether mail arrives there only mail can tell.
fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else { return false };
    let is_host = host.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '-'));
    !user.is_empty() && host.contains('.') && is_host && !text.chars().any(char::is_whitespace)
}

/// A name as it is compared: full-width brackets and blanks are typed either way.
fn plain(text: &str) -> String {
    let to_ascii = |c: char| match c {
        '\u{FF08}' => '(',
        '\u{FF09}' => ')',
        other => other,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(to_ascii).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn form() -> Form {
        Form {
            subject: Subject::Enterprise,
            name: " 杭州（测试）商贸 ".to_owned(),
            code: "9133 0106-ma2000002m".to_owned(),
            legal_person: "韩梅梅".to_owned(),
            address: String::new(),
            contact: "李雷".to_owned(),
            phone: "+86 138-0000-1111".to_owned(),
            email: "a@b.cn".to_owned(),
            bank_account: String::new(),
        }
    }

    fn refused(change: impl FnOnce(&mut Form)) -> String {
        let mut form = form();
        change(&mut form);
        match form.checked() {
            Err(Error::BadInput { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn numbers_are_kept_in_their_normal_form_and_bad_ones_are_named() {
        let kept = form().checked().unwrap();
        assert_eq!((kept.code.as_str(), kept.name.as_str()), ("91330106MA2000002M", "杭州（测试）商贸"));
        assert_eq!(refused(|f| f.code = "91330106MA2000003M".to_owned()), "code");
        assert_eq!(refused(|f| f.bank_account = "6222020000000000001".to_owned()), "bank_account");
        assert_eq!(refused(|f| f.phone = "12".to_owned()), "phone");
        assert_eq!(refused(|f| f.email = "a@b".to_owned()), "email");
        assert_eq!(refused(|f| f.contact = "a\u{7}b".to_owned()), "contact");
        assert_eq!(refused(|f| f.address = "x".repeat(201)), "address");
        // A company's code is no number of a person.
        assert_eq!(refused(|f| f.subject = Subject::Person), "code");
    }

    #[test]
    fn what_the_reviewer_reads_is_compared_without_blanks_and_widths_and_nothing_else() {
        let form = form().checked().unwrap();
        assert_eq!(form.differs("杭州(测试) 商贸", "91330106MA2000002M", "韩梅梅"), None);
        assert_eq!(form.differs("杭州测试商贸", "91330106MA2000002M", "韩梅梅"), Some("name"));
        assert_eq!(form.differs("杭州（测试）商贸", "91330106MA2000001T", "韩梅梅"), Some("code"));
        assert_eq!(form.differs("杭州（测试）商贸", "", "韩梅梅"), Some("code"));
        assert_eq!(form.differs("杭州（测试）商贸", "91330106MA2000002M", ""), Some("legal_person"));
    }

    #[test]
    fn what_is_missing_is_named_and_a_person_needs_no_legal_person() {
        let mut form = form().checked().unwrap();
        assert!(form.missing().is_empty());
        form.legal_person.clear();
        form.phone.clear();
        assert_eq!(form.missing(), ["phone", "legal_person"]);
        form.subject = Subject::Person;
        assert_eq!(form.missing(), ["phone"]);
    }
}
