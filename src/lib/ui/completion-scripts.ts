// `pubsub __complete <shell> …` answers with the kind in the first line, and a word in each that follows.

/** For bash 3.2 (that of macOS) and later. */
export const bashScript = `# bash completion for pubsub
_pubsub() {
  local kind="" word current="\${COMP_WORDS[COMP_CWORD]}"
  [ "$current" = "=" ] && current=""
  COMPREPLY=()
  while IFS=$'\\t' read -r word; do
    if [ -z "$kind" ]; then kind="$word"; else COMPREPLY+=("$word"); fi
  done < <(pubsub __complete bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  case "$kind" in
    files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current");;
    folders)
      compopt -o filenames 2>/dev/null
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$current");;
  esac
}
complete -F _pubsub pubsub
`;

export const zshScript = `#compdef pubsub
_pubsub() {
  local line kind
  local -a answer described
  answer=("\${(@f)$(pubsub __complete zsh "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  kind="\${answer[1]}"
  for line in "\${(@)answer[2,-1]}"; do
    [ -n "$line" ] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  [[ "$PREFIX" == --*=* ]] && compset -P '*='
  (( \${#described} )) && _describe pubsub described
  case "$kind" in
    files) _files;;
    folders) _files -/;;
  esac
}
if [ "$funcstack[1]" = "_pubsub" ]; then
  _pubsub "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit }
  compdef _pubsub pubsub
fi
`;

export const fishScript = `# fish completion for pubsub
function __pubsub_complete
  set -l words (commandline -opc)
  set -l token (commandline -ct)
  set -l answer (pubsub __complete fish $words[2..-1] "$token" 2>/dev/null)
  set -l flag (string match -r -- '^--[^=]+=' "$token")
  set -l rest (string replace -r -- '^--[^=]+=' '' "$token")
  switch "$answer[1]"
    case files
      for path in (__fish_complete_path "$rest")
        echo "$flag$path"
      end
    case folders
      for path in (__fish_complete_directories "$rest" '')
        echo "$flag$path"
      end
  end
  test (count $answer) -gt 1; and printf '%s\\n' $answer[2..-1]
end
complete -c pubsub -f -a '(__pubsub_complete)'
`;
