#!/usr/bin/env bash
# What `selfcheck` finds on this machine, not a simulated one: a target against itself, and against itself made slower; and what
# interleaving is worth when other work begins on the host half way. Wants an otherwise idle host, or what it counts is what the host was
# busy with. Needs a built tree; takes half an hour. What it measured stays in DIR.
#
#   tests/nightly/selfcheck.sh DIR
set -euo pipefail
[ $# -eq 1 ] || { sed -n '2,7s/^# \?//p' "$0" >&2; exit 2; }
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
readonly OUT
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/nightly/expectations.sh
. tests/nightly/expectations.sh

readonly HARNESS=$PWD/artifacts/bin/VirtualBench/release/VirtualBench

# What follows NAME are options of selfcheck.
check() {
    local name=$1
    shift
    echo "== $name: $*"
    "$HARNESS" selfcheck --target native --margin 2 --slowdown 5 --out "$OUT/$name" "$@" >"$OUT/$name.txt" 2>"$OUT/$name.log" ||
        { tail -3 "$OUT/$name.log" >&2; exit 1; }
    text=$OUT/$name.txt
    show_counts
}

check quick --campaigns 20 --seed 11
expect 'false alarms' 1 0 0

# Six blocks say little about 5 %; 28 do, of what has little noise of its own.
check many-boots --campaigns 10 --seed 12 --boots 28 --time-budget 3m
expect 'false alarms' 1 0 0
for probe in cpu.primes cpu.fma os.syscall os.cpuid; do
    expect_worse "$probe" 100
done

check disturbed --campaigns 10 --seed 14 --disturb
expect 'false alarms' 1 0 0
check disturbed-one-after-the-other --campaigns 10 --seed 14 --disturb --order sequential
expect 'false alarms' 1 10 100

finish
