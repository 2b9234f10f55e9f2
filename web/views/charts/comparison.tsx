import type { VNode } from 'preact';
import type { StylesCompared } from '../../../src/lib/dashboard/api/index.ts';
import { CommandLine } from '../../parts/command-line.tsx';
import { Foreign } from '../../parts/foreign.tsx';
import { api } from '../../state/api.ts';
import { useResource } from '../../state/resource.ts';
import { count, dateTime } from '../../text/figures.ts';

/** The last comparison of the ways to deploy a topology: a bar for each figure. Without one, how to make it. */
export function StyleComparison(): VNode | null {
  const { data } = useResource('comparison', api.comparison);
  if (data === undefined) return null;
  const { comparison } = data;
  return (
    <section class="compared" aria-labelledby="compared">
      <h2 id="compared">Functions or containers</h2>
      {comparison === null ? (
        <>
          <p class="muted">The ways to deploy a topology were not compared yet.</p>
          <CommandLine command="pubsub deploy compare" />
        </>
      ) : (
        <Compared {...comparison} />
      )}
    </section>
  );
}

function Compared({ topology, time, styles, parts, remarks }: StylesCompared): VNode {
  return (
    <>
      <p class="muted">
        <Foreign text={topology} />, compared{' '}
        <time dateTime={time}>{dateTime(Date.parse(time))}</time> by{' '}
        <code>pubsub deploy compare</code>
      </p>
      <dl>
        {styles.map(({ name, finding, missing }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Foreign text={finding} />
              {missing > 0 && (
                <span class="mark bad">{count(missing)} messages were not handled</span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {parts.map((part) => (
        <Part key={part.title} styles={styles} part={part} />
      ))}
      {remarks.map((remark) => (
        <p key={remark} class="muted">
          <Foreign text={remark} />
        </p>
      ))}
    </>
  );
}

function Part(props: {
  readonly styles: StylesCompared['styles'];
  readonly part: StylesCompared['parts'][number];
}): VNode | null {
  const { styles, part } = props;
  if (part.rows.length === 0) return null;
  return (
    <table class="data">
      <caption>{part.title}</caption>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          {styles.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {part.rows.map(({ label, values }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {values.map(({ shown, share }, at) => (
              <td key={styles[at]?.name} data-head={styles[at]?.name}>
                {shown}
                {share !== null && (
                  <span class="bar" aria-hidden="true" style={{ width: `${share * 100}%` }} />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
