// The worker, connected to as many clusters as BULKHEAD_TEST_CLUSTERS names: kubeconfigs by the names of their clusters,
// as JSON. The product itself is configured with one.
import { clusterSettingsSchema } from '../../build/libs/clusters/index.js';
import { loadCredentials } from '../../build/libs/kube/index.js';
import { WorkerModule } from '../../build/apps/worker/src/worker.module.js';

const connections = Object.entries(JSON.parse(process.env['BULKHEAD_TEST_CLUSTERS'] ?? '{}')).map(
  ([name, kubeconfig]) => ({
    name,
    credentials: loadCredentials(kubeconfig),
    settings: clusterSettingsSchema.parse({}),
  }),
);
const configured = WorkerModule.forRoot.bind(WorkerModule);
WorkerModule.forRoot = (config) => configured(config, connections);

await import('../../build/apps/worker/src/main.js');
