#!/bin/bash
export PATH=/opt/gitlab/embedded/bin:$PATH
api() { curl --silent --show-error --fail --insecure --header "PRIVATE-TOKEN: "{{root_token}} --output /dev/null "$@"; }
domain={{domain}}
ssl=/etc/gitlab/ssl
renewal=$ssl/renewal
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The customer's CA. Its key follows from a secret of this environment, so that the checks know the CA
# without asking the container; it never stays here.
{
  printf '\x30\x31\x02\x01\x01\x04\x20'
  printf %s {{ca}} | openssl dgst -sha256 -binary
  printf '\xa0\x0a\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07'
} | openssl pkey -inform DER -out "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -subj "/O=Company/CN="{{ca_name}} -days 3650 \
  -addext keyUsage=critical,keyCertSign,cRLSign -out "$work/ca.crt"

# A certificate for the domain: issue KEY CRT DAYS
issue() {
  openssl req -new -key "$1" -subj "/O=Company/CN=$domain" -out "$work/request.csr"
  printf 'basicConstraints=CA:FALSE\nsubjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' "$domain" >"$work/extensions"
  openssl x509 -req -in "$work/request.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial \
    -days "$3" -extfile "$work/extensions" -out "$2" 2>/dev/null
}

umask 077
mkdir -p "$ssl/old" "$renewal"
chmod 755 "$ssl"
# Last year's pair, which runs out in two days, and three requests of this year, one of which was signed.
openssl genrsa -out "$ssl/old/$domain.key" 2048 2>/dev/null
issue "$ssl/old/$domain.key" "$ssl/old/$domain.crt" 2
for number in 1 2 3; do
  openssl genrsa -out "$renewal/request-$number.key" 2048 2>/dev/null
  openssl req -new -key "$renewal/request-$number.key" -subj "/O=Company/CN=$domain" -out "$renewal/request-$number.csr"
done
issue "$renewal/request-"{{request}}".key" "$ssl/$domain.crt" 365
cp "$renewal/request-"{{request}}".key" "$ssl/$domain.key"
cp "$work/ca.crt" "$ssl/ca.crt"
chmod 644 "$ssl/$domain.crt" "$ssl/ca.crt"

{
  printf "\n# The address, and the certificate of our own CA. Renewed every year in November\n"
  printf "external_url '%s'\n" {{url}}
  printf "nginx['listen_port'] = 443\n"
  printf "nginx['listen_https'] = true\n"
  printf "nginx['ssl_certificate'] = '%s/%s.crt'\n" "$ssl" "$domain"
  printf "nginx['ssl_certificate_key'] = '%s/%s.key'\n" "$ssl" "$domain"
  printf "letsencrypt['enable'] = false\n"
} >> /etc/gitlab/gitlab.rb
gitlab-ctl reconfigure >/dev/null
for _ in {1..300}; do
  curl --silent --fail --insecure --output /dev/null 'https://localhost/-/readiness?all=1' && break
  sleep 0.5
done
api --data name=lenses --data path=lenses https://localhost/api/v4/projects
