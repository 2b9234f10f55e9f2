import { EXIT } from './lib/model/errors.ts';
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
      if (error.code !== 'EPIPE') throw error;
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

/** The first SIGINT or SIGTERM asks to stop; the second ends the process. */
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
  return { stop: stop.signal, abort: abort.signal };
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

await runProcess();
