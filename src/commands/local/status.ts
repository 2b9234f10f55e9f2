import type { Command } from 'commander';
import { backgroundStatus, type EngineReport, engineReport } from '../../lib/engine/background.ts';
import { EXIT } from '../../lib/rules/errors.ts';
import { addExamples, type Runner } from '../command.ts';

/** `pubsub local status` */
export function defineStatus(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub local status', 'pubsub local status --json'],
    'pubsub status shows what is in it',
  ).action(() =>
    run(command, async ({ io, printer, settings }) => {
      const status = await backgroundStatus(settings.stateDir);
      const { findings, functions }: EngineReport = status.running
        ? await engineReport(status.endpoint, io.env.PUBSUB_TOKEN)
        : { findings: [], functions: undefined };
      printer.document({ ...status, findings, functions: functions ?? null });
      if (status.running) {
        printer.text(`Running at ${status.endpoint} (pid ${status.pid})`);
        if (status.ui !== null) printer.text(`Page: ${status.ui}`);
        if (!status.ready) printer.text('Still being made ready by --init');
        printer.text(
          status.ephemeral ? 'State in memory, gone when it stops' : `State in ${status.stateDir}`,
        );
        if (functions !== undefined && functions.functions.length > 0) {
          printer.text(functionsLine(functions));
        }
      } else {
        printer.text('Not running. Start it with: pubsub local start');
      }
      for (const line of findings) printer.warn(line);
      return status.ready ? EXIT.done : EXIT.drift;
    }),
  );
}

/** Functions, their invocations and mappings in a line. */
function functionsLine({
  functions,
  mappings,
  environments,
}: NonNullable<EngineReport['functions']>): string {
  const sum = (value: (each: (typeof functions)[number]) => number) =>
    functions.reduce((total, each) => total + value(each), 0);
  const processes = environments.busy + environments.idle;
  return [
    counted(functions.length, 'function'),
    counted(mappings.length, 'mapping'),
    `${counted(
      sum((each) => each.invocations),
      'invocation',
    )} (${sum((each) => each.errors)} failed)`,
    counted(processes, 'process', 'processes'),
  ].join(', ');
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
