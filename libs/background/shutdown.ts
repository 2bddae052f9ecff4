import { setMaxListeners } from 'node:events';

import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** Tells those who wait that the process is about to end. */
@Injectable()
export class Shutdown implements OnModuleDestroy {
  private readonly controller = new AbortController();

  /** Aborted before the server waits for the requests under way. */
  readonly signal = this.controller.signal;

  constructor() {
    // One listener for each request that waits; Node suspects a leak at eleven.
    setMaxListeners(0, this.signal);
  }

  onModuleDestroy(): void {
    this.controller.abort();
  }
}
