import { z } from 'zod';

export const rulesQuery = z.strictObject({
  format: z.enum(['json', 'yaml']).optional().describe('Overrides `Accept`.'),
});

export const rulesResponse = z
  .strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        interval: z.string(),
        rules: z.array(
          z.strictObject({
            record: z.string(),
            expr: z.string(),
            labels: z.record(z.string(), z.string()).optional(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'RecordingRules' });

export const dashboardResponse = z
  .looseObject({
    uid: z.string(),
    title: z.string(),
    schemaVersion: z.int(),
    panels: z.array(z.looseObject({ id: z.int(), title: z.string() })),
  })
  .meta({ id: 'Dashboard', description: 'A dashboard in the import format of Grafana 11 and later.' });
