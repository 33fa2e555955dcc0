//! Numbers on standard input and output: a CSV of them, each with whether it is well formed.

use super::{IdentifierKind, NoSuchKind};
use std::io;

/// Why a table stopped. Rows before the faulty one are written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// A column is missing.
    #[error("the column {0} is missing")]
    Column(&'static str),
    /// A row names no kind of number.
    #[error("line {line}: {source}")]
    Kind {
        /// From 1, the header included.
        line: u64,
        /// The name.
        source: NoSuchKind,
    },
    /// No CSV, not UTF-8, or reading or writing failed.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// The last of the answer could not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Reads rows with the columns `kind` (`uscc`, `resident_id`, `luhn`, `ean13`) and `value`, in any order among others, and writes
/// `kind,value,valid`: the value exactly as given, 1 for a number that is well formed, else 0.
///
/// # Errors
/// [`TableError`], with the line where it is a line's fault.
pub fn check(input: impl io::Read, output: impl io::Write) -> Result<(), TableError> {
    let mut rows = csv::Reader::from_reader(input);
    let mut output = csv::Writer::from_writer(output);
    let header = rows.headers()?.clone();
    let find = |column: &'static str| header.iter().position(|h| h.trim() == column).ok_or(TableError::Column(column));
    let (kind_at, value_at) = (find("kind")?, find("value")?);
    output.write_record(["kind", "value", "valid"])?;
    for row in rows.records() {
        let row = row?;
        let (kind, value) = (row[kind_at].trim(), &row[value_at]);
        let line = row.position().map_or(0, csv::Position::line);
        let known: IdentifierKind = kind.parse().map_err(|source| TableError::Kind { line, source })?;
        output.write_record([kind, value, if known.check(value).is_ok() { "1" } else { "0" }])?;
    }
    Ok(output.flush()?)
}

#[cfg(test)]
mod tests {
    use super::check;

    fn checked(input: &str) -> String {
        let mut output = Vec::new();
        let ended = check(input.as_bytes(), &mut output);
        let said = ended.err().map(|e| format!("! {e}\n")).unwrap_or_default();
        String::from_utf8(output).expect("UTF-8") + &said
    }

    #[test]
    fn values_are_given_back_exactly() {
        let input = "note,kind,value\n,ean13,\" 690-1234567892\"\nx,luhn,\"1,2\"\n";
        assert_eq!(checked(input), "kind,value,valid\nean13, 690-1234567892,1\nluhn,\"1,2\",0\n");
    }

    #[test]
    fn faults_of_the_table_are_told() {
        assert_eq!(checked("kind,number\n"), "! the column value is missing\n");
        let input = "kind,value\nean13,1\nisbn,2\n";
        let said = "kind,value,valid\nean13,1,0\n! line 3: \"isbn\" is none of uscc, resident_id, luhn, ean13\n";
        assert_eq!(checked(input), said);
    }
}
