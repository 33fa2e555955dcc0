//! SQL texts as registered statics, so that a test can prepare every one on both engines.

use std::sync::OnceLock;
use xr_base::{Scope, StoreError};

/// Every statement of the binary, in link order.
#[linkme::distributed_slice]
#[allow(unsafe_code, reason = "linkme places the list in a linker section")]
pub static STATEMENTS: [&'static Statement];

/// One SQL text. Placeholders are written `?1`; `{ORG}` stands for the caller's scope.
///
/// `{ORG}` (or `{ORG:c.}` with a table alias) becomes a condition on `merchant_org` or `buyer_id`; the scope's id is then
/// parameter `?1` and the statement's own parameters start at `?2`. A text without it must say why:
/// `/* unscoped: by id after authorisation */` (decision D17).
///
/// `{BY:platform,merchant,buyer}` after a table names the index to walk in each scope, or `key` for the primary key. SQLite, which keeps
/// no statistics here and plans for values it does not know, takes that one or refuses to prepare the text; PostgreSQL chooses by
/// its statistics.
///
/// `{DOWN:key & key|id|value & value|above|below}` ends a condition: the rows whose keys have these values and whose `id` lies between
/// the two, the greatest first, along an index over (key, key, id). PostgreSQL would rather walk the primary key past all other rows
/// where its statistics say that nearly every row has values like these; asked for the order of that index, it cannot.
#[derive(Debug)]
pub struct Statement {
    /// The text as written.
    pub text: &'static str,
    /// Source file of the statement.
    pub file: &'static str,
    /// Line in that file.
    pub line: u32,
    plain: OnceLock<[String; 2]>,
    scoped: OnceLock<[[String; 2]; 3]>,
}

/// Which text of a statement to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// No scope in the text.
    Plain,
    /// Platform: every row.
    Platform,
    /// One merchant's rows.
    Merchant,
    /// One buyer's rows.
    Buyer,
}

impl Variant {
    /// The variant for a scope.
    pub const fn of(scope: Scope) -> Self {
        match scope {
            Scope::Platform => Self::Platform,
            Scope::Merchant(_) => Self::Merchant,
            Scope::Buyer(_) => Self::Buyer,
        }
    }
}

/// The two ways placeholders are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `?1`.
    Sqlite,
    /// `$1`.
    Postgres,
}

impl Statement {
    /// Used by [`sql!`](crate::sql) only.
    pub const fn new(text: &'static str, file: &'static str, line: u32) -> Self {
        Self { text, file, line, plain: OnceLock::new(), scoped: OnceLock::new() }
    }

    /// Whether the text has an `{ORG}` place.
    pub fn is_scoped(&self) -> bool {
        self.text.contains("{ORG")
    }

    /// The text to prepare.
    pub fn for_engine(&self, variant: Variant, dialect: Dialect) -> &str {
        let column = usize::from(dialect == Dialect::Postgres);
        let row = match variant {
            Variant::Plain => {
                let texts = self.plain.get_or_init(|| both(&strip_comments(self.text), 0));
                return &texts[column];
            }
            Variant::Platform => 0,
            Variant::Merchant => 1,
            Variant::Buyer => 2,
        };
        let texts = self.scoped.get_or_init(|| {
            let text = strip_comments(self.text);
            [(0, "CAST(?1 AS BIGINT) IS NOT NULL"), (1, "{}merchant_org = ?1"), (2, "{}buyer_id = ?1")]
                .map(|(scope, condition)| both(&expand_scope(&text, condition), scope))
        });
        &texts[row][column]
    }
}

/// Prepares every statement of the binary on the database of `store`; gives those that fail, with why, as `file:line`.
///
/// # Errors
/// [`StoreError`] when the database cannot be reached.
pub fn failing(store: &crate::Store, location: &crate::Location) -> Result<Vec<String>, StoreError> {
    let mut conn = crate::outside::connect(location)?;
    let dialect = match store.engine() {
        crate::Engine::Sqlite => Dialect::Sqlite,
        crate::Engine::Postgres => Dialect::Postgres,
    };
    let mut failed = Vec::new();
    for statement in STATEMENTS {
        let variants: &[Variant] = if statement.is_scoped() {
            &[Variant::Platform, Variant::Merchant, Variant::Buyer]
        } else {
            &[Variant::Plain]
        };
        for variant in variants {
            if let Err(error) = conn.prepare(statement.for_engine(*variant, dialect)) {
                failed.push(format!("{}:{} {variant:?}: {error}", statement.file, statement.line));
            }
        }
    }
    Ok(failed)
}

/// The text for each engine, in the place of `scope` among the indexes that `{BY:}` names.
fn both(text: &str, scope: usize) -> [String; 2] {
    let sqlite = expand(text, "{BY:", |names| match names.split(',').nth(scope).map(str::trim) {
        None => String::new(),
        Some("key") => "NOT INDEXED".to_owned(),
        Some(index) => format!("INDEXED BY {index}"),
    });
    let sqlite = down(&sqlite, |keys, id, values, [above, below]| {
        let equal: Vec<_> = keys.iter().zip(values).map(|(key, value)| format!("{key} = {value} AND")).collect();
        format!("{} {id} > {above} AND {id} < {below} ORDER BY {id} DESC", equal.join(" "))
    });
    let postgres = down(&expand(text, " {BY:", |_| String::new()), |keys, id, values, [above, below]| {
        let (key, value) = (keys.join(", "), values.join(", "));
        let order = keys.iter().map(|key| format!("{key} DESC, ")).collect::<Vec<_>>().concat();
        format!("({key}, {id}) > ({value}, {above}) AND ({key}, {id}) < ({value}, {below}) ORDER BY {order}{id} DESC")
    });
    [sqlite, postgres.replace('?', "$")]
}

/// Replaces every `{DOWN:…}`; `with` gets its keys, its id, the values of the keys, and what the id lies between.
fn down(text: &str, with: impl Fn(&[&str], &str, &[&str], [&str; 2]) -> String) -> String {
    expand(text, "{DOWN:", |words| {
        let mut words = words.split('|').map(str::trim);
        let [keys, id, values, above, below] = std::array::from_fn(|_| words.next().unwrap_or_default());
        with(&each(keys), id, &each(values), [above, below])
    })
}

fn each(words: &str) -> Vec<&str> {
    words.split('&').map(str::trim).collect()
}

/// Comments are for readers; the engines get the bare text.
fn strip_comments(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        bare.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    bare.push_str(rest);
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn expand_scope(text: &str, condition: &str) -> String {
    expand(text, "{ORG", |alias| condition.replace("{}", alias.strip_prefix(':').unwrap_or("")))
}

/// Replaces every place that begins with `open` and ends with `}` by what `with` makes of the words between.
fn expand(text: &str, open: &str, with: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(start) = rest.find(open) {
        out.push_str(&rest[..start]);
        let inner = &rest[start + open.len()..];
        let (words, after) = inner.split_once('}').unwrap_or((inner, ""));
        out.push_str(&with(words));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Declares and registers one SQL text; gives `&'static Statement`.
#[macro_export]
macro_rules! sql {
    ($text:expr) => {{
        static STATEMENT: $crate::Statement = $crate::Statement::new($text, file!(), line!());
        #[$crate::linkme::distributed_slice($crate::statement::STATEMENTS)]
        #[linkme(crate = $crate::linkme)]
        #[allow(unsafe_code, reason = "linkme places the list in a linker section")]
        static REGISTERED: &'static $crate::Statement = &STATEMENT;
        &STATEMENT
    }};
}

/// Values for the placeholders of a statement, in order.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { &[$($crate::xr_base::value::ToValue::to_value(&$value)),*] };
}

#[cfg(test)]
mod tests {
    use super::*;

    static SCOPED: Statement =
        Statement::new("SELECT id /* why not */ FROM cases c WHERE {ORG:c.} AND id = ?2", "here", 1);
    static PLAIN: Statement = Statement::new("SELECT ?1 /* unscoped: a test */", "here", 2);

    #[test]
    fn placeholders_follow_the_engine() {
        assert_eq!(PLAIN.for_engine(Variant::Plain, Dialect::Sqlite), "SELECT ?1");
        assert_eq!(PLAIN.for_engine(Variant::Plain, Dialect::Postgres), "SELECT $1");
    }

    #[test]
    fn a_scope_becomes_a_condition_on_the_right_column() {
        assert_eq!(
            SCOPED.for_engine(Variant::Merchant, Dialect::Postgres),
            "SELECT id FROM cases c WHERE c.merchant_org = $1 AND id = $2"
        );
        assert_eq!(
            SCOPED.for_engine(Variant::Buyer, Dialect::Sqlite),
            "SELECT id FROM cases c WHERE c.buyer_id = ?1 AND id = ?2"
        );
        assert!(SCOPED.for_engine(Variant::Platform, Dialect::Sqlite).contains("IS NOT NULL AND id = ?2"));
    }

    #[test]
    fn an_index_is_named_for_the_scope_and_only_where_nothing_is_known_of_values() {
        static WALKS: Statement =
            Statement::new("SELECT id FROM cases c {BY:key, two, three} WHERE {ORG:c.}", "here", 3);
        assert_eq!(
            WALKS.for_engine(Variant::Merchant, Dialect::Sqlite),
            "SELECT id FROM cases c INDEXED BY two WHERE c.merchant_org = ?1"
        );
        assert!(
            WALKS
                .for_engine(Variant::Platform, Dialect::Sqlite)
                .starts_with("SELECT id FROM cases c NOT INDEXED WHERE")
        );
        assert_eq!(
            WALKS.for_engine(Variant::Merchant, Dialect::Postgres),
            "SELECT id FROM cases c WHERE c.merchant_org = $1"
        );
    }

    #[test]
    fn rows_of_one_key_are_walked_down_an_index_that_no_other_order_offers() {
        static WALKS: Statement =
            Statement::new("SELECT id FROM t WHERE {DOWN:a & f(b, 2) | t.id | ?1 & 'x' | 0 | ?2} LIMIT 1", "here", 4);
        assert_eq!(
            WALKS.for_engine(Variant::Plain, Dialect::Sqlite),
            "SELECT id FROM t WHERE a = ?1 AND f(b, 2) = 'x' AND t.id > 0 AND t.id < ?2 ORDER BY t.id DESC LIMIT 1"
        );
        assert_eq!(
            WALKS.for_engine(Variant::Plain, Dialect::Postgres),
            "SELECT id FROM t WHERE (a, f(b, 2), t.id) > ($1, 'x', 0) AND (a, f(b, 2), t.id) < ($1, 'x', $2) \
             ORDER BY a DESC, f(b, 2) DESC, t.id DESC LIMIT 1"
        );
    }
}
