# el2_module(name SOURCES a.c b.c [USES other modules] [LINKS libraries]): one static library per folder of the design.
# Headers are included from the root: "mmu/tlb.h", "base/types.h" is "sim/base/types.h".
function(el2_compile_options target)
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                           -Wstrict-prototypes -Wmissing-prototypes)
    if(EL2SIM_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(EL2SIM_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all
                               -fno-omit-frame-pointer)
        target_link_options(${target} PRIVATE -fsanitize=address,undefined)
    endif()
endfunction()

function(el2_module name)
    cmake_parse_arguments(M "" "" "SOURCES;USES;LINKS" ${ARGN})
    add_library(${name} STATIC ${M_SOURCES})
    el2_compile_options(${name})
    target_link_libraries(${name} PUBLIC ${M_USES} PRIVATE ${M_LINKS})
endfunction()

# el2_unit_test(test_x.c module...): one Check program, one ctest entry labelled "unit".
function(el2_unit_test source)
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    el2_compile_options(${name})
    target_link_libraries(${name} PRIVATE ${ARGN} PkgConfig::CHECK)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
    add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS unit)
endfunction()
