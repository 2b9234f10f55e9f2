import { type ServerLog, serverLogLine } from '../../lib/http/server-log.ts';
import { renderServerLog } from '../../lib/ui/server-log.ts';
import type { CommandContext } from '../command.ts';

/** On a terminal lines for people, elsewhere JSON; with `--quiet` only what is wrong. */
export function logOf({ io, printer }: CommandContext): ServerLog {
  const { stderr } = io;
  return (entry) => {
    const now = Date.now();
    const line = stderr.isTTY
      ? renderServerLog(entry, now, printer.noteStyle)
      : serverLogLine(entry, now);
    const isTrouble = entry.kind === 'warning' || entry.kind === 'failure';
    if (!isTrouble) printer.note(line);
    else stderr.write(`${line}\n`);
  };
}

/** What shared code says goes into the log as well, so that every line of it is one entry. */
export function loggingPrinter(
  { printer }: CommandContext,
  log: ServerLog,
): CommandContext['printer'] {
  return {
    ...printer,
    note: (message) => log({ kind: 'note', message }),
    warn: (message) => log({ kind: 'warning', message }),
  };
}
