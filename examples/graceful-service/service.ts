// A subscriber inside a service that has other things to do, and ends without losing or cutting short anything.
// Node 22.18 or later runs it as it is.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPublisher, createSubscriber, defineTopology, setUpTopology } from 'pubsub-cli';

interface JobEvents {
  'job.requested': { readonly path: string };
}

const topology = defineTopology<JobEvents>({
  name: 'jobs',
  prefix: process.env.PUBSUB_PREFIX ?? '',
  subscribers: { worker: { visibilityTimeout: 60 } },
});
await setUpTopology(topology);

const publisher = createPublisher({ topology, format: 'cloudevents', source: '/jobs/web' });
const worker = createSubscriber({ topology, name: 'worker', concurrency: 4, timeout: 50 });
worker.on('job.requested', async ({ data, event_id }, { signal }) => {
  await sleep(200, undefined, { signal });
  console.log(`Done ${data.path} (${event_id})`);
});
await worker.start();

// Every request becomes a job; it is answered when SNS has it.
const server = createServer(async ({ url = '/' }, response) => {
  try {
    const { eventId } = await publisher.publish('job.requested', { path: url });
    response.writeHead(202).end(`${eventId}\n`);
  } catch (error) {
    console.error(error);
    response.writeHead(503).end();
  }
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  const address = server.address();
  console.log(`Listening on port ${typeof address === 'object' ? address?.port : address}`);
});

// Containers send SIGTERM: no new requests, then no new messages, and what runs is finished.
process.once('SIGTERM', async () => {
  await new Promise((resolve) => server.close(resolve));
  await publisher.close();
  const { outcomes } = await worker.stop();
  console.log(`Stopped after ${outcomes.handled} jobs.`);
});
// A worker that can't go on takes the service with it: whoever runs it starts another.
void worker.ended.then(({ fatal }) => {
  if (!fatal) return;
  console.error(fatal.message);
  process.exit(1);
});
