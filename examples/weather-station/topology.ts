// One place for both sides: names, types and the shape of what goes over the wire.
import { defineTopology } from 'pubsub-cli';

export interface WeatherEvents {
  'weather.changed': { readonly city: string; readonly celsius: number };
  'time.changed': { readonly hour: number };
}

export const topology = defineTopology<WeatherEvents>({
  name: 'weather',
  prefix: process.env.PUBSUB_PREFIX ?? '',
  subscribers: { display: {}, archive: { maxReceiveCount: 5 } },
  events: {
    'weather.changed': {
      version: 1,
      schema: {
        type: 'object',
        required: ['city', 'celsius'],
        properties: { city: { type: 'string' }, celsius: { type: 'number', minimum: -90 } },
      },
    },
  },
});
