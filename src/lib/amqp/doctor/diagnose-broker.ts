import type { Topology } from '../../definition/topology.ts';
import type { CandidateMessage } from '../../diagnose/doctor/candidate-message.ts';
import { type Finding, fail, ok, SETUP } from '../../diagnose/doctor/check.ts';
import { type CheckResult, type Diagnosis, diagnosisOf } from '../../diagnose/doctor/diagnose.ts';
import type { Change } from '../../topology/change.ts';
import type { Management } from '../management.ts';
import { type FoundBinding, type Observed, observe, readBindingsOf } from '../observed.ts';
import { planChanges } from '../plan.ts';
import { matchesKey, ROUTED_BY } from '../routing.ts';
import type { Session } from '../session.ts';
import { readStatus } from '../status.ts';
import { wantedOf } from '../wanted.ts';
import { alarmFinding, permissionFinding } from './broker-checks.ts';
import { subscriberFindings } from './subscriber-checks.ts';

/** What is looked at. */
export interface BrokerDoctorRequest {
  /** With the subscribers to look at. */
  readonly topology: Topology;
  /** The message that the user misses. */
  readonly missing: CandidateMessage | undefined;
}

/**
 * Looks at each hop of a topology on a broker and says which is broken, as far as a broker tells. Reads only.
 * @throws AppError as `Management` does; `NotOnRabbitMq` (exit 2) for a topology that can't be there.
 */
export async function diagnoseBroker(
  session: Session,
  management: Management,
  { topology, missing }: BrokerDoctorRequest,
): Promise<Diagnosis> {
  const { broker } = session;
  const wanted = wantedOf(topology);
  const observed = await observe(management, topology);
  const changes = planChanges(wanted, observed);
  const [{ subscribers }, permission, alarm] = await Promise.all([
    readStatus(session, topology, observed),
    permissionFinding(management, broker, topology),
    alarmFinding(management),
  ]);
  const checks: CheckResult[] = [
    {
      id: 'credentials',
      subject: 'target',
      ...ok(`user ${broker.username}, vhost "${broker.vhost}" at ${broker.url}`),
    },
    { id: 'permissions', subject: 'target', ...permission },
    { id: 'alarms', subject: 'target', ...alarm },
    ...(await topicResults(management, topology, observed, changes, missing)),
    ...topology.subscribers.flatMap((spec, index) =>
      subscriberFindings(spec, subscribers[index], changes, broker.vhost).map((result) => ({
        ...result,
        subject: spec.name,
      })),
    ),
    ...(missing === undefined ? [] : filterResults(topology, observed, missing)),
  ];
  return diagnosisOf(topology.managed ? checks : checks.map(withoutSetup));
}

/** Setup changes nothing of what others made. */
function withoutSetup({ fix, ...found }: CheckResult): CheckResult {
  const isSetup = fix?.tool === 'pubsub' && fix.words[0] === 'setup';
  return fix === undefined || isSetup ? found : { ...found, fix };
}

async function topicResults(
  management: Management,
  topology: Topology,
  { exchanges }: Observed,
  changes: readonly Change[],
  missing: CandidateMessage | undefined,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { key, name } of topology.topics) {
    const subject = topology.topics.length > 1 ? `topic ${key}` : 'topic';
    results.push({ id: 'topic', subject, ...exchangeFinding(name, changes) });
    if (!exchanges.has(name)) continue;
    const types = missing === undefined ? typesOf(topology, key) : [keyOf(missing)];
    const bindings = (await readBindingsOf(management, name)) ?? [];
    results.push({ id: 'routing', subject, ...routingFinding(name, bindings, types) });
  }
  return results;
}

function exchangeFinding(name: string, changes: readonly Change[]): Finding {
  const change = changes.find((each) => each.type === 'topic' && each.name === name);
  if (change?.action === 'create') return fail(`There is no exchange "${name}".`, SETUP);
  const [difference] = change?.differences ?? [];
  if (difference === undefined) return ok(`exchange "${name}", durable, of type topic`);
  const { setting, from = 'not set', to = 'not set' } = difference;
  return fail(
    `Of the exchange "${name}" ${setting} is ${from} and should be ${to}; RabbitMQ can't change it.`,
  );
}

/** Event types that go to a topic. */
function typesOf({ events, topics }: Topology, key: string): string[] {
  return Object.entries(events).flatMap(([type, { topic = topics[0]?.key }]) =>
    topic === key ? [type] : [],
  );
}

/** Whether what is published leads anywhere: a broker drops what no binding takes, and confirms it. */
function routingFinding(
  name: string,
  bindings: readonly FoundBinding[],
  types: readonly string[],
): Finding {
  if (bindings.length === 0) {
    return fail(
      `Nothing is bound to "${name}": RabbitMQ confirms what is published there, and drops it.`,
      SETUP,
    );
  }
  const lost = types.filter(
    (type) => !bindings.some(({ routing_key }) => matchesKey(routing_key, type)),
  );
  const bound = `${bindings.length} ${bindings.length === 1 ? 'binding' : 'bindings'}`;
  if (lost.length === 0) return ok(bound);
  return {
    verdict: 'warn',
    evidence: `${lost.join(', ')}: no binding takes it; RabbitMQ confirms it, and drops it.`,
  };
}

function filterResults(
  { subscribers, topics }: Topology,
  { bindings }: Observed,
  missing: CandidateMessage,
): CheckResult[] {
  const exchanges = new Set(topics.map(({ name }) => name));
  const key = keyOf(missing);
  return subscribers.flatMap(({ name, queue }): CheckResult[] => {
    const keys = (bindings.get(queue) ?? [])
      .filter(({ source }) => exchanges.has(source))
      .map(({ routing_key }) => routing_key);
    if (keys.length === 0) return [];
    const taking = keys.find((each) => matchesKey(each, key));
    const finding =
      taking === undefined
        ? fail(`${missing.name} does not come here: no binding key (${keys.join(', ')}) takes it.`)
        : ok(`${missing.name} comes here by the binding key ${taking}`);
    return [{ id: 'filter', subject: name, ...finding }];
  });
}

function keyOf({ attributes }: CandidateMessage): string {
  return attributes[ROUTED_BY]?.StringValue ?? '';
}
