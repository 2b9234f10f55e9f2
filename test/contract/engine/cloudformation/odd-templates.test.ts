// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates say ${…}
import { CreateChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  readTemplateFile,
  type StackEngine,
  stackEngine,
} from '../../../fixtures/cloudformation.ts';

// Templates with one thing in them that is something else: each is refused in words or taken, and none breaks the engine,
// which `stop` would tell of.

let engine: StackEngine;
beforeAll(async () => {
  engine = await stackEngine();
});
afterAll(() => engine.stop());

const JUNK: readonly unknown[] = [
  null,
  '',
  'AWS::NoValue',
  7,
  true,
  [],
  {},
  [null],
  { Ref: {} },
  { Ref: 'AWS::NoValue' },
  { 'Fn::GetAtt': 5 },
  { 'Fn::GetAtt': ['Work'] },
  { 'Fn::Sub': 7 },
  { 'Fn::Sub': ['${a}', null] },
  { 'Fn::If': [{}, 1] },
  { 'Fn::Join': ['', { Ref: 'AWS::NoValue' }] },
  { 'Fn::Select': [{}, {}] },
  { 'Fn::Split': [1, 2] },
  { 'Fn::FindInMap': [null, {}, []] },
  { 'Fn::ImportValue': {} },
  { 'Fn::Base64': [] },
  { 'Fn::Equals': [1] },
  { 'Fn::Not': null },
  { constructor: 1, toString: 2, __proto__: null },
];

/** The suite takes every third place; `PUBSUB_PROOF_WALK=all` all of them. */
const STEP = process.env.PUBSUB_PROOF_WALK === 'all' ? 1 : 3;

/** Every path to something in a template. */
function paths(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  const below = Object.entries(value).flatMap(([name, member]) => paths(member, [...at, name]));
  return [at, ...below];
}

/** A copy with something else at a path. */
function replaced(value: unknown, [first, ...rest]: readonly string[], by: unknown): unknown {
  if (first === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string,
    unknown
  >;
  copy[first] = replaced(copy[first], rest, by);
  return copy;
}

it.each([
  'optional-dead-letters.yaml',
  'function-and-table.yaml',
  'sam-order-processor.yaml',
  'sam-topic-through-queue.yaml',
  'inline-subscription.json',
])('%s with junk in each place is refused in words', async (file) => {
  const own = ['Ref', 'Sub', 'GetAtt', 'If', 'Equals', 'Join', 'Not', 'Select'].map((name) => ({
    tag: `!${name}`,
    collection: undefined,
    resolve: (text: string) => ({ [name === 'Ref' ? name : `Fn::${name}`]: text }),
  }));
  const template: unknown = parse(readTemplateFile(file), { customTags: own, logLevel: 'silent' });
  const odd = paths(template)
    .map((path, index) => replaced(template, path, JUNK[index % JUNK.length]))
    .filter((_, index) => index % STEP === 0);
  const answers = await Promise.all(
    odd.map((each, index) =>
      engine.cloudformation
        .send(
          new CreateChangeSetCommand({
            StackName: `odd${index}`,
            ChangeSetName: 'odd',
            ChangeSetType: 'CREATE',
            TemplateBody: JSON.stringify(each),
            Capabilities: ['CAPABILITY_NAMED_IAM'],
            Parameters: [{ ParameterKey: 'Prefix', ParameterValue: 'odd' }],
          }),
        )
        .then(
          () => 'taken',
          (error: Error) => `${error.name} ${error.message}`,
        ),
    ),
  );
  const refused = answers.filter((answer) => answer !== 'taken');
  expect(refused.length).toBeGreaterThan(3);
  expect(refused.filter((answer) => !answer.startsWith('ValidationError '))).toEqual([]);
  await engine.running.engine.reset();
});

it('a template that is nested a thousand times is refused', async () => {
  const nested = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
  const text = `{"Resources":{"Q":{"Type":"AWS::SQS::Queue","Properties":{"Tags":${nested}}}}}`;
  expect(await engine.refusal(text)).toContain('nested too deeply');
  const flow = `Resources: {Q: {Type: AWS::SQS::Queue, Properties: ${'['.repeat(5000)}${']'.repeat(5000)}}}`;
  expect(await engine.refusal(flow)).toContain('Template format error: ');
  const bombs = Array.from(
    { length: 9 },
    (_, n) => `  a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`,
  );
  const laughs = [
    'Metadata:',
    '  a0: &a0 [x]',
    ...bombs,
    'Resources:',
    '  Q: {Type: AWS::SQS::Queue}',
  ];
  expect(await engine.refusal(laughs.join('\n'))).toContain('YAML aliases are not allowed');
});
