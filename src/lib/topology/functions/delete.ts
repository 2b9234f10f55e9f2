import type { Aws } from '../../aws/clients.ts';
import { deleteLogGroup } from '../../aws/function-logs.ts';
import { deleteFunction } from '../../aws/functions.ts';
import { deleteMapping } from '../../aws/mappings.ts';
import { deleteTable } from '../../aws/tables.ts';

/** Deletes one thing of a topology's tables and functions. @param handle a name, or a mapping's UUID. */
export function deleteFunctionPart(
  aws: Aws,
  type: 'mapping' | 'function' | 'logs' | 'table',
  handle: string,
): Promise<void> {
  switch (type) {
    case 'mapping':
      return deleteMapping(aws, handle);
    case 'function':
      return deleteFunction(aws, handle);
    case 'logs':
      return deleteLogGroup(aws, handle);
    case 'table':
      return deleteTable(aws, handle);
  }
}
