// Shows what changed, until Ctrl-C. Node 22.18 or later runs it as it is.
import { createSubscriber, setUpTopology } from 'pubsub-cli';
import { topology } from './topology.ts';

await setUpTopology(topology);
const subscriber = createSubscriber({ topology, name: 'display', retryDelay: 5 });
subscriber.on('weather.changed', ({ data }) => console.log(`${data.city}: ${data.celsius} °C`));
subscriber.on('time.changed', ({ data }) => console.log(`It is ${data.hour} o'clock.`));
await subscriber.start();
console.log('Waiting for events. Ctrl-C stops.');

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => subscriber.stop());
const { outcomes, fatal } = await subscriber.ended;
if (fatal) throw fatal;
console.log(`Handled ${outcomes.handled} events.`);
