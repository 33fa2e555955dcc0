//! What the columns of a source mean: kept with the source, applied to every file of it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use xr_base::Problem;

/// What a column can be to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// Number of the order at the source; with the source the key of everything.
    OrderNo,
    /// Number of the line at the source.
    LineNo,
    /// Product code.
    Sku,
    /// Name of the product.
    Title,
    /// Units.
    Quantity,
    /// Price of one.
    UnitPrice,
    /// Price of all units of the line.
    LineAmount,
    /// ISO 4217 code.
    Currency,
    /// When it was ordered.
    PlacedAt,
    /// When it was paid.
    PaidAt,
    /// Name or account of the buyer.
    Buyer,
    /// Whom the parcel goes to.
    RecipientName,
    /// Their phone.
    Phone,
    /// Province.
    Province,
    /// City.
    City,
    /// District.
    District,
    /// Street and house.
    Address,
    /// What the buyer wrote.
    Remark,
}

impl Target {
    /// All of them, in the order of guessing.
    pub(crate) const ALL: [Self; 18] = [
        Self::OrderNo,
        Self::LineNo,
        Self::Sku,
        Self::Title,
        Self::Quantity,
        Self::UnitPrice,
        Self::LineAmount,
        Self::Currency,
        Self::PlacedAt,
        Self::PaidAt,
        Self::Buyer,
        Self::RecipientName,
        Self::Phone,
        Self::Province,
        Self::City,
        Self::District,
        Self::Address,
        Self::Remark,
    ];
}

/// Where the value of a target comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Given {
    /// A column by its header.
    Column(String),
    /// The same value in every row.
    Constant(String),
}

/// What becomes of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    /// It ended elsewhere: written in its final state, without clocks and stock.
    #[default]
    History,
}

/// How days, months and years follow each other where the year does not come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DateOrder {
    /// 2026-01-31 only.
    #[default]
    Ymd,
    /// 31/01/2026.
    Dmy,
    /// 01/31/2026.
    Mdy,
}

/// The meaning of a source's columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// What becomes of an order.
    #[serde(default)]
    pub mode: Mode,
    /// Where each target's value comes from.
    #[schema(value_type = Object)]
    pub columns: BTreeMap<Target, Given>,
    /// IANA name of the zone of times without an offset.
    #[serde(default = "shanghai")]
    pub zone: String,
    /// Order of days, months and years.
    #[serde(default)]
    pub date_order: DateOrder,
    /// Whether `1.234,56` is written for 1234.56.
    #[serde(default)]
    pub decimal_comma: bool,
}

fn shanghai() -> String {
    "Asia/Shanghai".to_owned()
}

/// Longest header or constant, in characters.
const VALUE_CHARS_MAX: usize = 200;

impl Settings {
    /// Where a target's value comes from.
    pub(crate) fn given(&self, target: Target) -> Option<&Given> {
        self.columns.get(&target)
    }

    /// Whether the settings can make orders at all.
    ///
    /// # Errors
    /// 422 naming the field.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let has = |target| self.columns.contains_key(&target);
        let needed = |field: &str| Problem::new(422, "imports.needs_column").field(field);
        if !matches!(self.given(Target::OrderNo), Some(Given::Column(_))) {
            return Err(needed("settings/columns/order_no"));
        }
        if !has(Target::Sku) && !has(Target::Title) {
            return Err(needed("settings/columns/sku"));
        }
        if !has(Target::Quantity) {
            return Err(needed("settings/columns/quantity"));
        }
        if !has(Target::UnitPrice) && !has(Target::LineAmount) {
            return Err(needed("settings/columns/unit_price"));
        }
        if !has(Target::PlacedAt) && !has(Target::PaidAt) {
            return Err(needed("settings/columns/placed_at"));
        }
        for (target, given) in &self.columns {
            let (Given::Column(text) | Given::Constant(text)) = given;
            if text.trim().is_empty() || text.chars().count() > VALUE_CHARS_MAX || text.chars().any(char::is_control) {
                let word = serde_json::to_value(target).unwrap_or_default();
                let field = format!("settings/columns/{}", word.as_str().unwrap_or_default());
                return Err(Problem::new(422, "imports.bad_setting").field(&field));
            }
        }
        let zone = jiff::tz::TimeZone::get(&self.zone);
        zone.map(|_| ()).map_err(|_| Problem::new(422, "imports.bad_setting").field("settings/zone"))
    }
}

#[derive(Deserialize)]
struct Synonyms {
    targets: BTreeMap<Target, Vec<String>>,
}

fn synonyms() -> &'static BTreeMap<Target, Vec<String>> {
    static READ: OnceLock<BTreeMap<Target, Vec<String>>> = OnceLock::new();
    READ.get_or_init(|| {
        let read = toml::from_str::<Synonyms>(include_str!("../../data/columns.toml"));
        let plain = |names: Vec<String>| names.iter().map(|name| bare(name)).collect();
        read.map(|s| s.targets.into_iter().map(|(target, names)| (target, plain(names))).collect()).unwrap_or_default()
    })
}

/// A header as it is compared: letters and digits alone, in lower case, without the unit of money that some add.
fn bare(header: &str) -> String {
    let bare: String = header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    bare.strip_suffix('\u{5143}').map_or(bare.clone(), str::to_owned)
}

/// What the columns of a file probably mean, by their headers; every column is taken once.
pub(crate) fn guess(headers: &[String]) -> BTreeMap<Target, Given> {
    let bare: Vec<String> = headers.iter().map(|header| bare(header)).collect();
    let mut is_taken = vec![false; headers.len()];
    let mut found = BTreeMap::new();
    for target in Target::ALL {
        let names = synonyms().get(&target).map_or(&[][..], Vec::as_slice);
        // A run refuses a column whose header is there twice.
        let is_single = |index: usize| headers.iter().filter(|header| **header == headers[index]).count() == 1;
        let free = |name: &String| (0..bare.len()).find(|at| bare[*at] == *name && !is_taken[*at] && is_single(*at));
        let Some(index) = names.iter().find_map(free) else { continue };
        is_taken[index] = true;
        found.insert(target, Given::Column(headers[index].clone()));
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn guessed(headers: &[&str]) -> Vec<(Target, String)> {
        let headers: Vec<String> = headers.iter().map(|h| (*h).to_owned()).collect();
        let of = |given| match given {
            Given::Column(name) | Given::Constant(name) => name,
        };
        guess(&headers).into_iter().map(|(target, given)| (target, of(given))).collect()
    }

    #[test]
    fn headers_of_both_languages_are_guessed_each_once() {
        let found = guessed(&["订单编号", "商家编码", "宝贝标题", "购买数量", "商品单价（元）", "备注"]);
        let targets: Vec<Target> = found.iter().map(|(target, _)| *target).collect();
        assert_eq!(targets, [Target::OrderNo, Target::Sku, Target::Title, Target::Quantity, Target::UnitPrice]);
        let found =
            guessed(&["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "Country"]);
        assert_eq!(found.len(), 7);
        assert!(found.contains(&(Target::PlacedAt, "InvoiceDate".to_owned())), "{found:?}");
        assert_eq!(guessed(&["Order_ID", "order id"]).len(), 1, "one column for one target");
        assert!(guessed(&["", "x"]).is_empty());
        assert!(guessed(&["order id", "order id"]).is_empty(), "nobody can tell which");
    }

    #[test]
    fn every_target_has_its_synonyms_and_no_name_stands_for_two() {
        let mut seen = BTreeMap::new();
        for target in Target::ALL {
            let names = &synonyms()[&target];
            assert!(!names.is_empty(), "{target:?}");
            for name in names {
                let other = seen.insert(name.clone(), target);
                assert!(other.is_none_or(|other| other == target), "{name}: {other:?} {target:?}");
            }
        }
    }

    #[test]
    fn settings_say_what_they_lack() {
        let column = |name: &str| Given::Column(name.to_owned());
        let mut settings = Settings {
            mode: Mode::History,
            columns: BTreeMap::new(),
            zone: shanghai(),
            date_order: DateOrder::Ymd,
            decimal_comma: false,
        };
        let lacks = |settings: &Settings| settings.check().unwrap_err().field.unwrap();
        assert_eq!(lacks(&settings), "settings/columns/order_no");
        settings.columns.insert(Target::OrderNo, Given::Constant("1".to_owned()));
        assert_eq!(lacks(&settings), "settings/columns/order_no", "one number for all is none");
        settings.columns.insert(Target::OrderNo, column("a"));
        for (target, next) in [
            (Target::Title, "settings/columns/quantity"),
            (Target::Quantity, "settings/columns/unit_price"),
            (Target::LineAmount, "settings/columns/placed_at"),
        ] {
            settings.columns.insert(target, column("x"));
            assert_eq!(lacks(&settings), next);
        }
        settings.columns.insert(Target::PlacedAt, column("x"));
        assert_eq!(settings.check(), Ok(()));
        settings.zone = "Mars/Olympus".to_owned();
        assert_eq!(lacks(&settings), "settings/zone");
    }
}
