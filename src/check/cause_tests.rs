use super::*;

fn up() -> ContainerFacts {
    let networks = [("net".to_string(), "10.0.0.2".to_string())].into();
    ContainerFacts { running: true, networks, ..ContainerFacts::default() }
}

fn down(code: i64) -> ContainerFacts {
    ContainerFacts { running: false, exit_code: Some(code), ..up() }
}

fn refused(why: &str) -> ContainerFacts {
    ContainerFacts { refused: why.into(), ..down(128) }
}

fn evidence(gitlab: ContainerFacts, probe: ContainerFacts) -> Evidence {
    Evidence { gitlab: Some(gitlab), probe: Some(probe), network: "net".into(), ..Evidence::default() }
}

fn said(evidence: &Evidence) -> String {
    match evidence.condition() {
        Condition::Up => "up".into(),
        Condition::Wrecked(wreck) => format!("result: {}", wreck.words()),
        Condition::Failed(failure) => format!("trouble, {:?}: {}", failure.remedy(), failure.words()),
    }
}

#[test]
fn a_container_that_is_down_while_its_probe_runs_is_its_trainees_doing_whatever_its_exit_code() {
    for code in [0, 1, 126, 127, 137, 143, 255] {
        let expected = format!("result: GitLab is down: its first process has ended with exit code {code}");
        assert_eq!(said(&evidence(down(code), up())), expected);
    }
    let hungry = ContainerFacts { oom_killed: true, ..down(137) };
    assert_eq!(said(&evidence(hungry, up())), "result: GitLab is down: it has exceeded its memory limit");
}

#[test]
fn what_the_engine_remembers_or_nobody_in_the_container_can_reach_is_trouble() {
    let cases = [
        (
            Evidence { was_ended: true, ..evidence(down(137), up()) },
            "Resume: its container is down: the engine was asked to end it",
        ),
        (evidence(down(0), down(0)), "Resume: its container and its probe are down, as after a restart of the engine"),
        (evidence(up(), down(0)), "Resume: its probe is down"),
        (Evidence { gitlab: None, ..evidence(up(), up()) }, "Reset: its container is gone"),
        (Evidence { gitlab: None, probe: None, ..Evidence::default() }, "Reset: its container is gone"),
        (Evidence { probe: None, ..evidence(up(), up()) }, "Reset: its probe is gone"),
        (evidence(ContainerFacts { paused: true, ..up() }, up()), "Unpause: its container is paused"),
        (evidence(up(), ContainerFacts { paused: true, ..up() }), "Unpause: its container is paused"),
        (evidence(ContainerFacts { networks: [].into(), ..up() }, up()), "Reset: its container has lost its network"),
        (evidence(up(), ContainerFacts { networks: [].into(), ..up() }), "Reset: its container has lost its network"),
    ];
    for (evidence, expected) in cases {
        assert_eq!(said(&evidence), format!("trouble, {expected}"));
    }
    assert_eq!(said(&evidence(up(), up())), "up");
}

#[test]
fn a_container_that_we_paused_for_what_it_does_is_a_result() {
    let halt = Some("its container was paused, since it fills the engine's disk".to_string());
    let paused = ContainerFacts { paused: true, ..up() };
    let expected = "result: its container was paused, since it fills the engine's disk";
    assert_eq!(said(&Evidence { halt: halt.clone(), ..evidence(paused, up()) }), expected);
    assert_eq!(said(&Evidence { halt, ..evidence(up(), up()) }), "up", "somebody has let it go on");
}

/// Words of engines from 20.10 on.
#[test]
fn what_the_engine_cannot_start_is_told_by_what_it_lacks() {
    let shim = "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ";
    for (why, expected) in [
        (format!("{shim}exec: \"/assets/init-container\": stat /assets/init-container: no such file or directory: unknown"),
         "exec: \"/assets/init-container\": stat /assets/init-container: no such file or directory"),
        ("OCI runtime create failed: container_linux.go:380: starting container process caused: exec: \"/a\": permission denied: unknown".into(),
         "exec: \"/a\": permission denied"),
        ("unable to find user root: no matching entries in passwd file".into(),
         "unable to find user root: no matching entries in passwd file"),
    ] {
        let expected = format!("result: GitLab is down and cannot be started: {expected}");
        // Our own restart, which had ended it, is no excuse.
        assert_eq!(said(&Evidence { was_ended: true, ..evidence(refused(&why), up()) }), expected);
    }
    let lost = evidence(refused("network 95a9389969c8 not found"), up());
    assert_eq!(said(&lost), "trouble, Reset: its container has lost its network");
    let why = "driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:8080 failed: port is already allocated";
    let expected = format!("trouble, Resume: its container is down, and the engine cannot start it: {why}");
    assert_eq!(said(&evidence(refused(why), up())), expected);
}
