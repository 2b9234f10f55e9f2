// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates say ${…}
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/lib/engine/services/cloudformation/template/compile.ts';
import {
  evaluate,
  NO_VALUE,
  UNKNOWN,
} from '../../../src/lib/engine/services/cloudformation/template/evaluate.ts';

const Queue = { Type: 'AWS::SQS::Queue' };
const PLACE = { id: 'arn:stack', name: 'stack', account: '111122223333', region: 'eu-west-1' };
const given = (values: Record<string, string>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }));
const read = (template: object | string, values: Record<string, string> = {}) =>
  compile(
    typeof template === 'string' ? template : JSON.stringify(template),
    given(values),
    PLACE,
    ['arn:topic'],
  );
/** Of a resource, `Ref` and attributes are the names themselves; the queue `Later` isn't there yet. */
const RESOURCES = {
  ref: (id: string) => (id === 'Later' ? UNKNOWN : `ref ${id}`),
  attribute: (id: string, name: string) => (id === 'Later' ? UNKNOWN : `${id} ${name}`),
  imported: (name: string) => `imported ${name}`,
};
const Conditions = {
  Yes: { 'Fn::Equals': ['a', 'a'] },
  No: { 'Fn::Not': [{ Condition: 'Yes' }] },
};
const Mappings = { Map: { top: { text: 'a', list: ['b', 'c'] } } };
const Parameters = {
  Text: { Type: 'String', Default: 'text' },
  List: { Type: 'CommaDelimitedList', Default: 'x, y' },
};
const BASE = {
  Parameters,
  Mappings,
  Conditions,
  Resources: { Queue, Later: Queue, Unmade: { ...Queue, Condition: 'No' } },
};
async function valueIn(value: unknown, more: object = {}) {
  const template = { ...BASE, ...more, Outputs: { Value: { Value: value } } };
  const compiled = await read(template);
  return evaluate(compiled.template.outputs.Value?.value ?? '', compiled.scope(RESOURCES));
}
const refusal = (reading: Promise<unknown>) =>
  reading.then(
    (value) => `no refusal, but ${String(value)}`,
    (error: Error) => error.message,
  );

describe('a value', () => {
  it.each<[unknown, unknown]>([
    [{ Ref: 'Text' }, 'text'],
    [{ Ref: 'List' }, ['x', 'y']],
    [{ Ref: 'Queue' }, 'ref Queue'],
    [{ Ref: 'Later' }, UNKNOWN],
    [{ Ref: 'AWS::AccountId' }, '111122223333'],
    [{ Ref: 'AWS::NotificationARNs' }, ['arn:topic']],
    [{ Ref: 'AWS::NoValue' }, NO_VALUE],
    [{ Ref: 'AWS::Partition' }, 'aws'],
    [{ Ref: 'AWS::Region' }, 'eu-west-1'],
    [{ Ref: 'AWS::StackId' }, 'arn:stack'],
    [{ Ref: 'AWS::StackName' }, 'stack'],
    [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    [
      ['a', { Ref: 'AWS::NoValue' }, 7, true, null],
      ['a', 7, true, null],
    ],
    [{ a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'Text' }] }, { b: ['text'] }],
    [
      { Ref: 'Text', more: 1 },
      { Ref: 'Text', more: 1 },
    ],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'Queue Arn'],
    [{ 'Fn::GetAtt': 'Queue.QueueName' }, 'Queue QueueName'],
    [{ 'Fn::GetAtt': ['Later', 'Arn'] }, UNKNOWN],
    [{ 'Fn::GetAtt': ['Queue', { 'Fn::Sub': 'Arn' }] }, 'Queue Arn'],
    [{ 'Fn::Sub': '${Text}/${Queue.Arn}/${!Text}/${ Text }$' }, 'text/Queue Arn/${Text}/text$'],
    [{ 'Fn::Sub': ['${own}${Text}', { own: { Ref: 'Queue' } }] }, 'ref Queuetext'],
    [{ 'Fn::Sub': ['${number}${flag}', { number: 7, flag: false }] }, '7false'],
    [{ 'Fn::Sub': 'a${Later}' }, UNKNOWN],
    [{ 'Fn::Join': ['-', ['a', 1, true]] }, 'a-1-true'],
    [{ 'Fn::Join': ['', []] }, ''],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'Later' }]] }, UNKNOWN],
    [{ 'Fn::Join': ['-', { Ref: 'Later' }] }, UNKNOWN],
    [{ 'Fn::Select': [0, { Ref: 'List' }] }, 'x'],
    [{ 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    [{ 'Fn::Select': [0, { Ref: 'Later' }] }, UNKNOWN],
    [{ 'Fn::Select': [{ Ref: 'Later' }, ['a']] }, UNKNOWN],
    [{ 'Fn::Split': ['/', 'a/b'] }, ['a', 'b']],
    [{ 'Fn::Split': ['/', { Ref: 'Later' }] }, UNKNOWN],
    [{ 'Fn::FindInMap': ['Map', 'top', 'text'] }, 'a'],
    [{ 'Fn::FindInMap': ['Map', { 'Fn::Sub': 'top' }, 'list'] }, ['b', 'c']],
    [{ 'Fn::FindInMap': ['Map', 'top', 'none', { DefaultValue: { Ref: 'Text' } }] }, 'text'],
    [{ 'Fn::FindInMap': ['None', 'top', 'text', { DefaultValue: 'd' }] }, 'd'],
    [{ 'Fn::If': ['Yes', { Ref: 'Text' }, 'b'] }, 'text'],
    [{ 'Fn::If': ['No', 'a', { Ref: 'AWS::NoValue' }] }, NO_VALUE],
    [{ 'Fn::Base64': 'a' }, 'YQ=='],
    [{ 'Fn::Base64': { Ref: 'Later' } }, UNKNOWN],
    [{ 'Fn::ImportValue': { 'Fn::Sub': 'of-${Text}' } }, 'imported of-text'],
    [{ 'Fn::ImportValue': { Ref: 'Later' } }, UNKNOWN],
    [{ 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    [{ 'Fn::GetAZs': 'us-east-1' }, ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    [{ 'Fn::GetAZs': { Ref: 'Later' } }, ['eu-west-1a', 'eu-west-1b', 'eu-west-1c']],
    [{ 'Fn::Cidr': ['10.0.0.0/24', 2, 4] }, ['10.0.0.0/28', '10.0.0.16/28']],
    [{ 'Fn::Cidr': ['10.1.2.3/24', '1', '8'] }, ['10.1.2.0/24']],
    [
      { 'Fn::Cidr': ['255.255.255.254/31', 2, 1] },
      'Template error: Fn::Cidr: 2 blocks of /31 do not fit into 255.255.255.254/31',
    ],
    [{ 'Fn::Cidr': [{ Ref: 'Later' }, 1, 8] }, UNKNOWN],
  ])('%j is %j', async (value, expected) => {
    expect(await valueIn(value).catch((error: Error) => error.message)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    [
      '{{resolve:secretsmanager:a}}',
      'Template error: the local engine does not support dynamic references ({{resolve:secretsmanager:…}}). Use a parameter.',
    ],
    [
      { 'Fn::Sub': '{{resolve:ssm-secure:a}}' },
      'Template error: the local engine does not support dynamic references ({{resolve:ssm-secure:…}}). Use a parameter.',
    ],
    [
      { 'Fn::Sub': 7 },
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    ],
    [
      { 'Fn::Sub': ['a', 'b'] },
      "Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    ],
    [
      { 'Fn::Sub': ['${a}', { a: ['b'] }] },
      'Template error: the arguments of Fn::Sub have to be strings, or functions that return strings',
    ],
    [
      { 'Fn::Join': '-' },
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    ],
    [
      { 'Fn::Join': ['-'] },
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    ],
    [
      { 'Fn::Join': [7, ['a']] },
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    ],
    [
      { 'Fn::Join': ['-', 'a'] },
      'Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.',
    ],
    [
      { 'Fn::Join': ['-', [['a']]] },
      'Template error: the arguments of Fn::Join have to be strings, or functions that return strings',
    ],
    [
      { 'Fn::Select': [0] },
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    ],
    [
      { 'Fn::Select': 0 },
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    ],
    [
      { 'Fn::Select': [0, 'a'] },
      'Template error: Fn::Select requires a list argument with two elements: an integer index and a list',
    ],
    [
      { 'Fn::Select': [1, ['a']] },
      'Template error: Fn::Select cannot select nonexistent value at index 1',
    ],
    [
      { 'Fn::Select': ['-1', ['a']] },
      'Template error: Fn::Select cannot select nonexistent value at index -1',
    ],
    [
      { 'Fn::Split': '-' },
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    ],
    [
      { 'Fn::Split': ['', 'a'] },
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    ],
    [
      { 'Fn::Split': [7, 'a'] },
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    ],
    [
      { 'Fn::Split': ['-', 7] },
      'Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.',
    ],
    [
      { 'Fn::FindInMap': ['Map', 'top'] },
      'Template error: every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value',
    ],
    [
      { 'Fn::FindInMap': ['Map', 'none', 'text'] },
      'Template error: Unable to get mapping for Map::none::text',
    ],
    [
      { 'Fn::FindInMap': ['toString', 'a', 'b'] },
      'Template error: Unable to get mapping for toString::a::b',
    ],
    [
      { 'Fn::If': ['Yes', 'a'] },
      'Template error: Fn::If requires a list argument with three elements',
    ],
    [
      { 'Fn::If': [['Yes'], 'a', 'b'] },
      'Template format error: Unresolved condition dependency ["Yes"] in the Outputs block of the template',
    ],
    [
      { 'Fn::If': ['None', 'a', 'b'] },
      'Template format error: Unresolved condition dependency None in the Outputs block of the template',
    ],
    [
      { 'Fn::Base64': ['a'] },
      'Template error: the arguments of Fn::Base64 have to be strings, or functions that return strings',
    ],
    [
      { 'Fn::ImportValue': ['a'] },
      'Template error: the arguments of Fn::ImportValue have to be strings, or functions that return strings',
    ],
    [
      { 'Fn::Cidr': ['10.0.0.0/24', 2] },
      'Template error: Fn::Cidr requires a list argument with three elements',
    ],
    [
      { 'Fn::Cidr': ['10.0.0.0/24', 0, 4] },
      'Template error: Fn::Cidr makes between 1 and 256 blocks',
    ],
    [
      { 'Fn::Cidr': ['10.0.0.0/24', 1.5, 4] },
      'Template error: Fn::Cidr makes between 1 and 256 blocks',
    ],
    [
      { 'Fn::Cidr': ['10.0.0.0/24', 1, 0] },
      'Template error: Fn::Cidr: 1 blocks of /32 do not fit into 10.0.0.0/24',
    ],
    [
      { 'Fn::Cidr': ['10.0.0.0/24', 1, 9] },
      'Template error: Fn::Cidr: 1 blocks of /23 do not fit into 10.0.0.0/24',
    ],
    [
      { 'Fn::Cidr': ['10.0.0.0', 1, 4] },
      'Template error: Fn::Cidr needs a block of IPv4 addresses, and not 10.0.0.0',
    ],
    [
      { 'Fn::Not': [{ Condition: 'Yes' }] },
      'Template error: Fn::Not can only be used in the Conditions section',
    ],
    [
      { Ref: 'None' },
      'Template format error: Unresolved resource dependencies [None] in the Outputs block of the template',
    ],
    [
      { Ref: 'Unmade' },
      'Template format error: Unresolved resource dependencies [Unmade] in the Resources block of the template',
    ],
    [
      { 'Fn::GetAtt': 'Unmade.Arn' },
      'Template format error: Unresolved resource dependencies [Unmade] in the Resources block of the template',
    ],
    [
      { 'Fn::GetAtt': 'None.Arn' },
      'Template format error: Unresolved resource dependencies [None] in the Outputs block of the template',
    ],
    [
      { 'Fn::GetAtt': 'Queue.None' },
      'Template error: resource Queue does not support attribute type None in Fn::GetAtt (used by Value)',
    ],
    [
      { 'Fn::Sub': '${None.Arn}' },
      'Template format error: Unresolved resource dependencies [None] in the Outputs block of the template',
    ],
    [
      { 'Fn::Length': [] },
      'Template error: the local engine does not support Fn::Length. It has Ref, Fn::Base64, Fn::Cidr, Fn::FindInMap, Fn::GetAtt, Fn::GetAZs, Fn::If, Fn::ImportValue, Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Fn::And, Fn::Equals, Fn::Not, Fn::Or.',
    ],
  ])('%j is refused', async (value, message) => {
    expect(await refusal(valueIn(value))).toBe(message);
  });
});

describe('a condition', () => {
  const holds = async (condition: unknown) => {
    const template = { ...BASE, Conditions: { ...Conditions, It: condition } };
    return (await read(template)).holds('It');
  };
  const yes = { Condition: 'Yes' };
  const no = { Condition: 'No' };
  it.each<[unknown, boolean]>([
    [{ 'Fn::Equals': [{ Ref: 'Text' }, 'text'] }, true],
    [{ 'Fn::Equals': [7, '7'] }, true],
    [{ 'Fn::Equals': [true, 'true'] }, true],
    [
      {
        'Fn::Equals': [
          ['a', 'b'],
          ['a', 'b'],
        ],
      },
      true,
    ],
    [{ 'Fn::Equals': [['a'], ['a', 'b']] }, false],
    [
      {
        'Fn::Equals': [
          ['a', 'b'],
          ['a', 'c'],
        ],
      },
      false,
    ],
    [{ 'Fn::Equals': [{ a: 1 }, { a: 1 }] }, true],
    [{ 'Fn::Equals': [{ a: 1 }, { b: 1 }] }, false],
    [{ 'Fn::Equals': [{ a: 1 }, { a: 1, b: 2 }] }, false],
    [{ 'Fn::Equals': ['a', ['a']] }, false],
    [{ 'Fn::And': [yes, yes] }, true],
    [{ 'Fn::And': [yes, no] }, false],
    [{ 'Fn::And': Array(10).fill(yes) }, true],
    [{ 'Fn::Or': [no, yes] }, true],
    [{ 'Fn::Or': [no, no] }, false],
    [{ 'Fn::Not': [no] }, true],
  ])('%j: %j', async (condition, expected) => {
    expect(await holds(condition)).toBe(expected);
  });

  it.each<[unknown, string]>([
    [
      'Yes',
      'Template format error: Every Conditions member must be made of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition.',
    ],
    [
      {},
      'Template format error: Every Conditions member must be made of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition.',
    ],
    [
      { Ref: 'Text' },
      'Template format error: Every Conditions member must be made of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition.',
    ],
    [
      { 'Fn::Equals': ['a'] },
      'Template error: Fn::Equals requires a list argument with two elements',
    ],
    [
      { 'Fn::Equals': 'a' },
      'Template error: Fn::Equals requires a list argument with two elements',
    ],
    [
      { 'Fn::Equals': [{ 'Fn::ImportValue': 'a' }, 'b'] },
      'Template error: Fn::ImportValue cannot be used in the Conditions section',
    ],
    [
      { 'Fn::Equals': [{ Ref: 'Queue' }, 'b'] },
      'Template format error: Unresolved resource dependencies [Queue] in the Resources block of the template',
    ],
    [
      { 'Fn::And': [yes] },
      'Template error: every Fn::And object requires between 2 and 10 boolean parameters.',
    ],
    [
      { 'Fn::Or': Array(11).fill(yes) },
      'Template error: every Fn::Or object requires between 2 and 10 boolean parameters.',
    ],
    [
      { 'Fn::Not': [yes, yes] },
      'Template error: every Fn::Not object requires 1 boolean parameters.',
    ],
    [{ 'Fn::Not': [] }, 'Template error: every Fn::Not object requires 1 boolean parameters.'],
    [
      { Condition: 'None' },
      'Template format error: Unresolved condition dependency None in the Conditions block of the template',
    ],
    [
      { Condition: 'toString' },
      'Template format error: Unresolved condition dependency toString in the Conditions block of the template',
    ],
    [
      { 'Fn::Not': [{ Condition: 'It' }] },
      'Template error: Found circular condition dependency: It -> It',
    ],
    [
      { 'Fn::Contains': [['a'], 'a'] },
      'Template error: the local engine does not support Fn::Contains. It has Ref, Fn::Base64, Fn::Cidr, Fn::FindInMap, Fn::GetAtt, Fn::GetAZs, Fn::If, Fn::ImportValue, Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Fn::And, Fn::Equals, Fn::Not, Fn::Or.',
    ],
  ])('%j is refused', async (condition, message) => {
    expect(await refusal(holds(condition))).toBe(message);
  });
});

describe('rules', () => {
  const rule = (Assert: unknown, more: object = {}) => ({
    ...BASE,
    Rules: { R: { Assertions: [{ Assert }], ...more } },
  });
  it.each<[object, string]>([
    [rule({ 'Fn::Contains': [['a', 'b'], 'b'] }), ''],
    [
      rule({ 'Fn::Contains': [['a'], 'b'] }),
      'Template validation error: rule R is not satisfied: {"Fn::Contains":[["a"],"b"]}',
    ],
    [rule({ 'Fn::EachMemberEquals': [['a', 'a'], 'a'] }), ''],
    [
      rule({ 'Fn::EachMemberEquals': [['a', 'b'], 'a'] }),
      'Template validation error: rule R is not satisfied: {"Fn::EachMemberEquals":[["a","b"],"a"]}',
    ],
    [
      rule({
        'Fn::EachMemberIn': [
          ['a', 'b'],
          ['b', 'a'],
        ],
      }),
      '',
    ],
    [
      rule({ 'Fn::EachMemberIn': [{ Ref: 'List' }, ['x']] }),
      'Template validation error: rule R is not satisfied: {"Fn::EachMemberIn":[{"Ref":"List"},["x"]]}',
    ],
    [
      rule({ 'Fn::Contains': [['a']] }),
      'Template error: Fn::Contains requires a list argument with two elements',
    ],
    [
      rule({ 'Fn::EachMemberIn': 'a' }),
      'Template error: Fn::EachMemberIn requires a list argument with two elements',
    ],
    [
      rule({ 'Fn::EachMemberEquals': ['a', 'b', 'c'] }),
      'Template error: Fn::EachMemberEquals requires a list argument with two elements',
    ],
    [
      rule({ 'Fn::Other': [] }),
      'Template error: the local engine does not support Fn::Other. It has Ref, Fn::Base64, Fn::Cidr, Fn::FindInMap, Fn::GetAtt, Fn::GetAZs, Fn::If, Fn::ImportValue, Fn::Join, Fn::Select, Fn::Split, Fn::Sub, Fn::And, Fn::Equals, Fn::Not, Fn::Or, Fn::Contains, Fn::EachMemberEquals, Fn::EachMemberIn.',
    ],
    [
      rule('x'),
      'Template format error: Every Rules member must be made of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition.',
    ],
    [rule({ Condition: 'No' }, { RuleCondition: { Condition: 'No' } }), ''],
    [
      rule({ Condition: 'No' }, { RuleCondition: { Condition: 'Yes' } }),
      'Template validation error: rule R is not satisfied: {"Condition":"No"}',
    ],
    [
      rule('x', { Assertions: [{ Assert: { Condition: 'No' }, AssertDescription: 'why' }] }),
      'Template validation error: rule R is not satisfied: why',
    ],
    [
      rule('x', {
        Assertions: [{ Assert: { Condition: 'Yes' } }, { Assert: { Condition: 'No' } }],
      }),
      'Template validation error: rule R is not satisfied: {"Condition":"No"}',
    ],
    [
      rule('x', { Assertions: ['x'] }),
      'Template format error: Rule R must have a list of Assertions.',
    ],
    [
      rule('x', { Assertions: [{}] }),
      'Template format error: Every Rules member must be made of Fn::And, Fn::Equals, Fn::Not, Fn::Or and Condition.',
    ],
    [{ ...BASE, Rules: [] }, 'Template format error: Rules must be an object.'],
  ])('%j is refused with "%s"', async (template, message) => {
    const told = read(template).then(() => '');
    expect(await told.catch((error: Error) => error.message)).toBe(message);
  });
});

describe('a template', () => {
  const resource = (more: object) => ({ Resources: { Queue: { ...Queue, ...more } } });
  const parameter = (P: unknown) => ({ Parameters: { P }, Resources: { Queue } });
  const output = (O: unknown) => ({ Resources: { Queue }, Outputs: { O } });
  it.each<[object, string]>([
    [
      { Resources: { Queue }, Description: 7 },
      'Template format error: Description must be a string.',
    ],
    [{ Resources: [] }, 'Template format error: Resources must be an object.'],
    [
      { Resources: { Queue }, Mappings: { M: 'a' } },
      'Template format error: Every Mappings member must be a map of maps. [M]',
    ],
    [
      { Resources: { Queue }, Mappings: { M: { top: 'a' } } },
      'Template format error: Every Mappings member must be a map of maps. [M]',
    ],
    [
      { Resources: { Queue }, Mappings: { 'M m': { top: {} } } },
      'Template format error: Mapping name M m is non alphanumeric.',
    ],
    [
      { Resources: { Queue: 7 } },
      'Template format error: [/Resources/Queue] Every Resources object must contain a Type member.',
    ],
    [
      { Resources: { Queue: { Type: 7 } } },
      'Template format error: [/Resources/Queue] Every Resources object must contain a Type member.',
    ],
    [
      resource({ Properties: [] }),
      'Template format error: [/Resources/Queue/Properties] must be an object.',
    ],
    [
      resource({ DeletionPolicy: 'Keep' }),
      'Template format error: Unrecognized DeletionPolicy Keep for resource Queue. It is one of Delete, Retain, RetainExceptOnCreate.',
    ],
    [
      resource({ UpdateReplacePolicy: 'RetainExceptOnCreate' }),
      'Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource Queue. It is one of Delete, Retain, RetainExceptOnCreate.',
    ],
    [
      resource({ UpdateReplacePolicy: 'Snapshot' }),
      'Template error: resource type AWS::SQS::Queue does not support deletion policy Snapshot',
    ],
    [
      resource({ DependsOn: 'None' }),
      'Template format error: Unresolved resource dependencies [None] in the Resources block of the template',
    ],
    [resource({ DependsOn: ['Queue'] }), 'Circular dependency between resources: [Queue]'],
    [
      resource({ Condition: 'None' }),
      'Template format error: Unresolved condition dependency None in the Resources block of the template',
    ],
    [
      resource({ Properties: { A: { 'Fn::If': ['None', 1, 2] } } }),
      'Template format error: Unresolved condition dependency None in the Resources block of the template',
    ],
    [output('a'), 'Template format error: Every Outputs member must contain a Value object. [O]'],
    [output({}), 'Template format error: Every Outputs member must contain a Value object. [O]'],
    [
      output({ Value: 'a', Condition: 'None' }),
      'Template format error: Unresolved condition dependency None in the Outputs block of the template',
    ],
    [
      output({ Value: 'a', Export: { Name: { Ref: 'None' } } }),
      'Template format error: Unresolved resource dependencies [None] in the Outputs block of the template',
    ],
    [
      { Resources: { Queue }, Outputs: { 'O-o': { Value: 'a' } } },
      'Template format error: Output name O-o is non alphanumeric.',
    ],
    [
      parameter('a'),
      'Template format error: Every Parameters object must contain a Type member. [P]',
    ],
    [
      parameter({ Type: 7 }),
      'Template format error: Every Parameters object must contain a Type member. [P]',
    ],
    [parameter({ Type: 'String', Other: 1 }), "Invalid template parameter property 'Other'"],
    [
      parameter({ Type: 'String', AllowedPattern: '(' }),
      'Template error: the AllowedPattern of parameter P is not a valid pattern',
    ],
    [
      parameter({ Type: 'List<Text>' }),
      'Template format error: Unrecognized parameter type: List<Text>',
    ],
    [
      { Parameters: { 'P-p': { Type: 'String' } }, Resources: { Queue } },
      'Template format error: Parameter name P-p is non alphanumeric.',
    ],
    [
      { Resources: { A: { Type: 'AWS::SQS::Other' }, B: { Type: 'AWS::SQS::Other' } } },
      'Template format error: Unrecognized resource types: [AWS::SQS::Other]. The local engine makes AWS::SQS::Queue, AWS::SQS::QueueInlinePolicy, AWS::SQS::QueuePolicy.',
    ],
    [
      { Resources: { A: { Type: 'Custom::Own' } } },
      'Template format error: Unrecognized resource types: [Custom::Own]. The local engine has nothing of Custom::Own: docs/cloudformation.md names what it makes.',
    ],
    [
      {
        Resources: {
          A: { ...Queue, DependsOn: 'B' },
          B: { ...Queue, DependsOn: 'A' },
          C: { ...Queue, DependsOn: 'A' },
        },
      },
      'Circular dependency between resources: [A, B]',
    ],
  ])('%j is refused', async (template, message) => {
    expect(await refusal(read(template))).toBe(message);
  });

  it('has 500 resources at most', async () => {
    const queues = Array.from({ length: 501 }, (_, at) => [`Q${at}`, Queue]);
    expect(await refusal(read({ Resources: Object.fromEntries(queues) }))).toBe(
      'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
    );
    await read({ Resources: Object.fromEntries(queues.slice(1)) });
  });

  it('is read again from its text as it was', async () => {
    const text = JSON.stringify(BASE);
    expect((await read(text)).template).toBe((await read(text)).template);
  });

  it('makes policies first, then what others need, and nothing whose condition does not hold', async () => {
    const Role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } };
    const compiled = await read({
      Conditions,
      Resources: {
        Last: {
          ...Queue,
          DependsOn: ['Needed', 'Unmade'],
          Properties: {
            QueueName: { 'Fn::If': ['No', { Ref: 'Unmade' }, { 'Fn::Sub': '${Policy}' }] },
          },
        },
        Unmade: { ...Queue, Condition: 'No' },
        Needed: { ...Queue, Condition: 'Yes' },
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'p', PolicyDocument: {}, Roles: [{ Ref: 'Role' }] },
        },
        Role,
      },
    });
    expect(compiled.order).toEqual(['Needed', 'Role', 'Policy', 'Last']);
    expect(compiled.dependencies('Last')).toEqual(['Needed', 'Policy']);
    expect(compiled.dependencies('None')).toEqual([]);
  });

  it.each<[object, Record<string, string>, string]>([
    [
      { Type: 'Number', MinValue: 1, MaxValue: 2 },
      { P: '0.9' },
      "Parameter 'P' must be a number not less than 1",
    ],
    [
      { Type: 'Number', MinValue: 1, MaxValue: 2 },
      { P: '2.1' },
      "Parameter 'P' must be a number not greater than 2",
    ],
    [{ Type: 'Number' }, { P: ' ' }, "Parameter 'P' must be a number"],
    [{ Type: 'List<Number>' }, { P: '1,a' }, "Parameter 'P' must be a number"],
    [
      { Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] },
      { P: 'a,c' },
      "Parameter 'P' must be one of AllowedValues",
    ],
    [
      { Type: 'String', MinLength: 2, MaxLength: 3 },
      { P: 'a' },
      "Parameter 'P' must contain at least 2 characters",
    ],
    [
      { Type: 'String', MinLength: 2, MaxLength: 3 },
      { P: 'abcd' },
      "Parameter 'P' must contain at most 3 characters",
    ],
    [
      { Type: 'String', AllowedPattern: 'a|b' },
      { P: 'ab' },
      "Parameter 'P' must match pattern a|b",
    ],
    [
      { Type: 'String', AllowedPattern: 'a', ConstraintDescription: 'say a' },
      { P: 'b' },
      'Parameter P failed to satisfy constraint: say a',
    ],
    [{ Type: 'String' }, {}, 'Parameters: [P] must have values'],
    [{ Type: 'String', Default: 'a' }, { Q: 'a' }, 'Parameters: [Q] do not exist in the template'],
  ])('with the parameter %j is refused with %j', async (P, values, message) => {
    expect(await refusal(read({ Parameters: { P }, Resources: { Queue } }, values))).toBe(message);
  });

  it('in YAML has short forms, texts with leading zeros and great numbers', async () => {
    const text = `Resources:
  Queue:
    Type: AWS::SQS::Queue
    Metadata:
      A: !Ref AWS::Region
      B: !GetAtt Queue.Arn.More
      C: !GetAtt Queue
      I: !GetAtt [Queue, Arn]
      D: !Sub x
      E: 012345678901
      F: 12345678901234567890
      G: !!str 7
      0123: [1.5, null, true]
      H: !Condition Yes
`;
    expect((await read(text)).template.resources.Queue?.metadata).toEqual({
      A: { Ref: 'AWS::Region' },
      B: { 'Fn::GetAtt': ['Queue', 'Arn.More'] },
      C: { 'Fn::GetAtt': ['Queue'] },
      D: { 'Fn::Sub': 'x' },
      E: '012345678901',
      F: 12345678901234567000,
      G: '7',
      H: { Condition: 'Yes' },
      I: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      '0123': [1.5, null, true],
    });
  });
});
