import type { Command } from 'commander';
import { type BackgroundOptions, startInBackground } from '../../lib/engine/background.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { addExamples, type Runner } from '../command.ts';
import {
  addEngineFlags,
  type EngineFlags,
  engineAccess,
  environmentNotes,
  openWarning,
  readEngineFlags,
} from './engine-flags.ts';

/** `pubsub local start` */
export function defineStart(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub local start',
      'pubsub local start --port 0',
      'pubsub local start --ephemeral --faults throttle=5%,duplicate=1% --seed 7',
    ],
    'pubsub setup',
  );
  addEngineFlags(command).action((flags: EngineFlags) =>
    run(command, async ({ io, printer, settings }) => {
      const wanted = readEngineFlags(flags, io.env, settings.stateDir);
      const warning = openWarning(wanted);
      const progress = printer.progress('Starting the local engine');
      try {
        const { started, running, pid, endpoint, stateDir, ephemeral, ui } =
          await startInBackground(wanted);
        progress.clear();
        if (!started && differs(wanted, { endpoint, ephemeral })) {
          throw new AppError({
            code: 'AlreadyRunning',
            message: `The local engine runs already at ${endpoint} (pid ${pid}), with other options.`,
            hint: 'Stop it first with: pubsub local stop',
          });
        }
        if (flags.init !== undefined) {
          const { initialize } = await import('../../embedded/init.ts');
          await initialize(flags.init, engineAccess(endpoint, settings.region, wanted.token), io);
        }
        printer.document({ running, pid, endpoint, stateDir, ephemeral, ui });
        const verb = started ? 'Started' : 'Already running:';
        printer.text(`${verb} the local engine at ${endpoint} (pid ${pid})`);
        if (warning !== undefined) printer.warn(warning);
        for (const note of environmentNotes(io.env)) printer.note(note);
        printer.note(
          ephemeral ? 'State: in memory, gone when it stops' : `State: ${settings.stateDir}`,
        );
        if (ui !== null) printer.note(`Page:  ${ui}`);
        printer.note('Next: pubsub setup');
      } catch (error) {
        progress.clear();
        throw error;
      }
      return undefined;
    }),
  );
}

/** Whether an engine that runs already is not the one that was asked for. */
function differs(
  wanted: BackgroundOptions,
  running: { endpoint: string; ephemeral: boolean },
): boolean {
  const otherPort = Boolean(wanted.port) && new URL(running.endpoint).port !== String(wanted.port);
  const otherKind = wanted.ephemeral !== undefined && wanted.ephemeral !== running.ephemeral;
  const { faults, allowHttp, identities, host, allowHosts, policies } = wanted;
  const others = [faults, allowHttp, identities, host, allowHosts, policies];
  return otherPort || otherKind || others.some((each) => each !== undefined);
}
