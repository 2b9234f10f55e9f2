import { expect, it } from 'vitest';
import {
  messageTraceparent,
  traceHeaderOf,
  traceIdsOf,
  traceparentOfHeader,
} from '../../../src/lib/rules/trace-context.ts';

const TRACE = '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01';
/** The example of "Tracing header" (AWS X-Ray). */
const HEADER = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

it('turns a traceparent into a tracing header and back', () => {
  expect(traceHeaderOf(traceIdsOf(TRACE))).toBe(HEADER);
  expect(traceHeaderOf(traceIdsOf(TRACE.replace(/1$/, '2')))).toMatch(/Sampled=0$/);
  expect(traceparentOfHeader(HEADER)).toBe(TRACE);
});

it.each([
  [
    'Sampled=1;Parent=53995C3F42CD8AD8;Lineage=1:2:3; Root=1-5759E988-bd862e3fe1be46a994272793',
    '01',
  ],
  [HEADER.replace('Sampled=1', 'Sampled=?'), '00'],
  [HEADER.replace(';Sampled=1', ''), '00'],
])('reads %s', (header, flags) =>
  expect(traceparentOfHeader(header)).toBe(TRACE.replace(/01$/, flags)),
);

it.each([
  undefined,
  '',
  'Root=1-5759e988-bd862e3fe1be46a994272793',
  HEADER.replace('Parent=5', 'Parent='),
  HEADER.replace('53995c3f42cd8ad8', '0000000000000000'),
  HEADER.replace('1-5759e988', '2-5759e988'),
  HEADER.replace('Root', 'Self'),
])('finds no span in %s', (header) => expect(traceparentOfHeader(header)).toBeUndefined());

it('is what the publisher gave before what services passed on', () => {
  const other = TRACE.replace('5', '6');
  expect(messageTraceparent(other, HEADER)).toBe(other);
  expect(messageTraceparent('none', HEADER)).toBe(TRACE);
  expect(messageTraceparent(undefined, undefined)).toBeUndefined();
});
