# shellcheck shell=bash
# What the benchmarks compare with: the steps of a start, typed by hand. Needs the docker client, $breakfix and $lab.

token=glpat-benchbenchbenchbench
config="external_url 'http://127.0.0.1'; nginx['listen_port'] = 80"

now() { date +%s%N; }
# Milliseconds since a time of now.
spent() { echo $((($(now) - $1) / 1000000)); }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
image() { "$breakfix" --json --quiet image build "$1" | sed -n "s/.*\"$1\": \"\(.*\)\".*/\1/p"; }

# A network, a probe, a GitLab and a relay of that name: create_by_hand NAME [OPTIONS of the network]
create_by_hand() {
  docker network create --internal --opt com.docker.network.bridge.inhibit_ipv4=true "${@:2}" "$1" >/dev/null
  docker run --detach --name "$1-probe" --network "$1" --cap-drop ALL "$probe" >/dev/null
  docker run --detach --name "$1-gitlab" --network "$1" --network-alias gitlab --memory 1g \
    --env GITLAB_OMNIBUS_CONFIG="$config" --env GITLAB_ROOT_PASSWORD=benchbench1 "$gitlab" >/dev/null
  docker create --name "$1-relay" --publish 127.0.0.1::8080 --cap-drop ALL "$probe" relay 8080 gitlab:80 >/dev/null
  docker network connect "$1" "$1-relay"
  docker start "$1-relay" >/dev/null
}
# wait_by_hand CONTAINER
wait_by_hand() {
  until docker logs "$1" 2>&1 | grep 'gitlab Reconfigured!' >/dev/null; do sleep 0.05; done
  until docker exec "$1" curl --silent --fail --output /dev/null 'http://localhost/-/readiness?all=1'; do sleep 0.05; done
  until docker exec "$1" /opt/gitlab/bin/gitlab-ctl status >/dev/null; do sleep 0.05; done
}
# Token, projects and fault, and a look from the probe: break_by_hand GITLAB PROBE
break_by_hand() {
  docker exec "$1" gitlab-rails runner "t = User.find_by_username('root').personal_access_tokens.create!(scopes: ['api', 'write_repository'], name: 'b', expires_at: 9.days.from_now); t.set_token('$token'); t.save!" >/dev/null
  sed "s/{{root_token}}/$token/g; s/{{project}}/billing/g" "labs/$lab/seed/projects.sh" | docker exec --interactive "$1" bash -eu
  sed "s/{{port}}/8181/g" "labs/$lab/fault.sh" | docker exec --interactive "$1" bash -eu
  docker exec "$2" curl --silent --output /dev/null http://gitlab/users/sign_in
}
remove_by_hand() {
  docker rm --force --volumes "$1-gitlab" "$1-probe" "$1-relay" >/dev/null
  docker network rm "$1" >/dev/null
}
