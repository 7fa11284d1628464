#!/bin/bash
# cps.sh IP:PORT PIDS OUT [bridge]: SIPp as caller (and as called party with "bridge") at rising call rates until a
# call fails or anything is sent again. One JSON line per step.
# env: RATES="50 100 ..." SECS=8 HOLD_MS=200 FROM=a NUMBER=1000|91000000 UAC_PORT=17080 UAS_PORT=17062
#      STOP=1 (end at the first bad step)
set -u
[ $# -ge 3 ] || { sed -n 2,5p "$0" >&2; exit 2; }
command -v sipp >/dev/null || { echo "cps.sh: SIPp is missing; install it: apt-get install sip-tester" >&2; exit 2; }
sut=$1 pids=$2 out=$3 mode=${4:-answer}; here=$(cd "$(dirname "$0")" && pwd)
: "${RATES:=50 100 150 200 250 300 400 500 600 800 1000 1200}" "${SECS:=8}" "${HOLD_MS:=200}" "${FROM:=a}"
: "${UAC_PORT:=17080}" "${UAS_PORT:=17062}" "${STOP:=1}"
if [ "$mode" = bridge ]; then : "${NUMBER:=91000000}"; else : "${NUMBER:=1000}"; fi
mkdir -p "$out" && cd "$out" || exit 2

cpu() { # seconds of user and system time of the processes and all below them
  ps -eo pid=,ppid= |
    awk -v roots="$pids" '
      BEGIN {n = split(roots, list, ","); for (i = 1; i <= n; i++) wanted[list[i]] = 1}
      {parent[$1] = $2}
      END {for (p in parent) {x = p; hops = 0; while (x > 1 && hops++ < 40) {if (x in wanted) {print p; break}; x = parent[x]}}}' |
    while read -r p; do cat "/proc/$p/stat" 2>/dev/null; done | sed 's/.*) //' |
    awk -v hz="$(getconf CLK_TCK)" '{ticks += $12 + $13} END {printf "%.2f", ticks / hz}'
}

uas=; trap '[ -n "$uas" ] && kill "$uas" 2>/dev/null' EXIT
for rate in $RATES; do
  n=$((rate * SECS)); rm -f uac.csv uas.csv; uas=
  if [ "$mode" = bridge ]; then
    sipp -sf "$here/sipp/uas.xml" -i 127.0.0.1 -p "$UAS_PORT" -mp 17094 -trace_stat -stf uas.csv -fd 1 -nostdin >uas.out 2>&1 </dev/null & uas=$!
    sleep 0.5
  fi
  c0=$(cpu); t0=$(date +%s.%N)
  timeout $((SECS * 3 + 40)) sipp "$sut" -sf "$here/sipp/uac.xml" -set from "$FROM" -s "$NUMBER" -i 127.0.0.1 -p "$UAC_PORT" -mp 17090 \
    -r "$rate" -m "$n" -l 20000 -d "$HOLD_MS" -trace_stat -stf uac.csv -fd 1 -nostdin >uac.out 2>&1 </dev/null; rc=$?
  t1=$(date +%s.%N); sleep 0.5; c1=$(cpu)
  [ -n "$uas" ] && { kill "$uas"; wait "$uas"; } 2>/dev/null
  [ -s uac.csv ] || { echo "cps.sh: SIPp did not run:" >&2; tail -5 uac.out >&2; exit 1; }
  awk -F';' -v rate="$rate" -v n="$n" -v rc="$rc" -v c0="$c0" -v c1="$c1" -v t0="$t0" -v t1="$t1" -v la="$(cut -d' ' -f1 /proc/loadavg)" '
    NR == 1 {for (i = 1; i <= NF; i++) column[$i] = i}
    {for (i = 1; i <= NF; i++) v[i] = $i}
    END {
      failed = v[column["FailedCall(C)"]]; resent = v[column["Retransmissions(C)"]]; ok = v[column["SuccessfulCall(C)"]]; c = c1 - c0; w = t1 - t0
      printf "{\"rate\":%d,\"calls\":%d,\"ok\":%d,\"failed\":%d,\"retrans\":%d,\"rc\":%d,\"cpu_s\":%.2f,\"cpu_ms_per_call\":%.3f,\"wall_s\":%.1f,\"sut_cores\":%.2f,\"loadavg\":%s}\n", rate, n, ok, failed, resent, rc, c, c * 1000 / n, w, c / w, la
      exit !(failed == 0 && resent == 0 && rc == 0)
    }' uac.csv || { [ "$STOP" = 1 ] && break; }
  sleep 1
done
