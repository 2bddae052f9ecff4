import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type V1PodSpec } from '@kubernetes/client-node';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

import { containersOf, Helm, type Manifest, podTemplateOf } from '../support/helm.js';
import { maximal, minimal } from '../support/helm-values.js';

let helm: Helm;
beforeAll(async () => {
  helm = await Helm.start();
}, 1_800_000);

test('rules, alerts and the dashboard are those of deploy/', async () => {
  const monitoring = {
    prometheusRule: { enabled: true, labels: { release: 'prometheus' } },
    grafanaDashboard: { enabled: true },
  };
  const objects = await helm.template({ ...minimal, monitoring });
  const inDeploy = (file: string): string =>
    readFileSync(path.resolve(import.meta.dirname, '../../deploy', file), 'utf8');
  const groupsIn = (file: string): unknown[] => (parse(inDeploy(file)) as { groups: unknown[] }).groups;
  const rule = objects.find(({ kind }) => kind === 'PrometheusRule') as Manifest & { spec: { groups: unknown[] } };
  expect(rule.metadata).toMatchObject({ labels: { release: 'prometheus' } });
  expect(rule.spec.groups).toEqual(['rules', 'alerts'].flatMap((name) => groupsIn(`prometheus/bulkhead-${name}.yaml`)));
  const dashboard = objects.find(({ metadata }) => metadata.name.endsWith('-dashboard')) as Manifest & { data: object };
  expect(dashboard.data).toEqual({ 'bulkhead-fleet.json': inDeploy('grafana/bulkhead-fleet.json') });
});

test('pods are spread over nodes, reach only what is allowed, and carry what an installation adds', async () => {
  const [plain, full] = await Promise.all([helm.template(minimal), helm.template(maximal)]);
  const specOf = (objects: Manifest[], name: string): V1PodSpec | undefined => {
    const template = objects
      .filter(({ metadata }) => metadata.name === name)
      .map(podTemplateOf)
      .find((each) => each !== undefined);
    return template?.spec;
  };
  expect(plain.map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
  expect(plain.map(({ metadata }) => metadata.name)).not.toContain('bulkhead-egress');
  for (const name of ['bulkhead-api', 'bulkhead-worker']) {
    const spread = specOf(plain, name)?.topologySpreadConstraints?.[0];
    expect(spread).toMatchObject({ topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' });
    expect(spread?.labelSelector?.matchLabels).toMatchObject({
      'app.kubernetes.io/component': name.slice('bulkhead-'.length),
    });
    const { volumes, containers = [] } = specOf(full, name) ?? {};
    expect(volumes).toContainEqual({ name: 'ca', configMap: { name: 'ca' } });
    expect(containers[0]?.volumeMounts).toContainEqual({ name: 'ca', mountPath: '/etc/ca' });
    const account = full.find(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === name);
    expect(account?.metadata).toMatchObject({ annotations: { note: 'mine' } });
  }
  const egress = full.find(({ metadata }) => metadata.name === 'bulkhead-egress') as Manifest & { spec: object };
  expect(egress.spec).toMatchObject({
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'bulkhead' } },
    policyTypes: ['Egress'],
    egress: [{ ports: [{ port: 53 }, { port: 53 }] }, { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
  });
  const api = full.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'bulkhead-api');
  // The autoscaler owns the number; an upgrade must not reset it.
  expect((api as Manifest & { spec: object }).spec).not.toHaveProperty('replicas');
});

test('the PodMonitor selects the metrics ports', async () => {
  const objects = await helm.template({ ...minimal, monitoring: { podMonitor: { enabled: true } } });
  const monitor = objects.find(({ kind }) => kind === 'PodMonitor') as Manifest & {
    spec: { selector: { matchLabels: object }; podMetricsEndpoints: { port: string }[] };
  };
  const templates = objects.map(podTemplateOf).filter((template) => template !== undefined);
  for (const component of ['api', 'worker']) {
    const labels = { ...monitor.spec.selector.matchLabels, 'app.kubernetes.io/component': component };
    const template = templates.find(({ metadata }) => metadata?.labels?.['app.kubernetes.io/component'] === component);
    expect(template?.metadata?.labels).toMatchObject(labels);
    const names = (template === undefined ? [] : containersOf(template))
      .flatMap(({ ports = [] }) => ports)
      .map(({ name }) => name);
    expect(names).toContain(monitor.spec.podMetricsEndpoints[0]?.port);
  }
});
