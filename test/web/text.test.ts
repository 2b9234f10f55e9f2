import { describe, expect, it } from 'vitest';
import type { GraphEdge, GraphNode } from '../../src/lib/dashboard/api/index.ts';
import { EventStreamReader } from '../../web/state/event-stream.ts';
import { type Filters, fits } from '../../web/state/filters.ts';
import { RowBuffer } from '../../web/state/row-buffer.ts';
import { isolated, textPieces, withoutControls } from '../../web/text/controls.ts';
import { age, delay, rate, size } from '../../web/text/figures.ts';
import { indented, membersOf, objectOf } from '../../web/text/json-text.ts';
import { Peaks } from '../../web/views/charts/peaks.ts';
import { drawColumn } from '../../web/views/topology/column.ts';

describe('characters that must not act', () => {
  it.each([
    ['\u001b[31mred', '␛[31mred'],
    ['a\u0000b\u007f', 'a␀b␡'],
    ['\u009b2J', 'U+009B2J'],
    ['\u202egpj\u202c', 'U+202EgpjU+202C'],
    ['a\u2028b\u200f\u061c', 'aU+2028bU+200FU+061C'],
    ['half \ud800 of a pair', 'half U+D800 of a pair'],
    ['\u{e0041}', 'U+E0041'],
    ['a\u200db', 'aU+200Db'],
    ['line\n\ttab', 'line\n\ttab'],
    ['שלום עולם', 'שלום עולם'],
    ['👩‍💻👩🏽‍💻❤️‍🔥', '👩‍💻👩🏽‍💻❤️‍🔥'],
  ])('are named: %j', (text, reads) => {
    expect(withoutControls(text)).toBe(reads);
    expect(
      textPieces(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(reads);
  });
});

it('turn nothing around them where there is no markup', () => {
  expect(isolated('a\u202eb \u05d0')).toBe('\u2068aU+202Eb \u05d0\u2069');
  expect(isolated('\u2069\u202e')).toBe('\u2068U+2069U+202E\u2069');
});

describe('JSON as text', () => {
  const TEXT =
    '{"total": 29.90, "big":12345678901234567890, "of":{"a":[1,"},"],"e":{}}, "q\\"":"\\u00e9"}';

  it('is cut into members, and put together again, to the letter', () => {
    const members = membersOf(TEXT) ?? [];
    expect(members).toEqual([
      { name: 'total', value: '29.90' },
      { name: 'big', value: '12345678901234567890' },
      { name: 'of', value: '{"a":[1,"},"],"e":{}}' },
      { name: 'q"', value: '"\\u00e9"' },
    ]);
    expect(membersOf(objectOf(members))).toEqual(members);
    expect(JSON.parse(objectOf(members))).toEqual(JSON.parse(TEXT));
  });

  it('is indented to the letter', () => {
    expect(indented(TEXT)).toContain('"total": 29.90,\n');
    expect(indented(TEXT)).toContain('"e": {}');
    expect(indented('[]')).toBe('[]');
    expect(JSON.parse(indented(TEXT))).toEqual(JSON.parse(TEXT));
  });

  it.each(['', 'no JSON', '[1]', '"text"', '{"a":1', 'null'])('has no members in %j', (text) => {
    expect(membersOf(text)).toBeUndefined();
  });

  it('has none in an empty object', () => {
    expect(membersOf('{}')).toEqual([]);
    expect(objectOf([])).toBe('{}');
  });
});

describe('server-sent events', () => {
  const STREAM =
    ': hi\n\nevent: state\nid: a:1\ndata: {"x":\ndata: 1}\n\nevent: frame\r\ndata: é\r\n\r\n';
  const EVENTS = [
    { name: 'state', id: 'a:1', data: '{"x":\n1}' },
    { name: 'frame', id: 'a:1', data: 'é' },
  ];

  it('are read wherever they are cut', () => {
    for (let cut = 0; cut <= STREAM.length; cut++) {
      const reader = new EventStreamReader();
      const read = [...reader.read(STREAM.slice(0, cut)), ...reader.read(STREAM.slice(cut))];
      expect({ cut, read }).toEqual({ cut, read: EVENTS });
    }
  });
});

const row = (id: string, words: Partial<Parameters<typeof fits>[1]> = {}) => ({
  id,
  time: Number(id),
  topic: 'orders',
  topicArn: null,
  eventType: 'order.created',
  eventId: null,
  subject: null,
  preview: null,
  branches: [],
  complete: true,
  ...words,
});

describe('rows of messages', () => {
  const idsOf = (buffer: RowBuffer) =>
    Array.from({ length: buffer.size }, (_, place) => buffer.at(place)?.id);

  it('are the newest first, and no more than there is room for', () => {
    const buffer = new RowBuffer(4);
    buffer.addOlder([row('5'), row('4')]);
    buffer.addNewer([row('7'), row('6')]);
    expect(idsOf(buffer)).toEqual(['7', '6', '5', '4']);
    buffer.addOlder([row('3')]);
    expect(idsOf(buffer)).toEqual(['7', '6', '5', '4']);
    buffer.addNewer([row('8')]);
    expect(idsOf(buffer)).toEqual(['8', '7', '6', '5']);
    expect(buffer.has('4')).toBe(false);
    expect(buffer.replace(row('4'))).toBe(false);
  });

  it('are replaced where they stand', () => {
    const buffer = new RowBuffer(10);
    buffer.addOlder([row('3'), row('2')]);
    buffer.addNewer([row('4')]);
    buffer.addOlder([row('2'), row('1')]);
    for (const id of ['1', '2', '3', '4']) {
      expect(buffer.replace(row(id, { eventType: `changed ${id}` }))).toBe(true);
    }
    expect(idsOf(buffer)).toEqual(['4', '3', '2', '1']);
    expect(buffer.at(3)?.eventType).toBe('changed 1');
    expect(buffer.at(4)).toBeUndefined();
  });

  it('leave where they do not fit any more, and come where their time puts them', () => {
    const buffer = new RowBuffer(4);
    buffer.addOlder([row('5'), row('3'), row('2')]);
    buffer.sift(({ id }) => id !== '3', [row('4'), row('1')]);
    expect(idsOf(buffer)).toEqual(['5', '4', '2', '1']);
    expect(buffer.replace(row('3'))).toBe(false);
    expect(buffer.replace(row('4', { eventType: 'changed' }))).toBe(true);
    expect(buffer.at(1)?.eventType).toBe('changed');
    buffer.addNewer([row('6')]);
    expect(idsOf(buffer)).toEqual(['6', '5', '4', '2']);
  });

  const NONE: Filters = { type: '', where: [], subscriber: '', outcome: '', topic: '', text: '' };
  const branch = { queue: 'q', subscriber: 'email', outcome: 'dead', receives: 3 } as const;

  it.each<readonly [Partial<Filters>, boolean]>([
    [{}, true],
    [{ type: 'order.*' }, true],
    [{ type: 'order' }, false],
    [{ type: 'orderx*' }, false],
    [{ topic: 'orders' }, true],
    [{ topic: 'order' }, false],
    [{ subscriber: 'email' }, true],
    [{ subscriber: 'q' }, true],
    [{ subscriber: 'analytics' }, false],
    [{ outcome: 'dead' }, true],
    [{ outcome: 'handled' }, false],
    [{ subscriber: 'analytics', outcome: 'handled' }, false],
  ])('fit %j: %s', (filter, expected) => {
    const other = { ...branch, queue: 'p', subscriber: 'inventory', outcome: 'waiting' } as const;
    const branches = [branch, other];
    expect(fits({ ...NONE, ...filter }, row('1', { branches }))).toBe(expected);
  });

  it('fit an outcome in the queue that is asked for, not in another', () => {
    const other = { ...branch, queue: 'p', subscriber: 'inventory', outcome: 'waiting' } as const;
    const filter = { ...NONE, subscriber: 'inventory', outcome: 'dead' };
    expect(fits(filter, row('1', { branches: [branch, other] }))).toBe(false);
  });
});

describe('a graph where there is no room for layers beside each other', () => {
  const WIDTH = 366;
  const node = (id: string) =>
    ({
      id,
      kind: 'queue',
      name: id,
      arn: null,
      fifo: false,
      subscriber: null,
      missing: false,
    }) as unknown as GraphNode;
  const edge = (from: string, to: string) => ({ id: `${from}>${to}`, from, to }) as GraphEdge;
  const drawn = (names: string, ways: readonly string[]) => {
    const nodes = [...names].map(node);
    const edges = ways.map(([from = '', to = '']) => edge(from, to));
    return drawColumn(
      { nodes, edges, labelOf: ({ to }) => (to > 'm' ? 'x'.repeat(90) : undefined) },
      14,
      WIDTH,
    );
  };

  it.each([
    ['a topic, its queues and their dead letters', 'tabcxyz', ['ta', 'tb', 'tc', 'ax', 'by', 'cz']],
    ['two topics for one queue', 'stax', ['sa', 'ta', 'ax']],
    ['a ring', 'abc', ['ab', 'bc', 'ca']],
    ['one that leads to itself', 'a', ['aa']],
    ['a long chain', 'abcdefghij', ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi', 'ij']],
  ])('is a column without overlaps: %s', (_what, names, ways) => {
    const { width, height, nodes, edges } = drawn(names, ways);
    expect(width).toBe(WIDTH);
    expect([...nodes.keys()].sort()).toEqual([...names].sort());
    expect([...edges.keys()].sort()).toEqual(ways.map(([a, b]) => `${a}>${b}`).sort());
    const labels = [...edges.values()].flatMap(({ label }) => label ?? []);
    const boxes = [...nodes.values(), ...labels].sort((a, b) => a.y - b.y);
    let end = 0;
    for (const box of boxes) {
      expect(box.y - box.height / 2).toBeGreaterThanOrEqual(end);
      end = box.y + box.height / 2;
      expect(box.x - box.width / 2).toBeGreaterThan(0);
      expect(box.x + box.width / 2).toBeLessThan(WIDTH);
      expect(box.width).toBeGreaterThan(0);
    }
    for (const { width: room } of nodes.values()) expect(room).toBeGreaterThan(210);
    expect(height).toBeGreaterThan(end);
  });

  it('puts what a queue leads to right below it', () => {
    const { nodes } = drawn('tabxy', ['ta', 'tb', 'ax', 'by']);
    const order = [...nodes].sort(([, a], [, b]) => a.y - b.y).map(([id]) => id);
    expect(order).toEqual(['t', 'a', 'x', 'b', 'y']);
  });
});

describe('figures', () => {
  it.each([
    [age(0), '0 s'],
    [age(59), '59 s'],
    [age(60), '1 min'],
    [age(3_599), '59 min'],
    [age(3_600), '1 h'],
    [age(7_500), '2 h 5 min'],
    [age(90_000), '1 d 1 h'],
    [delay(999), '+999 ms'],
    [delay(1_000), '+1.0 s'],
    [delay(60_000), '+1 min'],
    [rate(0), '0/s'],
    [rate(0.01), '<0.1/s'],
    [rate(9.96), '10.0/s'],
    [rate(1_234), '1,234/s'],
    [size(1), '1 byte'],
    [size(1_023), '1,023 bytes'],
    [size(1_024), '1.0 KiB'],
    [size(1024 * 1024), '1.0 MiB'],
  ])('read %s', (words, expected) => {
    expect(words).toBe(expected);
  });
});

describe('lines of a chart', () => {
  interface Seen {
    readonly time: number;
    readonly values: Readonly<Record<string, number>>;
  }
  const seen = (values: readonly Seen['values'][]): Seen[] =>
    values.map((each, place) => ({ time: place + 1, values: each }));
  const fullest = (peaks: Peaks<Seen>, ids: string, points: readonly Seen[]) => [
    ...peaks.fullest([...ids], points, ({ values }, id) => values[id] ?? null),
  ];

  it('are all queues up to six, then those that had the most at any time', () => {
    expect(fullest(new Peaks<Seen>(), 'abcdef', seen([{ f: 1 }]))).toEqual([...'abcdef']);
    const peaks = new Peaks<Seen>();
    const points = seen([{ g: 9, b: 1 }, { h: 3, g: 0 }, { a: 1 }]);
    expect(fullest(peaks, 'abcdefgh', points.slice(0, 1))).toEqual([...'gbacde']);
    expect(fullest(peaks, 'abcdefgh', points)).toEqual([...'ghabcd']);
  });
});
