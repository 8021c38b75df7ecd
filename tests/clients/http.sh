#!/bin/bash
# What curl sees: headers, errors, downloads, probes, and pages for nobody.
# shellcheck source=SCRIPTDIR/lib.sh
. "$(dirname "$0")/lib.sh"
rm -rf ~/http && mkdir ~/http && cd ~/http || exit 1
covers+=(-e 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/<uuid>/g' -e 's/[0-9a-f]{40}/<sha>/g' -e 's/^(Content-Length|Date|ETag|Last-Modified|X-Runtime): .*/\1: <...>/I'
  -e 's/_gitlab_session=[0-9a-f]+/_gitlab_session=<session>/' -e 's/(expires=)[^;]*/\1<time>/' -e 's/W?\/?"[0-9a-f]{32}"/"<etag>"/' -e 's/\r$//')

for i in 1 2 3; do make ada POST projects -d "name=Http $i" -d "path=http-$i" -d visibility=public -d initialize_with_readme=true; done
make ada POST projects/ada%2Fhttp-1/repository/files/docs%2Fmanual.md -d branch=main -d commit_message=Manual --data-urlencode 'content=# Manual'
api=$GITLAB/api/v4

title 'Pages'
run "curl -sS -D - -o /dev/null '$api/projects?search=http-&order_by=id&sort=asc&per_page=2' | sort"
run "curl -sS '$api/projects?search=http-&order_by=id&sort=asc&per_page=2&page=2' | jq -c '[.[].path]'"
run "curl -sS '$api/projects?search=http-&page=99' | jq -c ."

title 'Identifiers'
run "curl -sS -D - -o /dev/null -H 'X-Request-Id: my-own-id-1' $api/version | grep -i '^x-request-id'"
run "curl -sS -o /dev/null -w '%{http_code} %{content_type}\n' -I $api/projects"

title 'Errors'
for path in version user projects/ada%2Fnosuch projects/1000000/issues nothing 'projects?order_by=nonsense'; do
  run "curl -sS -w ' %{http_code}\n' '$api/$path' | cut -c 1-200"
done
auth="-H 'PRIVATE-TOKEN: $(token ada)'"
run "curl -sS -w ' %{http_code}\n' -H 'PRIVATE-TOKEN: wrong' $api/user"
run "curl -sS -w ' %{http_code}\n' -H 'Authorization: Bearer $(token ada-read_repository)' $api/user"
run "curl -sS -w ' %{http_code}\n' -H 'PRIVATE-TOKEN: $(token ada-read_api)' -X POST $api/projects -d name=x"
run "curl -sS -w ' %{http_code}\n' $auth -X POST $api/projects"
run "curl -sS -w ' %{http_code}\n' $auth -X POST $api/projects -H 'Content-Type: application/json' -d '{broken'"
run "curl -sS -w ' %{http_code}\n' $auth -X POST $api/projects/ada%2Fhttp-1/issues"
run "curl -sS -w ' %{http_code}\n' $auth -X PATCH $api/projects/ada%2Fhttp-1"
run "curl -sS -w ' %{http_code}\n' -d grant_type=password -d username=ada -d password=wrong $GITLAB/oauth/token"

title 'Archives'
for format in tar.gz tar.bz2 tar zip; do
  run "curl -sS -D headers -o archive.$format '$api/projects/ada%2Fhttp-1/repository/archive.$format?sha=main' && grep -i -e '^content-disposition' -e '^content-type' -e '^HTTP' headers"
  # shellcheck disable=SC2016  # for awk
  case $format in
    zip) list='unzip -qql archive.zip | awk "{ print \$4 }"' ;;
    *) list="tar -tf archive.$format" ;;
  esac
  run "$list | sed 's/-main-[0-9a-f]*/-main/'"
done
run "curl -sS '$api/projects/ada%2Fhttp-1/repository/archive.tar.gz?sha=main&path=docs' | tar -tz | sed 's/-main-[0-9a-f]*/-main/'"
run "curl -sS -w ' %{http_code}\n' '$api/projects/ada%2Fhttp-1/repository/archive.tar.gz?sha=nosuch'"
run "curl -sS -w ' %{http_code}\n' '$api/projects/ada%2Fhttp-1/repository/archive.rar'"

title 'Files'
run "curl -sS -D - '$api/projects/ada%2Fhttp-1/repository/files/docs%2Fmanual.md/raw?ref=main' | grep -i -e '^HTTP' -e '^content-' -e '^x-gitlab-file' -e '^x-content' -e '^# '"
run "curl -sS '$api/projects/ada%2Fhttp-1/repository/files/docs%2Fmanual.md?ref=main' | jq -c '{file_name, size, encoding, content, ref}'"

title 'Probes'
run "curl -sS -w ' %{http_code}\n' $GITLAB/-/health"
run "curl -sS -w ' %{http_code}\n' $GITLAB/-/liveness"
run "curl -sS -w ' %{http_code}\n' $GITLAB/-/readiness"

title 'Pages for nobody'
run "curl -sS -D - -o /dev/null $GITLAB/ | sort"
run "curl -sS -o page -w '%{http_code} %{redirect_url}\n' $GITLAB/ada/http-1; grep -o '<h1>.*</h1>' page"
run "curl -sS -o page.zip -w '%{http_code} %{content_type}\n' $GITLAB/ada/http-1/-/archive/main/http-1-main.zip && unzip -tqq page.zip"
run "curl -sS $GITLAB/ada/http-1/-/raw/main/docs/manual.md; echo"
run "curl -sS -o page -w '%{http_code} %{redirect_url}\n' $GITLAB/ada/http-1/-/branches/new"
run "curl -sS -o page -w '%{http_code} %{content_type}\n' $GITLAB/ada/nosuch; grep -o '<h1>.*</h1>' page"
run "curl -sS -o page -w '%{http_code} %{content_type}\n' $GITLAB/favicon.ico"
run "curl -sS $GITLAB/robots.txt"
run "curl -sS -o page -w '%{http_code}\n' -X POST $GITLAB/users/sign_in; grep -o '<h1>.*</h1>' page"
