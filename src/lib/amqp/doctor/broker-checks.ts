import type { Broker } from '../../config/target.ts';
import { queueNames, type Topology } from '../../definition/topology.ts';
import { type Finding, fail, ok, unknown } from '../../diagnose/doctor/check.ts';
import { AppError } from '../../rules/errors.ts';
import type { Management } from '../management.ts';

interface Permissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

interface Node {
  readonly name: string;
  readonly mem_alarm?: boolean;
  readonly disk_free_alarm?: boolean;
}

/** Whether the user may publish, receive and set up; only an administrator is told. */
export async function permissionFinding(
  management: Management,
  { username }: Broker,
  topology: Topology,
): Promise<Finding> {
  return unlessDenied('administrator', async () => {
    const found = await management.get<Permissions>(['permissions', username]);
    if (found === undefined) return fail(`The user ${username} has no permissions in the vhost.`);
    const exchanges = topology.topics.map(({ name }) => name);
    const queues = topology.subscribers.flatMap(queueNames);
    const refused = [
      ...refusedOf('publish to', found.write, exchanges),
      ...refusedOf('receive from', found.read, queues),
      ...refusedOf('make or remove', found.configure, [...exchanges, ...queues]),
    ];
    if (refused.length > 0) return fail(`The user ${username} may not ${refused.join(', nor ')}.`);
    const { configure, write, read } = found;
    return ok(`configure ${configure}, write ${write}, read ${read}`);
  });
}

/** Whether a node is short of memory or disk: then all publishers of the cluster are held up. */
export async function alarmFinding(management: Management): Promise<Finding> {
  return unlessDenied('monitoring', async () => {
    const nodes = await management.getOfCluster<readonly Node[]>('nodes');
    const alarms = (nodes ?? []).flatMap(({ name, mem_alarm, disk_free_alarm }) => [
      ...(mem_alarm ? [`${name} is short of memory`] : []),
      ...(disk_free_alarm ? [`${name} is short of disk`] : []),
    ]);
    if (alarms.length === 0) return ok('no alarm for memory or disk');
    return fail(
      `${alarms.join(', ')}: RabbitMQ takes nothing from publishers until that is over. See: rabbitmq-diagnostics alarms`,
    );
  });
}

/** What only users with a tag are told is unknown to others, and no failure. */
async function unlessDenied(tag: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'AccessDenied') throw error;
    return unknown(`Only a user with the tag "${tag}" is told.`);
  }
}

function refusedOf(what: string, pattern: string, names: readonly string[]): string[] {
  const first = names.find((name) => !isAllowed(pattern, name));
  return first === undefined ? [] : [`${what} "${first}" (${pattern || 'nothing is allowed'})`];
}

/** As RabbitMQ matches: anywhere in the name, and nothing where the pattern is empty. */
function isAllowed(pattern: string, name: string): boolean {
  if (pattern === '') return false;
  try {
    return new RegExp(pattern).test(name);
  } catch {
    // Erlang's expressions have forms that these haven't.
    return true;
  }
}
