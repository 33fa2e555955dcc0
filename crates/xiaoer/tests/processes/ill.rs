//! The machine is ill: its disk is full or read-only, its clock jumps, its clients do not go on.

use crate::load::{Shop, order_of, read};
use crate::power::OnDisk;
use crate::server::{Server, sweep};
use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;
use xr_testkit::disk::Health;
use xr_testkit::http::Reply;

/// Orders that were answered, and the other answers.
#[derive(Default)]
struct Placed {
    orders: BTreeSet<String>,
    refused: Vec<Reply>,
}

impl Placed {
    fn place(&mut self, shop: &Shop, address: &str, count: usize) -> usize {
        let before = self.orders.len();
        for n in 0..count {
            let reply = shop.place(n).send(address).unwrap();
            match order_of(&reply) {
                Some(order) => assert!(self.orders.insert(order), "an id was given twice"),
                None => self.refused.push(reply),
            }
        }
        self.orders.len() - before
    }

    /// All of them are there, at the server and on the disk without it.
    fn settle(self, market: &OnDisk, shop: &Shop, mut server: Server) {
        let found: BTreeSet<String> = shop.orders(&server.address).into_keys().collect();
        server.kill();
        let mut again = Server::start(&market.place());
        assert_eq!(shop.orders(&again.address).into_keys().collect::<BTreeSet<_>>(), found);
        again.kill();
        assert!(self.orders.is_subset(&found), "{:?}", self.orders.difference(&found).collect::<Vec<_>>());
        sweep(&market.place());
    }
}

#[test]
fn a_disk_that_takes_nothing_more_is_told_and_when_it_does_again_selling_goes_on() {
    let market = OnDisk::new();
    let server = market.start();
    let shop = Shop::open(&server.address);
    let mut placed = Placed::default();
    assert!(placed.place(&shop, &server.address, 20) > 10);
    for health in [Health::Full, Health::ReadOnly] {
        let (refused, known) = (placed.refused.len(), shop.orders(&server.address).len());
        market.disk.turn(health).unwrap();
        assert_eq!(placed.place(&shop, &server.address, 20), 0, "{health:?}");
        for reply in &placed.refused[refused..] {
            // A server's failure with its own code: the client may come again with the same key.
            assert!((500..600).contains(&reply.status) && read(reply)["code"].is_string(), "{}", reply.text());
        }
        // What is there can be read meanwhile, and it is what was told.
        assert_eq!(shop.orders(&server.address).len(), known, "{health:?}");
        market.disk.turn(Health::Good).unwrap();
        assert!(placed.place(&shop, &server.address, 20) > 10, "{health:?}: selling goes on");
    }
    placed.settle(&market, &shop, server);
}

#[test]
fn a_clock_that_jumps_loses_nothing_and_gives_no_id_twice() {
    let market = OnDisk::new();
    let server = market.start();
    let shop = Shop::open(&server.address);
    let mut placed = Placed::default();
    for minutes in [0, 20, -20, 0, 3, -600, 600, 0] {
        market.disk.clock_wrong_by(minutes * 60_000).unwrap();
        placed.place(&shop, &server.address, 10);
    }
    assert!(placed.orders.len() > 30, "{}", placed.orders.len());
    assert!(placed.refused.iter().all(|reply| reply.status < 500), "{:?}", placed.refused.first().map(Reply::text));
    placed.settle(&market, &shop, server);
}

/// Clients that send a byte now and then, or nothing, or half a body; more than the server has threads or places.
#[test]
fn clients_that_do_not_go_on_keep_nobody_from_buying() {
    let market = OnDisk::new();
    let server = market.start();
    let shop = Shop::open(&server.address);
    let beginnings: [&[u8]; 4] = [
        b"",
        b"GET /v1/time HT",
        b"POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{",
        b"GET /v1/time HTTP/1.1\r\nHost: x\r\n",
    ];
    let mut idle: Vec<TcpStream> = Vec::new();
    for n in 0..600 {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.write_all(beginnings[n % beginnings.len()]).unwrap();
        idle.push(stream);
    }
    let mut placed = Placed::default();
    for _ in 0..5 {
        placed.place(&shop, &server.address, 10);
        for stream in &mut idle {
            let _ = stream.write(b"x");
        }
    }
    assert!(placed.orders.len() > 30, "{}", placed.orders.len());
    // In the end the server lets go of them.
    let begin = xr_base::Stopwatch::start();
    let mut open = idle.len();
    while open > 0 && begin.elapsed() < Duration::from_secs(45) {
        open = 0;
        for stream in &mut idle {
            stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
            let mut answer = [0; 512];
            let is_gone = match stream.read(&mut answer) {
                Ok(0) => true,
                Ok(_) => false,
                Err(error) => !matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut),
            };
            open += usize::from(!is_gone);
        }
    }
    eprintln!("all let go after {:?}", begin.elapsed());
    assert_eq!(open, 0, "held for ever");
    placed.settle(&market, &shop, server);
}
