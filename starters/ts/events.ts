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

/** An event as handlers get it: what it carries is in `data`, or beside its type where other programs published it. */
export interface Received {
  readonly event_type?: string;
  readonly data?: unknown;
  readonly [field: string]: unknown;
}
