import { relative } from 'node:path';
import type { Command } from 'commander';
import { withoutPassword } from '../lib/config/broker.ts';
import { findProgram } from '../lib/consume/handlers/find-program.ts';
import { shellWord } from '../lib/rules/text/command-words.ts';
import type { Io } from '../lib/ui/io.ts';
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

/** Commands that take `--topic` and `--queue`. */
const ONE_LOOK = 'status doctor tap explain publish listen dlq trace replay'.split(' ');

/** A command line to paste, such as `pubsub setup --prefix dev`: it works on what the running command works on. */
export function commandLine(command: Command, words: string): string {
  const flags = globalFlags(command);
  const repeated = Object.entries(REPEATED).flatMap(([key, flag]) => {
    const value = flags[key as keyof typeof REPEATED];
    if (value === undefined) return [];
    return [`${flag} ${shellWord(withoutPassword(value))}`];
  });
  return ['pubsub', words, ...oneLook(command, words), ...repeated].join(' ');
}

/** `--topic` and `--queue` as they were given, for a command that takes them and isn't told another topic. */
function oneLook(command: Command, words: string): string[] {
  const [name] = words.split(' ');
  if (name === undefined || !ONE_LOOK.includes(name)) return [];
  const { topic, queue } = command.opts<{ topic?: string; queue?: string }>();
  const isRepeated = (flag: string): boolean => words.split(' ').includes(flag);
  return [
    ...(topic === undefined || isRepeated('--topic') ? [] : [`--topic ${shellWord(topic)}`]),
    ...(queue === undefined || isRepeated('--queue') ? [] : [`--queue ${shellWord(queue)}`]),
  ];
}

/**
 * How this program is called in the shell that called it: by its name where that is on the PATH, otherwise as `npx` or
 * `node` run it.
 */
export function pubsubCommand({ env, cwd }: Pick<Io, 'env' | 'cwd'>): string {
  try {
    findProgram('pubsub', env.PATH ?? '', cwd);
    return 'pubsub';
  } catch {
    // npm says which of its commands runs a program.
    if (env.npm_command === 'exec') return 'npx pubsub-cli';
    return `node ${shellWord(relative(cwd, process.argv[1] ?? 'bin/pubsub.js'))}`;
  }
}
