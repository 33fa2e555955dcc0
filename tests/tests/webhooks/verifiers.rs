//! The official Python library of Standard Webhooks on the other side; the one for Node takes part in the browser's flows.

use crate::receiver::Receiver;
use crate::{Hook, on_both};
use serde_json::json;
use std::io::Write as _;
use std::process::{Command, Stdio};
use xr_webhooks::Reach;

/// Says of each line (secret, headers, body) what the library says.
const VERIFIER: &str = include_str!("../../python/verify.py");

fn python() -> std::path::PathBuf {
    let python = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/python/bin/python");
    assert!(python.exists(), "{} is set up by `cargo xtask setup --for test`", python.display());
    python
}

#[test]
fn the_official_library_takes_what_we_send_and_refuses_another_time_body_or_secret() {
    on_both(Reach::Anywhere, |web| {
        let receiver = Receiver::start();
        let hook = Hook::add(web, "shop", &receiver, &["none"]);
        let other = Hook::add(web, "shop", &receiver, &["none"]);
        hook.ping(web);
        let heard = receiver.wait(1).remove(0);
        let mut late = heard.headers.clone();
        let seconds: i64 = late["webhook-timestamp"].parse().unwrap();
        late.insert("webhook-timestamp".to_owned(), (seconds - 600).to_string());
        let body = heard.body.replace("1.0", "1.1");
        let lines = [
            json!([hook.secret, heard.headers, heard.body]),
            json!([hook.secret, late, heard.body]),
            json!([hook.secret, heard.headers, body]),
            json!([other.secret, heard.headers, heard.body]),
        ];
        let mut run =
            Command::new(python()).args(["-c", VERIFIER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut input = run.stdin.take().unwrap();
        for line in lines {
            writeln!(input, "{line}").unwrap();
        }
        drop(input);
        let said = String::from_utf8(run.wait_with_output().unwrap().stdout).unwrap();
        let said: Vec<&str> = said.lines().collect();
        assert_eq!(said[0], "taken");
        assert!(said.len() == 4 && said[1..].iter().all(|line| line.starts_with("refused")), "{said:?}");
    });
}
