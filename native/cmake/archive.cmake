# libvbprobes.a: engine and C probes, compiled once per architecture and linked unchanged into every guest program.
file(GLOB VB_ARCHIVE_SOURCES CONFIGURE_DEPENDS native/engine/*.c native/probes/*.c)
list(FILTER VB_ARCHIVE_SOURCES EXCLUDE REGEX "_(x86_64|aarch64)\\.c$")
file(GLOB VB_ARCHIVE_PORT CONFIGURE_DEPENDS native/engine/*_${VB_ARCHITECTURE}.c native/probes/*_${VB_ARCHITECTURE}.c)
list(APPEND VB_ARCHIVE_SOURCES ${VB_ARCHIVE_PORT})
list(SORT VB_ARCHIVE_SOURCES)

set(VB_ARCHIVE_INCLUDES native/include native/engine native/probes)
set(VB_ARCHIVE "${VB_GUESTS}/libvbprobes.a")

if(VB_SANITIZE)
    # Own memcpy and memset would only hide what the sanitizers see.
    list(FILTER VB_ARCHIVE_SOURCES EXCLUDE REGEX "/memory\\.c$")
    add_library(vbprobes STATIC ${VB_ARCHIVE_SOURCES})
    target_include_directories(vbprobes PUBLIC ${VB_ARCHIVE_INCLUDES})
    target_compile_options(vbprobes PRIVATE -ffreestanding -ffp-contract=fast -fno-math-errno)
    set_target_properties(vbprobes PROPERTIES ARCHIVE_OUTPUT_DIRECTORY "${VB_GUESTS}")
    set(VB_ARCHIVE "$<TARGET_FILE:vbprobes>")
else()
    add_library(vbprobes_objects OBJECT ${VB_ARCHIVE_SOURCES})
    target_include_directories(vbprobes_objects PRIVATE ${VB_ARCHIVE_INCLUDES})
    # -mno-red-zone, no outlined atomics, no protections: the same objects run in a unikernel, where interrupts use the same stack and where
    # no C library stands behind them.
    target_compile_options(vbprobes_objects PRIVATE
        -O3 -g0 -ffreestanding -fPIC -include hidden.h -fno-stack-protector -falign-functions=64 -fno-asynchronous-unwind-tables
        -fno-tree-loop-distribute-patterns -ffp-contract=fast -fno-math-errno
        $<IF:$<STREQUAL:${VB_ARCHITECTURE},x86_64>,-mno-red-zone;-fcf-protection=none,-mno-outline-atomics;-mbranch-protection=none>)

    # One relocatable object: memcpy and memset become local to it, and the code keeps its layout, down to the offset in a page, in every
    # program that it is linked into.
    set(VB_ARCHIVE_OBJECT "${CMAKE_BINARY_DIR}/vbprobes.o")
    add_custom_command(
        OUTPUT "${VB_ARCHIVE}"
        COMMAND ${CMAKE_LINKER} -r -o "${VB_ARCHIVE_OBJECT}" $<TARGET_OBJECTS:vbprobes_objects>
        COMMAND ${CMAKE_OBJCOPY} --localize-symbol=memcpy --localize-symbol=memset --set-section-alignment .text=4096 "${VB_ARCHIVE_OBJECT}"
        COMMAND ${CMAKE_COMMAND} -E rm -f "${VB_ARCHIVE}"
        COMMAND ${CMAKE_AR} rcsD "${VB_ARCHIVE}" "${VB_ARCHIVE_OBJECT}"
        DEPENDS vbprobes_objects $<TARGET_OBJECTS:vbprobes_objects>
        COMMAND_EXPAND_LISTS VERBATIM
        COMMENT "Archive of engine and C probes")
    add_custom_target(vbprobes_archive ALL DEPENDS "${VB_ARCHIVE}")
    add_library(vbprobes STATIC IMPORTED GLOBAL)
    add_dependencies(vbprobes vbprobes_archive)
    set_target_properties(vbprobes PROPERTIES IMPORTED_LOCATION "${VB_ARCHIVE}")
    foreach(directory IN LISTS VB_ARCHIVE_INCLUDES)
        target_include_directories(vbprobes INTERFACE "${CMAKE_SOURCE_DIR}/${directory}")
    endforeach()
endif()

# The archive's hash, as a function that every program can print and as a file that the harness reads.
set(VB_BUILD_HASH_SOURCE "${CMAKE_BINARY_DIR}/build_hash.c")
add_custom_command(
    OUTPUT "${VB_BUILD_HASH_SOURCE}"
    BYPRODUCTS "${VB_GUESTS}/libvbprobes.sha256"
    COMMAND ${CMAKE_COMMAND} -D "ARCHIVE=${VB_ARCHIVE}" -D "SOURCE=${VB_BUILD_HASH_SOURCE}" -D "DIGEST=${VB_GUESTS}/libvbprobes.sha256"
            -P "${CMAKE_SOURCE_DIR}/native/cmake/build_hash.cmake"
    DEPENDS "${VB_ARCHIVE}" native/cmake/build_hash.cmake
    VERBATIM)
