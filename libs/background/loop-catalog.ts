/**
 * Every background loop of the product, by the process that runs it and in the order in which it starts them. A process
 * refuses to start without one of its loops, so none can be forgotten.
 */
export const loopCatalog = {
  worker: [
    'pass-runner',
    'drift-watch',
    'change-watch',
    'dispatcher',
    'policy-enforcer',
    'policy-auditor',
    'question-answerer',
    'prover',
    'sweeper',
    'link-driver',
    'rollout-driver',
    'shift-driver',
    'network-rule-expiry',
    'audit-sealer',
  ],
  api: ['event-stream-watch', 'idempotency-purge', 'invitation-purge', 'question-purge'],
} as const;

/** Loops that belong to one piece of work, which starts and stops them. */
type OwnedLoopName = 'pass-progress';

export type ProcessName = keyof typeof loopCatalog;
export type LoopName = (typeof loopCatalog)[ProcessName][number] | OwnedLoopName;
