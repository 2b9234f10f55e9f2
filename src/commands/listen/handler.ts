import { Console } from 'node:console';
import type { HandlerContext } from '../../lib/consume/consumed.ts';
import { forwardHandler } from '../../lib/consume/handlers/forward.ts';
import { keepProgram } from '../../lib/consume/handlers/kept-program.ts';
import { programHandler } from '../../lib/consume/handlers/program.ts';
import type { ProgramOptions } from '../../lib/consume/handlers/start-program.ts';
import type { EventMessage } from '../../lib/events/message.ts';
import { labelled } from '../../lib/ui/subscriber-label.ts';
import type { CommandContext } from '../command.ts';
import type { ExecProgram, HandlerChoice } from './handler-choice.ts';

/** What handles a subscriber's events. */
export interface ListenHandler {
  handle(event: EventMessage, context: HandlerContext): unknown;
  /** Ends what it has started. */
  close(): Promise<void>;
}

const nothingToClose = async (): Promise<void> => {};

/**
 * The handler that was chosen, one for each subscriber; without one every event is handled by being shown.
 * @param names columns of the subscribers' names.
 */
export function createHandler(
  context: CommandContext,
  choice: HandlerChoice | undefined,
  subscriber: string,
  names: number,
): ListenHandler {
  switch (choice?.kind) {
    case 'program':
      return programOf(context, choice.program, subscriber, names);
    case 'module': {
      const { module } = choice;
      return { handle: ({ value }, about) => module(value, about), close: nothingToClose };
    }
    case 'forward':
      return { handle: forwardHandler(choice.forward), close: nothingToClose };
    default:
      return { handle: () => {}, close: nothingToClose };
  }
}

/** Keeps what modules print out of a JSON stream: stdout holds the records alone. */
export function divertConsole({ io, printer }: CommandContext): void {
  if (!printer.json) return;
  globalThis.console = new Console({ stdout: io.stderr, stderr: io.stderr });
}

function programOf(
  { io, printer }: CommandContext,
  { file, args, mode, cwd }: ExecProgram,
  subscriber: string,
  names: number,
): ListenHandler {
  const options: ProgramOptions = {
    program: file,
    args,
    cwd,
    env: io.env,
    abort: io.interrupts.abort,
    room: () => printer.drained(),
    onLine: (stream, line) => {
      if (stream === 'stdout' && !printer.json) {
        printer.text(labelled(subscriber, line, printer.style, names));
      } else {
        printer.note(labelled(subscriber, line, printer.noteStyle, names));
      }
    },
  };
  if (mode === 'each') return { handle: programHandler(options), close: nothingToClose };
  return keepProgram(options, mode);
}
