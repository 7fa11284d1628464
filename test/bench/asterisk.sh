#!/bin/bash
# asterisk.sh make|start|stop|rx [COMMAND...]: Asterisk 22 as Debian packages it, in a chroot of its own, on loopback
# port 15070 with the configuration in asterisk/. Needs root; make needs debootstrap and a Debian mirror.
# env: CORDBOARD_ASTERISK_DIR (the chroot, default .cache/asterisk-22 of this repository)
#      DEBIAN_MIRROR (default: the one this machine's own package sources name)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${CORDBOARD_ASTERISK_DIR:-$(cd "$here/../.." && pwd)/.cache/asterisk-22}
conf=/bench/etc/asterisk.conf

fail() { echo "asterisk.sh: $*" >&2; exit 2; }
inside() { chroot "$dir" /usr/sbin/asterisk -C $conf "$@"; }

mirror() {
  local list
  list=$(grep -lsE '^(URIs:|deb ).*debian' /etc/apt/sources.list /etc/apt/sources.list.d/*.{sources,list} | head -1) || true
  [ -z "$list" ] || awk '/^URIs:/ {print $2; exit} /^deb / {for (i = 2; i <= NF; i++) if ($i ~ /^http/) {print $i; exit}}' "$list"
}

make_chroot() {
  command -v debootstrap >/dev/null || fail "debootstrap is missing; install it: apt-get install debootstrap"
  [ -x "$dir/usr/sbin/asterisk" ] && { echo "asterisk.sh: already there: $dir"; return; }
  local from part=$dir.partial
  from=${DEBIAN_MIRROR:-$(mirror)}
  [ -n "$from" ] || fail "no Debian mirror found in the package sources; name one in DEBIAN_MIRROR"
  rm -rf "$part"; mkdir -p "$part"
  # Debian stable has no Asterisk package; unstable has 22.
  debootstrap --variant=minbase sid "$part" "$from"
  printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d"; chmod 755 "$part/usr/sbin/policy-rc.d"
  DEBIAN_FRONTEND=noninteractive LC_ALL=C chroot "$part" apt-get install -y --no-install-recommends \
    asterisk asterisk-modules asterisk-core-sounds-en asterisk-core-sounds-en-wav
  chroot "$part" apt-get clean; rm -rf "$part"/var/lib/apt/lists/*
  mv "$part" "$dir"; echo "asterisk.sh: built $dir"
}

start() {
  [ -x "$dir/usr/sbin/asterisk" ] || fail "no Asterisk in $dir; build it first: $0 make"
  local modules
  mkdir -p "$dir"/bench/{etc,rec} "$dir"/bench/var/{run,log,spool,db}
  modules=$(cd "$dir" && echo usr/lib/*/asterisk/modules)
  cp "$here"/asterisk/*.conf "$dir/bench/etc/"
  sed -i "s|^astmoddir.*|astmoddir => /$modules|" "$dir/bench/etc/asterisk.conf"
  for f in indications codecs features acl udptl ccss; do cp "$dir/etc/asterisk/$f.conf" "$dir/bench/etc/"; done
  # Empty files keep the other listeners off.
  for f in manager http cel musiconhold; do : >"$dir/bench/etc/$f.conf"; done
  setsid chroot "$dir" /usr/sbin/asterisk -f -C $conf >"$dir/bench/var/log/out" 2>&1 &
  local pid=$!; echo $pid >"$dir/bench/pid"
  for _ in $(seq 100); do
    sleep 0.2
    kill -0 $pid 2>/dev/null || { tail -5 "$dir/bench/var/log/out" >&2; fail "Asterisk ended while starting"; }
    inside -rx 'core waitfullybooted' 2>/dev/null | grep -q 'fully booted' && { echo "pid $pid ready"; return; }
  done
  kill $pid; fail "Asterisk did not boot within 20 s"
}

stop() {
  local pid; pid=$(cat "$dir/bench/pid")
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
  kill -9 "$pid"
}

[ "$(id -u)" = 0 ] || fail "chroot needs root"
case ${1:-} in
make) make_chroot ;;
start) start ;;
stop) stop ;;
rx) shift; inside -rx "$*" ;;
*) fail "usage: asterisk.sh make|start|stop|rx [COMMAND...]" ;;
esac
