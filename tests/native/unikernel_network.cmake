# The unikernel's network: each way that a frame takes, both roles, and what it says when there is none. Label: unikernel.
set(every "net.tcp-rr net.udp-rr net.tcp-crr net.tcp-stream net.tcp-stream{direction=rx} net.tcp-stream{streams=4} net.udp-stream \
net.udp-stream{size=1472}")
set(program "${launcher} $<TARGET_FILE:vbprobe-c>")

function(vb_unikernel_network name way machine options)
    add_test(NAME unikernel.network_${name}
             COMMAND sh -c "set -e; sh '${CMAKE_CURRENT_SOURCE_DIR}/unikernel_network.sh' ${way} ${machine} '${image}' '${program}' \
'${every}' '${options}' >${name}.txt || { status=$?; cat ${name}.txt; exit $status; }; ${launcher} \
'$<TARGET_FILE:unikernel_transcript>' '${VB_GUESTS}/libvbprobes.sha256' 8 0 0 ${qemu_0} <${name}.txt")
    set_tests_properties(unikernel.network_${name} PROPERTIES LABELS unikernel TIMEOUT 120 SKIP_RETURN_CODE 77)
endfunction()

function(vb_unikernel_serves name machine)
    add_test(NAME unikernel.network_${name}
             COMMAND sh "${CMAKE_CURRENT_SOURCE_DIR}/unikernel_network.sh" serves ${machine} "${image}" "${program}" "${every}")
    set_tests_properties(unikernel.network_${name} PROPERTIES LABELS unikernel TIMEOUT 120 SKIP_RETURN_CODE 77
                         PASS_REGULAR_EXPRESSION "VB: end sections=8 failed=0")
endfunction()

# A launch with this address and these options of QEMU, whose probe is unsupported for this reason.
function(vb_unikernel_refuses name machine address options why)
    add_test(NAME unikernel.network_${name}
             COMMAND sh "${CMAKE_CURRENT_SOURCE_DIR}/unikernel_boot.sh" ${machine} "${image}" "${address} --peer=10.0.2.2:9 net.tcp-rr"
                     ${options})
    set_tests_properties(unikernel.network_${name} PROPERTIES LABELS unikernel TIMEOUT 120
                         PASS_REGULAR_EXPRESSION "\n// VB: unsupported reason=no network: ${why}\n.*qemu: ${qemu_0}\n$")
endfunction()

set(address vb.net=10.0.2.15/24)
set(card -netdev user,id=n -device)
if(NOT VB_LWIP)
    vb_unikernel_refuses(without_lwip ${machine} "${address}" "" "this unikernel was built without lwIP, [^\n]*")
    return()
endif()
if(VB_ARCHITECTURE STREQUAL x86_64)
    set(board q35)
    vb_unikernel_network(pc client pc "")
    vb_unikernel_network(qboot client q35 " -bios qboot.rom") # assigns no addresses to devices
    vb_unikernel_refuses(no_bus microvm "${address}" "" "this machine has no PCI bus that a network card could be on")
else()
    set(board virt:cortex-a72)
    vb_unikernel_network(low_space client virt-lowmem:cortex-a72 "")
endif()
vb_unikernel_network(offloads client ${board} "")
vb_unikernel_network(plain client ${board} ",csum=off,guest_csum=off,gso=off,guest_tso4=off,host_tso4=off")
vb_unikernel_network(user user ${board} "")
vb_unikernel_network(guests guests ${board} "")
vb_unikernel_serves(serves ${board})
vb_unikernel_refuses(no_address ${board} "" "${card};virtio-net-pci,netdev=n" "this unikernel was given no address[^\n]*")
vb_unikernel_refuses(bad_address ${board} "vb.net=10.0.2.256/24" "${card};virtio-net-pci,netdev=n" "vb.net= is no address[^\n]*")
vb_unikernel_refuses(bad_prefix ${board} "vb.net=10.0.2.15/33" "${card};virtio-net-pci,netdev=n" "vb.net= is no address[^\n]*")
vb_unikernel_refuses(no_card ${board} "${address}" "" "there is no virtio-net device on its PCI bus 0")
vb_unikernel_refuses(old_card ${board} "${address}" "${card};virtio-net-pci,netdev=n,disable-modern=on"
                     "its virtio-net device is older than virtio 1.0")
vb_unikernel_refuses(no_merging ${board} "${address}" "${card};virtio-net-pci,netdev=n,mrg_rxbuf=off"
                     "its virtio-net device has no address, or cannot merge receive buffers[^\n]*")
add_test(NAME unikernel.network_unplugged
         COMMAND sh "${CMAKE_CURRENT_SOURCE_DIR}/unikernel_network.sh" unplugged ${board} "${image}" "${program}" net.tcp-rr)
set_tests_properties(unikernel.network_unplugged PROPERTIES LABELS unikernel TIMEOUT 120 SKIP_RETURN_CODE 77
                     PASS_REGULAR_EXPRESSION "\n// VB: unsupported reason=no network: the link of its network card is down\n")
