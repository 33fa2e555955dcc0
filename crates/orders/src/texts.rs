//! Words of people, sealed (SYS-7): they may hold whom a parcel goes to.

xr_store::sealed_text! {
    /// What the buyer wrote on the order.
    pub REMARKS = "orders", "sealed_remark" by "case_id", from "remark"
}
xr_store::sealed_text! {
    /// Wordings of remarks.
    pub WORDINGS = "order_remarks", "sealed_words" by "id", from "words"
}
