#!/bin/sh
# Make what compose.yaml needs beside it: `.env` with secrets, and what coturn and Prometheus read of them in
# `secrets/`.
# Safe to run again: what is set stays, and the files in `secrets/` are written anew from `.env`.
set -eu
cd "$(dirname "$0")"
umask 077

fail() { echo "prepare.sh: $*" >&2; exit 1; }
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
value() { sed -n "s/^$1=//p" .env | tail -n 1; }
give() { # user, file; for that user alone
  chown "$1:$1" "secrets/$2.new"
  chmod 400 "secrets/$2.new"
  mv -f "secrets/$2.new" "secrets/$2"
}
set_value() { # name, value; replaces the line as a whole, whenever we are stopped
  sed "s|^$1=.*|$1=$2|" .env > .env.new
  mv .env.new .env
}

[ "$(id -u)" = 0 ] || fail "run it as root (sudo ./prepare.sh): what each service reads belongs to the user it runs as"
[ -e .env ] || cp .env.example .env
chmod 600 .env

for name in POSTGRES_PASSWORD VISAVIS_SFU_TOKEN VISAVIS_TURN_SECRET VISAVIS_METRICS_TOKEN GRAFANA_PASSWORD; do
  grep -q "^$name=" .env || echo "$name=" >> .env
  [ -n "$(value "$name")" ] || set_value "$name" "$(secret)"
done

for name in DOMAIN TURN_DOMAIN PUBLIC_ADDRESS ACME_EMAIL; do
  set_to="$(value "$name")"
  case "$set_to" in
    "" | *.example | 203.0.113.*) fail "set $name in $(pwd)/.env, then run this again" ;;
  esac
done

public="$(value PUBLIC_ADDRESS)"
host="$(value HOST_ADDRESS)"
host="${host:-$public}"
tls_port="$(value TURN_TLS_PORT)"
domain="$(value TURN_DOMAIN)"
certificate="/data/caddy/certificates/acme-v02.api.letsencrypt.org-directory/$domain/$domain"

mkdir -p secrets
chmod 711 secrets
sed \
  -e "s|^listening-ip=.*|listening-ip=$host|" \
  -e "s|^relay-ip=.*|relay-ip=$host|" \
  -e "s|^tls-listening-port=.*|tls-listening-port=${tls_port:-5349}|" \
  -e "s|^cert=.*|cert=$certificate.crt|" \
  -e "s|^pkey=.*|pkey=$certificate.key|" \
  -e "s|^static-auth-secret=.*|static-auth-secret=$(value VISAVIS_TURN_SECRET)|" \
  -e "s|^realm=.*|realm=$domain|" \
  -e "s|^allowed-peer-ip=.*|allowed-peer-ip=$public|" \
  coturn/turnserver.conf > secrets/turnserver.conf.new
[ "$host" = "$public" ] || echo "external-ip=$public/$host" >> secrets/turnserver.conf.new
give 10002 turnserver.conf
value VISAVIS_METRICS_TOKEN > secrets/metrics-token.new
give 65534 metrics-token

echo "Ready. Next: docker compose up -d --build"
