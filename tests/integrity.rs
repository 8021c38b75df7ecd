//! Programs stay what they are, on the real engine and the training image: what a repair needs is no finding, what
//! answers in a service's stead is one.

mod support;

use std::sync::Mutex;
use std::time::Duration;

use breakfix::engine::Engine;
use breakfix::render::{Escape, Values, render};
use serde_json::Value;
use support::desk::{Desk, text};

/// What people do who look for a fault: tools, backups, edits that they take back, services started again.
const HONEST: &str = r#"set -e
install -m 0755 /bin/true /usr/local/bin/my-tool
mkdir -p /usr/share/doc/my-tool && echo notes >/usr/share/doc/my-tool/notes
ldconfig
model=/opt/gitlab/embedded/service/gitlab-rails/app/models/user.rb
cp -a "$model" /root/user.rb
echo '# looking' >>"$model"
cp -a /root/user.rb "$model"
chmod 0755 /opt/gitlab/embedded/bin/gitaly
cp -a /opt/gitlab/embedded/bin/gitaly /opt/gitlab/embedded/bin/gitaly.orig
touch /opt/gitlab/bin/gitlab-ctl
echo '127.0.0.1 gitlab.example.com' >>/etc/hosts
git config --system user.name Ada
echo "gitlab_rails['time_zone'] = 'UTC'" >>/etc/gitlab/gitlab.rb
echo "gitlab_rails['env'] = { 'EXECJS_RUNTIME' => 'Node' }" >>/etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
gitlab-ctl restart nginx >/dev/null
(setsid sleep 600 </dev/null >/dev/null 2>&1 &)
"#;

/// Each way in which a program stops being the image's, or is told to load something else.
const CHEATS: &str = r#"set -e
echo '# x' >>/opt/gitlab/bin/gitlab-psql
cp -a /usr/bin/jq /root/jq && printf '\0' >>/usr/bin/jq && touch -r /root/jq /usr/bin/jq
same=/opt/gitlab/embedded/service/gitlab-rails/config/boot.rb
cp -a $same /root/boot.rb && sed -i '1s/./X/' $same && touch -r /root/boot.rb $same
rm /usr/bin/find
chmod 0777 /opt/gitlab/embedded/service/gitlab-shell/bin
echo 1 >/opt/gitlab/embedded/service/gitlab-rails/config/initializers/zz.rb
echo '#!/bin/sh' >/usr/local/bin/openssl
echo /etc/gitlab/x.so >/etc/ld.so.conf.d/x.conf
echo '* * * * * root /etc/gitlab/x' >/etc/cron.d/x
ln -sf /etc/gitlab/nginx /opt/gitlab/embedded/sbin/nginx
sed -i 's/^exec/sleep 0; exec/' /opt/gitlab/sv/sidekiq/run
echo '#!/bin/sh' >/opt/gitlab/sv/redis/finish
echo 'before_fork { require "/etc/gitlab/x" }' >>/var/opt/gitlab/gitlab-rails/etc/puma.rb
echo '# <%= `id` %>' >>/var/opt/gitlab/gitlab-rails/etc/database.yml
echo '-r/etc/gitlab/x' >/opt/gitlab/etc/gitlab-rails/env/RUBYOPT

# Answers in Puma's place on a socket that was made elsewhere, and in OpenSSH's by a start script that is back again.
cd /var/opt/gitlab/gitlab-rails/sockets
rm gitlab.socket
answer='server = eval ARGV[0]; File.write ARGV[1], ""; sleep'
(setsid ruby -rsocket -e "$answer" 'UNIXServer.new "/var/opt/gitlab/x"' /root/one </dev/null >/dev/null 2>&1 &)
cp -a /opt/gitlab/sv/sshd/run /root/run
printf '#!/bin/sh\nexec ruby -rsocket -e '"'$answer'"' "TCPServer.new 22" /root/two\n' >/opt/gitlab/sv/sshd/run
sv force-stop /opt/gitlab/service/sshd >/dev/null
sv up /opt/gitlab/service/sshd
until [ -e /root/one ] && [ -e /root/two ]; do sleep 0.1; done
mv /var/opt/gitlab/x gitlab.socket
cp -a /root/run /opt/gitlab/sv/sshd/run
"#;

/// A supervisor of somebody's own, for a service by the name of one of GitLab's, and a program that PostgreSQL runs. Each
/// writes down when it ran.
const HELPERS: &str = r#"set -e
cat >/usr/local/bin/tick <<'RUN'
#!/bin/bash
while :; do
  echo $EPOCHREALTIME >>"${1:-/tmp/nginx}"
  sleep 0.02
done
RUN
chmod 0755 /usr/local/bin/tick
mkdir -p /root/mine/nginx
ln -s /usr/local/bin/tick /root/mine/nginx/run
(setsid runsvdir /root/mine </dev/null >/dev/null 2>&1 &)
(setsid gitlab-psql -c "COPY (SELECT 1) TO PROGRAM 'exec tick /tmp/postgresql'" </dev/null >/dev/null 2>&1 &)
until [ -s /tmp/nginx ] && [ -s /tmp/postgresql ]; do sleep 0.1; done
"#;

/// The status with which the application answers at an address that it does not have.
const ANSWER: &str = "curl --silent --output /dev/null --write-out '%{http_code}' http://127.0.0.1:8080/api/v4/nothing";

/// Whether each of them once stood still for most of a second.
const STOOD_STILL: &str = r"for file in /tmp/nginx /tmp/postgresql; do
  awk 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 } END { print (most > 0.7) }' $file
done";

const FOUND: &[&str] = &[
    "/etc/cron.d/x is not in the image, and is loaded or run from there",
    "/etc/ld.so.conf.d/x.conf is not in the image, and is loaded or run from there",
    "/opt/gitlab/bin/gitlab-psql is not the image's any more",
    "/opt/gitlab/embedded/sbin/nginx is not the image's any more",
    "/opt/gitlab/embedded/service/gitlab-rails/config/boot.rb is not the image's any more",
    "/opt/gitlab/embedded/service/gitlab-rails/config/initializers/zz.rb is not in the image, and is loaded or run from there",
    "/opt/gitlab/embedded/service/gitlab-shell/bin has another owner or mode than in the image",
    "/opt/gitlab/etc/gitlab-rails/env/RUBYOPT makes the service load code from elsewhere",
    "/opt/gitlab/sv/redis/finish is not what reconfigure writes there",
    "/opt/gitlab/sv/sidekiq/run is not what reconfigure writes there",
    "/usr/bin/find is gone",
    "/usr/bin/jq is not the image's any more",
    "/usr/local/bin/openssl is found before the image's program of that name",
    "/var/opt/gitlab/gitlab-rails/etc/database.yml is not what reconfigure writes there",
    "/var/opt/gitlab/gitlab-rails/etc/puma.rb is not what reconfigure writes there",
    "/var/opt/gitlab/gitlab-rails/sockets/gitlab.socket is answered by /usr/bin/ruby3.3, and not by the service puma",
    "port 22 is answered by /usr/bin/ruby3.3, and not by the service sshd",
    "the service sshd runs /usr/bin/ruby3.3 in place of its program",
];

fn grade(desk: &Desk) -> Value {
    desk.run(&["--json", "grade"]).json()
}

/// Bytes that a helper has written down so far, if it has begun.
async fn ticks(desk: &Desk, container: &str, path: &str) -> Option<usize> {
    let file = desk.engine.read_file(container, path, 1 << 24).await.unwrap();
    file.map(|file| file.content.len())
}

/// Whether a helper has begun, and has written nothing down between two looks.
async fn stands_still(desk: &Desk, container: &str, path: &str) -> bool {
    let before = ticks(desk, container, path).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    before.is_some() && ticks(desk, container, path).await == before
}

/// Who comes while a grading goes on stands still as well, and a grading that is killed outright lets everything go on.
fn killed_while_grading(desk: &Desk, container: &str) {
    let eventually = |what: &str, path: &str, still: bool| {
        let stands = || desk.runtime.block_on(stands_still(desk, container, path)) == still;
        support::eventually(Duration::from_mins(1), what, stands);
    };
    let mut grading = desk.command(&["grade"]).spawn().unwrap();
    eventually("everything stands still", "/tmp/nginx", true);
    // Some are stopped before they have written anything down.
    let late = Mutex::new(vec![]);
    let come = || {
        late.lock().unwrap().push(desk.command(&["exec", "--", "tick", "/tmp/late"]).spawn().unwrap());
        std::thread::sleep(Duration::from_millis(500));
        desk.runtime.block_on(ticks(desk, container, "/tmp/late")).is_some()
    };
    support::eventually(Duration::from_mins(1), "somebody comes later", come);
    eventually("who comes later stands still", "/tmp/late", true);
    grading.kill().unwrap();
    grading.wait().unwrap();
    eventually("everything goes on", "/tmp/nginx", false);
    eventually("and so does who came later", "/tmp/late", false);
    for mut child in late.into_inner().unwrap() {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// The cheat of that name, with the patch that it loads.
fn loaded_once() -> String {
    let patch = Values::default().with("patch", include_str!("../templates/cheats/patch.rb"));
    render(include_str!("../templates/cheats/code-loaded-once.sh"), "code-loaded-once", &patch, Escape::Shell).unwrap()
}

fn findings(grade: &Value) -> Vec<String> {
    let one = |finding: &Value| format!("{} {}", text(&finding["path"]), text(&finding["why"]));
    grade["integrity"].as_array().unwrap().iter().map(one).collect()
}

#[test]
#[ignore = "needs a container engine"]
fn only_what_a_repair_does_not_need_is_a_finding() {
    let desk = Desk::new();
    let started = desk.run(&["--json", "start", "nginx-502"]).exits(0).json();
    let run = |script: &str| desk.feed(&["exec", "--", "bash", "-s"], script).exits(0);
    run(HONEST);
    run(HELPERS);
    killed_while_grading(&desk, &format!("breakfix-{}-gitlab", text(&started["attempt"])));
    assert_eq!(findings(&grade(&desk)), [""; 0]);
    assert_eq!(desk.run(&["exec", "--", "bash", "-c", STOOD_STILL]).exits(0).stdout, "1\n1\n");
    run(include_str!("../labs/nginx-502/also/kept-as-a-remark.sh"));
    run(include_str!("../labs/nginx-502/solution.sh"));
    let solved = grade(&desk);
    assert_eq!((findings(&solved), solved["solved"].as_bool()), (vec![], Some(true)), "{solved:#}");
    run(&loaded_once());
    let answer = || desk.run(&["exec", "--", "bash", "-c", ANSWER]).exits(0).stdout;
    assert_eq!(answer(), "200");
    let started_again = grade(&desk);
    assert_eq!(findings(&started_again), [""; 0]);
    assert_eq!(answer(), "404");
    run(CHEATS);
    let cheated = grade(&desk);
    assert_eq!(findings(&cheated), FOUND);
    assert_eq!(cheated["score"], 0, "{cheated:#}");
    desk.run(&["stop"]).exits(0);
}
