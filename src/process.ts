import { EXIT } from './lib/rules/errors.ts';
import type { Interrupts, Io } from './lib/ui/io.ts';

declare const PUBSUB_VERSION: string;

const leave = (): void => process.exit(EXIT.done);
let whenOutputCloses = leave;

/** The process entry: answers `--version` at once, otherwise runs the command line and ends with its exit code. */
export async function runProcess(): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`${PUBSUB_VERSION}\n`);
    return;
  }
  // A reader that has seen enough (`| head`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: the terminal was closed.
      if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
      whenOutputCloses();
    });
  }
  const { main } = await import('./cli.ts');
  const exitCode = await main(argv, processIo());
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(exitCode);
}

function processIo(): Io {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    interrupts: watchInterrupts(),
    onOutputClosed: (handler) => {
      whenOutputCloses = handler;
      return () => {
        whenOutputCloses = leave;
      };
    },
  };
}

/** The first SIGINT or SIGTERM asks to stop; the second ends the process. A closed terminal asks as well. */
function watchInterrupts(): Interrupts {
  const stop = new AbortController();
  const abort = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) {
      abort.abort();
      process.exit(EXIT.interrupted);
    }
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A closed terminal, which its shell may tell a second time: no impatience. Under nohup, which leaves no stream on the
  // terminal, the signal stays ignored.
  if ([process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) {
    process.on('SIGHUP', () => stop.abort());
  }
  return { stop: stop.signal, abort: abort.signal };
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

await runProcess();
