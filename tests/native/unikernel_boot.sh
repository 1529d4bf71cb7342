#!/bin/sh
# Starts the unikernel under QEMU's emulation and prints its console, then "qemu: STATUS".
#   unikernel_boot.sh MACHINE IMAGE ARGUMENTS [QEMU'S OPTIONS...]
# MACHINE: q35, pc, microvm: with QEMU's debug devices; q35-bare, microvm-bare: with a serial port alone, powered off by ACPI;
#          virt:CPU with semihosting; virt-bare:CPU without; virt-gic3:CPU with the other interrupt controller;
#          virt-lowmem:CPU with everything below 4 GiB;
#          virt-el2:CPU with the virtualisation extensions, where a kernel starts at EL2.
set -eu
machine=$1 image=$2 arguments=$3
shift 3
more=$*
common="-m 128 -smp 2 -nodefaults -no-user-config -display none -no-reboot -chardev stdio,id=console,signal=off"
debug="-device isa-debugcon,iobase=0xe9,chardev=console -device isa-debug-exit,iobase=0xf4,iosize=0x04"
x86="qemu-system-x86_64 -accel tcg -cpu max $common"
arm="qemu-system-aarch64 -accel tcg -cpu ${machine#*:} $common -serial chardev:console"
case $machine in
    q35 | pc | microvm) set -- $x86 -M "$machine" $debug ;;
    q35-bare | microvm-bare) set -- $x86 -M "${machine%-bare}" -serial chardev:console ;;
    virt:*) set -- $arm -M virt -semihosting ;;
    virt-bare:*) set -- $arm -M virt ;;
    virt-gic3:*) set -- $arm -M virt,gic-version=3 -semihosting ;;
    virt-lowmem:*) set -- $arm -M virt,highmem=off -semihosting ;;
    virt-el2:*) set -- $arm -M virt,virtualization=on,gic-version=3 ;;
    *) echo "unikernel_boot: no machine $machine" >&2; exit 2 ;;
esac
status=0
timeout -k 1 100 "$@" -kernel "$image" -append "$arguments" $more </dev/null || status=$?
echo "qemu: $status"
