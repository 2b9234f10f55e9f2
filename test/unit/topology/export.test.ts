import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import dotparser from 'dotparser';
import { stringify } from 'lossless-json';
import { afterAll, describe, expect, it } from 'vitest';
import { definitionOf, readTopologyFile } from '../../../src/lib/config/topology-file.ts';
import { buildTopology } from '../../../src/lib/definition/build.ts';
import type { Topology } from '../../../src/lib/definition/topology.ts';
import { asyncApiDocument } from '../../../src/lib/topology/export/asyncapi.ts';
import { cloudFormationTemplate } from '../../../src/lib/topology/export/cloudformation.ts';
import { dotDiagram, mermaidDiagram } from '../../../src/lib/topology/export/diagram.ts';
import { parseMermaid } from '../../fixtures/mermaid.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function topology(text: string, prefix = ''): Topology {
  const path = join(folder, 'pubsub.yaml');
  writeFileSync(path, text);
  return buildTopology(definitionOf(readTopologyFile(path)), { prefix, folder });
}

const PAYMENTS = `
topology: payments
topics:
  payments: {}
  ledger-events: { name: acme-ledger-events, fifo: true, displayName: Ledger, tags: { team: money } }
  user-events: { arn: "arn:aws:sns:us-east-1:111122223333:user-events" }
subscribers:
  ledger: { from: payments, filterPolicy: { event_type: [payment.captured] } }
  fraud:
    from:
      payments: { filterPolicy: { amount: [{ numeric: [">=", 1000] }], account: [1234567890123456789] }, filterPolicyScope: MessageBody }
      user-events: {}
    queue: acme-fraud
    rawDelivery: true
    dlq: { queue: acme-fraud-dead, maxReceiveCount: 5 }
    kmsKey: alias/acme
  books: { from: ledger-events, dlq: false }
events:
  payment.captured: { topic: payments, version: 2, schema: { type: object, properties: { amount: { type: number } } } }
`;
const ODD = `
topology: end
topics: { end: {}, 9-lives: {}, 9_lives: {}, style: { name: "__" }, ${'t'.repeat(256)}: {} }
subscribers:
  a: { from: end, filterPolicy: { 'say "hi" | <b> #quot; \`x\`': ['back\\slash', '"quoted"', '𝔘𝔘𝔘𝔘𝔘𝔘𝔘𝔘𝔘𝔘'] } }
  a-b: { from: [end, 9-lives] }
  a_b: { from: 9_lives }
  9: { from: style, queue: graph }
  x: { from: ${'t'.repeat(256)}, queue: ${'q'.repeat(80)}, dlq: false }
events:
  a/b: { topic: end, schema: { $id: "https://example.com/a", $defs: { money: { type: number } }, properties: { total: { $ref: "#/$defs/money" }, parts: { items: { $ref: "#" } } } } }
  a_b: { topic: 9-lives, schema: true }
  "ä b": { topic: end }
`;
/** A filter policy as somebody pretty-printed it. */
const PRETTY = '{\n  "amount": [\n    { "numeric": [">=", 1000] }\n  ]\n}';

const HAS_LINT = spawnSync('cfn-lint', ['--version']).status === 0;
const HAS_GRAPHVIZ = spawnSync('dot', ['-V']).status === 0;

describe('a topology in another form', () => {
  it.each([
    ['payments', PAYMENTS],
    ['names and filters with odd characters', ODD],
  ])('is DOT that a parser of it reads: %s', (_name, text) => {
    const [graph] = dotparser(dotDiagram(topology(text)));
    const edges = graph?.children.filter(({ type }) => type === 'edge_stmt') ?? [];
    const { subscribers } = topology(text);
    const wanted = subscribers.reduce(
      (sum, each) => sum + each.subscriptions.length + (each.dlq ? 1 : 0),
      0,
    );
    expect(edges).toHaveLength(wanted);
  });

  it.each([
    ['payments', PAYMENTS],
    ['no events', ODD],
  ])('is AsyncAPI that its parser finds no fault with: %s', async (_name, text) => {
    const document = asyncApiDocument(topology(text));
    const { diagnostics } = await new Parser().parse(JSON.stringify(document));
    // 0 is an error, 1 a warning.
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
  });

  it('gives each event type a message of its own, with what its schema refers to', async () => {
    const { document } = await new Parser().parse(JSON.stringify(asyncApiDocument(topology(ODD))));
    const types = document?.allMessages().map((message) => message.name());
    expect(types).toEqual(expect.arrayContaining(['a/b', 'a_b', 'ä b']));
    const total = document?.allMessages().get('a_b')?.payload()?.property('total');
    expect(total?.type()).toBe('number');
  });

  it.each([
    ['payments', PAYMENTS],
    ['names and filters with odd characters', ODD],
  ])('is a flowchart that Mermaid reads: %s', async (_name, text) => {
    expect(await parseMermaid(mermaidDiagram(topology(text)))).toBe('flowchart-v2');
    await expect(parseMermaid('flowchart LR\n  A["a"b"] --> B\n')).rejects.toThrow('line 2');
  });

  it('shows a filter policy on one line', async () => {
    const { subscribers, ...rest } = topology(PAYMENTS);
    const pretty = subscribers.map((each) => ({
      ...each,
      subscriptions: each.subscriptions.map((one) => ({ ...one, filterPolicy: PRETTY })),
    }));
    const diagram = mermaidDiagram({ ...rest, subscribers: pretty });
    expect(diagram).toContain('{ #34;amount#34;: [ { #34;numeric#34;: [#34;#62;=#34;, 1000] } ] }');
    expect(await parseMermaid(diagram)).toBe('flowchart-v2');
  });

  it.skipIf(!HAS_GRAPHVIZ).each([
    ['payments', PAYMENTS],
    ['names and filters with odd characters', ODD],
  ])('is a graph that Graphviz draws: %s', (_name, text) => {
    const input = dotDiagram(topology(text));
    const { status, stdout, stderr } = spawnSync('dot', ['-Tplain'], { input, encoding: 'utf8' });
    expect(stderr).not.toMatch(/syntax|error/i);
    expect(status).toBe(0);
    const { topics, subscribers } = topology(text);
    const queues = subscribers.flatMap(({ queue, dlq }) => [queue, dlq ?? []].flat());
    expect(stdout.match(/^node /gm)).toHaveLength(topics.length + queues.length);
  });

  it.skipIf(!HAS_LINT)('is a template that passes cfn-lint', () => {
    const paths = [topology(PAYMENTS), topology(PAYMENTS, 'dev'), topology(ODD)].map(
      (each, index) => {
        const path = join(folder, `template-${index}.json`);
        writeFileSync(path, stringify(cloudFormationTemplate(each)) ?? '');
        return path;
      },
    );
    expect(readFileSync(paths[0] ?? '', 'utf8')).toContain('1234567890123456789');
    // It exits with another code than 0, which throws, where it finds something.
    expect(execFileSync('cfn-lint', paths, { encoding: 'utf8' })).toBe('');
  });
});
