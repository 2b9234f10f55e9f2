// Publishes what changed at a weather station. Node 22.18 or later runs it as it is.
import { createPublisher, setUpTopology } from 'pubsub-cli';
import { topology } from './topology.ts';

await setUpTopology(topology);
const publisher = createPublisher({ topology });
await Promise.all([
  publisher.publish('weather.changed', { city: 'Oslo', celsius: -3.5 }),
  publisher.publish('weather.changed', { city: 'Cairo', celsius: 31 }),
  publisher.publish('time.changed', { hour: 9 }),
]);
await publisher.close();
console.log('Published 3 events.');
