//! How many bytes of files an organisation may keep at the desk.

use xr_base::{Fault, OrgId, Problem};
use xr_store::{Tx, params, sql};

/// Bytes that the kept and unfinished uploads of one organisation may take together, unless the settings say another number.
pub const UPLOAD_BYTES: u64 = 2 << 30;

/// The number of the settings, for the store's `ext`.
#[derive(Clone, Copy, Debug)]
pub struct UploadQuota(pub u64);

/// Refuses an organisation whose files take more than its quota. Uploads at once on several writers do not see each other's last
/// part, so it may be passed by as many MiB as there are writers.
pub(super) fn check(tx: &mut Tx<'_>, org: OrgId) -> Result<(), Fault> {
    let UploadQuota(most) = tx.ext().copied().unwrap_or(UploadQuota(UPLOAD_BYTES));
    let (used,): (i64,) = tx.one(
        sql!(
            "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM imports WHERE merchant_org = ?1 AND has_file = 1
             /* unscoped: the organisation is a parameter */"
        ),
        params![org],
    )?;
    if u64::try_from(used).is_ok_and(|used| used <= most) {
        return Ok(());
    }
    Err(Problem::new(413, "imports.quota_full").field("file").with("max_mib", most >> 20).into())
}
