# The unikernel boots on each machine under QEMU's emulation; what it says is complete; how it ends is right. Label: unikernel.
if(VB_SANITIZE)
    return()
endif()
if(VB_ARCHITECTURE STREQUAL x86_64)
    find_program(VB_QEMU_SYSTEM qemu-system-x86_64)
else()
    find_program(VB_QEMU_SYSTEM qemu-system-aarch64)
endif()

set(image "${VB_GUESTS}/vbunikernel")
set(boot sh "${CMAKE_CURRENT_SOURCE_DIR}/unikernel_boot.sh")

add_test(NAME unikernel.size COMMAND sh -c "test $(stat -c %s '${image}') -lt 250000")
add_test(NAME unikernel.layout
         COMMAND sh "${CMAKE_CURRENT_SOURCE_DIR}/unikernel_layout.sh" ${CMAKE_NM} "${VB_ARCHIVE}" $<TARGET_FILE:vbunikernel_kernel>)
set_tests_properties(unikernel.size unikernel.layout PROPERTIES LABELS unikernel TIMEOUT 60)
if(NOT VB_QEMU_SYSTEM OR (CMAKE_CROSSCOMPILING AND NOT VB_EMULATOR))
    message(STATUS "no QEMU for ${VB_ARCHITECTURE}: the unikernel is not booted")
    return()
endif()

add_executable(unikernel_transcript unikernel_transcript.c)
target_link_libraries(unikernel_transcript PRIVATE vbprobes fake_platform m)
if(CMAKE_CROSSCOMPILING)
    target_link_options(unikernel_transcript PRIVATE -static)
endif()

# A run on `machine` with these numbers of complete and unsupported sections, that ends with the guest's and QEMU's status.
function(vb_unikernel_run name machine complete unsupported status qemu arguments)
    add_test(NAME unikernel.${name}
             COMMAND sh -c "sh '${CMAKE_CURRENT_SOURCE_DIR}/unikernel_boot.sh' ${machine} '${image}' '${arguments}' | ${launcher} \
'$<TARGET_FILE:unikernel_transcript>' '${VB_GUESTS}/libvbprobes.sha256' ${complete} ${unsupported} ${status} ${qemu}")
    set_tests_properties(unikernel.${name} PROPERTIES LABELS unikernel TIMEOUT 120)
endfunction()

# A run of which one line is known.
function(vb_unikernel_says name machine arguments line)
    add_test(NAME unikernel.${name} COMMAND ${boot} ${machine} "${image}" "${arguments}")
    set_tests_properties(unikernel.${name} PROPERTIES LABELS unikernel TIMEOUT 120 PASS_REGULAR_EXPRESSION "${line}")
endfunction()

set(short "--iteration-ms=1 --budget-ms=10 --warmup=1 --min=1 --max=2")
set(probes "${short} cpu.primes cpu.fma mem.triad{bytes=64K} mem.latency{bytes=64K} mem.latency{bytes=2M,hugepages=yes} mem.fault os.clock")
set(exits "exit.io exit.mmio exit.hypercall exit.ipi")
if(VB_ARCHITECTURE STREQUAL x86_64)
    vb_unikernel_run(q35 q35 11 1 0 1 "${probes} ${exits} os.syscall")
    vb_unikernel_run(pc pc 11 0 0 1 "${probes} ${exits}")
    vb_unikernel_run(microvm microvm 10 1 0 1 "${probes} ${exits}") # no VMware backdoor there
    vb_unikernel_run(q35_without_debug_devices q35-bare 1 0 0 0 "${short} os.clock")
    vb_unikernel_run(microvm_without_debug_devices microvm-bare 1 0 0 0 "${short} os.clock")
    # Raw runs never enable vector registers, so one vector instruction would end them with a fault.
    vb_unikernel_run(raw q35 4 1 0 1 "vb.raw=20 ${exits} cpu.primes")
    set(machine microvm)
    set(qemu_0 1)
    set(qemu_2 5)
    set(qemu_fault 9)
else()
    vb_unikernel_run(cortex_a72 virt:cortex-a72 10 1 0 0 "${probes} ${exits}") # no I/O ports
    vb_unikernel_run(cortex_a57 virt-bare:cortex-a57 10 1 0 0 "${probes} ${exits}")
    vb_unikernel_run(max virt-gic3:max 10 1 0 0 "${probes} ${exits}")
    vb_unikernel_run(el2 virt-el2:cortex-a72 3 1 0 0 "${short} ${exits}")
    vb_unikernel_run(raw virt:cortex-a72 3 2 0 0 "vb.raw=20 ${exits} cpu.primes")
    set(machine virt:cortex-a72)
    set(qemu_0 0)
    set(qemu_2 2)
    set(qemu_fault 4)
endif()
set(ends "\nVBUNIKERNEL: exit 4\nqemu: ${qemu_fault}\n")
vb_unikernel_says(command_line ${machine} "--nope"
                  "^vbprobe: unknown option or bad value: --nope\n.*VBUNIKERNEL: exit 2\nqemu: ${qemu_2}\n$")
vb_unikernel_says(list ${machine} "--list" "^cpu.primes\tlimit=10000\n.*exit.ipi\t\n")
vb_unikernel_says(fault_null ${machine} "vb.fault=null" "^VBUNIKERNEL: fault: page fault, writing address 0x0 at 0x[0-9a-f]+${ends}$")
vb_unikernel_says(fault_undefined ${machine} "vb.fault=undefined" "^VBUNIKERNEL: fault: undefined instruction[^\n]*${ends}$")
# What a raw run would come to that used vector registers.
vb_unikernel_says(fault_vector ${machine} "vb.fault=vector"
                  "^VBUNIKERNEL: fault: [^\n]*vector instruction where none is allowed[^\n]*${ends}$")
vb_unikernel_says(fault_stack ${machine} "vb.fault=stack" "^VBUNIKERNEL: fault: stack overflow at 0x[0-9a-f]+${ends}$")
vb_unikernel_says(fault_memory ${machine} "vb.fault=memory" "^VBUNIKERNEL: fault: out of memory touching 0x[0-9a-f]+${ends}$")
vb_unikernel_says(fault_console ${machine} "vb.console=none" "^VBUNIKERNEL: fault: no such console on this machine${ends}$")
include(unikernel_network.cmake)
