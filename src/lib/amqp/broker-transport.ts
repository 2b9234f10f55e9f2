import { setTimeout as sleep } from 'node:timers/promises';
import { assertTrusted } from '../config/assert-trusted.ts';
import type { Settings } from '../config/settings.ts';
import type { Broker } from '../config/target.ts';
import type { Topology } from '../definition/topology.ts';
import { outgoingEvents } from '../events/outgoing-event.ts';
import { createTopicPublisher } from '../publish/publisher.ts';
import { AppError } from '../rules/errors.ts';
import type { Change } from '../topology/change.ts';
import { pending } from '../topology/plan.ts';
import type { MendPlan, Transport, TransportPlan, TransportSetup } from '../transport/transport.ts';
import { applyChanges, unbind } from './apply.ts';
import { BrokerQueue } from './broker-queue.ts';
import { BrokerTopic } from './broker-topic.ts';
import { findStored } from './find-stored.ts';
import { Management } from './management.ts';
import { type Observed, observe } from './observed.ts';
import { openTap } from './open-tap.ts';
import { assertChangeable, isChangeable, planChanges } from './plan.ts';
import { deleteRemains, remainsOf } from './remains.ts';
import { reportOf } from './report.ts';
import { Session } from './session.ts';
import { readStatus } from './status.ts';
import { StoredBrokerQueue } from './stored-broker-queue.ts';
import { wantedOf } from './wanted.ts';

/** Milliseconds between readings of what a cluster may show a moment later, and how many there are. */
const REREAD = { pause: 500, times: 10 } as const;

/**
 * Reaches a broker.
 * @throws AppError `EndpointUnreachable`, `AccessDenied` (exit 4), `VhostNotFound`; `UntrustedFile` (exit 2).
 */
export async function openBroker(settings: Settings, broker: Broker): Promise<Transport> {
  assertTrusted(settings);
  const session = new Session(broker);
  await (await session.channel()).close();
  return brokerTransport(session);
}

function brokerTransport(session: Session): Transport {
  const { broker } = session;
  const management = new Management(broker);
  const look = (topology: Topology): Promise<Observed> => observe(management, topology);
  return {
    identity: {
      target: 'rabbitmq',
      account: undefined,
      arn: undefined,
      region: undefined,
      endpoint: broker.url,
      user: broker.username,
    },
    aws: undefined,
    broker: {
      openTap: (request) => openTap(session, management, request),
      unbind: (topic, subscriber) => unbind(management, topic, subscriber),
      async diagnose(request) {
        const { diagnoseBroker } = await import('./doctor/diagnose-broker.ts');
        return diagnoseBroker(session, management, request);
      },
      async probe(request) {
        const { probeBroker } = await import('./doctor/probe-broker.ts');
        return probeBroker(broker, management, request);
      },
      planMend: (topology) => planMend(management, topology),
    },
    planSetup: (topology) => planSetup(broker, management, topology),
    async findRemains(topology, options) {
      return remainsOf(topology, await look(topology), options);
    },
    async cleanUp(topology, found, options) {
      const { deleted, interrupted } = await deleteRemains(management, found, options);
      let remains = found;
      for (let times = 0; times < REREAD.times; times++) {
        if (times > 0) await sleep(REREAD.pause);
        remains = remainsOf(topology, await look(topology), options);
        if (interrupted || remains.ours.length === 0) break;
      }
      return { deleted, remains, verified: remains.ours.length === 0, interrupted };
    },
    async statusReader(topology) {
      return async () => readStatus(session, topology, await look(topology));
    },
    addressOf: ({ name }) => name,
    async publishers(tracing) {
      const writer = outgoingEvents;
      return (exchange) =>
        createTopicPublisher({ topic: new BrokerTopic(session, exchange), writer, tracing });
    },
    async topic(exchange) {
      return new BrokerTopic(session, exchange);
    },
    async findQueue({ queue, visibilityTimeout }) {
      const found = new BrokerQueue(session, queue, visibilityTimeout);
      return (await found.exists()) ? found : undefined;
    },
    findStored: (name) => findStored(session, management, name),
    async findDestination(name) {
      const queue = new StoredBrokerQueue(session, name);
      return (await queue.exists()) ? queue : undefined;
    },
    close: () => session.close(),
  };
}

async function planSetup(
  broker: Broker,
  management: Management,
  topology: Topology,
): Promise<TransportPlan> {
  const wanted = wantedOf(topology);
  const observed = await observe(management, topology);
  const changes = planChanges(wanted, observed);
  const { foreign } = remainsOf(topology, observed, { includeUntagged: false });
  return {
    changes,
    others: foreign,
    report: reportOf(broker, topology, observed),
    observed: undefined,
    async setUp(options): Promise<TransportSetup> {
      assertChangeable(changes);
      const done = await applyChanges({ management, wanted, observed, changes }, options);
      const after = await observe(management, topology);
      assertConverged(done, pending(planChanges(wanted, after)));
      return { report: reportOf(broker, topology, after), ...done };
    },
  };
}

async function planMend(management: Management, topology: Topology): Promise<MendPlan> {
  const wanted = wantedOf(topology);
  const observed = await observe(management, topology);
  const feasible = (all: readonly Change[]): Change[] => pending(all).filter(isChangeable);
  const changes = feasible(planChanges(wanted, observed));
  return {
    changes,
    async setUp(options) {
      const done = await applyChanges({ management, wanted, observed, changes }, options);
      assertConverged(done, feasible(planChanges(wanted, await observe(management, topology))));
      return done;
    },
  };
}

/** @throws AppError `NotConverged` where all changes were made, and some are still to be made. */
function assertConverged(
  { interrupted }: { readonly interrupted: boolean },
  left: readonly Change[],
): void {
  if (interrupted || left.length === 0) return;
  const names = left.map(({ name }) => name);
  throw new AppError({
    code: 'NotConverged',
    message: `All changes were made, but ${names.join(', ')} still read as before.`,
    hint: 'See what differs with: pubsub setup --dry-run',
  });
}
