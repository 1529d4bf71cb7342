#!/usr/bin/env bash
# Counts how often verdicts are right, over thousands of simulated campaigns whose truth is known, through the same code as any run's, from
# transcript to verdict. Nothing is measured, so that a busy host does no harm. Needs a built tree; takes some minutes of one core.
#
#   tests/nightly/statistics.sh [CAMPAIGNS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly CAMPAIGNS=${1:-2000}
readonly HARNESS=$PWD/artifacts/bin/VirtualBench/release/VirtualBench
WORK=$(mktemp -d)
readonly WORK
trap 'rm -rf "$WORK"' EXIT
# shellcheck source=tests/nightly/expectations.sh
. tests/nightly/expectations.sh
readonly text=$WORK/text
number=0

# What follows NAME are options of selfcheck.
check() {
    local name=$1
    shift
    number=$((number + 1))
    echo "== $name: $*"
    "$HARNESS" selfcheck --campaigns "$CAMPAIGNS" --seed 20261125 --out "$WORK/$number" "$@" 2>"$WORK/errors" >"$text" ||
        { cat "$WORK/errors" >&2; exit 1; }
    show_counts
}

# LEAST MOST
covers() {
    expect 'intervals that hold the true ratio' 1 "$1" "$2"
    expect 'intervals that hold the true ratio' 2 "$1" "$2"
}

check 'normal noise of 1 %' --target sim --margin 1 --slowdown 3 --boots 10 --probes os.clock,mem.triad,cpu.primes
expect 'false alarms' 1 0 0.5
expect 'called worse' 1 95 100
covers 93 97

for shape in log-normal bimodal student pareto; do
    check "$shape noise" --target "sim:$shape" --margin 1 --slowdown 3 --boots 10 --probes os.clock,mem.triad
    expect 'false alarms' 1 0 0.5
    covers 93 97
done

# Noise that dwarfs the margin: what remains are the errors that a 95 % interval allows, and Holm's correction holds them per run.
check 'noise five times the margin' --target sim:noisy --margin 1 --slowdown 3 --boots 10 --probes os.clock,mem.triad
expect 'false alarms' 1 0 5
expect "that survive Holm's correction" 1 0 2.5

# Their intervals are of 96 %, for what looking after each block costs.
for target in sim sim:log-normal sim:bimodal sim:student sim:pareto; do
    check "blocks added until precise" --target "$target" --margin 1 --slowdown 3 --boots 6 --max-boots 24 --precision 1 --probes os.clock
    expect 'false alarms' 1 0 0.5
    covers 94 98
done

# The machine gets 10 % slower half way. In blocks it falls on all alike; one target after the other takes it for a difference.
check 'a step, interleaved' --target sim:step --margin 2 --slowdown 5 --boots 10 --probes os.clock
expect 'false alarms' 1 0 0.5
check 'a step, one target after the other' --target sim:step --margin 2 --slowdown 5 --boots 10 --probes os.clock --order sequential
expect 'false alarms' 1 50 100

finish
