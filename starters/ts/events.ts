import { fileURLToPath } from 'node:url';
import { defineTopology, loadTopology } from 'pubsub-cli';

/** What an event of each type carries. */
export interface Events {
%{types}
}

/** The fan-out that pubsub.yaml describes. */
export const topology = defineTopology<Events>(
  await loadTopology(fileURLToPath(new URL('pubsub.yaml', import.meta.url))),
);

/** An event of each type. */
export const SAMPLES: Events = %{samples};
%{received}
