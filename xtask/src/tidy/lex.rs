//! Tells code, literals and comments apart, for Rust and for TypeScript, without parsing either.

/// What a character belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Everything else, quote marks included.
    Code,
    /// Inside a string, character, template or regular expression literal.
    Literal,
    /// A comment with its marks.
    Comment,
}

/// The languages that tidy reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// `.rs`
    Rust,
    /// `.ts`, `.tsx`, `.mjs`
    Script,
}

/// The class of every character.
pub(crate) fn classes(text: &[char], language: Language) -> Vec<Class> {
    let mut scan = Scan { text, out: Vec::with_capacity(text.len()) };
    match language {
        Language::Rust => scan.rust(),
        Language::Script => scan.script(false),
    }
    scan.out
}

struct Scan<'a> {
    text: &'a [char],
    out: Vec<Class>,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.out.len() + ahead).copied()
    }

    fn take(&mut self, class: Class, count: usize) {
        let left = self.text.len() - self.out.len();
        self.out.extend(std::iter::repeat_n(class, count.min(left)));
    }

    fn rust(&mut self) {
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(true),
                ('"', _) => self.quoted('"', true),
                ('r', _) => self.raw_string(),
                ('\'', _) => self.character_or_lifetime(),
                _ => self.take(Class::Code, 1),
            }
        }
    }

    /// TypeScript; `inside` a template's `${…}` it ends at the closing brace, which it leaves.
    fn script(&mut self, inside: bool) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(false),
                ('/', _) if self.regex_may_start() => self.regex(),
                ('"' | '\'', _) => self.quoted(c, false),
                ('`', _) => self.template(),
                ('}', _) if inside && depth == 0 => return,
                _ => {
                    depth = if c == '{' { depth + 1 } else { depth.saturating_sub(usize::from(c == '}')) };
                    self.take(Class::Code, 1);
                }
            }
        }
    }

    fn line_comment(&mut self) {
        while self.peek(0).is_some_and(|c| c != '\n') {
            self.take(Class::Comment, 1);
        }
    }

    fn block_comment(&mut self, nests: bool) {
        let mut depth = 0_usize;
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('/', Some('*')) if nests || depth == 0 => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.take(Class::Comment, 1);
                    continue;
                }
            }
            self.take(Class::Comment, 2);
            if depth == 0 {
                return;
            }
        }
    }

    /// A literal between two `mark`s; where it may not hold a line break it ends there (an apostrophe in page text).
    fn quoted(&mut self, mark: char, multiline: bool) {
        self.take(Class::Code, 1);
        while let Some(c) = self.peek(0) {
            match c {
                '\\' => self.take(Class::Literal, 2),
                '\n' if !multiline => return,
                _ if c == mark => return self.take(Class::Code, 1),
                _ => self.take(Class::Literal, 1),
            }
        }
    }

    /// `r"…"`, `r#"…"#`, also behind `b` or `c`; anything else that begins with r is a word.
    fn raw_string(&mut self) {
        let rest = self.text[self.out.len()..].iter().skip(1);
        let hashes = rest.take_while(|c| **c == '#').count();
        let before = self.out.len().checked_sub(1).map(|i| self.text[i]);
        let in_word = before.is_some_and(|c| (c.is_alphanumeric() || c == '_') && c != 'b' && c != 'c');
        if in_word || self.peek(hashes + 1) != Some('"') {
            return self.take(Class::Code, 1);
        }
        self.take(Class::Code, hashes + 2);
        while let Some(c) = self.peek(0) {
            if c == '"' && (1..=hashes).all(|i| self.peek(i) == Some('#')) {
                return self.take(Class::Code, hashes + 1);
            }
            self.take(Class::Literal, 1);
        }
    }

    fn character_or_lifetime(&mut self) {
        if self.peek(1) == Some('\\') || self.peek(2) == Some('\'') {
            self.quoted('\'', false);
        } else {
            self.take(Class::Code, 1);
        }
    }

    fn template(&mut self) {
        self.take(Class::Code, 1);
        while let Some(c) = self.peek(0) {
            match (c, self.peek(1)) {
                ('\\', _) => self.take(Class::Literal, 2),
                ('`', _) => return self.take(Class::Code, 1),
                ('$', Some('{')) => {
                    self.take(Class::Code, 2);
                    self.script(true);
                    self.take(Class::Code, 1);
                }
                _ => self.take(Class::Literal, 1),
            }
        }
    }

    /// A slash divides after a value and begins a regular expression after an operator that closes on its line.
    fn regex_may_start(&self) -> bool {
        let before = self.text[..self.out.len()].iter().rev().find(|c| !matches!(c, ' ' | '\t'));
        before.is_some_and(|c| "(,=:[!&|?{;".contains(*c)) && self.regex_length().is_some()
    }

    fn regex_length(&self) -> Option<usize> {
        let (mut at, mut in_set) = (1, false);
        loop {
            match self.peek(at)? {
                '\n' => return None,
                '\\' => at += 1,
                '[' => in_set = true,
                ']' => in_set = false,
                '/' if !in_set => return Some(at + 1),
                _ => {}
            }
            at += 1;
        }
    }

    fn regex(&mut self) {
        let length = self.regex_length().unwrap_or(1);
        self.take(Class::Literal, length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The characters of one class, others as dots.
    fn only(text: &str, language: Language, wanted: Class) -> String {
        let chars: Vec<char> = text.chars().collect();
        let classes = classes(&chars, language);
        assert_eq!(chars.len(), classes.len());
        chars.iter().zip(classes).map(|(c, class)| if class == wanted { *c } else { '.' }).collect()
    }

    #[test]
    fn braces_in_strings_characters_and_comments_are_not_code() {
        let text = r#"a("{", '{', '\'', "\"{"); // {"#;
        assert!(!only(text, Language::Rust, Class::Code).contains('{'));
        assert_eq!(only("x/* /* } */ } */y", Language::Rust, Class::Code), "x...............y");
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        let text = "r#\"a\"b{\"#; br\"}\"; for r#type in x";
        assert_eq!(only(text, Language::Rust, Class::Literal).replace('.', ""), "a\"b{}");
    }

    #[test]
    fn lifetimes_do_not_open_a_character() {
        assert_eq!(only("&'a str, 'b'", Language::Rust, Class::Literal), "..........b.");
    }

    #[test]
    fn templates_hold_code_and_code_holds_templates() {
        let text = "`a${f({b: `c${d}`})}e` + g";
        assert_eq!(only(text, Language::Script, Class::Literal).replace('.', ""), "ace");
    }

    #[test]
    fn an_apostrophe_in_page_text_ends_with_its_line() {
        let text = "<p>don't</p>\nconst a = 1";
        assert!(only(text, Language::Script, Class::Code).ends_with("\nconst a = 1") || text.is_empty());
        assert!(only(text, Language::Script, Class::Literal).contains("t</p>"));
    }

    #[test]
    fn a_regular_expression_is_a_literal_and_a_division_is_not() {
        assert_eq!(only("x = /[/`']{2}/; y", Language::Script, Class::Literal), "..../[/`']{2}/...");
        assert_eq!(only("a / b / c", Language::Script, Class::Literal).replace('.', ""), "");
    }
}
