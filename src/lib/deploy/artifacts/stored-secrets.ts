import { type Topology, topologyTags } from '../../definition/topology.ts';
import {
  type CloudFormationTemplate,
  type TemplateResource,
  tagList,
} from '../../topology/export/template.ts';
import { DATABASE_SECRET, TOKEN_SECRET } from '../ecs-api.ts';

type Json = Readonly<Record<string, unknown>>;

/** The parameters of a stack of artifacts that take the texts of secrets, by the secret's logical id. */
export const SECRET_TEXTS = {
  [DATABASE_SECRET]: 'DatabaseUrl',
  [TOKEN_SECRET]: 'ApiToken',
} as const;

type Secret = keyof typeof SECRET_TEXTS;

const DESCRIPTIONS: Readonly<Record<Secret, string>> = {
  [DATABASE_SECRET]: 'The URL of a Postgres server; empty where its secret is elsewhere.',
  [TOKEN_SECRET]: 'The token that callers of the order API bring; empty for one that is made.',
};

/** Characters of a token that is made. */
const TOKEN_LENGTH = 40;

/** The parts of a template that keep secrets. */
interface StoredSecrets {
  readonly Parameters: NonNullable<CloudFormationTemplate['Parameters']>;
  readonly Conditions: NonNullable<CloudFormationTemplate['Conditions']>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs: CloudFormationTemplate['Outputs'];
}

/**
 * Secrets that are kept in Secrets Manager, each from a parameter that nothing shows again (`NoEcho`). The URL of a
 * database is kept where it is given; a token that isn't is made.
 * @param wanted logical ids, which are the names of the parameters that take their ARNs.
 */
export function secretsOf(wanted: readonly Secret[], topology: Topology): StoredSecrets {
  const secrets = wanted.map((id) => {
    const parameter = SECRET_TEXTS[id];
    const given = `Has${parameter}`;
    const isOptional = id === DATABASE_SECRET;
    return {
      parameter: [
        parameter,
        { Type: 'String', Description: DESCRIPTIONS[id], Default: '', NoEcho: true },
      ] as const,
      condition: [given, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameter }, ''] }] }] as const,
      resource: [
        id,
        {
          Type: 'AWS::SecretsManager::Secret',
          ...(isOptional && { Condition: given }),
          Properties: {
            Description: `${parameter} of ${topology.name}`,
            ...(isOptional ? { SecretString: { Ref: parameter } } : madeUnless(given, parameter)),
            Tags: tagList(topologyTags(topology)),
          },
        },
      ] as const,
      output: [id, { ...(isOptional && { Condition: given }), Value: { Ref: id } }] as const,
    };
  });
  return {
    Parameters: Object.fromEntries(secrets.map((each) => each.parameter)),
    Conditions: Object.fromEntries(secrets.map((each) => each.condition)),
    Resources: Object.fromEntries(secrets.map((each) => each.resource)),
    Outputs: Object.fromEntries(secrets.map((each) => each.output)),
  };
}

function madeUnless(given: string, parameter: string): Json {
  const none = { Ref: 'AWS::NoValue' };
  const made = { PasswordLength: TOKEN_LENGTH, ExcludePunctuation: true };
  return {
    SecretString: { 'Fn::If': [given, { Ref: parameter }, none] },
    GenerateSecretString: { 'Fn::If': [given, none, made] },
  };
}
