export { DeletionCertificates } from './deletion/deletion-certificates.js';
export { EngineModule } from './engine.module.js';
export { Leases } from './lease/lease.js';
export { type LeasedTenant } from './lease/leased-tenant.js';
export { explainFailure } from './preview/explain-failure.js';
export { Reconciler } from './reconcile/reconciler.js';
export { SETTLE_UNLOCKED, type SettledRow } from './settle/settle-statement.js';
export { Dispatcher } from './wake/dispatcher.js';
export { PassRunner } from './wake/pass-runner.js';
