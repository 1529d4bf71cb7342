# The reference unikernel: kernel, port and archive in one image that QEMU starts with -kernel.
if(VB_SANITIZE)
    return() # nothing stands under a kernel that could report
endif()
enable_language(ASM)

set(VB_UNIKERNEL "${CMAKE_SOURCE_DIR}/guests/unikernel")
file(GLOB sources CONFIGURE_DEPENDS guests/unikernel/*.c guests/unikernel/*.S)
set(others aarch64)
if(VB_ARCHITECTURE STREQUAL aarch64)
    set(others x86_64)
endif()
list(FILTER sources EXCLUDE REGEX "_${others}\\.[cS]$")

# The network: its card, lwIP and the sockets on it; or why there is none.
include(native/cmake/lwip.cmake)
if(VB_LWIP)
    file(GLOB network CONFIGURE_DEPENDS guests/unikernel/lwip/*.c)
    list(APPEND network native/platform/unikernel_net.c native/platform/unikernel_tcp.c native/platform/unikernel_udp.c ${VB_LWIP_SOURCES})
else()
    list(FILTER sources EXCLUDE REGEX "/(network_card|virtio)_[a-z]+\\.c$")
    set(network native/platform/unikernel_no_net.c)
endif()

# memory.c: the archive keeps its memcpy and memset to itself, and the compiler may call them here too.
add_executable(vbunikernel_kernel ${sources} native/platform/unikernel.c native/engine/memory.c "${VB_BUILD_HASH_SOURCE}"
               ${network})
target_include_directories(vbunikernel_kernel PRIVATE native/platform guests/unikernel)
if(VB_LWIP)
    target_include_directories(vbunikernel_kernel PRIVATE guests/unikernel/lwip)
    target_include_directories(vbunikernel_kernel SYSTEM PRIVATE "${VB_LWIP}/src/include")
    set_source_files_properties(${VB_LWIP_SOURCES} PROPERTIES COMPILE_OPTIONS "-w;-ffunction-sections")
endif()
target_link_libraries(vbunikernel_kernel PRIVATE vbprobes)
# General registers only: interrupts need not save others, and a host that emulates its guests knows no others. No red zone: exceptions of
# the second processor use the stack that they find.
target_compile_options(vbunikernel_kernel PRIVATE
    -O2 -g0 -ffreestanding -fno-pic -fno-pie -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables
    -fno-tree-loop-distribute-patterns
    $<IF:$<STREQUAL:${VB_ARCHITECTURE},x86_64>,-mno-red-zone;-fcf-protection=none,-mno-outline-atomics;-mbranch-protection=none>)
target_link_options(vbunikernel_kernel PRIVATE
    -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments
    "-Wl,-T,${VB_UNIKERNEL}/kernel_${VB_ARCHITECTURE}.ld")
set_target_properties(vbunikernel_kernel PROPERTIES LINK_DEPENDS "${VB_UNIKERNEL}/kernel_${VB_ARCHITECTURE}.ld")

# x86-64: an ELF file, in whose note the entry stands. arm64: the bare image, whose header is Linux's.
set(image "${VB_GUESTS}/vbunikernel")
set(form --strip-all)
if(VB_ARCHITECTURE STREQUAL aarch64)
    set(form -O binary)
endif()
add_custom_command(
    OUTPUT "${image}"
    COMMAND ${CMAKE_OBJCOPY} ${form} $<TARGET_FILE:vbunikernel_kernel> "${image}"
    DEPENDS vbunikernel_kernel
    VERBATIM)
add_custom_target(vbunikernel ALL DEPENDS "${image}")
