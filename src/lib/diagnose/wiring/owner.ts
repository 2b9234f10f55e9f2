import { TEMPORARY_TAG_KEY } from '../../definition/temporary.ts';
import { MANAGED_TAG, TOPOLOGY_TAG_KEY } from '../../definition/topology.ts';
import { STACK_TAG_KEY } from '../../topology/ownership.ts';
import type { Owner } from './wiring.ts';

/** Tags by which other tools mark what they made, and how they are called. */
const TOOLS = [
  { key: STACK_TAG_KEY, tool: 'CloudFormation' },
  { key: 'aws:servicecatalog:provisionedProductArn', tool: 'Service Catalog' },
  { key: 'aws-cdk:stack', tool: 'CDK' },
  { key: 'terraform', tool: 'Terraform' },
] as const;
/** Tags that are named where no tool is known by them. */
const NAMED_TAGS = 2;

/** Whose a resource is. @param tags undefined where they may not be read. */
export function ownerOf(tags: Readonly<Record<string, string>> | undefined): Owner {
  if (tags === undefined) return { kind: 'unknown', words: 'tags not readable' };
  if (tags[MANAGED_TAG.key] === MANAGED_TAG.value) {
    const purpose = tags[TEMPORARY_TAG_KEY];
    const topology = tags[TOPOLOGY_TAG_KEY] ?? '(no topology)';
    return { kind: 'pubsub', words: purpose ? `${topology}, temporary ${purpose}` : topology };
  }
  const entries = Object.entries(tags);
  if (entries.length === 0) return { kind: 'untagged', words: 'untagged' };
  const made = TOOLS.find(({ key }) => tags[key] !== undefined);
  if (made !== undefined) return { kind: 'other', words: `${made.tool} ${tags[made.key]}` };
  const named = entries.slice(0, NAMED_TAGS).map(([key, value]) => `${key}=${value}`);
  const more = entries.length > NAMED_TAGS ? ', …' : '';
  return { kind: 'other', words: named.join(', ') + more };
}
