"""`lkproto completion`: scripts for shells, and the candidates that they ask for.

A script passes the words of a command line on and takes lines back: a candidate, a TAB, what it
is. Neither side runs any of it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .main import Parser

_SHELLS = ("bash", "zsh", "fish")
_BASH = r"""# Completion of lkproto for bash: source <(lkproto completion bash)
_lkproto() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("${line%%$'\t'*}")
    done < <(command lkproto completion candidates "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _lkproto lkproto
"""
_ZSH = r"""#compdef lkproto
# Completion of lkproto for zsh: source <(lkproto completion zsh), after compinit
_lkproto() {
    local line
    local -a names shown
    while IFS= read -r line; do
        names+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  }")
    done < <(command lkproto completion candidates "${(@)words[2,CURRENT]}" 2>/dev/null)
    if (( $#names )); then
        compadd -l -d shown -- "${names[@]}"
    else
        _files
    fi
}
if [ "$funcstack[1]" = "_lkproto" ]; then
    _lkproto "$@"
else
    compdef _lkproto lkproto
fi
"""
_FISH = r"""# Completion of lkproto for fish: lkproto completion fish | source
function __lkproto_candidates
    set -l before (commandline -opc)
    set -l now (commandline -ct)
    set -l found (command lkproto completion candidates $before[2..-1] "$now" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path "$now"
    end
end
complete -c lkproto -f -a '(__lkproto_candidates)'
"""
_SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def run(words: Sequence[str]) -> int:
    """Run the subcommand; returns its exit code."""
    if words[:1] == ["candidates"]:
        return _print_candidates(words[1:])
    parser = Parser(
        prog="lkproto completion",
        description="Print a script that completes commands, options, methods, fields and "
        "values. bash: source <(lkproto completion bash) in ~/.bashrc; zsh: the same with zsh, "
        "in ~/.zshrc after compinit; fish: lkproto completion fish | source, in config.fish.",
        allow_abbrev=False,
    )
    parser.add_argument("shell", choices=_SHELLS, help="the shell")
    print(_SCRIPTS[parser.read(words).shell], end="")
    return 0


def _print_candidates(words: Sequence[str]) -> int:
    from .completion_words import candidates

    # A command line that is not right has no candidates, and its shell shows no error.
    for name, what in candidates(list(words)):
        if name.isprintable():
            sys.stdout.write(f"{name}\t{what}\n" if what.isprintable() else f"{name}\n")
    return 0
