#!/usr/bin/env bash
# A run with networks changes nothing of the host's: neither links, nor firewall rules, nor settings, nor huge pages; not when it ends, and
# not when it is killed in the middle. The host is a network namespace here, which looks as a Docker daemon leaves a host: what is forwarded
# is dropped, and bridged frames count as forwarded. The run's traffic has to pass all the same. Needs root, iptables and a built tree;
# takes some minutes.
#
#   tests/nightly/network-untouched.sh [KILLS] [TARGETS] [NETWORKS]
set -euo pipefail
if [ "${VIRTUALBENCH_TEST_HOST:-}" != inside ]; then
    VIRTUALBENCH_TEST_HOST=inside exec unshare --net "$(realpath "${BASH_SOURCE[0]}")" "$@"
fi
unset VIRTUALBENCH_TEST_HOST
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly KILLS=${1:-5} TARGETS=${2:-native,docker,oci:crun,lxc,qemu} NETWORKS=${3:-bridge,macvlan,slirp,passt,ovs,ovs-dpdk}
readonly HARNESS=$PWD/artifacts/bin/VirtualBench/release/VirtualBench FILTER=/proc/sys/net/bridge/bridge-nf-call-iptables
WORK=$(mktemp -d)
readonly WORK
trap 'rm -rf "$WORK"' EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }

# Not counters and dates, and not what the kernel counts or draws by lot.
host() {
    ip -d link
    ip address
    ip route show table all
    iptables-save | sed -E 's/\[[0-9]+:[0-9]+\]//; /^#/d'
    ! command -v nft >/dev/null || nft list ruleset | sed -E 's/packets [0-9]+ bytes [0-9]+//'
    sysctl -a 2>/dev/null | grep '^net\.' | grep -vE 'conntrack_count|stable_secret|tcp_fastopen_key' | sort
    cat /proc/sys/vm/nr_hugepages /proc/sys/vm/nr_overcommit_hugepages
    ls /run/netns 2>/dev/null || true
}

unchanged() {
    host >"$WORK/after"
    cmp -s "$WORK/before" "$WORK/after" || fail "$1: the host is not as it was: $(diff "$WORK/before" "$WORK/after")"
}

run() { "$HARNESS" run --targets "$TARGETS" --networks "$NETWORKS" --probes 'net.tcp-rr' "$@"; }

[ -e "$FILTER" ] || { echo "SKIPPED: needs a kernel that hands bridged frames to iptables: modprobe br_netfilter" >&2; exit 0; }
ip link set lo up
echo 1 >"$FILTER"
iptables -P FORWARD DROP
host >"$WORK/before"

run --boots 1 --out "$WORK/whole" >"$WORK/log" 2>&1 || fail "a run to its end: $(tail -n 5 "$WORK/log")"
unchanged "after a run"
answered=$(grep -c '"trial-ended"' "$WORK/whole/journal.jsonl")
echo "a run of $answered trials: the host is as it was"

for kill in $(seq "$KILLS"); do
    run --boots 20 --out "$WORK/killed-$kill" >"$WORK/log" 2>&1 &
    pid=$!
    # Not before it has begun: then it has networks.
    until grep -qs '"trial-ended"' "$WORK/killed-$kill/journal.jsonl"; do
        kill -0 "$pid" 2>/dev/null || fail "the run ended by itself: $(tail -n 5 "$WORK/log")"
        sleep 0.1
    done
    sleep "$((RANDOM % 5)).$((RANDOM % 10))"
    init=$(pgrep -P "$pid" | head -n 1)
    kill -9 "$(pgrep -P "$init" | head -n 1)"
    wait "$pid" 2>/dev/null || true
    "$HARNESS" clean >"$WORK/clean" || fail "clean: $(cat "$WORK/clean")"
    unchanged "after kill $kill"
    echo "kill $kill after $(grep -c '"trial-ended"' "$WORK/killed-$kill/journal.jsonl") trials: the host is as it was"
done
echo "PASSED: $KILLS kills"
