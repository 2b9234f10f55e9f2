import {
  type EnvironmentFormat,
  environmentLines,
  environmentOf,
} from '../../lib/topology/environment.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { reportOf } from '../../lib/topology/report.ts';
import type { SetupPlan, SetupResult } from '../../lib/topology/setup.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import type { CommandContext } from '../command.ts';

/** What a run of `setup` came to. */
interface SetupOutcome extends Pick<SetupResult, 'observed'> {
  readonly dryRun: boolean;
  /** How the environment is printed; not at all where undefined. */
  readonly printEnv: EnvironmentFormat | undefined;
}

/** Prints the document of `setup`, and the environment where it was asked for. @throws as `environmentOf` does */
export function printDocument(
  { printer }: CommandContext,
  { aws, identity, topology }: Place,
  { changes }: SetupPlan,
  { observed, dryRun, printEnv }: SetupOutcome,
): void {
  const report = reportOf(topology, observed);
  const { region } = identity;
  const environment = printEnv && environmentOf(report, { region, endpoint: aws.endpoint });
  if (printEnv && environment) {
    for (const line of environmentLines(environment, printEnv)) printer.raw(line);
  }
  printer.document({
    ...targetDocument(identity),
    topology: topology.name,
    managed: topology.managed,
    ...report,
    ...(environment && { environment }),
    changes: changes.map(({ action, type, name, topic, differences }) => ({
      action,
      type,
      name,
      ...(topic === undefined ? {} : { topic }),
      ...(differences.length > 0
        ? {
            differences: differences.map(({ setting, from, to }) => ({
              setting,
              from: from ?? null,
              to: to ?? null,
            })),
          }
        : {}),
    })),
    dryRun,
  });
}
