# Guest images: freestanding A64, built with Debian's cross compiler whatever compiler builds the simulator.
find_program(GUEST_CC aarch64-linux-gnu-gcc REQUIRED)
find_program(GUEST_OBJCOPY aarch64-linux-gnu-objcopy REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(GUEST_CFLAGS -std=c11 -O2 -g -ffreestanding -fno-builtin -fno-pic -fno-pie -fno-stack-protector
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -mgeneral-regs-only -mno-outline-atomics
    -mstrict-align -march=armv8-a -Wall -Wextra -Wshadow -Wstrict-prototypes -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.
    -ffile-prefix-map=${CMAKE_BINARY_DIR}=build)
set(GUEST_LDFLAGS -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments)

# guest_object(source object flags depends): compiles or assembles one file.
function(guest_object source object flags depends)
    cmake_path(GET object STEM LAST_ONLY comment)
    add_custom_command(OUTPUT ${object}
        COMMAND ${GUEST_CC} ${flags} -MD -MF ${object}.d -c ${source} -o ${object}
        DEPENDS ${source} ${depends} DEPFILE ${object}.d VERBATIM COMMENT "Guest object ${comment}")
endfunction()

# guest_object_paravirt(...): the same for a kernel that runs at EL0: its sensitive instructions become calls on the way.
function(guest_object_paravirt source object flags depends)
    set(rewrite ${CMAKE_SOURCE_DIR}/workloads/paravirt/rewrite.py)
    set(calls ${CMAKE_SOURCE_DIR}/hyp/include/abi/pv.def)
    cmake_path(GET object STEM LAST_ONLY comment)
    set(to_assembly -S)
    if(source MATCHES "[.]S$")
        set(to_assembly -E)
    endif()
    add_custom_command(OUTPUT ${object}.in.s
        COMMAND ${GUEST_CC} ${flags} -MD -MF ${object}.d -MT ${object}.in.s ${to_assembly} ${source} -o ${object}.in.s
        DEPENDS ${source} ${depends} DEPFILE ${object}.d VERBATIM COMMENT "Guest assembly ${comment}")
    add_custom_command(OUTPUT ${object}
        COMMAND ${Python3_EXECUTABLE} -B ${rewrite} ${calls} ${object}.in.s ${object}.s
        COMMAND ${GUEST_CC} ${flags} -c ${object}.s -o ${object}
        DEPENDS ${object}.in.s ${rewrite} ${calls} VERBATIM COMMENT "Guest object ${comment}, its kernel at EL0")
endfunction()

# guest_object_once(source flags depends is_paravirt result): the object of a file, in *result. Images of one directory
# share the objects that are compiled alike: designs differ in few files, and there are four objects to each that differs.
function(guest_object_once source flags depends is_paravirt result)
    string(REPLACE "${CMAKE_SOURCE_DIR}/" "" short ${source})
    string(REPLACE "/" "_" short ${short})
    string(MD5 key "${source};${flags};${depends};${is_paravirt}")
    string(SUBSTRING ${key} 0 12 key)
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/objects/${key})
    set(object ${dir}/${short}.o)
    get_property(known DIRECTORY PROPERTY EL2_GUEST_OBJECTS)
    if(NOT object IN_LIST known)
        set_property(DIRECTORY APPEND PROPERTY EL2_GUEST_OBJECTS ${object})
        file(MAKE_DIRECTORY ${dir})
        if(is_paravirt)
            guest_object_paravirt(${source} ${object} "${flags}" "${depends}")
        else()
            guest_object(${source} ${object} "${flags}" "${depends}")
        endif()
    endif()
    set(${result} ${object} PARENT_SCOPE)
endfunction()

# el2_guest(name LINKER script.ld SOURCES a.S b.c [INCLUDES dirs] [CFLAGS flags] [DEPENDS files] [INSIDE files] [PARAVIRT])
#   makes ${CMAKE_BINARY_DIR}/guest/name.elf and a target guest_name; same flags, same bytes on every build.
#   INSIDE: what images*.S take in by .incbin, which is in no compiler's list of dependencies.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/guest)
function(el2_guest name)
    cmake_parse_arguments(G "PARAVIRT" "LINKER" "SOURCES;INCLUDES;CFLAGS;DEPENDS;INSIDE" ${ARGN})
    set(out ${CMAKE_BINARY_DIR}/guest/${name}.elf)
    set(objects "")
    set(flags ${GUEST_CFLAGS} ${G_CFLAGS})
    foreach(dir ${G_INCLUDES})
        list(APPEND flags -I${dir})
    endforeach()
    foreach(source ${G_SOURCES})
        get_filename_component(source ${source} ABSOLUTE)
        set(depends ${G_DEPENDS})
        if(source MATCHES "/images[^/]*[.]S$")
            list(APPEND depends ${G_INSIDE})
        endif()
        guest_object_once(${source} "${flags}" "${depends}" "${G_PARAVIRT}" object)
        list(APPEND objects ${object})
    endforeach()
    get_filename_component(linker ${G_LINKER} ABSOLUTE)
    add_custom_command(OUTPUT ${out}
        COMMAND ${GUEST_CC} ${GUEST_LDFLAGS} -Wl,-T,${linker} ${objects} -o ${out}
        DEPENDS ${objects} ${linker} VERBATIM COMMENT "Guest image ${name}.elf")
    add_custom_target(guest_${name} ALL DEPENDS ${out})
endfunction()
