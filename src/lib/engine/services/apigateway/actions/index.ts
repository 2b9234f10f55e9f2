import type { Action } from '../../../action.ts';
import {
  createApi,
  deleteApi,
  deleteCorsConfiguration,
  getApi,
  getApis,
  updateApi,
} from './apis.ts';
import {
  createDeployment,
  deleteDeployment,
  getDeployment,
  getDeployments,
} from './deployments.ts';
import { importApi, reimportApi } from './import.ts';
import {
  createIntegration,
  deleteIntegration,
  getIntegration,
  getIntegrations,
  updateIntegration,
} from './integrations.ts';
import { createRoute, deleteRoute, getRoute, getRoutes, updateRoute } from './routes.ts';
import { createStage, deleteStage, getStage, getStages, updateStage } from './stages.ts';
import { getTags, tagResource, untagResource } from './tags.ts';

/** API Gateway's actions by name. */
export const apiGatewayActions: Readonly<Record<string, Action>> = {
  CreateApi: createApi,
  CreateDeployment: createDeployment,
  CreateIntegration: createIntegration,
  CreateRoute: createRoute,
  CreateStage: createStage,
  DeleteApi: deleteApi,
  DeleteCorsConfiguration: deleteCorsConfiguration,
  DeleteDeployment: deleteDeployment,
  DeleteIntegration: deleteIntegration,
  DeleteRoute: deleteRoute,
  DeleteStage: deleteStage,
  GetApi: getApi,
  GetApis: getApis,
  GetDeployment: getDeployment,
  GetDeployments: getDeployments,
  GetIntegration: getIntegration,
  GetIntegrations: getIntegrations,
  GetRoute: getRoute,
  GetRoutes: getRoutes,
  GetStage: getStage,
  GetStages: getStages,
  GetTags: getTags,
  ImportApi: importApi,
  ReimportApi: reimportApi,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateApi: updateApi,
  UpdateIntegration: updateIntegration,
  UpdateRoute: updateRoute,
  UpdateStage: updateStage,
};
