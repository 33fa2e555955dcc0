//! Which capabilities there are, and what each brings: kinds, effects, machines, packs, schema.

use std::any::Any;
use std::sync::Arc;
use xr_aftersales::{ADJUDICATION_LIMIT_MINOR, Adjudicators, AftersalesEffects, AftersalesKind, CaseKind};
use xr_base::calendar::DayTables;
use xr_base::{Fault, UserId};
use xr_case::engine::{Effects, Engine, Kind};
use xr_case::{Compiled, Finding, Library, parse};
use xr_orders::ShipmentBookRef;
use xr_store::sealing::SealedFiles;
use xr_store::{Migration, SealedField, Tx};
use xr_web::{Routes, Texts};

/// Machines of the shipped kinds: file name and text.
pub const MACHINES: &[(&str, &str)] = &[
    ("orders/machines/order.toml", xr_orders::ORDER_MACHINE),
    ("payments/machines/payment.toml", xr_payments::PAYMENT_MACHINE),
    ("payments/machines/refund.toml", xr_payments::REFUND_MACHINE),
    ("aftersales/machines/refund_only.toml", xr_aftersales::REFUND_ONLY_MACHINE),
    ("aftersales/machines/return_refund.toml", xr_aftersales::RETURN_REFUND_MACHINE),
    ("aftersales/machines/exchange.toml", xr_aftersales::EXCHANGE_MACHINE),
    ("verification/machines/verification.toml", xr_verification::VERIFICATION_MACHINE),
];

/// Shipped packs: file name and text; first the bounds that hold for all others.
pub const PACKS: &[(&str, &str)] = &[
    ("packs/statutory/pack.toml", include_str!("../../../packs/statutory/pack.toml")),
    ("packs/xiaoer-default/pack.toml", include_str!("../../../packs/xiaoer-default/pack.toml")),
    ("packs/kuaishou-goods/pack.toml", include_str!("../../../packs/kuaishou-goods/pack.toml")),
    ("packs/taobao/pack.toml", include_str!("../../../packs/taobao/pack.toml")),
    ("packs/jd/pack.toml", include_str!("../../../packs/jd/pack.toml")),
    ("packs/wechat/pack.toml", include_str!("../../../packs/wechat/pack.toml")),
    ("packs/marketplace-b2b/pack.toml", include_str!("../../../packs/marketplace-b2b/pack.toml")),
];

/// People of the platform whose role may rule on after-sales cases.
struct PlatformAdjudicators;

impl Adjudicators for PlatformAdjudicators {
    fn candidates(&self, tx: &mut Tx<'_>) -> Result<Vec<UserId>, Fault> {
        Ok(xr_identity::queries::with_role(tx, "agent")?)
    }
}

/// What orders ask of capabilities above them.
pub fn hooks() -> Vec<Box<dyn Any + Send + Sync>> {
    vec![Box::new(ShipmentBookRef(Arc::new(xr_logistics::Shipments)))]
}

fn kinds() -> Vec<Arc<dyn Kind>> {
    let mut kinds: Vec<Arc<dyn Kind>> =
        vec![Arc::new(xr_orders::OrderKind), Arc::new(xr_payments::PaymentKind), Arc::new(xr_payments::RefundKind)];
    for kind in CaseKind::ALL {
        kinds.push(Arc::new(AftersalesKind::new(*kind, ADJUDICATION_LIMIT_MINOR)));
    }
    kinds.push(Arc::new(xr_verification::VerificationKind));
    kinds
}

fn effects() -> Vec<Arc<dyn Effects>> {
    vec![
        Arc::new(xr_inventory::InventoryEffects),
        Arc::new(xr_payments::PaymentsEffects),
        Arc::new(xr_orders::OrdersEffects),
        Arc::new(xr_logistics::LogisticsEffects),
        Arc::new(AftersalesEffects::new(Arc::new(PlatformAdjudicators))),
        Arc::new(xr_verification::VerificationEffects),
    ]
}

/// The engine with every capability, reckoning with these days.
pub fn engine(days: DayTables) -> Engine {
    let engine = kinds().into_iter().fold(Engine::new(days), Engine::with_kind);
    effects().iter().fold(engine, Engine::with_effects)
}

/// Machines and packs that are shipped, with the words that they may use.
///
/// # Errors
/// Every mistake in a file, with its place; a build whose tests pass has none.
pub fn library(engine: &Engine) -> Result<Library, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut library =
        Library { vocabularies: engine.vocabularies(), effects: engine.effect_specs(), ..Library::default() };
    for (file, text) in MACHINES {
        match parse::machine(file, text) {
            Ok(machine) => library.machines.push(machine),
            Err(more) => findings.extend(more),
        }
    }
    for (file, text) in PACKS {
        match parse::pack(file, text) {
            Ok(pack) => library.packs.push(pack),
            Err(more) => findings.extend(more),
        }
    }
    if findings.is_empty() { Ok(library) } else { Err(findings) }
}

/// Rulebooks of every kind under every pack that a case may run on.
///
/// # Errors
/// Every finding of merging and compiling.
pub fn rulebooks(library: &Library) -> Result<Vec<Arc<Compiled>>, Vec<Finding>> {
    let mut books = Vec::new();
    for pack in library.choosable() {
        books.extend(library.rulebooks(&pack.name)?.into_iter().map(Arc::new));
    }
    Ok(books)
}

/// Schema of every capability; the store adds its own.
pub fn migrations() -> Vec<Migration> {
    [
        xr_case::MIGRATIONS,
        xr_identity::MIGRATIONS,
        xr_casework::MIGRATIONS,
        xr_catalog::MIGRATIONS,
        xr_inventory::MIGRATIONS,
        xr_payments::MIGRATIONS,
        xr_orders::MIGRATIONS,
        xr_logistics::MIGRATIONS,
        xr_aftersales::MIGRATIONS,
        crate::demo::MIGRATIONS,
        xr_imports::MIGRATIONS,
        xr_exports::MIGRATIONS,
        xr_batches::MIGRATIONS,
        xr_oplog::MIGRATIONS,
        xr_webhooks::MIGRATIONS,
        xr_verification::MIGRATIONS,
    ]
    .concat()
}

/// Fields that every capability keeps sealed.
pub fn sealed_fields() -> Vec<SealedField> {
    [
        [xr_orders::recipients::SEALED, xr_orders::texts::REMARKS.0, xr_orders::texts::WORDINGS.0].as_slice(),
        &xr_aftersales::SEALED,
        &[xr_identity::second_factor::SEALED, xr_exports::SEALED_FILTERS, xr_verification::SEALED, xr_webhooks::SEALED],
    ]
    .concat()
}

/// What slices seal under keys of files.
pub fn sealed_files() -> Vec<SealedFiles> {
    [xr_imports::SEALED_FILES.as_slice(), &xr_exports::SEALED_FILES].concat()
}

/// Routes of every capability.
pub fn routes() -> Routes {
    Routes::new()
        .merge(xr_identity::http::routes())
        .merge(xr_casework::http::routes())
        .merge(xr_catalog::http::routes())
        .merge(xr_payments::http::routes())
        .merge(xr_orders::http::routes())
        .merge(xr_logistics::http::routes())
        .merge(xr_aftersales::http::routes())
        .merge(crate::status::routes())
        .merge(crate::keys::http::routes())
        .merge(xr_imports::http::routes())
        .merge(xr_exports::http::routes())
        .merge(xr_batches::http::routes())
        .merge(xr_oplog::http::routes())
        .merge(xr_webhooks::http::routes())
        .merge(xr_verification::http::routes())
}

/// Texts of every capability, in both languages.
///
/// # Errors
/// A catalogue that cannot be read, or a key that two capabilities give.
pub fn texts() -> Result<Texts, xr_web::texts::BadCatalog> {
    Texts::new(&[
        xr_web::TEXTS,
        xr_identity::TEXTS,
        xr_casework::TEXTS,
        xr_catalog::TEXTS,
        xr_inventory::TEXTS,
        xr_payments::TEXTS,
        xr_orders::TEXTS,
        xr_logistics::TEXTS,
        xr_aftersales::TEXTS,
        crate::TEXTS,
        xr_imports::TEXTS,
        xr_exports::TEXTS,
        xr_batches::TEXTS,
        xr_oplog::TEXTS,
        xr_webhooks::TEXTS,
        xr_verification::TEXTS,
    ])
}
