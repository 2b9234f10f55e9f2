import { describe, expect, it } from 'vitest';
import {
  eventReader,
  type PubsubEvent,
  writeEvent,
} from '../../../src/lib/events/library-event.ts';
import { AppError } from '../../../src/lib/rules/errors.ts';

const reader = eventReader(() => undefined);
const message = (text: string) => ({ messageId: 'm', text, attributes: {} });
const event: PubsubEvent = {
  event_id: 'a-1',
  event_type: 'weather.changed',
  event_version: 2,
  timestamp: '2026-01-01T12:00:00.000Z',
  data: { celsius: -3.5 },
};
const write = (change: Partial<PubsubEvent> = {}, source = '/stations/7') =>
  writeEvent({ ...event, ...change }, 'cloudevents', source, () => undefined).text;

const minimal = { specversion: '1.0', id: 'a', source: '/s', type: 't' };
const read = (fields: object): PubsubEvent =>
  reader.read(message(JSON.stringify({ ...minimal, ...fields })));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError && error.code === 'InvalidEvent') return error.message;
    throw error;
  }
  return 'was not refused';
}

describe('a CloudEvent that is written', () => {
  it('has the attributes that are required, and JSON as its data', () => {
    expect(JSON.parse(write())).toEqual({
      specversion: '1.0',
      id: 'a-1',
      source: '/stations/7',
      type: 'weather.changed',
      time: '2026-01-01T12:00:00.000Z',
      datacontenttype: 'application/json',
      eventversion: 2,
      data: { celsius: -3.5 },
    });
  });

  it.each(['text', null, 0, [1, null], { a: {} }])('comes back as it was with %j', (data) => {
    expect(reader.read(message(write({ data })))).toEqual({
      ...event,
      data,
      source: '/stations/7',
    });
  });

  it.each([
    [{}, '', 'source must be a text that is not empty'],
    [{}, 'a b', 'source is not a URI reference'],
    [{}, '1:2', 'source is not a URI reference'],
    [{}, '/a#b#c', 'source is not a URI reference'],
    [{}, '/a#b c', 'source is not a URI reference'],
    [{ event_id: 'a\nb' }, '/s', 'id has characters'],
    [{ event_id: 'a\ufffe' }, '/s', 'id has characters'],
    [{ event_id: 'a\uffff' }, '/s', 'id has characters'],
    [{ event_id: 'a\u{1fffe}' }, '/s', 'id has characters'],
    [{ event_type: 'a\ud800' }, '/s', 'type has characters'],
    [{ timestamp: '2026-01-01' }, '/s', 'time is not an RFC 3339 time'],
  ])('is refused with %j from "%s"', (change, source, words) => {
    expect(refusal(() => write(change, source))).toContain(words);
  });

  it.each(['https://example.com/a?b#c', 'urn:uuid:6e8bc430', '1-555-123-4567', 'mailto:a@b.c'])(
    'may come from %s',
    (source) => expect(JSON.parse(write({}, source)).source).toBe(source),
  );
});

describe('a CloudEvent that is read', () => {
  it('needs no more than the four required attributes', () => {
    expect(read({})).toMatchObject({
      event_id: 'a',
      event_type: 't',
      event_version: 1,
      data: null,
    });
  });

  it('takes null for an attribute that is not there', () => {
    const nothing = { time: null, subject: null, datacontenttype: null, eventversion: null };
    expect(read({ ...nothing, data: { a: 1 } })).toMatchObject({
      data: { a: 1 },
      event_version: 1,
    });
  });

  it('leaves a JSON text that is in data a text', () => {
    expect(read({ data: '{"a":1}' }).data).toBe('{"a":1}');
    expect(read({ data: 'x', datacontenttype: 'application/vnd.a+json; v=1' }).data).toBe('x');
  });

  it('takes other content as its text, and bytes from data_base64', () => {
    expect(read({ data: '<a/>', datacontenttype: 'application/xml' }).data).toBe('<a/>');
    const bytes = { data_base64: 'AQL/', datacontenttype: 'application/octet-stream' };
    expect(read(bytes).data).toEqual(new Uint8Array([1, 2, 255]));
    expect(read({ data_base64: Buffer.from('{"a":1}').toString('base64') }).data).toEqual({ a: 1 });
  });

  it('may be of a leap second', () => {
    const time = '2016-12-31T23:59:60Z';
    expect(refusal(() => read({ time: '2016-12-31T23:61:60Z' }))).toContain(
      'time is not an RFC 3339',
    );
    // JavaScript's own dates know none.
    expect(refusal(() => read({ time }))).toContain('timestamp must be an ISO 8601 time');
  });

  it('reads an extension that was written as a text', () => {
    expect(read({ eventversion: '3' }).event_version).toBe(3);
  });

  it.each([
    [{ specversion: '0.3' }, 'specversion is not "1.0"'],
    [{ specversion: 1 }, 'specversion is not "1.0"'],
    [{ id: '' }, 'id must be a text'],
    [{ id: 7 }, 'id must be a text'],
    [{ id: null }, 'id is missing'],
    [{ source: null }, 'source is missing'],
    [{ type: null }, 'type is missing'],
    [{ subject: '' }, 'subject must be a text'],
    [{ time: '' }, 'time must be a text'],
    [{ time: 7 }, 'time must be a text'],
    [{ dataschema: '' }, 'dataschema must be a text'],
    [{ datacontenttype: '' }, 'datacontenttype must be a text'],
    [{ dataschema: 'no-uri' }, 'dataschema is not a URI'],
    [{ time: 'yesterday' }, 'time is not an RFC 3339 time'],
    [{ time: '2026-13-01T00:00:00Z' }, 'time is not an RFC 3339 time'],
    [{ data: { a: 1 }, datacontenttype: 'text/plain' }, 'data is not text'],
    [{ data: 1, data_base64: 'AQ==' }, 'both data and data_base64'],
    [{ data_base64: '%%%' }, 'data_base64 is not Base64'],
    [{ data_base64: 'AQL/' }, 'data_base64 holds no JSON'],
    [{ eventversion: 0 }, 'event_version must be a whole number from 1'],
  ])('is refused with %j', (fields, words) => {
    expect(refusal(() => read(fields))).toContain(words);
  });
});

describe('what is not a CloudEvent', () => {
  it('has an id, and a type where it says one', () => {
    const read = reader.read(message('hello'));
    expect([reader.id(read), reader.type(read)]).toEqual(['m', undefined]);
    expect(reader.type(event)).toBe('weather.changed');
  });

  it('is written only with data', () => {
    const { data: _, ...rest } = event;
    const bare = rest as PubsubEvent;
    expect(refusal(() => writeEvent(bare, 'pubsub', '', () => undefined))).toBe(
      'This is not an event: data is missing.',
    );
    const written = writeEvent(event, 'pubsub', '', () => undefined);
    expect(written).toEqual({ event, text: JSON.stringify(event), group: 'events' });
  });

  it('is an event as well', () => {
    expect(reader.read(message('hello'))).toMatchObject({
      event_id: 'm',
      event_type: '',
      data: 'hello',
    });
    expect(reader.read(message('{"a":1}'))).toMatchObject({ event_id: 'm', data: { a: 1 } });
    const own = { event_id: 'e', event_type: 't', specversion: '0.3', event_version: 3, a: 1 };
    expect(reader.read(message(JSON.stringify(own)))).toMatchObject({
      event_id: 'e',
      event_type: 't',
      event_version: 3,
      data: { specversion: '0.3', a: 1 },
    });
  });

  it('has a time and a version whatever it says of them', () => {
    const given = { event_type: 't', event_version: 0.5, timestamp: '' };
    const { event_version, timestamp } = reader.read(message(JSON.stringify(given)));
    expect(event_version).toBe(1);
    expect(Date.parse(timestamp)).not.toBeNaN();
    const other = reader.read(message('{"event_type":"t","time":"2026-01-01T00:00:00Z"}'));
    expect(other.timestamp).toBe('2026-01-01T00:00:00Z');
  });

  it('is refused where its data is not what was asked for', () => {
    const strict = eventReader(({ data }) => (data === 1 ? undefined : 'data must be 1'));
    expect(strict.read(message('1')).data).toBe(1);
    expect(refusal(() => strict.read(message('2')))).toBe('This is not an event: data must be 1.');
  });
});
