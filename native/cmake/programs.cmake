# The Linux port and the programs: guests (static, they run FROM scratch and as a VM's only program) and the host's small tools.
find_package(Threads REQUIRED)

file(GLOB VB_PLATFORM_SOURCES CONFIGURE_DEPENDS native/platform/linux*.c)
list(FILTER VB_PLATFORM_SOURCES EXCLUDE REGEX "/linux_main\\.c$")
add_library(vbplatform STATIC ${VB_PLATFORM_SOURCES} "${VB_BUILD_HASH_SOURCE}")
target_include_directories(vbplatform PUBLIC native/include native/platform)
target_compile_options(vbplatform PRIVATE -O2 -fPIC)
target_link_libraries(vbplatform PUBLIC Threads::Threads)
set_target_properties(vbplatform PROPERTIES ARCHIVE_OUTPUT_DIRECTORY "${VB_GUESTS}")

# A static program in `directory`, of the sources that follow.
function(vb_static_program name directory)
    add_executable(${name} ${ARGN})
    target_compile_options(${name} PRIVATE -O2 -fPIE)
    if(NOT VB_SANITIZE)
        target_link_options(${name} PRIVATE -static-pie -Wl,--build-id=none)
    endif()
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${directory}")
endfunction()

vb_static_program(vbprobe-c "${VB_GUESTS}" native/platform/linux_main.c)
target_link_libraries(vbprobe-c PRIVATE vbprobes vbplatform)

if(EXISTS "${CMAKE_SOURCE_DIR}/guests/linux/init.c")
    vb_static_program(vbinit "${VB_GUESTS}" guests/linux/init.c guests/linux/devices.c guests/linux/mounts.c
                      guests/linux/network.c guests/linux/run_program.c guests/linux/text_file.c)
    vb_static_program(vbcontainer-init "${VB_GUESTS}" guests/linux/container_init.c guests/linux/run_program.c)
endif()

# What only the host runs is built for the host.
if(NOT CMAKE_CROSSCOMPILING)
    vb_static_program(vbenclose "${VB_HOST}" native/host/vbenclose.c native/host/enclosure_cgroup.c native/host/enclosure_init.c
                      native/host/enclosure_mounts.c native/host/enclosure_options.c)
    vb_static_program(vbkvm-calibrate "${VB_HOST}" native/host/kvm_calibrate.c)
endif()
