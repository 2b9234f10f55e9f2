import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import type { ServerLogEntry } from '../../../src/lib/http/server-log.ts';
import { serverLogLine } from '../../../src/lib/http/server-log.ts';
import { renderServerLog } from '../../../src/lib/ui/server-log.ts';

const TIME = Date.parse('2025-01-01T12:00:00.000Z');
const request = (status: number): ServerLogEntry => ({
  kind: 'request',
  requestId: '3616b4e4-d517-45d3-b97a-3a4db2c70dad',
  method: 'GET',
  route: '/orders/:id',
  status,
  ms: 1.2345,
});

describe('the log of the order server', () => {
  it.each([
    [request(200), 'info'],
    [request(404), 'info'],
    [request(503), 'error'],
    [{ kind: 'warning', message: 'w' } as const, 'warn'],
    [{ kind: 'note', message: 'n' } as const, 'info'],
    [{ kind: 'failure', requestId: 'r', message: 'f' } as const, 'error'],
  ])('is one JSON object a line: %j at level %s', (entry, level) => {
    const line = serverLogLine(entry, TIME);
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toEqual({
      time: '2025-01-01T12:00:00.000Z',
      level,
      ...entry,
      ...('ms' in entry ? { ms: 1.2 } : {}),
    });
  });

  it('keeps a message with a line break on its line', () => {
    expect(serverLogLine({ kind: 'note', message: 'a\nb' }, TIME)).not.toContain('\n');
  });

  it('is short for people', () => {
    const style = new Chalk({ level: 0 });
    const shown = renderServerLog(request(200), TIME, style);
    expect(shown).toMatch(/^\d\d:\d\d:00 200 GET {3}\/orders\/:id {2}1\.2 ms {2}3616b4e4$/);
    expect(renderServerLog({ kind: 'warning', message: 'the topic is away' }, TIME, style)).toMatch(
      /^\d\d:\d\d:00 ! the topic is away$/,
    );
  });
});
