import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dotparser from 'dotparser';
import { afterAll, describe, expect, it } from 'vitest';
import { cloudFormationTemplate } from '../../../src/lib/topology/export/cloudformation.ts';
import { dotDiagram } from '../../../src/lib/topology/export/diagram.ts';
import { functionStatements } from '../../../src/lib/topology/iam/function-role.ts';
import { shopIn } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shop = () => shopIn(folder);

describe('functions and tables in another form', () => {
  it('stand in diagrams, with who takes from what and what it uses', () => {
    const [graph] = dotparser(dotDiagram(shop()));
    const edges = graph?.children.filter(({ type }) => type === 'edge_stmt') ?? [];
    // Two subscriptions, two redrives, two mappings, two uses of tables.
    expect(edges).toHaveLength(8);
  });

  it('stand in the template, each function with a role unless it brings one', () => {
    const template = cloudFormationTemplate(shop()) as {
      readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
    };
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    const count = (type: string): number => types.filter((each) => each === type).length;
    expect(count('AWS::DynamoDB::Table')).toBe(2);
    expect(count('AWS::Lambda::Function')).toBe(2);
    expect(count('AWS::Lambda::EventSourceMapping')).toBe(2);
    expect(count('AWS::IAM::Role')).toBe(1);
  });

  it('give a role what its function does, and no more', () => {
    const topology = shop();
    const [end] = topology.functions;
    const named = (name: string): string => name;
    const statements = end
      ? functionStatements(topology, end, {
          queue: named,
          table: named,
          index: (name) => `${name}/index/*`,
          logs: named,
          key: named,
        })
      : [];
    const about = (resource: string) =>
      statements.find(({ Resource }) => Resource.includes(resource))?.Action ?? [];
    expect(about('dev-shop-s-queue')).toEqual([
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
    expect(about('dev-Orders')).toContain('dynamodb:PutItem');
    expect(about('dev-Orders/index/*')).toContain('dynamodb:Query');
    expect(about('dev-9-log')).toContain('dynamodb:PutItem');
    expect(about('dev-9-log')).not.toContain('dynamodb:GetItem');
    expect(about('dev-shop-r-queue')).toEqual([]);
  });
});
