import type { LogEvent } from '../aws/function-logs.ts';

/** What a line of a function's log is. */
export type LogKind = 'init' | 'start' | 'line' | 'error' | 'end' | 'report';

/** A line of a function's log, with the invocation that it is of. */
export interface LogLine extends LogEvent {
  readonly kind: LogKind;
  /** Undefined before the first invocation of an environment. */
  readonly requestId: string | undefined;
  /** What it says, without what Lambda puts before it; an error in words. */
  readonly text: string;
  /** Where an error was thrown, line by line, as the runtime writes it; undefined where it says nothing of that. */
  readonly stack?: readonly string[] | undefined;
  /** Of a report. */
  readonly figures?: ReportFigures | undefined;
}

/** What a report says of an invocation. */
export interface ReportFigures {
  readonly durationMs: number;
  /** Of the environment's start; undefined where it was there already. */
  readonly initMs: number | undefined;
  readonly memoryMb: number;
  readonly usedMb: number;
}

/** Request and message ids, as a regular expression. */
export const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const MARK = new RegExp(`^(START|END|REPORT) RequestId: (${UUID})`);
/** A line of Node.js's console: time, request, level. */
const CONSOLE = new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t(${UUID}|undefined)?\\t([A-Z]+)\\t`);
/** What Lambda itself writes of an invocation that it ended. */
const ENDED = new RegExp(
  `^(?:\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z (${UUID}) |RequestId: (${UUID}) Error: )`,
);

/**
 * Reads lines of a function's log in their order, and says of which invocation each is. Lambda writes one invocation at a
 * time to a stream, between START and END ("Understanding the Lambda log format").
 */
export function createLogReader(): (event: LogEvent) => LogLine {
  const running = new Map<string, string>();
  return (event) => {
    const message = event.message.replace(/\r?\n$/, '');
    const [, mark, marked = ''] = MARK.exec(message) ?? [];
    if (mark !== undefined) {
      running.set(event.stream, marked);
      return markLine(event, mark, marked, message);
    }
    const before = running.get(event.stream);
    if (/^INIT_(?:START|REPORT)\b/.test(message)) {
      return { ...event, kind: 'init', requestId: undefined, text: message };
    }
    const [head = '', request, level] = CONSOLE.exec(message) ?? [];
    const [ended = '', first, second] = ENDED.exec(message) ?? [];
    const text = message.slice(head.length || ended.length).replaceAll('\r', '\n');
    const isError =
      level === 'ERROR' || level === 'FATAL' || ended !== '' || /^\[?ERROR\]?\b/.test(message);
    return {
      ...event,
      kind: isError ? 'error' : 'line',
      requestId: [request, first, second].find((id) => id && id !== 'undefined') ?? before,
      ...(isError ? errorParts(text) : { text }),
    };
  };
}

function markLine(event: LogEvent, mark: string, requestId: string, message: string): LogLine {
  const kind = mark === 'START' ? 'start' : mark === 'END' ? 'end' : 'report';
  if (kind !== 'report') return { ...event, kind, requestId, text: message };
  const number = (name: string): number | undefined => {
    const [, found] = new RegExp(`\\t${name}: ([\\d.]+)`).exec(message) ?? [];
    return found === undefined ? undefined : Number(found);
  };
  return {
    ...event,
    kind,
    requestId,
    text: message,
    figures: {
      durationMs: number('Duration') ?? 0,
      initMs: number('Init Duration'),
      memoryMb: number('Memory Size') ?? 0,
      usedMb: number('Max Memory Used') ?? 0,
    },
  };
}

/** What begins the stack of an error that Python's runtime writes, the innermost call last. */
const TRACEBACK = '\nTraceback (most recent call last):\n';

/** An error's line as people read it: runtimes write a thrown error with its stack, that of Node.js as JSON. */
function errorParts(text: string): Pick<LogLine, 'text' | 'stack'> {
  const [, json] = /^(?:Invoke Error|Uncaught Exception)\s*(\{.*)$/s.exec(text) ?? [];
  if (json === undefined) {
    const [words = '', ...traceback] = text.replace(/^\[ERROR\]\s*/, '').split(TRACEBACK);
    const stack = traceback
      .join('')
      .split('\n')
      .filter((line) => line.trim() !== '');
    return { text: words, ...(stack.length > 0 ? { stack } : {}) };
  }
  try {
    const error = JSON.parse(json) as Readonly<Record<string, unknown>>;
    const { errorType, errorMessage, stack: written } = error;
    // Its first line says the error again.
    const stack = Array.isArray(written) ? written.slice(1).map(String) : [];
    return { text: `${errorType}: ${errorMessage}`, ...(stack.length > 0 ? { stack } : {}) };
  } catch {
    return { text };
  }
}
