//! A small blocking HTTP/1.1 client: one connection a call, so that a server may die at any moment without riddles.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No answer of a test takes longer.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Name and value; host and length are added.
    pub headers: Vec<(String, String)>,
    /// Body; empty for none.
    pub body: Vec<u8>,
}

impl Ask {
    /// A request without headers and body; `line` is e.g. `GET /v1/orders`.
    pub fn new(line: &str) -> Self {
        let (method, path) = line.split_once(' ').unwrap_or(("GET", line));
        Self { method: method.to_owned(), path: path.to_owned(), ..Self::default() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As the person with this session token.
    #[must_use]
    pub fn by(self, token: &str) -> Self {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    /// With an idempotency key.
    #[must_use]
    pub fn keyed(self, key: &str) -> Self {
        self.with("Idempotency-Key", key)
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &str) -> Self {
        self.with("Content-Type", "application/json").bytes(body.as_bytes())
    }

    /// With a body of bytes.
    #[must_use]
    pub fn bytes(mut self, body: &[u8]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// Sends it to `address` (`host:port`) and waits for the whole answer.
    ///
    /// # Errors
    /// The socket's, and what is no whole HTTP answer: the server died or cut the connection.
    pub fn send(&self, address: &str) -> Result<Reply> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_nodelay(true)?;
        let mut whole = Vec::with_capacity(self.body.len() + 512);
        write!(whole, "{} {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n", self.method, self.path)?;
        for (name, value) in &self.headers {
            write!(whole, "{name}: {value}\r\n")?;
        }
        write!(whole, "Content-Length: {}\r\n\r\n", self.body.len())?;
        whole.extend(&self.body);
        // A server may refuse a large body before it was read; its answer counts, not the broken pipe.
        let sent = stream.write_all(&whole);
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        if answer.is_empty() {
            sent?;
            read?;
        }
        Reply::read(&answer).ok_or_else(|| Error::new(ErrorKind::UnexpectedEof, "half an answer"))
    }
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Reply {
    fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let pair = |line: &str| line.split_once(':').map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()));
        let mut reply = Self { status, headers: lines.filter_map(pair).collect(), body: bytes[end + 4..].to_vec() };
        if reply.header("transfer-encoding") == "chunked" {
            reply.body = unchunked(&reply.body)?;
            return Some(reply);
        }
        let is_whole = match reply.header("content-length").parse::<usize>() {
            Ok(length) => reply.body.len() == length,
            Err(_) => reply.body.is_empty(),
        };
        is_whole.then_some(reply)
    }

    /// The first header of this name (lower case), or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A body that came in pieces; none if the last one is missing.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).ok()?, 16).ok()?;
        let piece = rest.get(end + 2..end + 2 + size)?;
        rest = rest.get(end + 2 + size + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend(piece);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_whole_answer_is_read_and_a_cut_one_is_not() {
        let whole = b"HTTP/1.1 409 Conflict\r\nContent-Type: x\r\nContent-Length: 3\r\n\r\nabc";
        let reply = Reply::read(whole).unwrap();
        assert_eq!((reply.status, reply.header("content-type"), reply.text().as_str()), (409, "x", "abc"));
        for length in 0..whole.len() {
            assert_eq!(Reply::read(&whole[..length]), None, "{length}");
        }
    }

    #[test]
    fn an_answer_in_pieces_is_put_together_and_one_without_its_end_is_none() {
        let whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(Reply::read(whole).unwrap().text(), "abc0123456789");
        assert_eq!(Reply::read(&whole[..whole.len() - 5]), None);
    }

    #[test]
    fn a_request_carries_its_headers_key_and_body() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut peer, _) = listener.accept().unwrap();
            let mut seen = vec![0; 4_096];
            let length = peer.read(&mut seen).unwrap();
            peer.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
            String::from_utf8_lossy(&seen[..length]).into_owned()
        });
        let reply = Ask::new("POST /v1/x").by("t").keyed("k").json("{}").send(&address).unwrap();
        assert_eq!(reply.status, 204);
        let seen = server.join().unwrap();
        assert!(seen.starts_with("POST /v1/x HTTP/1.1\r\n") && seen.ends_with("Content-Length: 2\r\n\r\n{}"), "{seen}");
        assert!(seen.contains("Authorization: Bearer t\r\nIdempotency-Key: k\r\n"), "{seen}");
    }

    #[test]
    fn a_server_that_says_nothing_is_an_error() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || drop(listener.accept()));
        assert!(Ask::new("GET /").send(&address).is_err());
    }
}
