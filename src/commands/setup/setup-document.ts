import type { Topology } from '../../lib/definition/topology.ts';
import {
  type EnvironmentFormat,
  environmentLines,
  environmentOf,
} from '../../lib/topology/environment.ts';
import type { TopologyReport } from '../../lib/topology/report.ts';
import type { Transport, TransportPlan } from '../../lib/transport/transport.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import type { CommandContext } from '../command.ts';

/** What a run of `setup` came to. */
interface SetupOutcome {
  readonly plan: TransportPlan;
  readonly report: TopologyReport;
  readonly dryRun: boolean;
  /** How the environment is printed; not at all where undefined. */
  readonly printEnv: EnvironmentFormat | undefined;
}

/** Prints the document of `setup`, and the environment where it was asked for. @throws as `environmentOf` does */
export function printDocument(
  { printer }: CommandContext,
  topology: Topology,
  { aws, identity }: Transport,
  { plan, report, dryRun, printEnv }: SetupOutcome,
): void {
  const environment =
    printEnv &&
    aws &&
    environmentOf(report, { region: aws.identity.region, endpoint: aws.aws.endpoint });
  if (printEnv && environment) {
    for (const line of environmentLines(environment, printEnv)) printer.raw(line);
  }
  printer.document({
    ...targetDocument(identity),
    topology: topology.name,
    managed: topology.managed,
    ...report,
    ...(environment && { environment }),
    changes: plan.changes.map(({ action, type, name, topic, differences }) => ({
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
