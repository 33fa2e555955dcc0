//! Somebody else's system: a plain web server that writes down what it hears and answers as it is told.

use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use xr_base::Stopwatch;

const PATIENCE: Duration = Duration::from_secs(20);

/// A message that came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Heard {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }
}

/// How the next message is answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Status(u16),
    /// To another place.
    To(String),
    /// Not at all: the connection ends.
    HangUp,
}

#[derive(Default)]
struct Shared {
    heard: Mutex<Vec<Heard>>,
    answers: Mutex<VecDeque<Answer>>,
    is_over: AtomicBool,
}

pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Receiver {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, shared) = (listener.local_addr().unwrap(), Arc::new(Shared::default()));
        let kept = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if kept.is_over.load(SeqCst) {
                    return;
                }
                // Whoever goes away in the middle is none that was heard.
                let _ = serve(stream.unwrap(), &kept);
            }
        });
        Self { address, shared, thread: Some(thread) }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next messages are answered so; all further ones with 204.
    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.shared.answers.lock().unwrap().extend(answers);
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.shared.heard.lock().unwrap().clone()
    }

    /// Waits until so many messages came.
    pub(crate) fn wait(&self, count: usize) -> Vec<Heard> {
        let start = Stopwatch::start();
        loop {
            let heard = self.heard();
            if heard.len() >= count {
                return heard;
            }
            assert!(start.elapsed() < PATIENCE, "{} of {count}: {heard:?}", heard.len());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.is_over.store(true, SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let answer = shared.answers.lock().unwrap().pop_front().unwrap_or(Answer::Status(204));
    let body = String::from_utf8(body).unwrap();
    shared.heard.lock().unwrap().push(Heard { line: line.trim_end().to_owned(), headers, body });
    let head = match answer {
        Answer::Status(status) => format!("HTTP/1.1 {status} Said\r\n"),
        Answer::To(place) => format!("HTTP/1.1 307 Elsewhere\r\nlocation: {place}\r\n"),
        Answer::HangUp => return Ok(()),
    };
    reader.get_mut().write_all(format!("{head}content-length: 0\r\nconnection: close\r\n\r\n").as_bytes())
}
