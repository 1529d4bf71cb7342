#!/usr/bin/env bash
# Kills a campaign with SIGKILL at random moments, again and again, and finishes it with --resume. After each kill, `clean` must leave
# nothing of ours on the host; at the end no finished trial may have been lost or repeated. Needs root and a built tree; takes some minutes.
#
#   tests/nightly/kill-and-resume.sh [KILLS] [TARGETS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly KILLS=${1:-10} TARGETS=${2:-native,docker,oci:runc,oci:crun,qemu}
readonly HARNESS=$PWD/artifacts/bin/VirtualBench/release/VirtualBench
WORK=$(mktemp -d)
readonly WORK RUN=$WORK/run
trap 'rm -rf "$WORK"' EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }

# Everything of ours that outlives a run would be one of these.
leftovers() {
    # Not what is dead and waits for a slow init to bury it.
    ps -eo stat=,pid=,args= | awk '$1 !~ /^Z/' | grep -v ' grep ' |
        grep -E 'virtualbench-|VIRTUALBENCH|vbprobe|vbenclose|VirtualBench run' || true
    find /tmp -maxdepth 1 -regextype posix-extended -regex '.*/virtualbench-[0-9a-f]{10}'
    grep virtualbench /proc/self/mounts || true
    find /sys/fs/cgroup -type d -name '*virtualbench*' 2>/dev/null || true
    ip -o link 2>/dev/null | grep -oE ' (vb|tap)[^:@ ]*' || true
    ip netns list 2>/dev/null | grep '^vb' || true
    if [ -S /var/run/docker.sock ]; then
        docker ps -aq --filter label=virtualbench=1
        docker images -q --filter label=virtualbench=1
    fi
}

# The run's own processes: the enclosure's outer process and init, and the harness. (Without its Docker daemon, say, a run goes on.)
family() {
    local init
    init=$(pgrep -P "$1" | head -n 1)
    echo "$1" "$init" "$(pgrep -P "$init" | head -n 1)"
}

# A trial that ended well, by its position.
finished() {
    awk '/"trial-ended"/ && !/"reason"/ { match($0, /"position":[0-9]+/); print substr($0, RSTART, RLENGTH) }' "$RUN/journal.jsonl" | sort
}

# What a run may not change: links, mounts, cgroups, and the pipes that .NET leaves when it is killed.
host() {
    ip -o link | cut -d: -f2
    cat /proc/self/mounts
    find /sys/fs/cgroup -maxdepth 2 -type d | sort
    find /tmp -maxdepth 1 -name 'clr-debug-pipe-*' -o -maxdepth 1 -name 'dotnet-diagnostic-*' | sort
}

[ -z "$(leftovers)" ] || fail "something of ours is there before the test: $(leftovers)"
host_before=$(host)

for kill in $(seq "$KILLS"); do
    if [ -e "$RUN/run.json" ]; then
        "$HARNESS" run --resume "$RUN" >"$WORK/log" 2>&1 &
    else
        rm -rf "$RUN"
        "$HARNESS" run --preset quick --boots 20 --targets "$TARGETS" --out "$RUN" >"$WORK/log" 2>&1 &
    fi
    pid=$!
    sleep "$((RANDOM % 14 + 1)).$((RANDOM % 10))"
    if ! kill -0 "$pid" 2>/dev/null; then
        wait "$pid" || fail "the run ended by itself: $(tail -n 3 "$WORK/log")"
        echo "kill $kill: the run was done before"
        break
    fi
    before=$([ ! -e "$RUN/journal.jsonl" ] || finished)
    read -ra victims < <(family "$pid")
    victim=${victims[$((RANDOM % ${#victims[@]}))]}
    echo "kill $kill: $(cat "/proc/$victim/comm") ($victim of ${victims[*]}), $(wc -w <<<"$before") trials done"
    kill -9 "$victim"
    wait "$pid" 2>/dev/null || true
    "$HARNESS" clean >"$WORK/clean" || fail "clean: $(cat "$WORK/clean")"
    left=$(leftovers)
    [ -z "$left" ] || fail "after clean there is still: $left"
    "$HARNESS" clean | grep -q '^nothing was left behind$' || fail "a second clean found something"
    [ ! -e "$RUN/journal.jsonl" ] || [ -z "$(comm -23 <(echo "$before") <(finished))" ] || fail "a finished trial was lost"
done

"$HARNESS" run --resume "$RUN" >"$WORK/log" 2>&1 || fail "resume: $(tail -n 3 "$WORK/log")"
repeated=$(finished | uniq -d)
[ -z "$repeated" ] || fail "finished trials ran again: $repeated"
planned=$(grep -c '"position"' "$RUN/run.json")
[ "$(finished | wc -l)" -eq "$planned" ] || fail "$(finished | wc -l) of $planned trials are done"
host_after=$(host)
[ "$host_before" = "$host_after" ] || fail "the host is not as it was: $(diff <(echo "$host_before") <(echo "$host_after"))"
echo "PASSED: $KILLS kills, $planned trials, none lost, none repeated, nothing left"
