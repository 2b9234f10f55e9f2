import { Console } from 'node:console';
import type { HandlerContext } from '../../lib/consume/consumed.ts';
import { keepProgram } from '../../lib/consume/handlers/kept-program.ts';
import { programHandler } from '../../lib/consume/handlers/program.ts';
import type { ProgramOptions } from '../../lib/consume/handlers/start-program.ts';
import { loadTopologyHandler } from '../../lib/consume/handlers/topology-handler.ts';
import type { EventMessage } from '../../lib/events/message.ts';
import { labelled } from '../../lib/ui/listen.ts';
import type { CommandContext } from '../command.ts';
import type { ListenRequest } from './request.ts';

/** What handles a subscriber's events. */
export interface ListenHandler {
  handle(event: EventMessage, context: HandlerContext): unknown;
  /** Ends what it has started. */
  close(): Promise<void>;
}

const nothingToClose = async (): Promise<void> => {};

/** The handler that was asked for, one for each subscriber: a program, a module, or the one that the topology gives it. */
export async function createHandler(
  { io, printer }: CommandContext,
  request: ListenRequest,
  subscriber: string,
): Promise<ListenHandler> {
  const { program, topology } = request;
  if (program === undefined) {
    const module = request.module ?? (await loadTopologyHandler(topology, subscriber));
    if (module === undefined) return { handle: () => {}, close: nothingToClose };
    if (printer.json) {
      // Stdout holds the records alone.
      globalThis.console = new Console({ stdout: io.stderr, stderr: io.stderr });
    }
    return { handle: ({ value }, context) => module(value, context), close: nothingToClose };
  }
  const options: ProgramOptions = {
    program: program.file,
    args: program.args,
    cwd: io.cwd,
    env: io.env,
    abort: io.interrupts.abort,
    room: () => printer.drained(),
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
