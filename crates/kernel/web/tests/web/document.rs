//! The document tells what every operation answers, also where its handler says nothing of it.

use crate::app::TestApp;
use serde_json::{Value, json};
use xr_web::utoipa_axum::routes;
use xr_web::{Access, Routes};

async fn document() -> Value {
    TestApp::new().get("/v1/openapi.json", &[]).await.json()
}

#[tokio::test]
async fn problems_that_come_before_a_handler_are_told() {
    let document = document().await;
    let told = |path: &str, method: &str| {
        let responses = document["paths"][path][method]["responses"].as_object().unwrap();
        responses.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(told("/v1/time", "get"), "200");
    assert_eq!(told("/v1/notes/{id}", "get"), "200 401 429 503");
    assert_eq!(told("/v1/notes/{id}", "delete"), "200 400 401 403 429 503");
    assert_eq!(told("/v1/notes", "post"), "200 400 401 403 408 413 415 422 429 503");
    assert_eq!(told("/v1/live", "get"), "101 400 401 426 429 503");
}

#[tokio::test]
async fn every_refusal_is_a_problem_and_every_answer_is_described() {
    let document = document().await;
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|item| item.as_object().unwrap().values());
    let responses = operations.flat_map(|operation| operation["responses"].as_object().unwrap());
    for (status, response) in responses {
        let is_refusal = status.as_str() >= "400";
        let shared = &document["components"]["responses"][status];
        let told = if is_refusal { shared } else { response };
        assert!(told["description"].as_str().is_some_and(|text| !text.is_empty()), "{status} {response}");
        let schema = &told["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(schema == "#/components/schemas/ProblemBody", is_refusal, "{status} {response}");
        let name = format!("#/components/responses/{status}");
        assert_eq!(response["$ref"] == name.as_str(), is_refusal, "{status} {response}");
    }
}

#[tokio::test]
async fn who_needs_a_session_may_show_it_in_two_ways() {
    let document = document().await;
    let security = |path: &str| document["paths"][path]["get"]["security"].clone();
    assert_eq!(security("/v1/live"), json!([{ "session": [] }, { "bearer": [] }]));
    assert_eq!(security("/v1/time"), Value::Null);
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["session"]["name"], "xiaoer_session");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
}

mod first {
    #[derive(serde::Serialize, utoipa::ToSchema)]
    pub(super) struct Thing {
        weight: i64,
    }

    #[utoipa::path(get, path = "/v1/first", responses((status = 200, body = Thing)))]
    pub(super) async fn show() -> axum::Json<Thing> {
        axum::Json(Thing { weight: 1 })
    }
}

mod second {
    #[derive(serde::Serialize, utoipa::ToSchema)]
    pub(super) struct Thing {
        colour: String,
    }

    #[utoipa::path(get, path = "/v1/second", responses((status = 200, body = Thing)))]
    pub(super) async fn show() -> axum::Json<Thing> {
        axum::Json(Thing { colour: "red".to_owned() })
    }

    #[utoipa::path(get, path = "/v1/third", responses((status = 200, body = Thing)))]
    pub(super) async fn again() -> axum::Json<Thing> {
        show().await
    }
}

#[test]
fn two_schemas_of_one_name_are_found() {
    let one = || Routes::new().add(Access::Public, routes!(second::show));
    assert_eq!(one().add(Access::Public, routes!(second::again)).ambiguous(), [""; 0]);
    assert_eq!(one().add(Access::Public, routes!(first::show)).ambiguous(), ["Thing"]);
    assert_eq!(one().merge(Routes::new().add(Access::Public, routes!(first::show))).ambiguous(), ["Thing"]);
}
