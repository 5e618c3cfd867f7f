# el2_module(name SOURCES a.c b.c [USES other modules] [LINKS libraries]): one static library per folder of the design.
# Headers are included from the root: "mmu/tlb.h", "base/types.h" is "sim/base/types.h".
# Release builds of gcc: el2sim is optimized across its files (el2_link_time_optimization), 13 % fewer host instructions
# a trap. Objects are complete without that, too: tests link them as they are. Off, linking takes a second, not twenty.
option(EL2SIM_LTO "Optimize el2sim across its files in a release build of gcc" ON)
set(EL2_LTO OFF)
if(EL2SIM_LTO AND CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_BUILD_TYPE STREQUAL Release AND NOT EL2SIM_SANITIZE)
    set(EL2_LTO ON)
endif()

function(el2_compile_options target)
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                           -Wstrict-prototypes -Wmissing-prototypes)
    if(EL2SIM_WERROR)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(EL2SIM_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all
                               -fno-omit-frame-pointer -O1) # at -O0 the tests take twice as long
        target_link_options(${target} PRIVATE -fsanitize=address,undefined)
        # On by default since clang 15: Unicorn leaves by longjmp, and each time ASan would look through all that it
        # keeps for it; nine tenths of a fuzz run.
        target_compile_options(${target} PRIVATE $<$<C_COMPILER_ID:Clang>:-fsanitize-address-use-after-return=never>)
    endif()
    if(EL2_LTO)
        target_link_options(${target} PRIVATE $<IF:$<BOOL:$<TARGET_PROPERTY:EL2_LTO_LINK>>,-flto=auto,-fno-lto>)
    endif()
endfunction()

function(el2_link_time_optimization target)
    if(EL2_LTO)
        target_compile_options(${target} PRIVATE -flto -ffat-lto-objects)
        set_target_properties(${target} PROPERTIES EL2_LTO_LINK ON)
    endif()
endfunction()

function(el2_module name)
    cmake_parse_arguments(M "" "" "SOURCES;USES;LINKS" ${ARGN})
    add_library(${name} STATIC ${M_SOURCES})
    el2_compile_options(${name})
    if(EL2_LTO)
        target_compile_options(${name} PRIVATE -flto -ffat-lto-objects)
    endif()
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
    # Check ends a test after 4 s by the wall clock; ctest has the time-out that is meant.
    set_tests_properties(${name} PROPERTIES LABELS unit ENVIRONMENT CK_DEFAULT_TIMEOUT=600)
endfunction()
