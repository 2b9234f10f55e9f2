import type { Command } from 'commander';
import { globalFlags } from './command.ts';

/** Flags that decide what a command works on; a command line that goes on from here has to repeat them. */
const REPEATED = {
  target: '--target',
  endpointUrl: '--endpoint-url',
  region: '--region',
  profile: '--profile',
  topology: '--topology',
  prefix: '--prefix',
} as const;

/** A command line to paste, such as `pubsub setup --prefix dev`: it works on what the running command works on. */
export function commandLine(command: Command, words: string): string {
  const flags = globalFlags(command);
  const repeated = Object.entries(REPEATED).flatMap(([key, flag]) => {
    const value = flags[key as keyof typeof REPEATED];
    return value === undefined ? [] : [`${flag} ${shellWord(value)}`];
  });
  return ['pubsub', words, ...repeated].join(' ');
}

/** A text as one word of a shell's command line, quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w:/.=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
