//! Finds functions with their length and arguments.

use super::lex::Language;
use super::source::{Source, closing};

/// A function with a body, or a declared one (`lines` 1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    /// Its name.
    pub(crate) name: String,
    /// First line, from 1.
    pub(crate) line: usize,
    /// Lines from the name to the closing brace.
    pub(crate) lines: usize,
    /// Arguments, the receiver counted as clippy does.
    pub(crate) arguments: usize,
    /// Whether it is test code.
    pub(crate) is_test: bool,
}

/// All named functions of a file; closures count as lines of the function around them.
pub(crate) fn functions(source: &Source) -> Vec<Function> {
    match source.language {
        Language::Rust => source.words("fn").filter_map(|at| rust(source, at)).collect(),
        Language::Script => {
            let named = source.words("function").filter_map(|at| script(source, at, at + "function".len()));
            let arrows = source.words("const").filter_map(|at| arrow(source, at));
            named.chain(arrows).collect()
        }
    }
}

fn rust(source: &Source, at: usize) -> Option<Function> {
    let (name, after) = name_after(&source.code, at + 2)?;
    let open = open_paren(&source.code, after)?;
    let close = closing(&source.code, open)?;
    let body = body_open(&source.code, close + 1);
    let end = match body {
        Some(brace) => closing(&source.code, brace)?,
        None => close,
    };
    Some(function(source, name, (at, open, close, end)))
}

/// `function name(…): type {`
fn script(source: &Source, at: usize, from: usize) -> Option<Function> {
    let (name, after) = name_after(&source.code, from)?;
    let open = open_paren(&source.code, after)?;
    let close = closing(&source.code, open)?;
    let end = closing(&source.code, script_body(&source.code, close + 1)?)?;
    Some(function(source, name, (at, open, close, end)))
}

/// `const name = (…): type => {`; an arrow without braces is an expression, not counted.
fn arrow(source: &Source, at: usize) -> Option<Function> {
    let code = &source.code;
    let (name, after) = name_after(code, at + "const".len())?;
    let rest = code[after..].trim_start().strip_prefix('=')?.trim_start();
    let rest = rest.strip_prefix("async").map_or(rest, str::trim_start);
    if !rest.starts_with('(') {
        return None;
    }
    let open = code.len() - rest.len();
    let close = closing(code, open)?;
    let arrow = close + code[close..].find("=>")?;
    let statement_ends = code[close..arrow].contains([';', '\n', '=']);
    let brace = arrow + 2 + (code[arrow + 2..].len() - code[arrow + 2..].trim_start().len());
    if statement_ends || !code[brace..].starts_with('{') {
        return None;
    }
    let end = closing(code, brace)?;
    Some(function(source, name, (at, open, close, end)))
}

fn function(source: &Source, name: &str, (at, open, close, end): (usize, usize, usize, usize)) -> Function {
    let line = source.line_of(at);
    Function {
        name: name.to_owned(),
        line,
        lines: source.line_of(end) - line + 1,
        arguments: arguments(&source.code[open + 1..close]),
        is_test: source.is_test_line(line),
    }
}

/// The word after `from` and the offset behind it; none for `fn(` types and macro variables.
fn name_after(code: &str, from: usize) -> Option<(&str, usize)> {
    let rest = code[from..].trim_start_matches('*').trim_start();
    let length = rest.bytes().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'#' | b'?')).count();
    (length > 0 && rest.len() < code[from..].len()).then(|| (&rest[..length], code.len() - rest.len() + length))
}

/// The opening parenthesis of the arguments, behind generics.
fn open_paren(code: &str, from: usize) -> Option<usize> {
    let bytes = code.as_bytes();
    let mut angles = 0_i32;
    for i in from..bytes.len() {
        match bytes[i] {
            b'<' => angles += 1,
            b'>' if bytes[i - 1] != b'-' && bytes[i - 1] != b'=' => angles -= 1,
            b'(' if angles == 0 => return Some(i),
            b';' | b'{' if angles == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The brace of a Rust body; none where a `;` comes first.
fn body_open(code: &str, from: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (i, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(i),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The brace of a TypeScript body, behind a result type that may itself have braces.
fn script_body(code: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let brace = at + code[at..].find('{')?;
        if !code[from..brace].trim_end().ends_with([':', '<', '|', '&']) {
            return Some(brace);
        }
        at = closing(code, brace)? + 1;
    }
}

/// Number of comma-separated arguments on the outer level.
fn arguments(list: &str) -> usize {
    let (mut depth, mut count, mut pending) = (0_i32, 0, false);
    let bytes = list.as_bytes();
    for (i, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            b'>' if i > 0 && bytes[i - 1] != b'-' && bytes[i - 1] != b'=' => depth -= 1,
            b',' if depth == 0 => {
                count += 1;
                pending = false;
                continue;
            }
            _ => {}
        }
        pending |= !byte.is_ascii_whitespace();
    }
    count + usize::from(pending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(String, usize, usize, usize)> {
        let source = Source::read(path, text).expect("a source file");
        functions(&source).into_iter().map(|f| (f.name, f.line, f.lines, f.arguments)).collect()
    }

    fn one(path: &str, text: &str) -> (String, usize, usize, usize) {
        let mut all = found(path, text);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn a_body_ends_at_its_own_brace_whatever_strings_and_comments_say() {
        let text =
            "\nfn a(x: u8) -> u8 {\n    // }\n    let s = \"}\";\n    if x > '}' as u8 { 1 } else { 2 }\n}\nstruct B;";
        assert_eq!(one("a.rs", text), ("a".into(), 2, 5, 1));
    }

    #[test]
    fn generics_closures_and_arrays_do_not_count_as_arguments() {
        let text =
            "fn a<F: Fn(A, B) -> C, const N: usize>(&self, f: F, m: Map<K, V>, t: (u8, u8), [a, b]: [u8; 2],) {}";
        assert_eq!(one("a.rs", text).3, 5);
        assert_eq!(one("a.rs", "fn a() {}").3, 0);
    }

    #[test]
    fn a_declared_function_has_arguments_and_no_body() {
        assert_eq!(
            one("a.rs", "trait T { fn a(&self, b: [u8; 2]) -> [u8; 3];\n const C: u8 = 1; }"),
            ("a".into(), 1, 1, 2)
        );
    }

    #[test]
    fn function_types_and_macro_variables_are_no_functions() {
        assert!(found("a.rs", "type A = fn(u8) -> u8; macro_rules! m { () => { fn $name() {} } }").is_empty());
    }

    #[test]
    fn where_clauses_are_passed_over() {
        let text = "fn a<T>(t: T) -> Vec<T>\nwhere\n    T: Fn(u8) -> u8,\n{\n}\n";
        assert_eq!(one("a.rs", text), ("a".into(), 1, 5, 1));
    }

    #[test]
    fn typescript_functions_components_and_arrows_are_found() {
        let text = "export function A({ a, b }: { a: string; b: B }): { c: number } {\n  return { c: 1 }\n}\n";
        assert_eq!(one("a.tsx", text), ("A".into(), 1, 3, 1));
        assert_eq!(one("a.ts", "const a = async (b: B, c = () => {}) => {\n  b()\n}"), ("a".into(), 1, 3, 2));
        assert!(found("a.ts", "const a = (b + c)\nconst d = list.map(x => { return x })").is_empty());
    }

    #[test]
    fn test_functions_are_told_apart() {
        let source = Source::read("a.rs", "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}").expect("a source");
        let kinds: Vec<bool> = functions(&source).iter().map(|f| f.is_test).collect();
        assert_eq!(kinds, [false, true]);
    }
}
