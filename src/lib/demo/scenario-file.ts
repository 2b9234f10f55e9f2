import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { usageError } from '../rules/errors.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';

const text = z.string();
const Event = z.strictObject({
  type: text,
  fields: text,
  attributes: z.optional(z.record(text, text)),
  topic: z.optional(text),
  reaches: z.optional(z.array(text)),
});
const Request = z.strictObject({
  method: text,
  path: text,
  body: text,
  status: z.number(),
  event: z.strictObject({ type: text, fields: z.record(text, z.unknown()) }),
});
const act = <T extends z.ZodMiniType>(item: T) =>
  z.strictObject({
    name: text,
    title: text,
    why: text,
    whyOnRabbitMq: z.optional(text),
    items: z.array(item),
  });
const File = z.strictObject({
  acts: z.array(act(Event)),
  broken: z.optional(z.strictObject({ subscriber: text, lost: Event, found: Event })),
  poisoned: z.optional(z.strictObject({ subscriber: text, reason: text, event: Event })),
  stored: z.optional(z.strictObject({ table: text, key: text })),
  api: z.optional(z.array(act(Request))),
});

/**
 * Reads what a demo shows of a topology.
 * @param path of its `demo.yaml`.
 * @param onRabbitMq whether to say what is true there.
 * @throws AppError `InvalidConfig` (exit 2) that names the place of a mistake.
 */
export function readScenario(path: string, onRabbitMq: boolean): Scenario {
  const checked = z.safeParse(File, parse(readFileSync(path, 'utf8')));
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw usageError(
      `${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`,
      'Fix it, or move it away: the demo then shows samples of the events.',
      'InvalidConfig',
    );
  }
  const { acts, broken, poisoned, stored, api = [] } = checked.data;
  return {
    acts: acts.map(({ items, why, whyOnRabbitMq = why, ...rest }) => ({
      ...rest,
      why: onRabbitMq ? whyOnRabbitMq : why,
      items: items.map(eventOf),
    })),
    broken: broken && { ...broken, lost: eventOf(broken.lost), found: eventOf(broken.found) },
    poisoned: poisoned && { ...poisoned, event: eventOf(poisoned.event) },
    stored,
    api,
  };
}

function eventOf({
  attributes = {},
  topic,
  reaches,
  ...event
}: z.infer<typeof Event>): ScenarioEvent {
  return { ...event, attributes, topic, reaches };
}
