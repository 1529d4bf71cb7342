#!/bin/sh
# Holds our figures against the public tools that measure the same thing: both pinned to one core, alternating, so that a change of the
# machine's speed meets both. Prints every pair and the median of the ratios (ours over theirs; above 1 is faster).
#   compare-reference.sh [ROUNDS] [CPU]          VBPROBE=path of vbprobe-c, DISK=a directory with 3 GiB free, ONLY=prefix of names
# Of net.*, client and server have a core each: CPU and the next one.
# Exit status: 0 when every comparison holds that could be made, 1 when one does not, 2 when nothing could be compared.
set -eu
rounds=${1:-7}
cpu=${2:-0}
root=$(cd "$(dirname "$0")/../.." && pwd)
probe=${VBPROBE:-$root/artifacts/guests/x64/vbprobe-c}
if ! [ -x "$probe" ]; then
    echo "compare-reference: no $probe; build it: cmake --preset linux-x64 && cmake --build --preset linux-x64" >&2
    exit 2
fi
disk=$(mktemp -d "${DISK:-/var/tmp}/vb-reference-XXXXXX")
trap 'rm -rf "$disk"' EXIT INT TERM
taskset -c "$cpu" true || { echo "compare-reference: cannot run on CPU $cpu" >&2; exit 2; }

median() { sort -g | awk '{ v[NR] = $1 } END { if (NR % 2) print v[(NR + 1) / 2]; else print (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# Operations per second of a probe: over the whole second, as the tools count, not the best part of it.
ours() {
    taskset -c "$cpu" "$probe" --budget-ms=1000 --min=10 --max=1000 --error=0.01 --peer=127.0.0.1:47301 --disk="$disk" "$1" |
        awk '/^WorkloadResult/ { operations += $3; ns += $5 } END { printf "%.6f\n", operations * 1e9 / ns }'
}

sysbench_primes() {
    taskset -c "$cpu" sysbench cpu --cpu-max-prime=10000 --threads=1 --time=1 run |
        awk '/events per second/ { print $4 }'
}

# All four kernels' bytes over their time, which is what stress-ng adds up; 32M of "cache" makes it use arrays of 128 MiB, our default.
stress_stream() {
    taskset -c "$cpu" stress-ng --stream 1 --stream-l3-size 32M --timeout 6 --metrics 2>&1 |
        awk '/memory rate:/ { for (i = 1; i <= NF; i++) if ($i == "MB") sum += $(i - 1); printf "%.6f\n", sum * 1048576 }'
}

openssl_sha256() {
    taskset -c "$cpu" openssl speed -elapsed -evp sha256 -bytes 1048576 -seconds 1 2>/dev/null |
        awk '/^sha256/ { sub("k", "", $2); print $2 * 1000 }'
}

# ---- net: every server runs from the first to the last of its comparisons; ports of which nobody else is likely to think ----

servers=""
trap 'for server in $servers; do kill "$server" 2>/dev/null || true; done' EXIT
serve() {
    taskset -c $(((cpu + 1) % $(nproc))) "$@" >/dev/null 2>&1 &
    servers="$servers $!"
}

start_servers() {
    serve "$probe" --serve=47301
    ! command -v iperf3 >/dev/null || serve iperf3 --server --port 47302
    ! command -v sockperf >/dev/null || serve sockperf server -i 127.0.0.1 -p 47303
    ! command -v sockperf >/dev/null || serve sockperf server --tcp -i 127.0.0.1 -p 47304
    sleep 1
}

# Round trips a second at the median time of one.
ours_median() {
    taskset -c "$cpu" "$probe" --budget-ms=1000 --min=10 --max=1000 --error=0.01 --peer=127.0.0.1:47301 "$1" |
        awk -F'[= ]' '/metric name=rtt.p50 / { printf "%.6f\n", 1e9 / $7 }'
}

# Its smallest message has 14 bytes. Without --full-rtt it would print halves.
sockperf_median() {
    taskset -c "$cpu" sockperf ping-pong "$@" -i 127.0.0.1 -t 1 -m 14 --full-rtt 2>/dev/null |
        awk '/percentile 50.000/ { printf "%.6f\n", 1e6 / $NF }'
}
sockperf_udp() { sockperf_median -p 47303; }
sockperf_tcp() { sockperf_median --tcp -p 47304; }

iperf3_one() { iperf3_run; }
iperf3_reverse() { iperf3_run --reverse; }
iperf3_four() { iperf3_run --parallel 4; }
iperf3_run() {
    taskset -c "$cpu" iperf3 --client 127.0.0.1 --port 47302 --time 1 --format k "$@" |
        awk '/receiver/ { for (i = 2; i <= NF; i++) if ($i == "Kbits/sec") rate = $(i - 1) } END { printf "%.6f\n", rate * 125 }'
}
# Reads a second by the same engine, as many in flight, of a file as large.
fio_randread() {
    taskset -c "$cpu" fio --name=reference --directory="$disk" --size=1G --direct=1 --ioengine=io_uring --iodepth="$1" --rw=randread \
        --bs=4k --refill_buffers --time_based --runtime=2 --minimal | cut -d';' -f8
}
fio_randread_1() { fio_randread 1; }
fio_randread_16() { fio_randread 16; }

compared=0
failed=0
# compare NAME TOOL REFERENCE PROBE WORK LEAST [OURS]: `work` units of one operation; the median ratio must be at least LEAST. OURS is how
# the probe's operations per second are told.
compare() {
    case "$1" in "${ONLY:-}"*) ;; *) return ;; esac
    if ! command -v "$2" >/dev/null; then
        echo "$1: skipped, $2 is not installed (apt-get install $2)"
        return
    fi
    compared=$((compared + 1))
    ratios=""
    for round in $(seq "$rounds"); do
        if [ $((round % 2)) -eq 0 ]; then
            theirs=$($3); mine=$("${7:-ours}" "$4")
        else
            mine=$("${7:-ours}" "$4"); theirs=$($3)
        fi
        ratio=$(awk -v a="$mine" -v w="$5" -v b="$theirs" 'BEGIN { printf "%.4f", a * w / b }')
        awk -v n="$1" -v a="$mine" -v w="$5" -v b="$theirs" -v r="$ratio" \
            'BEGIN { printf "%s: ours %.5g theirs %.5g ratio %s\n", n, a * w, b, r }'
        ratios="$ratios $ratio"
    done
    middle=$(printf '%s\n' $ratios | median)
    if awk -v m="$middle" -v l="$6" 'BEGIN { exit !(m >= l) }'; then verdict=holds; else verdict="DOES NOT HOLD"; failed=1; fi
    echo "$1: median ratio $middle over $rounds rounds, at least $6 wanted: $verdict"
}

compare cpu.primes sysbench sysbench_primes cpu.primes 1 0.97
compare mem.triad stress-ng stress_stream mem.triad 402653184 1
compare cpu.sha256 openssl openssl_sha256 cpu.sha256 1048576 0.90
start_servers
compare net.tcp-stream iperf3 iperf3_one net.tcp-stream 131072 1
compare net.tcp-stream-rx iperf3 iperf3_reverse 'net.tcp-stream{direction=rx}' 131072 1
compare net.tcp-stream-4 iperf3 iperf3_four 'net.tcp-stream{streams=4}' 131072 1
compare net.tcp-rr sockperf sockperf_tcp net.tcp-rr 1 1 ours_median
compare net.udp-rr sockperf sockperf_udp net.udp-rr 1 1 ours_median
compare 'disk.randread{depth=1}' fio fio_randread_1 'disk.randread{io=io_uring,depth=1}' 1 1
compare 'disk.randread{depth=16}' fio fio_randread_16 'disk.randread{io=io_uring,depth=16}' 1 1
[ "$compared" -gt 0 ] || exit 2
exit "$failed"
