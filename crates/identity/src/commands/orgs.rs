//! Organisations and their shops.

use super::{of_org, tell};
use crate::model::{Org, OrgKind, Shop, printable};
use crate::{Error, authorise, queries};
use serde_json::json;
use xr_base::{Actor, Currency, Fault, OrgId};
use xr_store::{Command, Tx, params, sql};

/// Longest name of an organisation or shop, in characters.
const NAME_CHARS_MAX: usize = 100;

/// Creates an organisation.
#[derive(Clone, Debug)]
pub struct CreateOrg {
    /// Who creates; needs `identity.manage`.
    pub actor: Actor,
    /// What it is.
    pub kind: OrgKind,
    /// Name, 1..=100 characters.
    pub name: String,
}

impl Command for CreateOrg {
    type Out = Org;
    const NAME: &'static str = "identity.create_org";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Org, Fault> {
        authorise(&self.actor, "identity.manage")?;
        let org = Org { id: tx.id(), kind: self.kind, name: printable("name", &self.name, NAME_CHARS_MAX)? };
        let now = tx.now();
        tx.put(
            sql!("INSERT INTO orgs (id, kind, name, created_at) VALUES (?1, ?2, ?3, ?4) /* unscoped: creating */"),
            params![org.id, org.kind, org.name, now],
        )?;
        let body = json!({ "org": org.id, "kind": org.kind });
        tell(tx, ("identity.org_created", org.id.0), &self.actor, of_org(Some(org.id)), body)?;
        Ok(org)
    }
}

/// Creates a shop of a merchant.
#[derive(Clone, Debug)]
pub struct CreateShop {
    /// Who creates; needs `identity.manage`.
    pub actor: Actor,
    /// The merchant.
    pub org: OrgId,
    /// Name, 1..=100 characters.
    pub name: String,
    /// Policy pack; none means the source platform's or the default one.
    pub pack: Option<String>,
    /// Currency of its prices.
    pub currency: Currency,
}

impl Command for CreateShop {
    type Out = Shop;
    const NAME: &'static str = "identity.create_shop";

    fn run(&self, tx: &mut Tx<'_>) -> Result<Shop, Fault> {
        authorise(&self.actor, "identity.manage")?;
        let org = queries::org(tx, self.org)?.filter(|org| org.kind == OrgKind::Merchant).ok_or(Error::NoSuchOrg)?;
        let pack = self.pack.as_deref().map(|pack| printable("pack", pack, NAME_CHARS_MAX)).transpose()?;
        let name = printable("name", &self.name, NAME_CHARS_MAX)?;
        let shop = Shop { id: tx.id(), merchant_org: org.id, name, pack, currency: self.currency };
        let now = tx.now();
        tx.put(
            sql!(
                "INSERT INTO shops (id, merchant_org, name, pack, currency, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) /* unscoped: creating */"
            ),
            params![shop.id, shop.merchant_org, shop.name, shop.pack, shop.currency, now],
        )?;
        let body = json!({ "shop": shop.id, "pack": shop.pack });
        tell(tx, ("identity.shop_created", shop.id.0), &self.actor, of_org(Some(org.id)), body)?;
        Ok(shop)
    }
}
