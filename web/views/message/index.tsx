import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import type { MessageDetail } from '../../../src/lib/dashboard/api/index.ts';
import { Attributes } from '../../parts/attributes.tsx';
import { CommandLine } from '../../parts/command-line.tsx';
import { Empty, Problem, Remarks } from '../../parts/empty.tsx';
import { Foreign, ForeignBlock } from '../../parts/foreign.tsx';
import { Icon } from '../../parts/icon.tsx';
import { api } from '../../state/api.ts';
import { createDue } from '../../state/due.ts';
import { useResource } from '../../state/resource.ts';
import { href } from '../../state/route.ts';
import { listen } from '../../state/stream.ts';
import { clock, dateTime } from '../../text/figures.ts';
import { Gantt } from './gantt.tsx';
import { Lanes } from './lanes.tsx';
import { Spans } from './spans.tsx';

/** How soon the page is read again after something happened to the message, in milliseconds. */
const REREAD_MS = 150;
/** The same after something happened that the page wasn't told, which is mostly about other messages. */
const REREAD_UNTOLD_MS = 3_000;

/** One message's whole way. */
export function MessageView({ id }: { readonly id: string }): VNode {
  const { data, problem, reload } = useResource(id, () => api.message(id));
  useFollowed(data?.id ?? id, reload);
  return (
    <article class="stack" aria-label="Message">
      <header class="row">
        <a class="row back" href={href('messages')}>
          <Icon name="back" /> Messages
        </a>
      </header>
      {problem?.code === 'NotFound' ? (
        <Empty
          title="Nothing is known of this message"
          because={[problem.message]}
          command={problem.hint ?? undefined}
        />
      ) : (
        problem && <Problem error={problem} retry={reload} />
      )}
      {data && <Whole detail={data} />}
      {data === undefined && problem === undefined && <Empty title="Looking for it…" />}
    </article>
  );
}

function useFollowed(id: string, reload: () => void): void {
  useEffect(() => {
    const due = createDue(reload);
    const stop = listen({
      frame: ({ messages, skipped }) => {
        if (messages.some((row) => row.id === id)) due.within(REREAD_MS);
        else if (skipped > 0) due.within(REREAD_UNTOLD_MS);
      },
      resync: () => due.within(REREAD_MS),
    });
    return () => {
      stop();
      due.cancel();
    };
  }, [id, reload]);
}

function Whole({ detail }: { readonly detail: MessageDetail }): VNode {
  const { eventType, eventId, subject, topicArn, publishedAt, branches, body, remarks } = detail;
  return (
    <>
      <div class="stack tight">
        <h1>
          <Foreign text={eventType ?? subject ?? 'Message'} />
        </h1>
        <dl class="facts card">
          <Fact name="Message id" value={detail.id} />
          {eventId !== null && <Fact name="Event id" value={eventId} />}
          {subject !== null && <Fact name="Subject" value={subject} />}
          {topicArn !== null && <Fact name="Topic" value={topicArn} />}
          {publishedAt !== null && (
            <Fact name="Published" value={`${clock(publishedAt)} (${dateTime(publishedAt)})`} />
          )}
          {detail.groupId !== null && <Fact name="Message group" value={detail.groupId} />}
          {detail.deduplicationId !== null && (
            <Fact name="Deduplication id" value={detail.deduplicationId} />
          )}
          {detail.repeatedAt.length > 0 && (
            <Fact name="Taken for repetitions" value={detail.repeatedAt.map(clock).join(', ')} />
          )}
        </dl>
      </div>
      {branches.length > 0 ? (
        <>
          <Gantt detail={detail} />
          <Lanes detail={detail} />
        </>
      ) : (
        <Empty
          title="It went to no queue"
          because={['The topic had no subscription, or nothing is known of them.']}
        />
      )}
      {detail.trace !== null && <Spans trace={detail.trace} />}
      <Remarks sentences={remarks} />
      <div class="message-content">
        <div class="card">
          {body ? (
            <ForeignBlock label="Body" value={body} />
          ) : (
            <p class="muted">{bodyWords(detail)}</p>
          )}
        </div>
        <div class="card stack">
          <h2>Attributes</h2>
          <Attributes attributes={detail.attributes} />
        </div>
      </div>
      <CommandLine command={detail.command} />
    </>
  );
}

function bodyWords({ topicArn, source }: MessageDetail): string {
  if (source === 'queues') return 'Its body can not be known here: nobody keeps it.';
  return topicArn === null
    ? 'Its body is gone with it: of what is sent to a queue directly nobody keeps a copy.'
    : 'Its body is not known any more: the engine keeps the newest ones only.';
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): VNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <Foreign text={value} />
      </dd>
    </>
  );
}
