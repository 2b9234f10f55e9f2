import { stringify } from 'yaml';
import { definitionOf, PROJECT_FIELD } from '../config/topology-file.ts';
import { buildTopology } from '../definition/build.ts';
import { checkDefinition } from '../definition/check-definition.ts';
import type { Report } from '../definition/fields/field.ts';
import type { Topology } from '../definition/topology.ts';
import { usageError } from '../rules/errors.ts';
import type { HandlerOf, OwnTopology, StarterHandler } from './starter.ts';

const SUBSCRIBERS = ['worker', 'audit'];
const EVENT_TYPES = ['item.created', 'item.removed'];
const SCHEMA =
  '{ type: object, required: [id], properties: { id: { type: string }, name: { type: string } } }';
const SAMPLE = '{ id: "{{ uuid }}", name: "{{ word }}" }';

/** The `pubsub.yaml` of a topology of the user's own, without its first line. */
export function ownTopologyText(name: string, own: OwnTopology, handlerOf: HandlerOf): string {
  const { topic } = own;
  const types = own.eventTypes.length > 0 ? own.eventTypes : EVENT_TYPES;
  const [names, filtered] =
    own.subscribers.length > 0 ? [own.subscribers, undefined] : [SUBSCRIBERS, SUBSCRIBERS[1]];
  const subscribers = names.flatMap((subscriber) => [
    ...(subscriber === filtered ? ['  # Gets what its filter lets through.'] : []),
    `  ${word(subscriber)}:`,
    ...(subscriber === filtered
      ? [`    filterPolicy: { event_type: [${word(types.at(-1) ?? '')}] }`]
      : []),
    `    handler: ${handlerText(handlerOf(subscriber))}`,
  ]);
  return [
    '# The fan-out: topics, who subscribes to them, and what is published.',
    `topology: ${word(name)}`,
    '',
    'topics:',
    `  ${word(topic)}: {}`,
    '',
    'subscribers:',
    ...subscribers,
    '',
    'events:',
    ...types.flatMap((type) => [
      `  ${word(type)}:`,
      `    schema: ${SCHEMA}`,
      `    sample: ${SAMPLE}`,
    ]),
    '',
  ].join('\n');
}

/**
 * The topology that such a text describes. @param value the text, read as YAML.
 * @throws AppError (exit 2) that says which name can't be.
 */
export function ownTopology(value: unknown): Topology {
  const report: Report = ({ what, hint }): never => {
    throw usageError(`${what.charAt(0).toUpperCase()}${what.slice(1)}.`, hint, 'InvalidName');
  };
  const { topology, ...written } = PROJECT_FIELD.read(value, [], report) ?? {};
  checkDefinition(written, report);
  return buildTopology(definitionOf({ path: '', topology, written }), { prefix: '' });
}

/** A handler as a file says it, in a line. */
function handlerText(handler: StarterHandler): string {
  return 'module' in handler
    ? `{ module: ${handler.module} }`
    : `{ exec: ${handler.exec}, mode: ${handler.mode} }`;
}

/** A text in YAML, between quotation marks where it would be something else without. */
function word(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}
