#compdef el2sim
# Completion of el2sim for zsh: the program itself says what may come.
_el2sim() {
    local -a given offered
    given=("${(@Q)words[2,CURRENT]}")
    # --option=value is two words for el2sim.
    if [[ $given[-1] == --*=* ]]; then
        given=("${(@)given[1,-2]}" "${given[-1]%%=*}" "${given[-1]#*=}")
        compset -P 1 '*='
    fi
    offered=("${(@f)$(${words[1]} --complete "${(@)given}" 2>/dev/null)}")
    if [[ $offered[1] == :files ]]; then
        _files
    else
        compadd -- ${offered:#}
    fi
}
if [[ $funcstack[1] == _el2sim ]]; then # found by its name in $fpath
    _el2sim "$@"
else # sourced
    compdef _el2sim el2sim
fi
