//! Words and signs of a guard.

use super::ast::Operator;
use super::{CHARS_MAX, GuardError};

/// A word or sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Int(i64),
    /// The magnitude of the smallest integer, which has no positive twin; only a `-` may stand before it.
    IntMinMagnitude,
    Text(String),
    Word(String),
    Operator(Operator),
    Not,
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
    Dot,
    End,
}

/// All tokens with their positions (characters from 1); the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, GuardError> {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() > CHARS_MAX {
        return Err(GuardError::new(CHARS_MAX + 1, format!("a guard has at most {CHARS_MAX} characters")));
    }
    let mut out = Vec::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        if c.is_whitespace() {
            i += 1;
            continue;
        }
        let (token, next) = token(&chars, i, c)?;
        out.push((token, i + 1));
        i = next;
    }
    out.push((Token::End, chars.len() + 1));
    Ok(out)
}

/// The token that begins at `i`, and the position after it.
fn token(chars: &[char], i: usize, c: char) -> Result<(Token, usize), GuardError> {
    if c.is_ascii_digit() {
        return number(chars, i);
    }
    if c == '\'' || c == '"' {
        return text(chars, i, c);
    }
    if c.is_ascii_alphabetic() || c == '_' {
        let end = run(chars, i, |c| c.is_ascii_alphanumeric() || c == '_');
        let word: String = chars[i..end].iter().collect();
        return Ok((if word == "in" { Token::Operator(Operator::In) } else { Token::Word(word) }, end));
    }
    sign(c, chars.get(i + 1).copied())
        .map(|(token, width)| (token, i + width))
        .ok_or_else(|| GuardError::new(i + 1, format!("`{c}` is no part of a guard")))
}

fn sign(c: char, next: Option<char>) -> Option<(Token, usize)> {
    let operator = |o| Some((Token::Operator(o), 1));
    let wide = |o| Some((Token::Operator(o), 2));
    match (c, next) {
        ('|', Some('|')) => wide(Operator::Or),
        ('&', Some('&')) => wide(Operator::And),
        ('=', Some('=')) => wide(Operator::Equal),
        ('!', Some('=')) => wide(Operator::Unequal),
        ('<', Some('=')) => wide(Operator::LessOrEqual),
        ('>', Some('=')) => wide(Operator::GreaterOrEqual),
        ('<', _) => operator(Operator::Less),
        ('>', _) => operator(Operator::Greater),
        ('+', _) => operator(Operator::Plus),
        ('-', _) => operator(Operator::Minus),
        ('!', _) => Some((Token::Not, 1)),
        ('(', _) => Some((Token::Open, 1)),
        (')', _) => Some((Token::Close, 1)),
        ('[', _) => Some((Token::OpenList, 1)),
        (']', _) => Some((Token::CloseList, 1)),
        (',', _) => Some((Token::Comma, 1)),
        ('.', _) => Some((Token::Dot, 1)),
        _ => None,
    }
}

fn number(chars: &[char], start: usize) -> Result<(Token, usize), GuardError> {
    let end = run(chars, start, |c| c.is_ascii_alphanumeric() || c == '_');
    let digits: String = chars[start..end].iter().collect();
    if let Ok(n) = digits.parse::<i64>() {
        return Ok((Token::Int(n), end));
    }
    if digits.parse::<u64>() == Ok(i64::MIN.unsigned_abs()) {
        return Ok((Token::IntMinMagnitude, end));
    }
    Err(GuardError::new(start + 1, format!("`{digits}` is no integer of 64 bits")))
}

fn text(chars: &[char], start: usize, quote: char) -> Result<(Token, usize), GuardError> {
    let mut out = String::new();
    let mut i = start + 1;
    while let Some(&c) = chars.get(i) {
        match c {
            _ if c == quote => return Ok((Token::Text(out), i + 1)),
            '\\' => {
                i += 1;
                match chars.get(i) {
                    Some(&c @ ('\\' | '\'' | '"')) => out.push(c),
                    _ => return Err(GuardError::new(i, "only \\\\, \\' and \\\" are escapes")),
                }
            }
            _ => out.push(c),
        }
        i += 1;
    }
    Err(GuardError::new(start + 1, "this text has no closing quote"))
}

fn run(chars: &[char], start: usize, is_part: impl Fn(char) -> bool) -> usize {
    chars[start..].iter().position(|c| !is_part(*c)).map_or(chars.len(), |n| start + n)
}
