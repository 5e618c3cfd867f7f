# Completion of el2sim for fish: the program itself says what may come.
function __el2sim_words
    set -l given (commandline -opc)
    set -l current (commandline -ct)
    set -l kept ''
    # --option=value is two words for el2sim.
    if string match -qr '^--[^=]+=' -- $current
        set kept (string replace -r '=.*' '=' -- $current)
        set -a given (string replace -r '=.*' '' -- $current)
        set current (string replace -r '^[^=]*=' '' -- $current)
    end
    set -l offered ($given[1] --complete $given[2..-1] "$current" 2>/dev/null)
    if test "$offered[1]" = :files
        set offered (__fish_complete_path "$current")
    end
    test -n "$offered" && printf '%s\n' $kept$offered
end
complete -c el2sim -f -a '(__el2sim_words)'
