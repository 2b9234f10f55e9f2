import type { AnyIdentity } from '../../lib/config/target.ts';
import type { StatusFinding } from '../../lib/diagnose/status/status-condition.ts';
import { NO_HISTORY, type StatusHistory } from '../../lib/diagnose/status/status-rates.ts';
import type { WatchEvent } from '../../lib/diagnose/status/watch-status.ts';
import type { FunctionStatus } from '../../lib/functions/function-status.ts';
import { renderFunctionStatus } from '../../lib/ui/function-status.ts';
import { openLiveScreen } from '../../lib/ui/live-screen.ts';
import { type BoardView, renderBoard } from '../../lib/ui/status-board.ts';
import { renderChanges } from '../../lib/ui/status-lines.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import { windowSize } from '../../lib/ui/terminal.ts';
import type { CommandContext } from '../command.ts';

type Trouble = Extract<WatchEvent, { readonly kind: 'trouble' }>;

/** Where a watch shows what it sees. */
export interface WatchView {
  snapshot(
    history: StatusHistory,
    failed: readonly StatusFinding[] | undefined,
    functions: FunctionStatus | undefined,
  ): void;
  trouble(trouble: Trouble): void;
  /** Gives the terminal back. MUST be called however the watch ends. */
  close(): void;
}

interface Subject {
  readonly topic: string;
  readonly identity: AnyIdentity;
  readonly pace: string;
}

/** A board on a terminal, JSON lines with `--json`, lines elsewhere. */
export function openWatchView(context: CommandContext, subject: Subject): WatchView {
  if (context.printer.json) return jsonView(context, subject);
  return context.printer.live ? boardView(context, subject) : lineView(context);
}

function boardView({ io, printer }: CommandContext, { topic, identity, pace }: Subject): WatchView {
  const { target, account, region = identity.endpoint } = identity;
  const place = [target, ...(target === 'aws' && account ? [account] : []), region].join(' ');
  let functions: FunctionStatus | undefined;
  let view: BoardView = { topic, place, pace, history: NO_HISTORY, trouble: [] };
  const draw = (): void => {
    const { columns, rows } = windowSize(io.stdout);
    // The last row stays empty: a line end on it would move the picture up.
    const below = functions ? renderFunctionStatus(functions, printer.style, columns) : [];
    const board = renderBoard(view, { columns, rows: rows - 1 - below.length }, printer.style);
    screen.show([...board, ...below]);
  };
  const screen = openLiveScreen(io.stdout, draw);
  const { abort } = io.interrupts;
  abort.addEventListener('abort', screen.close);
  draw();
  return {
    snapshot: (history, _failed, found) => {
      view = { ...view, history, trouble: [] };
      functions = found;
      draw();
    },
    trouble: (trouble) => {
      view = { ...view, trouble: troubleText(trouble) };
      draw();
    },
    close: () => {
      abort.removeEventListener('abort', screen.close);
      screen.close();
    },
  };
}

function lineView({ printer }: CommandContext): WatchView {
  let before: StatusHistory['latest'];
  let told: string | undefined;
  let toldOfFunctions: readonly string[] = [];
  return {
    snapshot: (history, _failed, functions) => {
      if (told !== undefined) printer.note('Readings come again.');
      told = undefined;
      for (const line of renderChanges(before, history)) printer.text(line);
      before = history.latest;
      const lines = functions ? renderFunctionStatus(functions, printer.style) : [];
      for (const line of lines) if (!toldOfFunctions.includes(line)) printer.text(line);
      toldOfFunctions = lines;
    },
    trouble: (trouble) => {
      // The same trouble again is not news.
      if (trouble.error.code !== told) printer.warn(troubleText(trouble).join(' '));
      told = trouble.error.code;
    },
    close: () => {},
  };
}

function jsonView({ printer }: CommandContext, { identity }: Subject): WatchView {
  return {
    snapshot: ({ latest, rates }, failed, functions) => {
      if (latest === undefined) return;
      const { time, topic, subscribers } = latest;
      printer.record({
        time: new Date(time).toISOString(),
        ...targetDocument(identity),
        topic,
        subscribers: subscribers.map((subscriber) => {
          const {
            in: inPerSecond = null,
            out: outPerSecond = null,
            exact = false,
          } = rates.get(subscriber.name) ?? {};
          return { ...subscriber, inPerSecond, outPerSecond, ratesExact: exact };
        }),
        ...functions,
        ...(failed && { failed }),
      });
    },
    trouble: ({ error, retryIn }) => {
      const { code, message, hint } = error;
      printer.record({
        time: new Date().toISOString(),
        error: { code, message, hint },
        retryInSeconds: Math.round(retryIn) / 1000,
      });
    },
    close: () => {},
  };
}

function troubleText({ error, failures, retryIn }: Trouble): string[] {
  const count = failures > 1 ? ` (failed ${failures} times)` : '';
  const again = `Trying again in ${Math.ceil(retryIn / 1000)} s${count}.`;
  return [error.message, ...(error.hint ? [error.hint] : []), again];
}
