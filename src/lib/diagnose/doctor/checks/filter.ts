import type { HistoryMessage } from '../../../aws/topic-history.ts';
import type { Topology } from '../../../definition/topology.ts';
import {
  type FilterPolicy,
  type FilterPolicyScope,
  InvalidFilterPolicy,
  matchFilterPolicy,
  parseFilterPolicy,
} from '../../../rules/filter-policy/index.ts';
import { subscriptionDifferences } from '../../../topology/subscription-settings.ts';
import { type CandidateMessage, listedFields, usualMessages } from '../candidate-message.ts';
import { branchCheck, type Finding, fail, ok, SETUP, warn } from '../check.ts';

/**
 * Whether the filter policy lets messages through, as SNS matches it: the one that is missing, or else every kind of
 * message that publishers here send.
 */
export const filter = branchCheck({
  id: 'filter',
  reads: ({ subscription }) => ({ subscription }),
  run: (
    { subscription: { attributes } },
    { declared: wanted, topic },
    { missing, topology },
  ): Finding => {
    const text = attributes.FilterPolicy;
    if (!text) return ok('no filter policy: everything passes');
    const scope = scopeOf(attributes.FilterPolicyScope);
    const policy = parse(text, scope);
    if (typeof policy === 'string')
      return fail(`The filter policy can't be read: ${policy}`, SETUP);
    if (policy.rules.length === 0) return ok('The filter policy is empty: everything passes.');
    const found: Found = {
      text,
      policy,
      drift: subscriptionDifferences(wanted, attributes).some(({ setting }) =>
        setting.startsWith('FilterPolicy'),
      ),
    };
    return missing ? judgeMissing(found, missing) : judgeUsual(found, topology, topic.published);
  },
});

interface Found {
  readonly text: string;
  readonly policy: FilterPolicy;
  /** The topology says otherwise: setup brings its own filter policy back. */
  readonly drift: boolean;
}

function judgeMissing(found: Found, message: CandidateMessage): Finding {
  const result = matchFilterPolicy(found.policy, message);
  if (result.matched) return ok(`${found.text} lets ${message.name} through.`);
  return fail(
    `${found.text} keeps ${message.name} out: ${inWords(result.clause, found.policy.scope, message)}${declared(found)}`,
    fixFor(found),
  );
}

function judgeUsual(
  found: Found,
  topology: Topology,
  published: readonly HistoryMessage[],
): Finding {
  const { text, policy } = found;
  const usual = usualMessages(topology);
  if (usual.length === 0) return ok(`${text}: the topology lists no events to try it with`);
  const results = usual.map((message) => ({
    message,
    result: matchFilterPolicy(policy, message),
  }));
  const refused = results.flatMap(({ message, result }) =>
    result.matched ? [] : [{ message, clause: result.clause }],
  );
  const [first] = refused;
  if (first === undefined) return ok(`${text} lets every event of the topology through.`);
  if (refused.length === results.length) {
    const keys = new Set(refused.map(({ clause }) => keyOf(clause)));
    const why = inWords(first.clause, policy.scope, first.message);
    // What a clause says of an amount or an id, other events may satisfy.
    if ([...keys].every((key) => isCertain(key, policy.scope, topology, usual))) {
      const passed = published.filter((message) => passes(policy, message)).length;
      if (passed === 0) {
        return fail(
          `${text} lets no event of the topology through: ${why}${declared(found)}`,
          fixFor(found),
        );
      }
      const words = `${text} lets ${passed} of ${published.length} recent messages through`;
      return found.drift ? warn(`${words}; the topology says otherwise.`, SETUP) : ok(words);
    }
    // Publishers may send more attributes, and other values: who declared the filter knows.
    if (!found.drift) return ok(`${text} keeps the usual events out`);
    return warn(`${text} keeps the usual events out: ${why}`, fixFor(found));
  }
  const names = new Set(refused.map(({ message }) => message.name));
  const words = `${text} keeps some out: ${[...names].join(', ')}`;
  return found.drift ? warn(`${words}; the topology says otherwise.`, SETUP) : ok(words);
}

/** Whether a clause about this key fails for all events when it fails for the usual ones. */
function isCertain(
  key: string,
  scope: FilterPolicyScope,
  topology: Topology,
  usual: readonly CandidateMessage[],
): boolean {
  if (scope === 'MessageBody') return listedFields(topology).has(key);
  // What is filled in from the event has other values in other events.
  const filledIn = Object.values(topology.events).flatMap(({ attributes = {} }) =>
    Object.keys(attributes).map((name) => name.split(':')[0]),
  );
  if (filledIn.includes(key)) return false;
  return usual.some(
    (message) => Object.hasOwn(message.attributes, key) || bodyFields(message).has(key),
  );
}

function inWords(clause: string, scope: FilterPolicyScope, message: CandidateMessage): string {
  const key = keyOf(clause);
  if (scope === 'MessageBody') {
    return `the body does not satisfy ${clause}.`;
  }
  const attribute = Object.hasOwn(message.attributes, key) ? message.attributes[key] : undefined;
  if (attribute !== undefined) {
    return `the attribute ${key} is ${JSON.stringify(attribute.StringValue ?? '(binary)')}, against ${clause}.`;
  }
  if (bodyFields(message).has(key)) {
    return `${clause} looks at message attributes (FilterPolicyScope ${scope}), but ${key} is a field of the body.`;
  }
  return `there is no message attribute ${key}, against ${clause}.`;
}

function bodyFields({ body }: CandidateMessage): ReadonlySet<string> {
  try {
    const value: unknown = JSON.parse(body);
    return new Set(typeof value === 'object' && value !== null ? Object.keys(value) : []);
  } catch {
    return new Set();
  }
}

/** The key that a failed clause, `{"payment.state":["captured"]}`, speaks of. */
function keyOf(clause: string): string {
  return Object.keys(JSON.parse(clause) as object)[0] ?? '';
}

/** What to do about a filter that setup would bring back. */
function declared({ drift }: Found): string {
  return drift ? '' : ' pubsub.yaml says so: change its filterPolicy there, then run pubsub setup.';
}

function passes(policy: FilterPolicy, { body, attributes }: HistoryMessage): boolean {
  const entries = Object.entries(attributes).map(([name, { type, value }]) => [
    name,
    { DataType: type, StringValue: value },
  ]);
  return matchFilterPolicy(policy, { body, attributes: Object.fromEntries(entries) }).matched;
}

function fixFor({ drift }: Found): typeof SETUP | undefined {
  return drift ? SETUP : undefined;
}

function scopeOf(text: string | undefined): FilterPolicyScope {
  return text === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
}

function parse(text: string, scope: FilterPolicyScope): FilterPolicy | string {
  try {
    return parseFilterPolicy(text, scope);
  } catch (error) {
    if (!(error instanceof InvalidFilterPolicy)) throw error;
    return error.message;
  }
}
