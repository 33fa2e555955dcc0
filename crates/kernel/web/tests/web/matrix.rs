//! What is declared is what is listed, documented and enforced.

use crate::app::{TestApp, routes};
use std::fmt::Write as _;
use xr_web::app::system_routes;

#[test]
fn every_route_is_listed_with_its_access() {
    let mut matrix = String::new();
    for line in system_routes().merge(routes()).listed() {
        writeln!(matrix, "{} {} {}", line.method, line.path, line.access).unwrap();
    }
    let expected = "GET /healthz public\nGET /metrics public\nGET /readyz public\nGET /v1/live signed-in\n\
                    POST /v1/notes notes.write\nDELETE /v1/notes/{id} signed-in\nGET /v1/notes/{id} signed-in\n\
                    GET /v1/time public\n";
    assert_eq!(matrix, expected);
}

#[tokio::test]
async fn the_document_has_the_access_of_every_operation() {
    let app = TestApp::new();
    let document = app.get("/v1/openapi.json", &[]).await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<_> = paths.values().flat_map(|item| item.as_object().unwrap().values()).collect();
    assert_eq!(operations.len(), 8);
    assert!(operations.iter().all(|operation| operation["x-access"].is_string()));
    assert_eq!(paths["/v1/notes"]["post"]["x-access"], "notes.write");
}
