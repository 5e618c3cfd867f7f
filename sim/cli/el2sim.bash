# Completion of el2sim for bash. The program itself says what may come: its commands and options, and the designs,
# profiles, CPU models and rows that there are.
_el2sim() {
    local words=() word current
    # --option=value is one word for el2sim and three for bash: take the = out.
    for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        [[ $word == = ]] || words+=("$word")
    done
    [[ ${COMP_WORDS[COMP_CWORD]} == = ]] && words+=("")
    current=${words[-1]}
    mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" --complete "${words[@]}" 2>/dev/null)
    if [[ ${COMPREPLY[0]} == :files ]]; then
        COMPREPLY=()
        compopt -o default 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
}
complete -F _el2sim el2sim
