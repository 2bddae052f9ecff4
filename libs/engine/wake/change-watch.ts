import { Loop, NotificationListener } from '#background';
import { idOf } from '#persistence';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';

import { Reconciler } from '../reconcile/reconciler.js';
import { Dispatcher } from './dispatcher.js';

/** How often a lost connection is opened again. */
const PERIOD_MS = 1_000;
/** Postgres announces raised generations here: the tenant's uuid and the generation. */
const CHANNEL = 'bulkhead_generations';

/**
 * Notices changed tenants as soon as they are stored. The dispatcher looks for them; and if this process makes a pass
 * over one, the pass ends before its next wave, so that an urgent change never waits for the work of an older one. When
 * notifications are lost, the dispatcher looks a quarter of a second later, and a pass learns it within a second.
 */
@Injectable()
export class ChangeWatch implements OnApplicationShutdown {
  private readonly listener: NotificationListener;
  readonly loop: Loop;

  constructor(
    dataSource: DataSource,
    private readonly reconciler: Reconciler,
    private readonly dispatcher: Dispatcher,
  ) {
    this.listener = new NotificationListener(dataSource, {
      applicationName: 'bulkhead-change-watch',
      channels: [CHANNEL],
      onNotification: (_, payload) => {
        this.note(payload);
      },
    });
    this.loop = new Loop({
      name: 'change-watch',
      periodMs: PERIOD_MS,
      firstInMs: 0,
      run: () => this.listener.connect(),
      failed: 'failed to listen for changes; will retry',
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  private note(payload: string): void {
    const [uuid = '', generation = ''] = payload.split(' ');
    this.reconciler.noteGeneration(idOf('tenant', uuid), Number(generation));
    this.dispatcher.ring();
  }
}
