import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { MailView } from '../../../src/lib/dashboard/api/index.ts';
import { Foreign, ForeignBlock } from '../../parts/foreign.tsx';
import { clock, count, dateTime } from '../../text/figures.ts';

const CHANNELS: Readonly<Record<MailView['channel'], string>> = {
  email: 'mail',
  push: 'push',
  sms: 'SMS',
};
/** Characters of a subject that stand on a line. */
const ON_LINE = 200;

/** A mail: a line, and its text when it is opened. */
export function MailItem({ mail }: { readonly mail: MailView }): VNode {
  const { channel, time, from, to, others, subject, text } = mail;
  const [open, setOpen] = useState(false);
  return (
    <li>
      <div class="queue-message">
        <button
          type="button"
          class="plain opener"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <time class="time" dateTime={new Date(time).toISOString()} title={dateTime(time)}>
            {clock(time)}
          </time>
          <strong>
            <Foreign text={to[0] ?? 'nobody'} />
          </strong>
          <span class="text">
            <Foreign text={subject.slice(0, ON_LINE)} />
          </span>
        </button>
        <span class="row small muted states">{CHANNELS[channel]}</span>
      </div>
      {open && (
        <div class="opened stack">
          <dl class="facts">
            <dt>From</dt>
            <dd>
              <Foreign text={from} />
            </dd>
            <dt>To</dt>
            {to.map((each) => (
              <dd key={each}>
                <Foreign text={each} />
              </dd>
            ))}
            {others > 0 && <dd>and {count(others)} more</dd>}
            <dt>Subject</dt>
            <dd>
              <Foreign text={subject} />
            </dd>
            <dt>Received</dt>
            <dd>{dateTime(time)}</dd>
          </dl>
          <ForeignBlock label="Text" value={text} />
        </div>
      )}
    </li>
  );
}
