# Guest images: freestanding A64, built with Debian's cross compiler whatever compiler builds the simulator.
find_program(GUEST_CC aarch64-linux-gnu-gcc REQUIRED)
find_program(GUEST_OBJCOPY aarch64-linux-gnu-objcopy REQUIRED)

set(GUEST_CFLAGS -std=c11 -O2 -g -ffreestanding -fno-builtin -fno-pic -fno-pie -fno-stack-protector
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -mgeneral-regs-only -mno-outline-atomics
    -mstrict-align -march=armv8-a -Wall -Wextra -Wshadow -Wstrict-prototypes -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.
    -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
set(GUEST_LDFLAGS -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments)

# el2_guest(name LINKER script.ld SOURCES a.S b.c [INCLUDES dirs] [CFLAGS flags] [DEPENDS files])
#   makes ${CMAKE_BINARY_DIR}/guest/name.elf and a target guest_name; same flags, same bytes on every build.
function(el2_guest name)
    cmake_parse_arguments(G "" "LINKER" "SOURCES;INCLUDES;CFLAGS;DEPENDS" ${ARGN})
    set(out ${CMAKE_BINARY_DIR}/guest/${name}.elf)
    set(objects "")
    set(flags ${GUEST_CFLAGS} ${G_CFLAGS})
    foreach(dir ${G_INCLUDES})
        list(APPEND flags -I${dir})
    endforeach()
    foreach(source ${G_SOURCES})
        get_filename_component(source ${source} ABSOLUTE)
        string(MAKE_C_IDENTIFIER "${source}" id)
        string(REPLACE "${CMAKE_SOURCE_DIR}/" "" short ${source})
        string(REPLACE "/" "_" short ${short})
        set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir/${short}.o)
        add_custom_command(OUTPUT ${object}
            COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir
            COMMAND ${GUEST_CC} ${flags} -MD -MF ${object}.d -c ${source} -o ${object}
            DEPENDS ${source} ${G_DEPENDS} DEPFILE ${object}.d VERBATIM COMMENT "Guest ${name}: ${short}")
        list(APPEND objects ${object})
    endforeach()
    get_filename_component(linker ${G_LINKER} ABSOLUTE)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/guest
        COMMAND ${GUEST_CC} ${GUEST_LDFLAGS} -Wl,-T,${linker} ${objects} -o ${out}
        DEPENDS ${objects} ${linker} VERBATIM COMMENT "Guest image ${name}.elf")
    add_custom_target(guest_${name} ALL DEPENDS ${out})
endfunction()
