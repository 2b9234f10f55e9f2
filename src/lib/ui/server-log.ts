import type { ChalkInstance } from 'chalk';
import type { ServerLogEntry } from '../http/server-log.ts';

/** An entry as a short line for people. @param time milliseconds since 1970. */
export function renderServerLog(entry: ServerLogEntry, time: number, style: ChalkInstance): string {
  const clock = style.dim(new Date(time).toTimeString().slice(0, 8));
  switch (entry.kind) {
    case 'request': {
      const { status, method, route, ms, requestId } = entry;
      const colour = status >= 500 ? style.red : status >= 400 ? style.yellow : style.green;
      const took = style.dim(`${ms.toFixed(1)} ms  ${requestId.slice(0, 8)}`);
      return `${clock} ${colour(status)} ${method.padEnd(5)} ${route}  ${took}`;
    }
    case 'failure':
      return `${clock} ${style.red('✗')} ${entry.message}  ${style.dim(entry.requestId.slice(0, 8))}`;
    case 'warning':
      return `${clock} ${style.yellow('!')} ${entry.message}`;
    case 'note':
      return `${clock} ${entry.message}`;
  }
}
