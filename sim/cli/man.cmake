# cmake -DPROGRAM=el2sim -DDIR=man -P man.cmake: a page for the program, and for each of its commands.
file(REMOVE_RECURSE ${DIR})
file(MAKE_DIRECTORY ${DIR})

function(page file)
    execute_process(COMMAND ${PROGRAM} ${ARGN} --help-man OUTPUT_FILE ${DIR}/${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

execute_process(COMMAND ${PROGRAM} --complete "" OUTPUT_VARIABLE commands COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]+" commands "${commands}")
list(FILTER commands EXCLUDE REGEX "^-")
foreach(command IN LISTS commands)
    page(el2sim-${command}.1 ${command})
endforeach()
page(el2sim.1)
