#!/bin/sh
# The unikernel's network under QEMU's emulation, in namespaces of its own, which take everything with them that was started.
#   unikernel_network.sh WAY MACHINE IMAGE PROGRAM PROBES [OPTIONS]
# WAY: client: the unikernel measures against PROGRAM --serve over a tap; what unikernel_boot.sh prints.
#      user:   the same through QEMU's user-mode network, which takes no offloads and no privileges.
#      serves: PROGRAM measures against the unikernel --serve over a tap; what PROGRAM prints.
#      guests: two unikernels, one cable; what the one that measures prints.
#      unplugged: the unikernel with its cable out.
# OPTIONS: of the device, as QEMU writes them: ",csum=off".
# 77 where the kernel gives no namespaces or no tap.
set -eu
if [ "$1" != inside ]; then
    here=$(dirname "$0")
    command -v ip >/dev/null || { echo "ip (package iproute2) is not installed"; exit 77; }
    unshare -rnpf --kill-child true 2>/dev/null || { echo "no namespaces for this user"; exit 77; }
    exec unshare -rnpf --kill-child sh "$0" inside "$here" "$@"
fi
here=$2 way=$3 machine=$4 image=$5 program=$6 probes=$7 options=${8-}
short="--iteration-ms=1 --budget-ms=10 --warmup=1 --min=1 --max=2"
card="-device virtio-net-pci,romfile=,netdev=n$options -netdev"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# boot ADDRESS ARGUMENTS NETDEV
boot() { sh "$here/unikernel_boot.sh" "$machine" "$image" "vb.net=$1 $2" $card "$3"; }

# await FILE: until whoever writes it says that it serves.
await() {
    for _ in $(seq 600); do
        ! grep -q "VB: serving" "$1" || return 0
        sleep 0.1
    done
    cat "$1" >&2
    exit 1
}

ip link set lo up
tap=tap,id=n,ifname=vbtap,script=no,downscript=no
case $way in client | serves)
    ip tuntap add vbtap mode tap vnet_hdr 2>/dev/null || { echo "no tap here"; exit 77; }
    ip addr add 10.77.0.1/24 dev vbtap
    ip link set vbtap up ;;
esac
case $way in
    client | user)
        $program --serve=7777 >"$work/server" &
        await "$work/server" ;;
esac
case $way in
    client) boot 10.77.0.2/24 "$short --peer=10.77.0.1:7777 $probes" "$tap" ;;
    user) boot 10.0.2.15/24 "$short --peer=10.0.2.2:7777 $probes" user,id=n ;;
    serves)
        boot 10.77.0.2/24 --serve=7777 "$tap" >"$work/server" &
        await "$work/server"
        $program $short --peer=10.77.0.2:7777 $probes ;;
    unplugged)
        mkfifo "$work/monitor.in" "$work/monitor.out"
        cat "$work/monitor.out" >"$work/answers" &
        printf 'set_link n off\ncont\n' >"$work/monitor.in" &
        boot 10.0.2.15/24 "--peer=10.0.2.2:9 $probes" "user,id=n -S -chardev pipe,id=monitor,path=$work/monitor -mon chardev=monitor" ;;
    guests)
        boot 10.77.0.2/24 --serve=7777 "socket,id=n,listen=127.0.0.1:7001" >"$work/server" &
        await "$work/server"
        boot 10.77.0.3/24 "$short --peer=10.77.0.2:7777 $probes" "socket,id=n,connect=127.0.0.1:7001" ;;
esac
