import type { Action } from '../../../action.ts';
import { createFunction } from './create-function.ts';
import {
  deleteFunction,
  getFunction,
  getFunctionConfiguration,
  listFunctions,
} from './functions.ts';
import { invoke } from './invoke.ts';
import { updateFunctionCode, updateFunctionConfiguration } from './update-function.ts';

/** Lambda's actions by name. */
export const lambdaActions: Readonly<Record<string, Action>> = {
  CreateFunction: createFunction,
  DeleteFunction: deleteFunction,
  GetFunction: getFunction,
  GetFunctionConfiguration: getFunctionConfiguration,
  Invoke: invoke,
  ListFunctions: listFunctions,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
};
