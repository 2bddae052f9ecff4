import { Previewer } from '#engine';
import { JobConsumer } from '#queue';
import { Injectable } from '@nestjs/common';

/** Previews of a worker at the same time: passes come first. */
const CONCURRENCY = 2;
const LOCK_MS = 30_000;

/** Somebody waits to hear what a change would do. */
@Injectable()
export class PreviewJob {
  constructor(
    private readonly consumer: JobConsumer,
    private readonly previewer: Previewer,
  ) {}

  async start(): Promise<void> {
    await this.consumer.consume('preview', { concurrency: CONCURRENCY, lockMs: LOCK_MS }, ({ previewId }) =>
      this.previewer.answer(previewId),
    );
  }
}
