import type { VNode } from 'preact';
import type { MessageAttribute } from '../../src/lib/dashboard/api/index.ts';
import { Foreign } from './foreign.tsx';

/** Message attributes as a table. */
export function Attributes({
  attributes,
}: {
  readonly attributes: readonly MessageAttribute[];
}): VNode {
  if (attributes.length === 0) return <p class="muted">None.</p>;
  return (
    <table class="data">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {attributes.map(({ name, type, value }) => (
          <tr key={name}>
            <td data-head="Name">
              <Foreign text={name} />
            </td>
            <td data-head="Type">
              <Foreign text={type} />
            </td>
            <td data-head="Value" class="mono breaks">
              <Foreign text={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
