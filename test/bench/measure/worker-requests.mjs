import { pause } from './statistics.mjs';

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1';
const schemas = {
  reads: { name: 'bench-worker-reads', verbs: ['get', 'list', 'watch'] },
  writes: { name: 'bench-worker-writes', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
};

/**
 * Counts the worker's requests at the API server, exactly and without those of others: two FlowSchemas classify the
 * requests of ServiceAccounts into reads and writes, on the priority level where they would be anyway, and the API
 * server counts the requests that it dispatches by FlowSchema. The controller manager and the raw loop are
 * administrators here.
 */
export class WorkerRequests {
  static async count(cluster) {
    for (const { name, verbs } of Object.values(schemas)) await cluster.apply(flowSchema(name, verbs));
    // The API server learns of new FlowSchemas through its own watch.
    await pause(1_000);
    return new WorkerRequests(cluster);
  }

  constructor(cluster) {
    this.cluster = cluster;
  }

  /** Returns the requests so far: `{reads, writes}`. A watch counts once, when it begins. */
  async soFar() {
    const sum = ({ name }) =>
      this.cluster.metric('apiserver_flowcontrol_dispatched_requests_total', `flow_schema="${name}"`);
    return { reads: await sum(schemas.reads), writes: await sum(schemas.writes) };
  }

  /** Returns the requests since `before`. */
  async since(before) {
    const now = await this.soFar();
    return { reads: now.reads - before.reads, writes: now.writes - before.writes };
  }
}

function flowSchema(name, verbs) {
  const everything = { apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'], verbs };
  return {
    apiVersion: API_VERSION,
    kind: 'FlowSchema',
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name: 'workload-low' },
      // Before the built-in "service-accounts", at 9000, which has the same level.
      matchingPrecedence: 8_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        {
          subjects: [{ kind: 'Group', group: { name: 'system:serviceaccounts' } }],
          resourceRules: [everything],
          nonResourceRules: [{ verbs, nonResourceURLs: ['*'] }],
        },
      ],
    },
  };
}
