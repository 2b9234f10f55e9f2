import type { Aws } from '../aws/clients.ts';
import { countItems, getTable } from '../aws/tables.ts';
import type { Topology } from '../definition/topology.ts';
import { type ListedFunction, listFunctions } from './list-functions.ts';

/** Whether a table is there, and what is in it. */
export interface TableStatus {
  readonly key: string;
  readonly name: string;
  readonly exists: boolean;
  /** Counted up to a page of the table (1 MB); null where it isn't there. */
  readonly items: number | null;
}

/** How the functions and tables of a topology are doing. */
export interface FunctionStatus {
  readonly functions: readonly ListedFunction[];
  readonly tables: readonly TableStatus[];
}

/** Reads how functions and tables are doing. @throws AppError of a call that is refused. */
export async function readFunctionStatus(aws: Aws, topology: Topology): Promise<FunctionStatus> {
  const [functions, tables] = await Promise.all([
    listFunctions(aws, topology),
    Promise.all(
      topology.tables.map(async ({ key, name }): Promise<TableStatus> => {
        const exists = (await getTable(aws, name)) !== undefined;
        return { key, name, exists, items: exists ? await countItems(aws, name) : null };
      }),
    ),
  ]);
  return { functions, tables };
}
