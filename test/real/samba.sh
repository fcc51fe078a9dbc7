#!/usr/bin/env bash
# A real Active Directory domain controller (Samba) in one folder, for tests, on a loopback address of its own:
#   samba.sh install                  the Debian packages, as root
#   samba.sh check                    exit 0 when everything is there that the others need; else says what is missing
#   samba.sh provision FOLDER ADDRESS a new domain corp.example in FOLDER, to be served on ADDRESS (127.x.y.z)
#   samba.sh start FOLDER             serves LDAP and LDAPS on the usual ports of that address; prints the process id
#   samba.sh stop FOLDER              ends it
# FOLDER holds what a client needs: ca.pem, password (of Administrator) and address. Nothing outside FOLDER is written.
set -euo pipefail

PACKAGES=(samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules ldb-tools ldap-utils openssl)
REALM=CORP.EXAMPLE

fail() { printf 'samba.sh: %s\n' "$1" >&2; exit 1; }

install() {
  command -v apt-get >/dev/null || fail "the packages are installed with apt-get, which is not here"
  [ "$(id -u)" = 0 ] || fail "installing packages needs root: sudo apt-get install ${PACKAGES[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # The domain controller must not start as a service of the machine.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" >/dev/null ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${PACKAGES[@]}" >/dev/null; }
}

check() {
  for command in samba samba-tool ldbsearch ldapsearch openssl; do
    command -v "$command" >/dev/null || PATH=$PATH:/usr/sbin command -v "$command" >/dev/null ||
      fail "$command is missing; install: ${PACKAGES[*]}"
  done
  [ "$(id -u)" = 0 ] || fail "a domain controller binds port 636 and needs root"
}

provision() {
  local folder=$1 address=$2 password
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  password="Adm-$(openssl rand -hex 12)-X"
  printf '%s\n' "$address" >"$folder/address"
  (umask 077 && printf '%s\n' "$password" >"$folder/password")
  samba-tool domain provision --targetdir="$folder/dc" --realm=$REALM --domain=CORP --server-role=dc --host-name=dc1 \
    --host-ip="$address" --dns-backend=NONE --adminpass="$password" >"$folder/provision.log" 2>&1 ||
    { tail -5 "$folder/provision.log" >&2; fail "the domain could not be made: $folder/provision.log"; }
  certificates "$folder" "$address"
  configuration "$folder" "$address" >"$folder/smb.conf"
}

certificates() {
  local folder=$1 address=$2
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=Muster test authority" \
    -keyout "$folder/ca.key" -out "$folder/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=dc1.corp.example" \
    -keyout "$folder/dc.key" -out "$folder/dc.csr" 2>/dev/null
  openssl x509 -req -in "$folder/dc.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial -days 30 \
    -extfile <(printf 'subjectAltName=DNS:dc1.corp.example,DNS:localhost,IP:%s,IP:127.0.0.1' "$address") \
    -out "$folder/dc.pem" 2>/dev/null
  chmod 600 "$folder/ca.key" "$folder/dc.key"
}

configuration() {
  local folder=$1 address=$2
  cat <<CONF
[global]
  netbios name = DC1
  realm = $REALM
  workgroup = CORP
  server role = active directory domain controller
  server services = ldap
  interfaces = $address/8
  bind interfaces only = yes
  private dir = $folder/dc/private
  lock directory = $folder/dc
  state directory = $folder/dc/state
  cache directory = $folder/dc/cache
  ncalrpc dir = $folder/run/ncalrpc
  pid directory = $folder/run
  log file = $folder/samba.log
  tls keyfile = $folder/dc.key
  tls certfile = $folder/dc.pem
  tls cafile = $folder/ca.pem
  ldap server require strong auth = allow_sasl_over_tls
CONF
}

start() {
  local folder address
  folder=$(cd "$1" && pwd)
  address=$(cat "$folder/address")
  mkdir -p "$folder/run"
  setsid /usr/sbin/samba --configfile="$folder/smb.conf" --foreground --no-process-group --model=single \
    </dev/null >>"$folder/samba.out" 2>&1 &
  echo $! >"$folder/pid"
  for _ in $(seq 100); do
    kill -0 "$(cat "$folder/pid")" 2>/dev/null || { tail -5 "$folder/samba.out" >&2; fail "samba ended: $folder/samba.out"; }
    if (exec 3<>"/dev/tcp/$address/636") 2>/dev/null; then cat "$folder/pid"; return; fi
    sleep 0.1
  done
  fail "nobody answers on $address:636"
}

stop() {
  local folder=$1 pid
  [ -e "$folder/pid" ] || return 0
  pid=$(cat "$folder/pid")
  kill "$pid" 2>/dev/null || true
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || { rm -f "$folder/pid"; return 0; }
    sleep 0.05
  done
  kill -9 "$pid" 2>/dev/null || true
  rm -f "$folder/pid"
}

case "${1:-}" in
  install | check) "$1" ;;
  provision) provision "$2" "$3" ;;
  start | stop) "$1" "$2" ;;
  *) sed -n 2,8p "$0"; exit 2 ;;
esac
