#!/bin/bash
# run.sh NAME IP:PORT PIDS OUT SCENARIO...: loads a system under test; one JSON line per run, also appended to
# OUT/NAME.jsonl. The system offers the numbers of README.md.
# scenarios: answer bridge relay transcode inband record conf3 conf10 conf50 ivr idle bridged sweep
# env: REPS=1 N=100 SECS=12 RATE=50 CPS=50 CPS_SECS=15 UAS_PORT=17062 FROM=a INBAND_FROM=$FROM IVR=97 DTMF_AFTER=2000
set -euo pipefail
[ $# -ge 5 ] || { sed -n 2,5p "$0" >&2; exit 2; }
name=$1 sut=$2 pids=$3 out=$4; shift 4; here=$(cd "$(dirname "$0")" && pwd)
: "${REPS:=1}" "${N:=100}" "${SECS:=12}" "${RATE:=50}" "${CPS:=50}" "${CPS_SECS:=15}" "${UAS_PORT:=17062}"
: "${FROM:=a}" "${INBAND_FROM:=$FROM}" "${IVR:=97}" "${DTMF_AFTER:=2000}" "${SWEEP:=200 400 600 800 1000 1200}"
mkdir -p "$out" "$here/build"

sipload=$here/build/sipload
[ "$sipload" -nt "$here/sipload.c" ] || cc -O2 -o "$sipload" "$here/sipload.c" -lm

# A line with failed calls is a result too, so its exit code does not end the run.
load() {
  { "$sipload" --sut "$sut" --pid "$pids" "$@" || true; } |
    sed "s|^{|{\"sut\":\"$name\",\"load\":$(cut -d' ' -f1 /proc/loadavg),|" | tee -a "$out/$name.jsonl"
}
churn() { load --label "$1" --from "$FROM" --calls $((CPS * CPS_SECS)) --rate "$CPS" --hold 0.2 "${@:2}"; }
steady() { load --label "$1" --uas-port "$UAS_PORT" --calls "$N" --rate "$RATE" --steady --rtp --secs "$SECS" "${@:2}"; }
held() { load --label "$1" --from "$FROM" --calls 500 --rate "$RATE" --steady --settle 2 --secs 3 "${@:2}"; }
conference() {
  load --label "conf$1" --from "$FROM" --prefix 95 --group "$1" --calls "$2" --rate 25 --steady --rtp --unmarked --secs "$SECS"
}
sweep() { # until more than 0.1 % is lost
  local n line
  for n in $SWEEP; do
    line=$(load --label sweep --uas-port "$UAS_PORT" --from "$FROM" --prefix 91 --calls "$n" --rate 100 --steady --rtp --secs "$SECS")
    echo "$line"; grep -qE '"loss_pct":0\.0[0-9]+' <<<"$line" || break
  done
}

for scenario; do
  for _ in $(seq "$REPS"); do
    case $scenario in
    answer) churn answer --number 1000 ;;
    bridge) churn bridge --prefix 91 --uas-port "$UAS_PORT" ;;
    relay) steady relay --from "$FROM" --prefix 91 ;;
    transcode) steady transcode --from "$FROM" --prefix 92 --codec-b 8 ;;
    inband) steady inband --from "$INBAND_FROM" --prefix 93 --no-te-a ;;
    record) steady record --from "$FROM" --prefix 94 ;;
    conf3) conference 3 60 ;;
    conf10) conference 10 100 ;;
    conf50) conference 50 100 ;;
    ivr) load --label "ivr$IVR" --from "$FROM" --prefix "$IVR" --calls 300 --rate 20 --rtp --dtmf 1234 --dtmf-after "$DTMF_AFTER" --hold 12 ;;
    idle) held idle --number 1000 ;;
    bridged) held bridged --prefix 91 --uas-port "$UAS_PORT" ;;
    sweep) sweep ;;
    *) echo "run.sh: unknown scenario $scenario" >&2; exit 2 ;;
    esac
    sleep 1
  done
done
