import { PROJECT_FIELD } from './topology-file.ts';

/** Where editors find the schema of `pubsub.yaml`. */
export const SCHEMA_ADDRESS = 'https://unpkg.com/pubsub-cli/schema/pubsub.schema.json';

/** The JSON Schema (draft 2020-12) of a project's file: what it can say of its rules, which are the file's own. */
export function projectSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: SCHEMA_ADDRESS,
    title: 'pubsub.yaml',
    description: 'What a fan-out is, and where commands go.',
    ...PROJECT_FIELD.schema,
  };
}
