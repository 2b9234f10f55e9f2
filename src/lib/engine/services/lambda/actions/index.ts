import type { Action } from '../../../action.ts';
import * as concurrency from './concurrency.ts';
import { createFunction } from './create-function.ts';
import * as eventInvokeConfigs from './event-invoke-configs.ts';
import * as functions from './functions.ts';
import { invoke, invokeAsync } from './invoke.ts';
import * as mappings from './mappings.ts';
import * as permissions from './permissions.ts';
import * as tags from './tags.ts';
import { updateFunctionCode, updateFunctionConfiguration } from './update-function.ts';
import * as versions from './versions.ts';

/** Lambda's actions by name. */
export const lambdaActions: Readonly<Record<string, Action>> = {
  AddPermission: permissions.addPermission,
  CreateAlias: versions.createAlias,
  CreateEventSourceMapping: mappings.createEventSourceMapping,
  CreateFunction: createFunction,
  DeleteAlias: versions.deleteAlias,
  DeleteEventSourceMapping: mappings.deleteEventSourceMapping,
  DeleteFunction: functions.deleteFunction,
  DeleteFunctionConcurrency: concurrency.deleteFunctionConcurrency,
  DeleteFunctionEventInvokeConfig: eventInvokeConfigs.deleteFunctionEventInvokeConfig,
  GetAccountSettings: concurrency.getAccountSettings,
  GetAlias: versions.getAlias,
  GetEventSourceMapping: mappings.getEventSourceMapping,
  GetFunction: functions.getFunction,
  GetFunctionConcurrency: concurrency.getFunctionConcurrency,
  GetFunctionConfiguration: functions.getFunctionConfiguration,
  GetFunctionEventInvokeConfig: eventInvokeConfigs.getFunctionEventInvokeConfig,
  GetPolicy: permissions.getPolicy,
  Invoke: invoke,
  InvokeAsync: invokeAsync,
  ListAliases: versions.listAliases,
  ListEventSourceMappings: mappings.listEventSourceMappings,
  ListFunctionEventInvokeConfigs: eventInvokeConfigs.listFunctionEventInvokeConfigs,
  ListFunctions: functions.listFunctions,
  ListTags: tags.listTags,
  ListVersionsByFunction: versions.listVersionsByFunction,
  PublishVersion: versions.publishVersion,
  PutFunctionConcurrency: concurrency.putFunctionConcurrency,
  PutFunctionEventInvokeConfig: eventInvokeConfigs.putFunctionEventInvokeConfig,
  RemovePermission: permissions.removePermission,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  UpdateAlias: versions.updateAlias,
  UpdateEventSourceMapping: mappings.updateEventSourceMapping,
  UpdateFunctionCode: updateFunctionCode,
  UpdateFunctionConfiguration: updateFunctionConfiguration,
  UpdateFunctionEventInvokeConfig: eventInvokeConfigs.updateFunctionEventInvokeConfig,
};
