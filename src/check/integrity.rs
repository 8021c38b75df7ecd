//! Integrity rules: which changes of programs no repair needs. Pure; they judge the reports in [`super::examined`].

use std::collections::BTreeSet;

use super::examined::{Changed, Difference, Examined, Impostor, Listener, Looked, Running, Stale};
use super::places::{DATA, LOADED_FROM, LOADERS, PROGRAMS, RENDERED, below};
use crate::grade::Finding;

/// Findings about a container's programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// Changes that no repair needs.
    pub findings: Vec<Finding>,
    /// Services that may run something else than their files say now.
    pub stale: Vec<Finding>,
}

impl From<Finding> for Found {
    fn from(finding: Finding) -> Self {
        Self { findings: vec![finding], stale: vec![] }
    }
}

/// Our own rules for what a change amounts to; `may_change` are the lab's.
pub(super) fn judge(examined: &Examined, looked: &Looked, may_change: &[String]) -> Found {
    let files = examined.changed.iter().filter_map(|changed| file(changed, may_change));
    let definitions =
        examined.definitions.iter().map(|path| Finding::new(path, "is not what reconfigure writes there"));
    let running = looked.running.iter().flat_map(process);
    let impostors = looked.impostors.iter().map(impostor);
    let listeners = looked.listeners.iter().map(listener);
    let environments = examined.environments.iter().filter(|(path, value)| {
        let name = path.rsplit('/').next().unwrap_or_default();
        leads_out(name, value)
    });
    let environments = environments.map(|(path, _)| Finding::new(path, "makes the service load code from elsewhere"));
    let all: BTreeSet<Finding> =
        files.chain(definitions).chain(running).chain(impostors).chain(listeners).chain(environments).collect();
    Found { findings: all.into_iter().collect(), stale: looked.stale.iter().map(stale).collect() }
}

fn file(changed: &Changed, may_change: &[String]) -> Option<Finding> {
    let path = changed.path.as_str();
    let elsewhere = below(path, &["/etc", "/var"]) && !below(path, LOADERS) && !below(path, LOADED_FROM);
    if elsewhere || below(path, RENDERED) || below(path, DATA) || path.contains("/__pycache__") {
        return None;
    }
    let is = |difference| changed.what.contains(&difference);
    if is(Difference::Shadows) {
        return Some(Finding::new(path, "is found before the image's program of that name"));
    }
    if is(Difference::Added) {
        let loaded = below(path, LOADED_FROM) || below(path, LOADERS);
        return loaded.then(|| Finding::new(path, "is not in the image, and is loaded or run from there"));
    }
    let harmless =
        |difference: &Difference| matches!(difference, Difference::Owner | Difference::Mode) && below(path, may_change);
    let rest: Vec<&Difference> = changed.what.iter().filter(|difference| !harmless(difference)).collect();
    match rest.first() {
        Some(Difference::Missing) => Some(Finding::new(path, "is gone")),
        Some(Difference::Owner | Difference::Mode) => {
            Some(Finding::new(path, "has another owner or mode than in the image"))
        }
        Some(_) => Some(Finding::new(path, "is not the image's any more")),
        None if changed.during && changed.what.is_empty() => {
            Some(Finding::new(path, "was changed while it was graded"))
        }
        None => None,
    }
}

fn process(running: &Running) -> Vec<Finding> {
    let service = format!("the service {}", running.service);
    let foreign = running
        .foreign
        .iter()
        .map(|path| Finding::new(&service, format!("runs {path}, which the image does not have")));
    // sshd shuts those who have not signed in into an empty folder.
    let shut_in = running.root != "/" && !running.root.is_empty() && running.service != "sshd";
    let root = shut_in.then(|| Finding::new(&service, format!("runs in a root of its own, {}", running.root)));
    let loader = running.loader.iter().filter(|(name, value)| leads_out(name, value));
    let loader = loader.map(|(name, _)| Finding::new(&service, format!("loads code from elsewhere: {name} is set")));
    foreign.chain(root).chain(loader).collect()
}

fn impostor(impostor: &Impostor) -> Finding {
    let Impostor { service, program } = impostor;
    Finding::new(&format!("the service {service}"), format!("runs {program} in place of its program"))
}

fn listener(listener: &Listener) -> Finding {
    let Listener { place, service, program } = listener;
    let who = if program.is_empty() { "a program that has ended" } else { program.as_str() };
    Finding::new(place, format!("is answered by {who}, and not by the service {service}"))
}

fn stale(stale: &Stale) -> Finding {
    Finding::new(&stale.path, format!("was changed after the service {} had read it", stale.service))
}

/// Whether a loader's variable names a folder or file that is none of the image's. A name without a slash is looked up
/// where the image's libraries are.
fn leads_out(name: &str, value: &str) -> bool {
    let separators: &[char] = if name == "RUBYOPT" { &[' ', '=', ','] } else { &[':', ' ', ';'] };
    let paths = value.split(separators).filter(|word| word.contains('/') || word.contains(".."));
    let mut absolute =
        paths.map(|word| word.find('/').map_or(word, |at| if word.starts_with('-') { &word[at..] } else { word }));
    absolute.any(|path| path.contains("..") || !below(path, PROGRAMS)) || name == "BASH_ENV" || name == "ENV"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(json: &str, may_change: &[&str]) -> Vec<String> {
        let mut all = serde_json::json!({"changed": [], "definitions": [], "environments": {},
            "running": [], "impostors": [], "listeners": [], "stale": []});
        let serde_json::Value::Object(given) = serde_json::from_str(json).unwrap() else { panic!("no object: {json}") };
        for (key, value) in given {
            all[key] = value;
        }
        let may_change: Vec<String> = may_change.iter().map(ToString::to_string).collect();
        let (examined, looked) = (serde_json::from_value(all.clone()).unwrap(), serde_json::from_value(all).unwrap());
        let found = judge(&examined, &looked, &may_change);
        [found.findings, found.stale].concat().iter().map(Finding::sentence).collect()
    }

    fn changed(path: &str, what: &str, during: bool) -> String {
        format!(r#"{{"changed": [{{"path": "{path}", "what": [{what}], "during": {during}}}]}}"#)
    }

    #[test]
    fn a_changed_program_is_a_finding() {
        for (path, what, said) in [
            ("/opt/gitlab/bin/gitlab-psql", r#""content""#, "is not the image's any more"),
            ("/usr/lib/x86_64-linux-gnu/libc.so.6", r#""type""#, "is not the image's any more"),
            ("/assets/init-container", r#""missing""#, "is gone"),
            ("/opt/gitlab/embedded", r#""mode""#, "has another owner or mode than in the image"),
            ("/usr/local/bin/git", r#""added", "shadows""#, "is found before the image's program of that name"),
            ("/etc/ld.so.preload", r#""added""#, "is not in the image, and is loaded or run from there"),
            ("/etc/cron.d/healer", r#""added""#, "is not in the image, and is loaded or run from there"),
            (
                "/opt/gitlab/embedded/service/gitlab-rails/config/initializers/x.rb",
                r#""added""#,
                "is not in the image, and is loaded or run from there",
            ),
        ] {
            assert_eq!(judged(&changed(path, what, false), &[]), [format!("{path} {said}")]);
        }
    }

    #[test]
    fn work_that_a_repair_needs_is_none() {
        for path in [
            "/etc/hosts",
            "/etc/gitconfig",
            "/etc/resolv.conf",
            "/opt/gitlab/sv/nginx/run",
            "/opt/gitlab/etc/gitlab-rails/env/TZ",
            "/usr/share/doc/vim/copyright",
            "/usr/lib/python3/dist-packages/__pycache__/x.pyc",
        ] {
            assert_eq!(judged(&changed(path, r#""content""#, true), &[]), [""; 0], "{path}");
        }
        for path in ["/usr/local/bin/my-tool", "/usr/bin/vim.tiny", "/opt/gitlab/embedded/bin/puma.orig"] {
            assert_eq!(judged(&changed(path, r#""added""#, false), &[]), [""; 0], "{path}");
        }
    }

    #[test]
    fn what_was_put_back_before_the_grading_is_none() {
        let path = "/opt/gitlab/embedded/service/gitlab-rails/app/models/user.rb";
        assert_eq!(judged(&changed(path, "", false), &[]), [""; 0]);
        assert_eq!(judged(&changed(path, "", true), &[]), [format!("{path} was changed while it was graded")]);
    }

    #[test]
    fn a_lab_lets_owner_and_mode_change_but_no_content() {
        let hooks = "/opt/gitlab/embedded/bin/gitaly-hooks";
        assert_eq!(judged(&changed(hooks, r#""mode", "owner""#, false), &[hooks]), [""; 0]);
        assert_eq!(
            judged(&changed(hooks, r#""mode", "content""#, false), &[hooks]),
            [format!("{hooks} is not the image's any more")]
        );
        let beside = "/opt/gitlab/embedded/bin/gitaly-hooks-2";
        assert_eq!(judged(&changed(beside, r#""mode""#, false), &[hooks]).len(), 1);
    }

    #[test]
    fn services_run_what_the_image_has() {
        let healthy = r#"{"running": [
            {"service": "sidekiq", "foreign": [], "root": "/", "loader": {"LD_PRELOAD": "libjemalloc.so.2", "PATH": "/opt/gitlab/bin:/usr/bin"}},
            {"service": "sshd", "foreign": [], "root": "/run/sshd", "loader": {}}]}"#;
        assert_eq!(judged(healthy, &[]), [""; 0]);
        let cheated = r#"{"running": [{"service": "nginx", "foreign": ["/etc/gitlab/nginx"], "root": "/pristine",
            "loader": {"LD_PRELOAD": "/etc/gitlab/x.so"}}]}"#;
        assert_eq!(
            judged(cheated, &[]),
            [
                "the service nginx loads code from elsewhere: LD_PRELOAD is set",
                "the service nginx runs /etc/gitlab/nginx, which the image does not have",
                "the service nginx runs in a root of its own, /pristine",
            ]
        );
    }

    #[test]
    fn what_stands_in_a_services_place_is_a_finding() {
        let cheated = r#"{"impostors": [{"service": "sshd", "program": "/usr/bin/ruby3.3"}], "listeners": [
            {"place": "port 80", "service": "nginx", "program": "/usr/bin/ruby3.3"},
            {"place": "/var/opt/gitlab/redis/redis.socket", "service": "redis", "program": ""}]}"#;
        assert_eq!(
            judged(cheated, &[]),
            [
                "/var/opt/gitlab/redis/redis.socket is answered by a program that has ended, and not by the service redis",
                "port 80 is answered by /usr/bin/ruby3.3, and not by the service nginx",
                "the service sshd runs /usr/bin/ruby3.3 in place of its program",
            ]
        );
    }

    #[test]
    fn what_a_service_has_read_and_is_another_now_is_told() {
        let stale = r#"{"stale": [{"service": "puma", "path": "/opt/gitlab/sv/puma/run"}]}"#;
        assert_eq!(judged(stale, &[]), ["/opt/gitlab/sv/puma/run was changed after the service puma had read it"]);
    }

    #[test]
    fn a_loaders_variable_may_not_lead_out_of_the_image() {
        for (name, value, out) in [
            ("PATH", "/opt/gitlab/bin:/opt/gitlab/embedded/bin:/bin:/usr/bin", false),
            ("PATH", "/var/opt/gitlab/bin:/usr/bin", true),
            ("LD_PRELOAD", "libjemalloc.so.2", false),
            ("LD_PRELOAD", "/opt/gitlab/embedded/lib/libjemalloc.so", false),
            ("RUBYOPT", "-W0 --yjit", false),
            ("RUBYOPT", "-r/etc/gitlab/patch", true),
            ("RUBYOPT", "-W0 -I/usr/../etc/gitlab -rpatch", true),
            ("RUBYLIB", "lib/../../etc", true),
            ("BASH_ENV", "x", true),
        ] {
            assert_eq!(leads_out(name, value), out, "{name}={value}");
        }
    }

    #[test]
    fn definitions_of_services_are_what_reconfigure_writes() {
        assert_eq!(
            judged(r#"{"definitions": ["/opt/gitlab/sv/puma/run"]}"#, &[]),
            ["/opt/gitlab/sv/puma/run is not what reconfigure writes there"]
        );
    }
}
