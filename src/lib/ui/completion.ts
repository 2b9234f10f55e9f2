/** Shells that a completion script can be written for. */
export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

/** What can be typed after one command. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly words: readonly string[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly values: readonly string[];
  }[];
}

/** The completion script of a shell; it calls nothing but the shell itself, so a Tab costs no process. */
export function completionScript(
  shell: CompletionShell,
  commands: readonly CommandWords[],
): string {
  return { bash, zsh, fish }[shell](commands);
}

function bash(commands: readonly CommandWords[]): string {
  return `# bash completion for pubsub
_pubsub() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" word offered
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${names(commands).join('|')}) command="$word"; break;; esac
  done
${choices(commands)}
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _pubsub pubsub
`;
}

function zsh(commands: readonly CommandWords[]): string {
  return `#compdef pubsub
_pubsub() {
  local current="\${words[CURRENT]}" previous="\${words[CURRENT-1]}" command="" word offered
  local -a typed=("\${(@)words[2,CURRENT-1]}")
  for word in "\${typed[@]}"; do
    case "$word" in ${names(commands).join('|')}) command="$word"; break;; esac
  done
  () {
    local offered
${choices(commands)}
    compadd -- \${=offered} || _files
  }
}
if [ "$funcstack[1]" = "_pubsub" ]; then _pubsub "$@"; else compdef _pubsub pubsub; fi
`;
}

/** The part that bash and zsh share: sets $offered from $command and $previous. */
function choices(commands: readonly CommandWords[]): string {
  const values = new Map<string, readonly string[]>();
  for (const { options } of commands) {
    for (const option of options)
      if (option.values.length > 0) values.set(option.flag, option.values);
  }
  return [
    '  case "$previous" in',
    ...[...values].map(([flag, words]) => `    ${flag}) offered="${words.join(' ')}";;`),
    '    *) case "$command" in',
    ...commands.map(({ name, words, options }) => {
      const all = [...words, ...new Set(options.map(({ flag }) => flag))];
      return `      ${name}) offered="${all.join(' ')}";;`;
    }),
    `      *) offered="${names(commands).join(' ')} help --help --version";;`,
    '    esac;;',
    '  esac',
  ].join('\n');
}

function fish(commands: readonly CommandWords[]): string {
  const quoted = (text: string): string => `'${text.replace(/'/g, "\\'")}'`;
  const lines = commands.flatMap(({ name, summary, words, options }) => {
    const within = `-n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c pubsub -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
      ...(words.length > 0 ? [`complete -c pubsub ${within} -a ${quoted(words.join(' '))}`] : []),
      ...options.map(({ flag, description, values }) => {
        const takes = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : '';
        return `complete -c pubsub ${within} -l ${flag.slice(2)} -d ${quoted(description)}${takes}`;
      }),
    ];
  });
  return `# fish completion for pubsub\n${[...new Set(lines)].join('\n')}\n`;
}

function names(commands: readonly CommandWords[]): string[] {
  return commands.map(({ name }) => name);
}
