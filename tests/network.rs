//! No way out means no way out: what a container reaches, tried from inside on a real engine.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::Duration;

use breakfix::engine::{Command, Engine, OutputLimit};
use support::desk::{Desk, text};

/// A target: who it is, its address and its port.
type Target = (String, Ipv4Addr, u16);

/// Lines that try to connect to each `NAME ADDRESS PORT` of standard input, side by side, and name what answered.
/// Both tells, a connection and a refusal, come from somebody who is there.
const TRY: &str = r#"while read -r name address port; do
  (
    said=$(timeout 5 bash -c "</dev/tcp/$address/$port" 2>&1) && echo "$name answers"
    case $said in *refused*) echo "$name refuses" ;; esac
  ) &
done
wait"#;

/// Runs lines in a container of an environment.
fn run(desk: &Desk, container: &str, lines: &str, input: &str) -> String {
    let command = Command {
        argv: ["/bin/bash", "-c", lines].map(String::from).to_vec(),
        env: BTreeMap::new(),
        stdin: input.into(),
        user: None,
        deadline: Duration::from_secs(30),
        output_limit: OutputLimit::First(1 << 20),
    };
    let output = desk.runtime.block_on(desk.engine.exec(container, &command)).unwrap();
    assert_eq!(output.exit_code, 0, "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Which of these answer to a container.
fn reached(desk: &Desk, container: &str, targets: &[Target]) -> BTreeSet<String> {
    let lines: String = targets.iter().map(|(name, address, port)| format!("{name} {address} {port}\n")).collect();
    run(desk, container, TRY, &lines).lines().map(String::from).collect()
}

/// Addresses that a container, or with `None` this machine, has, from the kernel's table of routes.
fn addresses(desk: &Desk, container: Option<&str>) -> Vec<Ipv4Addr> {
    let table = match container {
        Some(container) => run(desk, container, "cat /proc/net/fib_trie", ""),
        None => std::fs::read_to_string("/proc/net/fib_trie").unwrap(),
    };
    let lines: Vec<&str> = table.lines().collect();
    let local = lines.windows(2).filter(|pair| pair[1].contains("/32 host LOCAL"));
    let found: BTreeSet<Ipv4Addr> = local
        .filter_map(|pair| pair[0].rsplit(' ').next()?.parse().ok())
        .filter(|ip: &Ipv4Addr| !ip.is_loopback())
        .collect();
    found.into_iter().collect()
}

/// The first address of the subnet of sixteen that a container is on: there an engine would be.
fn gateway(desk: &Desk, container: &str) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(addresses(desk, Some(container))[0]) & !15) + 1)
}

fn port_of(url: &str) -> u16 {
    url.rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
#[ignore = "needs a container engine"]
fn neither_a_container_nor_its_probe_reaches_anything_outside() {
    let desk = Desk::new();
    let ours = desk.start(&["--trainee", "ada"]);
    let neighbour = desk.start(&["--trainee", "bob", "--listen", "0.0.0.0"]);
    let name = |attempt: &serde_json::Value, role: &str| format!("breakfix-{}-{role}", text(&attempt["attempt"]));
    let (ours_gitlab, their_gitlab) = (name(&ours, "gitlab"), name(&neighbour, "gitlab"));

    let service = TcpListener::bind("0.0.0.0:0").unwrap();
    let (service, published) = (service.local_addr().unwrap().port(), port_of(text(&neighbour["url"])));
    let mut targets: Vec<Target> = vec![];
    for address in addresses(&desk, None) {
        targets.push((format!("a service at the host's {address}"), address, service));
        targets.push((format!("a neighbour's port at the host's {address}"), address, published));
    }
    // All of these answer to the host: what follows could show that they do not stay closed.
    for (what, address, port) in &targets {
        assert!(TcpStream::connect((*address, *port)).is_ok(), "{what}");
    }
    for outer in addresses(&desk, Some(&name(&neighbour, "relay"))) {
        targets.push((format!("a neighbour's relay at {outer}"), outer, 8080));
    }
    targets.push(("the gateway".into(), gateway(&desk, &ours_gitlab), service));
    for (what, container) in [("container", &their_gitlab), ("probe", &name(&neighbour, "probe"))] {
        targets.push((format!("a neighbour's {what}"), addresses(&desk, Some(container))[0], 80));
    }
    let targets: Vec<Target> =
        targets.into_iter().map(|(what, address, port)| (what.replace(' ', "-"), address, port)).collect();
    for container in [&ours_gitlab, &name(&ours, "probe")] {
        assert_eq!(reached(&desk, container, &targets), BTreeSet::new(), "from {container}");
        let devices = run(&desk, container, "awk '$6 != \"lo\"' /proc/net/if_inet6 2>/dev/null || :", "");
        assert_eq!(devices, "", "IPv6 is a way as well");
        assert_eq!(run(&desk, container, "ls /var/run/docker.sock /run/docker.sock 2>/dev/null || :", ""), "");
    }
    // The same lines find what is there; and a container finds no relay but its host does.
    let relay = name(&ours, "relay");
    let mut inside: Vec<Target> = vec![("gitlab".into(), addresses(&desk, Some(&ours_gitlab))[0], 80)];
    inside.extend(addresses(&desk, Some(&relay)).into_iter().map(|address| ("relay".into(), address, 8080)));
    let expected = ["gitlab answers", "relay refuses"].map(String::from).into();
    assert_eq!(reached(&desk, &ours_gitlab, &inside), expected);
    desk.run(&["stop", "--all"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn containers_have_the_capabilities_that_they_need_and_no_others() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_owned();
    let lines = "grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs):' /proc/1/status | tr -d '\\t'";
    let status = |all: &str, inherited: &str, locked: u8| {
        format!(
            "CapInh:{inherited}\nCapPrm:{all}\nCapEff:{all}\nCapBnd:{all}\nCapAmb:{:016x}\nNoNewPrivs:{locked}\n",
            0
        )
    };
    let none = "0000000000000000";
    for (role, capabilities, locked) in
        [("gitlab", "00000000200404fb", 0), ("probe", "00000000000000c4", 1), ("relay", none, 1)]
    {
        let told = run(&desk, &format!("breakfix-{id}-{role}"), lines, "");
        let expected = [none, capabilities].map(|inherited| status(capabilities, inherited, locked));
        // Older engines leave capabilities inheritable.
        assert!(expected.contains(&told), "{role}: {told}");
    }
    desk.run(&["stop"]).exits(0);
}

/// Takes the port of a name server inside, asks for a name outside, and prints whether the question came here.
const ASK: &str = r#"perl -MIO::Socket::INET -e '
  my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 53, Proto => "udp") or die "no port: $!";
  system("getent hosts secret.outside.example >/dev/null 2>&1 &");
  alarm 20;
  $server->recv(my $question, 512);
  print $question =~ /\x06secret\x07outside/ ? "asked itself" : "asked something else"'"#;

#[test]
#[ignore = "needs a container engine"]
fn names_outside_are_asked_of_nobody_outside() {
    let desk = Desk::new();
    let id = text(&desk.start(&[])["attempt"]).to_owned();
    for role in ["gitlab", "probe"] {
        assert_eq!(run(&desk, &format!("breakfix-{id}-{role}"), ASK, ""), "asked itself", "{role}");
    }
    desk.run(&["stop"]).exits(0);
}

#[test]
#[ignore = "needs a container engine"]
fn a_published_port_leads_to_the_container_also_after_a_restart_of_either() {
    let desk = Desk::new();
    let started = desk.start(&[]);
    let (id, url) = (text(&started["attempt"]).to_owned(), text(&started["url"]).to_owned());
    // A client that says that it has no more to say still gets its answer, to the end.
    let page = || {
        let mut connection = TcpStream::connect(url.strip_prefix("http://").unwrap()).ok()?;
        connection.write_all(b"GET /users/sign_in HTTP/1.0\r\n\r\n").ok()?;
        connection.shutdown(Shutdown::Write).ok()?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).ok()?;
        (answer.contains(" 200 OK\r\n") && answer.ends_with("</h1>\n")).then_some(())
    };
    let answers = || {
        support::eventually(Duration::from_secs(30), "the page", || page().is_some());
    };
    answers();
    let idle: Vec<TcpStream> =
        (0..200).map(|_| TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap()).collect();
    answers();
    drop(idle);
    for role in ["gitlab", "relay"] {
        let container = format!("breakfix-{id}-{role}");
        desk.runtime.block_on(desk.engine.restart(&container, Duration::from_secs(10))).unwrap();
        answers();
    }
    desk.run(&["stop"]).exits(0);
}
