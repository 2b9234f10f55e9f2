// npm run send                                an event of each type
// npm run send -- %{event} '%{json}'
import { type Events, SAMPLES } from './events.ts';
import { publish } from './publisher.ts';

const [only, data] = process.argv.slice(2);
const types = only === undefined ? Object.keys(SAMPLES) : [only];
try {
  for (const type of types as (keyof Events)[]) {
    const messageId = await publish(type, data === undefined ? SAMPLES[type] : JSON.parse(data));
    console.log(`${type} ${messageId}`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
