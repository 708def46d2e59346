//! Runs the CRM and the web site on the loopback, for demonstrations and for trying things out.
//!
//! Usage: `loopback-servers CA_FILE [--token TOKEN] [--crm-port PORT] [--web-port PORT]`
//!
//! It writes the certificate of a new authority to `CA_FILE`, prints one line of JSON that says
//! where the servers are, and runs until its input ends. Lines of its input change the CRM, and
//! each is answered by `ok` or by what is wrong with it:
//!
//! - `token TOKEN`: takes this token, and the one before no more
//! - `trouble 429 SECONDS`, `trouble STATUS`: for the next request
//! - `twist echo`, `twist honest`: puts the authorization into each note, or no more
//! - `requests`: how many came to each server, as JSON

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to the person who called it"
)]

use std::io::{self, BufRead as _};
use std::process::ExitCode;
use std::{env, fs};

use hotcell_testkit::servers::crm::{Crm, Trouble, Twist};
use hotcell_testkit::servers::{Authority, Listen, Server, web};

const USAGE: &str =
    "usage: loopback-servers CA_FILE [--token TOKEN] [--crm-port PORT] [--web-port PORT]";

/// The names under which the servers may be called. `localhost` needs no resolver.
const NAMES: [&str; 5] = ["localhost", "127.0.0.1", "::1", "crm.test", "web.test"];

/// What the command line says.
struct Options {
    ca_file: String,
    token: String,
    crm_port: u16,
    web_port: u16,
}

fn main() -> ExitCode {
    let Some(options) = read_options(env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    match runtime.and_then(|runtime| runtime.block_on(run(&options))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("loopback-servers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn read_options(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options {
        ca_file: arguments.next().filter(|file| !file.starts_with("--"))?,
        token: "crm-token-5f2c81d09e7ab364".to_owned(),
        crm_port: 0,
        web_port: 0,
    };
    while let Some(name) = arguments.next() {
        let value = arguments.next()?;
        match name.as_str() {
            "--token" => options.token = value,
            "--crm-port" => options.crm_port = value.parse().ok()?,
            "--web-port" => options.web_port = value.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}

async fn run(options: &Options) -> io::Result<()> {
    let authority = Authority::new();
    fs::write(&options.ca_file, authority.pem())?;
    let tls = authority.issue(&NAMES).tls();
    let crm = Crm::new(&options.token);
    let listen = Listen::tls(tls.clone()).on_port(options.crm_port);
    let crm_server = Server::start(listen, crm.behaviour()).await?;
    let listen = Listen::tls(tls).on_port(options.web_port);
    let web_server = Server::start(listen, web::behaviour()).await?;
    println!(
        "{}",
        serde_json::json!({
            "crm": crm_server.origin("localhost"),
            "crm_address": crm_server.address().to_string(),
            "web": web_server.origin("localhost"),
            "web_address": web_server.address().to_string(),
            "ca_file": options.ca_file,
            "token": options.token,
        })
    );
    let servers = Servers {
        crm,
        crm_server,
        web_server,
    };
    let obeying = tokio::task::spawn_blocking(move || obey(&servers));
    obeying.await.map_err(io::Error::other)?
}

/// The servers, and the one whose behaviour changes.
struct Servers {
    crm: Crm,
    crm_server: Server,
    web_server: Server,
}

/// Follows the lines of the input until it ends.
fn obey(servers: &Servers) -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let line = line?;
        if line.trim() == "requests" {
            println!(
                "{}",
                serde_json::json!({
                    "crm": servers.crm_server.counts().requests,
                    "web": servers.web_server.counts().requests,
                })
            );
            continue;
        }
        match follow(&servers.crm, &line) {
            Some(()) => println!("ok"),
            None => println!(
                "unknown; there is: token TOKEN, trouble STATUS [SECONDS], twist echo|honest, \
                 requests"
            ),
        }
    }
    Ok(())
}

fn follow(crm: &Crm, line: &str) -> Option<()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["token", token] => crm.set_token(token),
        ["trouble", "429", seconds] => crm.trouble(Trouble::RateLimited(seconds.parse().ok()?)),
        ["trouble", status] => {
            let status = status
                .parse()
                .ok()
                .filter(|status| (100..1000).contains(status))?;
            crm.trouble(Trouble::Status(status));
        }
        ["twist", "echo"] => crm.twist(Twist::EchoAuthorization),
        ["twist", "honest"] => crm.twist(Twist::Honest),
        _ => return None,
    }
    Some(())
}
