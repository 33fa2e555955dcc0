//! Routes with who may call them: what is declared is what is enforced, documented and listed.

use crate::access::{Access, guard};
use crate::document;
use crate::state::AppState;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use serde_json::json;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{InfoBuilder, OpenApi, OpenApiBuilder, OpenApiVersion, RefOr, Schema};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// One line of the permission matrix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Pattern, e.g. `/v1/orders/{id}`.
    pub path: String,
    /// HTTP method.
    pub method: &'static str,
    /// Who may call it, as [`Access::word`].
    pub access: String,
}

/// Routes of one slice, or of all.
pub struct Routes {
    router: OpenApiRouter<AppState>,
    listed: Vec<Listed>,
    ambiguous: Vec<String>,
}

impl Default for Routes {
    fn default() -> Self {
        Self::new()
    }
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        let document = OpenApiBuilder::new().info(InfoBuilder::new().title("xiaoer").version("1")).build();
        Self { router: OpenApiRouter::with_openapi(document), listed: Vec::new(), ambiguous: Vec::new() }
    }

    /// Adds handlers of one path: `.add(Access::May("orders.review"), routes!(approve_order))`.
    #[must_use]
    pub fn add(mut self, access: Access, handlers: UtoipaMethodRouter<AppState>) -> Self {
        let (schemas, mut paths, methods) = handlers;
        for (path, item) in &mut paths.paths {
            for (method, operation) in operations(item) {
                operation.extensions.get_or_insert_default().insert("x-access".to_owned(), json!(access.word()));
                document::complete(operation, method, access);
                self.listed.push(Listed { path: path.clone(), method, access: access.word() });
            }
        }
        for (name, schema) in &schemas {
            self.claim(name, schema);
        }
        let methods = methods.layer(from_fn(move |request: Request, next: Next| guard(access, request, next)));
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// Adds another slice's routes.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        for (name, schema) in other.router.get_openapi().components.iter().flat_map(|known| &known.schemas) {
            self.claim(name, schema);
        }
        self.router = self.router.merge(other.router);
        self.listed.extend(other.listed);
        self.ambiguous.extend(other.ambiguous);
        self
    }

    /// Notes when a schema's name is taken by another one: the document would show the same for both.
    fn claim(&mut self, name: &str, schema: &RefOr<Schema>) {
        let known = self.router.get_openapi().components.as_ref().and_then(|known| known.schemas.get(name));
        if known.is_some_and(|known| known != schema) {
            self.ambiguous.push(name.to_owned());
        }
    }

    /// Names of schemas that more than one type claims; must be none.
    pub fn ambiguous(&self) -> &[String] {
        &self.ambiguous
    }

    /// The permission matrix: every operation, sorted by path and method.
    pub fn listed(&self) -> Vec<Listed> {
        let mut listed = self.listed.clone();
        listed.sort();
        listed
    }

    /// The API document (OpenAPI 3.1) of these routes.
    pub fn document(&self) -> OpenApi {
        let mut document = self.router.get_openapi().clone();
        document.openapi = OpenApiVersion::Version31;
        document::explain(&mut document);
        document
    }

    pub(crate) fn into_router(self) -> Router<AppState> {
        self.router.split_for_parts().0
    }
}

pub(crate) fn operations(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    let all = [
        ("GET", item.get.as_mut()),
        ("PUT", item.put.as_mut()),
        ("POST", item.post.as_mut()),
        ("DELETE", item.delete.as_mut()),
        ("OPTIONS", item.options.as_mut()),
        ("HEAD", item.head.as_mut()),
        ("PATCH", item.patch.as_mut()),
        ("TRACE", item.trace.as_mut()),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation?))).collect()
}
