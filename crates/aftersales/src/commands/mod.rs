//! Use cases of after-sales. What is done to an open case by its machine's events goes through the engine instead.

pub(crate) mod add_evidence;
pub(crate) mod apply;
pub(crate) mod record_contact;
pub(crate) mod set_return_address;
pub(crate) mod upload_picture;
