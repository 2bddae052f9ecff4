import { Loop } from '#background';
import { Statements } from '#persistence';
import { Injectable } from '@nestjs/common';

const PERIOD_MS = 3_600_000;

/** Soon after the start: a process that is restarted often would otherwise never come to it. */
const FIRST_RUN_MS = 5_000;

/** Forgets the addresses of people who did not come. */
@Injectable()
export class ExpiredInvitations {
  readonly loop = new Loop({
    name: 'invitation-purge',
    periodMs: PERIOD_MS,
    firstInMs: FIRST_RUN_MS,
    run: async () => {
      await this.statements.run('purge-invitations', 'DELETE FROM invitations WHERE expires_at <= now()', []);
    },
    failed: 'failed to delete expired invitations',
  });

  constructor(private readonly statements: Statements) {}
}
