import type { VNode } from 'preact';
import type { MessageBranch, MessageDetail } from '../../../src/lib/dashboard/api/index.ts';
import { Foreign } from '../../parts/foreign.tsx';
import { Mark, OUTCOMES } from '../../parts/mark.tsx';
import { href } from '../../state/route.ts';
import { clock, dateTime, delay } from '../../text/figures.ts';
import { stepTone } from './steps.ts';

/** What happened in each queue, in words. */
export function Lanes({ detail }: { readonly detail: MessageDetail }): VNode {
  return (
    <div class="lanes">
      {detail.branches.map((branch) => (
        <Lane key={branch.queueArn} branch={branch} publishedAt={detail.publishedAt} />
      ))}
    </div>
  );
}

function Lane(props: {
  readonly branch: MessageBranch;
  readonly publishedAt: number | null;
}): VNode {
  const { branch, publishedAt } = props;
  const { queue, subscriber, outcome, deadLetterQueue, hiddenUntil, steps } = branch;
  const from = publishedAt ?? steps[0]?.time ?? 0;
  return (
    <section class="card stack" aria-label={subscriber ?? queue}>
      <header class="row">
        <h2>{subscriber ?? queue}</h2>
        <Mark look={OUTCOMES[outcome]} />
      </header>
      <p class="small muted">
        <a href={href('queues', queue)}>{queue}</a>
        {outcome === 'hidden' && hiddenUntil !== null && <> · hidden until {clock(hiddenUntil)}</>}
      </p>
      {deadLetterQueue !== null && (
        <p class="small">
          It lies in <a href={href('queues', deadLetterQueue)}>{deadLetterQueue}</a>.
        </p>
      )}
      <ol class="steps">
        {steps.map(({ time, what, words }) => (
          <li class={stepTone(what)} key={`${time} ${what} ${words}`}>
            <span class="when">
              <time title={dateTime(time)}>{clock(time)}</time>
              <span>{delay(Math.max(0, time - from))}</span>
            </span>
            <Foreign text={words} />
          </li>
        ))}
      </ol>
    </section>
  );
}
