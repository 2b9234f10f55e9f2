import { expect, it } from 'vitest';
import { lowerNames } from '../../../src/lib/engine/services/cloudformation/resources/lower-names.ts';

const table = {
  Names: ['string'],
  Containers: [{ DockerLabels: { '*': 'string' }, HealthCheck: { Command: ['string'] } }],
  Stages: { '*': { LoggingLevel: 'string' } },
  Limits: 'json',
} as const;

it('lowers the names of members at every depth, and no name in a map', () => {
  const properties = {
    Names: ['Ada'],
    Containers: [{ DockerLabels: { Owner: 'Ada' }, HealthCheck: { Command: ['CMD'] } }],
    Stages: { 'GET /A': { LoggingLevel: 'INFO' } },
    Limits: [{ SoftLimit: 1, Of: { Name: 'Core' } }],
    Other: 'Left out',
  };
  expect(lowerNames(properties, table)).toEqual({
    names: ['Ada'],
    containers: [{ dockerLabels: { Owner: 'Ada' }, healthCheck: { command: ['CMD'] } }],
    stages: { 'GET /A': { loggingLevel: 'INFO' } },
    limits: [{ softLimit: 1, of: { name: 'Core' } }],
  });
});
