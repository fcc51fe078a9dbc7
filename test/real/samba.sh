#!/usr/bin/env bash
# A real Active Directory domain controller (Samba) in one folder, for tests, on a loopback address of its own:
#   samba.sh install                  the Debian packages, as root
#   samba.sh check                    exit 0 when everything is there that the others need; else says what is missing
#   samba.sh provision FOLDER ADDRESS a new domain corp.example in FOLDER, to be served on ADDRESS (127.x.y.z)
#   samba.sh copy FOLDER NEW ADDRESS  the domain of FOLDER as it was when it was new, for a server of its own
#   samba.sh start FOLDER             serves LDAP and LDAPS on the usual ports of that address; prints the process id
#   samba.sh stop FOLDER              ends it
#   samba.sh serve FOLDER             start and stop in one: ends when its standard input does
#   samba.sh session FOLDER ADDRESS   provision and serve; then FOLDER is removed
# FOLDER holds what a client needs: ca.pem, password (of Administrator) and address. Nothing outside FOLDER is written.
# Servers on different addresses do not meet. serve and session end with the process that holds its standard input, however
# that process ends: no server and no folder is left behind by a test run that was killed.
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
    PATH=$PATH:/usr/sbin command -v "$command" >/dev/null ||
      fail "$command is missing; install: ${PACKAGES[*]}"
  done
  [ "$(id -u)" = 0 ] || fail "a domain controller binds port 636 and needs root"
}

provision() {
  local folder=$1 address=$2 password
  [[ $address =~ ^127(\.[0-9]{1,3}){3}$ ]] || fail "$address is not a loopback address (127.x.y.z)"
  [ ! -e "$folder/dc" ] || fail "there is a domain in $folder already"
  mkdir -p "$folder/tmp"
  folder=$(cd "$folder" && pwd)
  password="Adm-$(openssl rand -hex 12)-X"
  printf '%s\n' "$address" >"$folder/address"
  (umask 077 && printf '%s\n' "$password" >"$folder/password")
  TMPDIR="$folder/tmp" samba-tool domain provision --targetdir="$folder/dc" --realm=$REALM --domain=CORP --server-role=dc --host-name=dc1 \
    --host-ip="$address" --dns-backend=NONE --adminpass="$password" >"$folder/provision.log" 2>&1 ||
    { tail -5 "$folder/provision.log" >&2; fail "the domain could not be made: $folder/provision.log"; }
  cp -a --sparse=always "$folder/dc" "$folder/pristine"
  certificates "$folder" "$address"
  configuration "$folder" "$address" >"$folder/smb.conf"
}

copy() {
  local folder=$1 new=$2 address=$3
  mkdir -p "$new"
  new=$(cd "$new" && pwd)
  cp -a --sparse=always "$folder/pristine" "$new/dc"
  cp -a --sparse=always "$folder/pristine" "$new/pristine"
  cp -a "$folder/password" "$new/password"
  printf '%s\n' "$address" >"$new/address"
  certificates "$new" "$address"
  configuration "$new" "$address" >"$new/smb.conf"
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
  local folder
  folder=$(cd "$1" && pwd)
  mkdir -p "$folder/run" "$folder/tmp"
  TMPDIR="$folder/tmp" setsid /usr/sbin/samba --configfile="$folder/smb.conf" --foreground --no-process-group --model=single \
    </dev/null >>"$folder/samba.out" 2>&1 &
  echo $! >"$folder/pid"
  await "$folder" $!
  cat "$folder/pid"
}

# Until the server of a folder answers, or its process is gone.
await() {
  local folder=$1 process=$2 address
  address=$(cat "$folder/address")
  for _ in $(seq 300); do
    kill -0 "$process" 2>/dev/null || { tail -5 "$folder/samba.out" >&2; fail "samba ended: $folder/samba.out"; }
    if (exec 3<>"/dev/tcp/$address/636") 2>/dev/null; then return; fi
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

# samba --interactive ends when its standard input does. FOLDER/ready is there while the server answers.
serve() {
  local folder process
  folder=$(cd "$1" && pwd)
  mkdir -p "$folder/run" "$folder/tmp"
  TMPDIR="$folder/tmp" /usr/sbin/samba --configfile="$folder/smb.conf" --interactive --no-process-group --model=single \
    <&0 >>"$folder/samba.out" 2>&1 &
  process=$!
  echo $process >"$folder/pid"
  await "$folder" $process </dev/null
  touch "$folder/ready"
  { wait $process || true; } 2>/dev/null
  rm -f "$folder/ready" "$folder/pid"
}

session() {
  mkdir -p "$1"
  session=$(cd "$1" && pwd)
  trap '' INT HUP
  trap 'rm -rf "$session"' EXIT
  provision "$session" "$2" </dev/null
  serve "$session"
}

case "${1:-}" in
  install | check) "$1" ;;
  provision | session) "$1" "$2" "$3" ;;
  copy) copy "$2" "$3" "$4" ;;
  start | stop | serve) "$1" "$2" ;;
  *) sed -n 2,15p "$0"; exit 2 ;;
esac
