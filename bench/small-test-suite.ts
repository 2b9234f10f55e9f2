import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { type Calls, sdkCalls } from './calls.ts';
import { type Clients, connect } from './clients.ts';
import { cpuMicros } from './process-usage.ts';
import { BROKERS, type BrokerName } from './test-brokers.ts';
import { subscribeQueue } from './workloads.ts';

// One run of bench/small-tests.ts: `<broker> <tests>`. Writes what the tests took.

/** Milliseconds; of CPU those of tests and broker, user and system. */
export interface SuiteTimes {
  readonly ms: number;
  readonly cpuMs: number;
}

/** A test as projects have them: a fan-out of its own, an event, and what its consumer gets. */
async function smallTest(clients: Clients, calls: Calls): Promise<void> {
  const { TopicArn = '' } = await clients.sns.send(new CreateTopicCommand({ Name: 'payments' }));
  const url = await subscribeQueue(clients, TopicArn, 'ledger');
  await calls.publish(TopicArn);
  const handles = await calls.receiveTen(url);
  if (handles.length !== 1) throw new Error(`the consumer got ${handles.length} events`);
  await calls.deleteAll(url, handles);
}

const [name = '', tests] = process.argv.slice(2);
const broker = await BROKERS[name as BrokerName]();
const clients = connect(broker.endpoint);
// The SDK's first call costs more than any broker's.
await clients.sqs.send(new ListQueuesCommand({}));
const cpuOfBroker = () => (broker.pid === undefined ? 0 : cpuMicros(broker.pid));
const cpuBefore = cpuOfBroker();
const ownBefore = process.cpuUsage();
const began = performance.now();
for (let count = 0; count < Number(tests); count += 1) {
  await smallTest(clients, sdkCalls(clients));
  await broker.reset();
}
const ms = performance.now() - began;
const own = process.cpuUsage(ownBefore);
const cpuMs = (own.user + own.system + cpuOfBroker() - cpuBefore) / 1000;
clients.close();
await broker.stop();
const times: SuiteTimes = { ms, cpuMs };
process.stdout.write(JSON.stringify(times), () => process.exit(0));
