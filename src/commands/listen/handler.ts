import { Console } from 'node:console';
import type { HandlerContext } from '../../lib/consume/consumed.ts';
import { keepProgram } from '../../lib/consume/handlers/kept-program.ts';
import { type ProgramOptions, programHandler } from '../../lib/consume/handlers/program.ts';
import type { OrderEvent } from '../../lib/events/order-event.ts';
import { labelled } from '../../lib/ui/listen.ts';
import type { CommandContext } from '../command.ts';
import type { ListenRequest } from './request.ts';

/** What handles a subscriber's events. */
export interface ListenHandler {
  handle(event: OrderEvent, context: HandlerContext): unknown;
  /** Ends what it has started. */
  close(): Promise<void>;
}

const nothingToClose = async (): Promise<void> => {};

/** The handler that was asked for, one for each subscriber: a program, a module, or the subscriber's own reaction. */
export function createHandler(
  { io, printer }: CommandContext,
  { program, module }: ListenRequest,
  subscriber: string,
): ListenHandler {
  if (module !== undefined) {
    if (printer.json) {
      // Stdout holds the records alone.
      globalThis.console = new Console({ stdout: io.stderr, stderr: io.stderr });
    }
    return { handle: module, close: nothingToClose };
  }
  // A named subscriber's reaction is what it prints.
  if (program === undefined) return { handle: () => {}, close: nothingToClose };
  const options: ProgramOptions = {
    program: program.file,
    args: program.args,
    cwd: io.cwd,
    env: io.env,
    abort: io.interrupts.abort,
    onLine: (stream, line) => {
      if (stream === 'stdout' && !printer.json) {
        printer.text(labelled(subscriber, line, printer.style));
      } else {
        printer.note(labelled(subscriber, line, printer.noteStyle));
      }
    },
  };
  if (program.mode === 'each') return { handle: programHandler(options), close: nothingToClose };
  return keepProgram(options, program.mode);
}
