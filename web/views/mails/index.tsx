import type { VNode } from 'preact';
import { useEffect } from 'preact/hooks';
import { Empty, Problem } from '../../parts/empty.tsx';
import { api } from '../../state/api.ts';
import { type Resource, useResource } from '../../state/resource.ts';
import { listen } from '../../state/stream.ts';
import { MailItem } from './mail-item.tsx';

/** How soon after an answer mails are asked for again, in milliseconds. */
const LOOK_AGAIN_MS = 1_000;

/** What the platform of this machine received in place of people: mails, push messages and SMS. */
export function MailsView(): VNode {
  const found = useResource('mails', api.mails);
  const { data, problem, reload } = found;
  useLookAgain(found);
  return (
    <section class="stack" aria-label="Mails">
      <h1>Mails</h1>
      {problem && <Problem error={problem} retry={reload} />}
      {data === undefined && problem === undefined && <Empty title="Asking for mails…" />}
      {data?.mails === null && (
        <Empty
          title="No platform runs here"
          because={['What its services send to people stands here.']}
          command="pubsub platform up"
        />
      )}
      {data?.mails?.length === 0 && (
        <Empty
          title="No mails yet"
          because={[
            'Nothing was received since the platform was made, or SMTP_URL leads elsewhere.',
          ]}
        />
      )}
      {data?.mails && data.mails.length > 0 && (
        <>
          <p class="muted">
            The newest that were sent on this machine; nobody got them. Open one for its text.
          </p>
          <ul class="queue-messages">
            {data.mails.map((mail) => (
              <MailItem key={mail.id} mail={mail} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** Nobody tells when a mail comes. A hidden tab asks nothing, and one that gets none asks once. */
function useLookAgain({ loading, problem, reload }: Resource<unknown>): void {
  useEffect(() => {
    if (loading || problem?.code === 'SessionRequired' || problem?.code === 'MailsElsewhere')
      return;
    const timer = setInterval(() => document.hidden || reload(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [loading, problem?.code, reload]);
  useEffect(() => listen({ resync: reload }), [reload]);
}
