import { PassThrough } from 'node:stream';
import { main } from '../../src/cli.ts';
import type { Finished } from './pubsub.ts';

/**
 * Runs a command line in this process, without a terminal: as the binary does, but without the start of a process.
 * For many short runs; signals, terminals and start-up need the binary itself.
 */
export async function runMain(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly stdin?: string; readonly cwd?: string } = {},
): Promise<Finished> {
  const streams = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    streams[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  streams.stdin.end(options.stdin ?? '');
  const never = new AbortController().signal;
  const code = await main(args, {
    ...streams,
    env,
    cwd: options.cwd ?? env.HOME ?? '/',
    interrupts: { stop: never, abort: never },
  });
  return { ...text, code };
}
