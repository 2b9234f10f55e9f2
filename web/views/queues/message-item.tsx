import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { QueueMessage } from '../../../src/lib/dashboard/api/index.ts';
import { Attributes } from '../../parts/attributes.tsx';
import { Foreign, ForeignBlock } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Mark } from '../../parts/mark.tsx';
import { href } from '../../state/route.ts';
import { mayWrite } from '../../state/session.ts';
import { isolated } from '../../text/controls.ts';
import { clock, counted, dateTime } from '../../text/figures.ts';
import { EditAndResend } from './edit-and-resend.tsx';
import type { GroupsProps } from './groups-props.ts';

/** Characters of a text that stand on a line. */
const ON_LINE = 200;

interface Item extends GroupsProps {
  readonly message: QueueMessage;
  readonly isSelected: boolean;
  readonly toggle: () => void;
}

/** A message that lies in a queue: a line, and all of it when it is opened. */
export function QueueMessageItem(props: Item): VNode {
  const { message, isSelected, toggle } = props;
  const { messageId, eventType, state, sentAt, receiveCount, text, visibleAt } = message;
  const [open, setOpen] = useState(false);
  const name = eventType ?? messageId;
  return (
    <li class={isSelected ? 'selected' : ''}>
      <div class="queue-message">
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={`Select ${isolated(name)}, ${messageId}`}
          onChange={toggle}
        />
        <button
          type="button"
          class="plain opener"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <span class="time" title={dateTime(sentAt)}>
            {clock(sentAt)}
          </span>
          <strong>
            <Foreign text={name} />
          </strong>
          <span class="mono text">
            <Foreign text={text.text.slice(0, ON_LINE)} />
          </span>
        </button>
        <span class="row small muted states">
          {state === 'in-flight' && (
            <Mark
              look={{ tone: 'accent', icon: 'flight', words: 'in flight' }}
              title={visibleAt === null ? undefined : `until ${clock(visibleAt)}`}
            />
          )}
          {state === 'delayed' && (
            <Mark look={{ tone: 'quiet', icon: 'waiting', words: 'delayed' }} />
          )}
          {receiveCount > 0 && <span>received {receiveCount}×</span>}
        </span>
      </div>
      {open && <Opened {...props} />}
    </li>
  );
}

function Opened(props: Item): VNode {
  const { message, found, onAct, reload } = props;
  const { messageId, eventId, text, envelope, attributes, groupId, origin, reasons } = message;
  const [editing, setEditing] = useState(false);
  return (
    <div class="opened stack">
      <p class="small muted breaks">
        <a href={href('messages', eventId ?? messageId)}>Its whole way</a> · {messageId}
        {origin !== null && ` · came from ${origin}`}
        {groupId !== null && ` · group `}
        {groupId !== null && <Foreign text={groupId} />}
      </p>
      {reasons.length > 0 && (
        <section class="stack tight">
          <h3>{counted(reasons.length, 'known failure')}</h3>
          <ul class="stack tight">
            {reasons.map(({ time, reason, receiveCount }) => (
              <li key={`${time} ${receiveCount} ${reason}`} class="small">
                {time !== null && <span class="muted">{clock(Date.parse(time))} </span>}
                {receiveCount !== null && <span class="muted">receive {receiveCount}: </span>}
                <Foreign text={reason} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <ForeignBlock label="Text" value={text} />
      {envelope && <ForeignBlock label="As it lies in the queue" value={envelope} />}
      <Attributes attributes={attributes} />
      {editing ? (
        <EditAndResend
          message={message}
          found={found}
          onAct={onAct}
          cancel={() => setEditing(false)}
          onDone={reload}
        />
      ) : (
        <div>
          <button type="button" disabled={!mayWrite() || text.cut} onClick={() => setEditing(true)}>
            <Icon name="edit" /> Edit and resend
          </button>
          {text.cut && <span class="muted small"> The page doesn't have all of this text.</span>}
        </div>
      )}
    </div>
  );
}
