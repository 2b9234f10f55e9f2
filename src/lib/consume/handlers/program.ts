import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type EventMessage, idFields, jsonLine } from '../../events/message.ts';
import type { HandlerContext, MessageFacts } from '../consumed.ts';

/** A program that handles events. */
export interface ProgramOptions {
  /** The file to run. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told each line that it prints. */
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
  /** Aborted to kill what runs, with all that it has started. */
  readonly abort: AbortSignal;
}

/** Lines of stderr that make up a failure's reason. */
export const REASON_LINES = 5;
/** Milliseconds between the SIGTERM at a program's time limit and the SIGKILL. */
export const TERM_GRACE = 2000;
/** Milliseconds that output of an ended program is waited for: something it left behind may hold the pipes. */
export const LAST_OUTPUT = 1000;

/**
 * A handler that runs a program for each event: the event as one line of JSON on standard input, numbers to the letter,
 * or the text as it is where it is no JSON; facts about the message in `PUBSUB_*` variables. Exit code 0 means handled. At the time limit it gets SIGTERM, and SIGKILL 2 s later,
 * with all that it has started.
 * @returns a handler that throws an Error with the last lines of stderr when the program fails.
 */
export function programHandler(options: ProgramOptions) {
  return (event: EventMessage, { signal, ...facts }: HandlerContext): Promise<void> =>
    new Promise((resolve, reject) => {
      const { program, args, cwd, env, onLine, abort } = options;
      const child = spawn(program, args, {
        cwd,
        env: { ...env, ...factsAsEnvironment(event, facts) },
        stdio: ['pipe', 'pipe', 'pipe'],
        // In a group of its own, a Ctrl-C at the terminal reaches this process alone, which lets it finish.
        detached: true,
      });
      const errors: string[] = [];
      createInterface(child.stdout).on('line', (line) => onLine('stdout', line));
      createInterface(child.stderr).on('line', (line) => {
        onLine('stderr', line);
        if (line.trim() !== '') errors.push(line);
        if (errors.length > REASON_LINES) errors.shift();
      });
      const kill = (): void => killGroup(child.pid, 'SIGKILL');
      abort.addEventListener('abort', kill, { once: true });
      let killer: NodeJS.Timeout | undefined;
      const over = (): void => {
        killGroup(child.pid, 'SIGTERM');
        killer = setTimeout(kill, TERM_GRACE);
      };
      signal.addEventListener('abort', over, { once: true });
      let timer: NodeJS.Timeout | undefined;
      const end = (problem?: string): void => {
        clearTimeout(timer);
        clearTimeout(killer);
        // What it has started and left behind goes with it.
        if (signal.aborted) kill();
        signal.removeEventListener('abort', over);
        abort.removeEventListener('abort', kill);
        if (problem === undefined) resolve();
        else reject(new Error([problem, ...errors].join('\n')));
      };
      child.on('error', (error) => end(`could not be started: ${error.message}`));
      const ended = (code: number | null, by: NodeJS.Signals | null): void => {
        if (code === 0) end();
        else end(by === null ? `exit code ${code}` : `ended by ${by}`);
      };
      child.on('exit', (code, by) => {
        timer = setTimeout(() => ended(code, by), LAST_OUTPUT);
      });
      child.on('close', ended);
      // A program that doesn't read its input is no failure.
      child.stdin.on('error', () => {});
      child.stdin.end(`${event.value === event.text ? event.text : jsonLine(event)}\n`);
    });
}

/** What a program is told beside the event itself. */
function factsAsEnvironment(event: EventMessage, facts: MessageFacts): Record<string, string> {
  const all = {
    ...idEnvironment(event),
    PUBSUB_SUBSCRIBER: facts.subscriber,
    PUBSUB_QUEUE_URL: facts.queueUrl,
    PUBSUB_MESSAGE_ID: facts.messageId,
    PUBSUB_RECEIVE_COUNT: String(facts.receiveCount),
    PUBSUB_EVENT_ID: facts.eventId,
    ...(facts.eventType === undefined ? {} : { PUBSUB_EVENT_TYPE: facts.eventType }),
    ...(facts.topicArn === undefined ? {} : { PUBSUB_TOPIC_ARN: facts.topicArn }),
    ...(facts.groupId === undefined ? {} : { PUBSUB_GROUP_ID: facts.groupId }),
    ...traceEnvironment(facts.traceparent),
    ...(facts.awsTraceHeader === undefined ? {} : { PUBSUB_AWS_TRACE: facts.awsTraceHeader }),
  };
  // No variable can hold a NUL: what has one is left out.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !value.includes('\0')));
}

/** An event's ids under names of their own: `order_id` is `PUBSUB_ORDER_ID`. */
function idEnvironment(event: EventMessage): Record<string, string> {
  return Object.fromEntries(
    [...idFields(event)].map(([name, id]) => [`PUBSUB_${name.toUpperCase()}`, id]),
  );
}

/** The second one is what other programs, `pubsub publish` among them, read for the trace to go on. */
function traceEnvironment(traceparent: string | undefined): Record<string, string> {
  return traceparent === undefined
    ? {}
    : { PUBSUB_TRACEPARENT: traceparent, TRACEPARENT: traceparent };
}

/** Sends a signal to a program and all that it has started, as long as these stayed in its group. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // It has ended by itself.
  }
}
