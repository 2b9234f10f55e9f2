import { confirmPending, unconfirmed } from '../../diagnose/doctor/confirm.ts';
import { diagnose } from '../../diagnose/doctor/diagnose.ts';
import { AppError } from '../../rules/errors.ts';
import type { Change } from '../../topology/change.ts';
import { assertManaged } from '../../topology/ownership.ts';
import { pending } from '../../topology/plan.ts';
import { planSetup, setUp } from '../../topology/setup.ts';
import { actedOn } from '../acted-on.ts';
import type { ChangeView, FixView } from '../api/doctor.ts';
import type { Dashboard } from '../dashboard.ts';
import { flagField } from '../http/fields.ts';
import type { RouteRequest } from '../http/route.ts';
import { assertWrites } from '../http/writes.ts';
import { placeOf } from '../target.ts';

/** `POST doctor/fix`: makes the changes that bring back what the topology says, or shows them. */
export async function fix(dashboard: Dashboard, { body, signal }: RouteRequest): Promise<FixView> {
  const { aws, stateDir, commands, live } = dashboard;
  const dryRun = flagField(body, 'dryRun');
  const place = await placeOf(dashboard);
  assertManaged(place.topology, 'doctor --fix');
  const { facts } = await diagnose({ place, stateDir });
  const branches = unconfirmed(facts);
  const plan = await planSetup(place);
  const confirmed = branches.map(
    ({ spec }): ChangeView => ({
      action: 'update',
      type: 'subscription',
      name: spec.queue,
      differences: [{ setting: 'PendingConfirmation', from: 'true', to: 'false' }],
    }),
  );
  const changes = [...confirmed, ...pending(plan.changes).flatMap(changeView)];
  const command = commands.pubsub('doctor', '--fix');
  const view = { ...actedOn(dashboard), dryRun, changes, command };
  if (dryRun || changes.length === 0) return view;
  assertWrites(dashboard);
  for (const branch of branches) await confirmPending(aws, branch, signal);
  const now = branches.length === 0 ? plan : await planSetup(place);
  const { interrupted } = await setUp(place, now, { stop: signal });
  live.forgetGraph();
  if (!interrupted) return view;
  throw new AppError({ code: 'Interrupted', message: 'Not all changes were made.', hint: command });
}

function changeView({ action, type, name, differences }: Change): ChangeView[] {
  if (action === 'unchanged') return [];
  return [
    {
      action,
      type,
      name,
      differences: differences.map(({ setting, from, to }) => ({
        setting,
        from: from ?? null,
        to: to ?? null,
      })),
    },
  ];
}
