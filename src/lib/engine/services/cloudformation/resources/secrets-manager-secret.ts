import { randomBytes, randomInt } from 'node:crypto';
import { invalid } from '../errors.ts';
import { SECRET_TEXT } from '../secret-value.ts';
import type { Properties } from './check-properties.ts';
import type { ResourceType } from './resource-type.ts';
import { TAGS } from './tags.ts';
import { differs, text } from './values.ts';

const MAX_NAME = 512;
const PASSWORD_LENGTH = 32;
/** "Valid Range: … Maximum value of 4096" (`GetRandomPassword`, `PasswordLength`). */
const MAX_PASSWORD_LENGTH = 4_096;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const CHARACTERS: Readonly<Record<string, string>> = {
  ExcludeLowercase: LETTERS,
  ExcludeUppercase: LETTERS.toUpperCase(),
  ExcludeNumbers: '0123456789',
  ExcludePunctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

/**
 * Kept for the tasks of services, which get its text: the engine has no Secrets Manager that answers.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
 */
export const secret: ResourceType = {
  table: {
    properties: {
      Description: 'string',
      GenerateSecretString: {
        ExcludeCharacters: 'string',
        ExcludeLowercase: 'boolean',
        ExcludeNumbers: 'boolean',
        ExcludePunctuation: 'boolean',
        ExcludeUppercase: 'boolean',
        GenerateStringKey: 'string',
        IncludeSpace: 'boolean',
        PasswordLength: 'integer',
        RequireEachIncludedType: 'boolean',
        SecretStringTemplate: 'string',
      },
      KmsKeyId: 'string',
      Name: 'string',
      ReplicaRegions: 'json',
      SecretString: 'string',
      Tags: TAGS,
      Type: 'string',
    },
    required: [],
    replacing: ['Name'],
    name: 'Name',
  },
  attributes: ['Id'],
  async create(properties, context) {
    const name = text(properties, 'Name') ?? context.generatedName(MAX_NAME);
    const end = randomBytes(4).toString('base64url').replaceAll(/[-_]/g, 'x');
    const arn = `arn:aws:secretsmanager:${context.region}:${context.account}:secret:${name}-${end}`;
    return { physicalId: arn, attributes: { Id: arn, [SECRET_TEXT]: secretText(properties) } };
  },
  async update(properties, current) {
    if (!differs(properties, current.properties, ['SecretString', 'GenerateSecretString'])) {
      return current;
    }
    const attributes = { ...current.attributes, [SECRET_TEXT]: secretText(properties) };
    return { physicalId: current.physicalId, attributes };
  },
  remove: async () => undefined,
};

function secretText(properties: Properties): string {
  const { GenerateSecretString: wanted } = properties;
  const given = text(properties, 'SecretString');
  if (wanted === undefined) return given ?? '';
  if (given !== undefined) {
    throw invalid('You can specify either SecretString or GenerateSecretString, but not both.');
  }
  const how = wanted as Properties;
  const password = generated(how);
  const template = text(how, 'SecretStringTemplate');
  const key = text(how, 'GenerateStringKey');
  if (template === undefined || key === undefined) return password;
  try {
    return JSON.stringify({ ...(JSON.parse(template) as object), [key]: password });
  } catch {
    throw invalid('SecretStringTemplate is not JSON.');
  }
}

function generated(how: Properties): string {
  const excluded = text(how, 'ExcludeCharacters') ?? '';
  const sets = Object.entries(CHARACTERS).flatMap(([name, set]) => (how[name] === true ? [] : set));
  const space = how.IncludeSpace === true ? ' ' : '';
  const all = [...sets.join(''), ...space].filter((each) => !excluded.includes(each));
  if (all.length === 0) throw invalid('GenerateSecretString leaves no characters.');
  const length = Number(how.PasswordLength ?? PASSWORD_LENGTH);
  if (length < 1 || length > MAX_PASSWORD_LENGTH) {
    throw invalid(
      `PasswordLength must be between 1 and ${MAX_PASSWORD_LENGTH}, and not ${length}.`,
    );
  }
  return Array.from({ length }, () => all[randomInt(all.length)]).join('');
}
