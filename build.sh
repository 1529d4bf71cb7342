#!/usr/bin/env bash
# Everything that is needed to get from a fresh Debian 12 with the .NET 10 SDK to a report. `./build.sh` alone shows the verbs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly NATIVE_PRESETS=(linux-x64)
readonly CROSS_PRESETS=(linux-arm64)

# What each package is for, and a command or file that shows it is there: package|shown by|why.
readonly BUILD_PACKAGES='
gcc|gcc|compiles the measurement engine and the C probes
libc6-dev|/usr/include/stdlib.h|headers and static C library of the guest programs
cmake|cmake|builds the C code
ninja-build|ninja|runs the build that CMake plans
clang|clang|links the C# guest programs (NativeAOT)
lld|ld.lld|links the C# guest programs; GNU ld 2.40 fails on them
llvm|llvm-objcopy|strips the C# guest program for arm64
zlib1g-dev|/usr/include/zlib.h|needed by NativeAOT to link
gcc-aarch64-linux-gnu|aarch64-linux-gnu-gcc|compiles guests for arm64
libc6-dev-arm64-cross|/usr/aarch64-linux-gnu/include/stdlib.h|headers and static C library for arm64 guests'
readonly ENGINE_PACKAGES='
qemu-system-x86|qemu-system-x86_64|targets qemu, kvm and microvm
qemu-utils|qemu-img|disks of the format qcow2
qemu-system-arm|qemu-system-aarch64|target qemu@arm64
libvirt0|libvirt.so.0|drives the virtual machines
libvirt-daemon-driver-qemu|libvirt_driver_qemu.so|the QEMU driver that runs within this program; its daemon is not used
runc|runc|targets oci:runc and docker
crun|crun|targets oci:crun and docker:crun
docker.io|dockerd|target docker; a private daemon is started for a run when none answers
user-mode-linux|linux.uml|target uml
bubblewrap|bwrap|the engine that harness/Examples/bubblewrap.json describes; the tests run it
podman|podman|target podman
conmon|conmon|watches the containers of podman
libvirt-daemon|libvirtd|target lxc; a private daemon is started for a run
libvirt-daemon-driver-lxc|libvirt_driver_lxc.so|the LXC driver of that daemon
systemd-container|systemd-nspawn|target nspawn
iproute2|ip|makes the links of networks
passt|passt|network passt
slirp4netns|slirp4netns|network slirp, for containers
openvswitch-switch|/usr/lib/openvswitch-switch/ovs-vswitchd|network ovs; a service that the package starts is not used: systemctl disable --now openvswitch-switch
openvswitch-switch-dpdk|/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk|network ovs-dpdk
librte-mempool-ring23|librte_mempool_ring.so|memory for packets in DPDK, which only recommends it
librte-net-af-packet23|librte_net_af_packet.so|containers in network ovs-dpdk
dpdk|dpdk-testpmd|target testpmd
librte-net-virtio23|librte_net_virtio.so|target testpmd
ethtool|ethtool|checksums in networks ovs and ovs-dpdk'
readonly TEST_PACKAGES='
chromium|chromium|shows the report to the tests of its page
qemu-user-static|qemu-aarch64-static|runs the unit tests of the arm64 guests
valgrind|valgrind|runs the native unit tests under a memory checker
cpio|cpio|reads what the initramfs writer wrote'

main() {
    local verb=${1:-help}
    shift || true
    case $verb in
        setup) setup "$@" ;;
        build) build ;;
        cross) cross ;;
        run) setup_quietly; build; cross; run_harness "$@" ;;
        test) setup_quietly test; build; cross; run_tests ;;
        clean) clean ;;
        help | --help | -h) usage ;;
        *) echo "build.sh: unknown verb '$verb'; ./build.sh shows them" >&2; exit 2 ;;
    esac
}

usage() {
    cat <<'TEXT'
usage: ./build.sh VERB
  setup [--no-install]   install what is missing, saying each package and why; --no-install only says it
  build                  the C engine and probes, the C# guest program and the harness, for this machine
  cross                  the guest programs for linux-arm64
  run [ARGUMENTS]        setup, build, cross, then the harness with these arguments; without any: `doctor`, then `run --preset quick`
  test                   setup, build, cross, then every test; the last line counts them
  clean                  remove what runs left on this host, then the build output
TEXT
}

# ---- setup ----

setup() {
    local install=yes scope=all
    for argument in "$@"; do
        case $argument in
            --no-install) install=no ;;
            *) echo "build.sh: setup has no option '$argument'; there is --no-install" >&2; exit 2 ;;
        esac
    done
    require_sdk
    local missing
    missing=$(missing_packages "$scope")
    if [ -z "$missing" ]; then
        echo "setup: everything is installed"
        return
    fi
    install_packages "$missing" "$install"
}

# For run and test: silent when there is nothing to do.
setup_quietly() {
    require_sdk
    local missing
    missing=$(missing_packages "${1:-run}")
    [ -z "$missing" ] || install_packages "$missing" yes
}

require_sdk() {
    if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
        echo "build.sh: the .NET 10 SDK is missing; install it (package dotnet-sdk-10.0," \
            "see https://learn.microsoft.com/dotnet/core/install/linux-debian) and run this again" >&2
        exit 3
    fi
}

# Lines "package|why" of what is not there.
missing_packages() {
    local packages="$BUILD_PACKAGES$ENGINE_PACKAGES" package evidence why
    [ "$1" = run ] || packages+="$TEST_PACKAGES"
    while IFS='|' read -r package evidence why; do
        [ -z "$package" ] || is_there "$evidence" || echo "$package|$why"
    done <<<"$packages"
}

is_there() {
    case $1 in
        /*) [ -e "$1" ] ;;
        libvirt_driver_*.so) compgen -G "/usr/lib*/*/libvirt/connection-driver/$1" >/dev/null \
            || compgen -G "/usr/lib*/libvirt/connection-driver/$1" >/dev/null ;;
        librte_*.so) compgen -G "/usr/lib/*/dpdk/pmds-*/$1" >/dev/null ;;
        *.so.*) ldconfig_path "$1" ;;
        *) command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ] ;;
    esac
}

# Not grep -q: it stops reading at the first match, and what is piped into it then fails.
ldconfig_path() { { /sbin/ldconfig -p 2>/dev/null || ldconfig -p; } | grep -F "$1 " >/dev/null; }

install_packages() {
    local missing=$1 install=$2 names sudo=()
    echo "setup: these packages are missing:"
    sed 's/^\([^|]*\)|\(.*\)$/  \1: \2/' <<<"$missing"
    names=$(cut -d'|' -f1 <<<"$missing" | tr '\n' ' ')
    [ "$install" = yes ] || return 0
    if ! command -v apt-get >/dev/null || ! grep -qE '^(ID|ID_LIKE)=.*debian' /etc/os-release; then
        echo "build.sh: this is no Debian; install what corresponds to these packages with your own package manager," \
            "then run this again: $names" >&2
        exit 3
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "build.sh: installing needs root; run as root: apt-get install --no-install-recommends $names" >&2
            exit 3
        fi
        sudo=(sudo)
    fi
    "${sudo[@]}" apt-get update -qq
    # shellcheck disable=SC2086 # a list of names
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends $names
}

# ---- build ----

build() {
    native "${NATIVE_PRESETS[@]}"
    echo "C# guest program for linux-x64"
    guests/probes/publish.sh x64
    dotnet build VirtualBench.sln -c Release -v quiet --nologo
}

cross() {
    native "${CROSS_PRESETS[@]}"
    echo "C# guest program for linux-arm64"
    guests/probes/publish.sh arm64
}

native() {
    local preset
    for preset in "$@"; do
        cmake --preset "$preset" >"artifacts/cmake-$preset.log" 2>&1 || { cat "artifacts/cmake-$preset.log" >&2; exit 1; }
        cmake --build --preset "$preset" | tail -n 1
    done
}

# ---- run ----

run_harness() {
    if [ $# -eq 0 ]; then
        # Shows what can run here and why the rest cannot, and fetches kernels before a clock runs.
        dotnet run -c Release --no-build --project harness -- doctor
        set -- run --preset quick
    fi
    dotnet run -c Release --no-build --project harness -- "$@"
}

clean() {
    if [ -x artifacts/bin/VirtualBench/release/VirtualBench ]; then
        artifacts/bin/VirtualBench/release/VirtualBench clean
    fi
    rm -rf artifacts
}

# ---- test ----

# Runs every suite even when one fails, then prints one line that counts all of them.
run_tests() {
    local results=artifacts/test-results failed=0
    rm -rf "$results"
    mkdir -p "$results"
    local preset
    for preset in linux-x64 linux-arm64 asan; do
        [ "$preset" != asan ] || native asan
        ctest --preset "$preset" --output-on-failure --output-junit "$PWD/$results/ctest-$preset.xml" || failed=1
    done
    local project
    for project in tests/*/*.csproj; do
        dotnet run -c Release --no-build --project "$project" -- \
            -noColor -trx "$PWD/$results/$(basename "$project" .csproj).trx" || failed=1
    done
    count_tests "$results"
    return $failed
}

# Adds up the counts that ctest (JUnit) and xUnit (TRX) wrote.
count_tests() {
    local passed=0 failures=0 skipped=0 file total broken idle
    for file in "$1"/*.xml; do
        total=$(attribute "$file" testsuite tests)
        broken=$(attribute "$file" testsuite failures)
        idle=$(attribute "$file" testsuite skipped)
        passed=$((passed + total - broken - idle)) failures=$((failures + broken)) skipped=$((skipped + idle))
    done
    for file in "$1"/*.trx; do
        # Comparisons of speed run when they are named; they are "notRunnable" here and no skipped tests.
        passed=$((passed + $(attribute "$file" Counters passed)))
        failures=$((failures + $(attribute "$file" Counters failed) + $(attribute "$file" Counters error)))
        skipped=$((skipped + $(attribute "$file" Counters notExecuted)))
    done
    echo "$passed passed, $failures failed, $skipped skipped"
}

# attribute FILE ELEMENT NAME: the number in the first such element.
attribute() { tr '\n' ' ' <"$1" | grep -oP "<$2\b[^>]*?\b$3=\"\K[0-9]+" | head -n 1; }

mkdir -p artifacts
main "$@"
