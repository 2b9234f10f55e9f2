import { stringify } from 'yaml';
import { described, type Field } from '../definition/fields/field.ts';
import { mapping } from '../definition/fields/mappings.ts';
import { text } from '../definition/fields/scalars.ts';
import { readCheckedYaml } from './checked-yaml.ts';
import { replaceFile } from './replace-file.ts';
import type { SavedSettings } from './saved-settings.ts';

const saved = (description: string, example: string): Field<string> =>
  described(description, text({ example }));

/** What any settings file may say, by key. */
export const SAVED_FIELDS = {
  target: saved(
    'Where commands go: local, aws, rabbitmq (by RABBITMQ_URL) or amqp://host/vhost.',
    'aws',
  ),
  endpointUrl: saved('The URL of an SNS/SQS-compatible server.', 'http://localhost:4566'),
  region: saved('The AWS region.', 'eu-west-1'),
  profile: saved('The AWS profile.', 'staging'),
  topology: saved('Which topology.', 'orders'),
  prefix: described('Put with a dash before every resource name.', text({ example: 'dev' })),
} as const;

const Saved = mapping(SAVED_FIELDS, { example: 'Such as: target: aws' });

/** Reads a user's settings file. @throws AppError (exit 2) that names the file, the place and the key. */
export function readSettingsFile(path: string): SavedSettings {
  return readCheckedYaml(path, Saved);
}

/** Replaces a settings file, whole or not at all. @throws AppError `UnwritableFile`. */
export function writeSettingsFile(path: string, settings: SavedSettings): void {
  replaceFile(path, stringify(settings));
}
