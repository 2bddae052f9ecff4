import { setTimeout as pause } from 'node:timers/promises';

import { type LiveMetadata } from './fingerprint.js';
import { KubeError } from './kube-error.js';
import { pathOf, type Resource } from './resources.js';
import { type Transport } from './transport.js';

/** Receives the events of a watch. */
export interface WatchHandler {
  /** All existing objects, after the first list and after every gap. */
  listed: (objects: LiveMetadata[]) => void;
  changed: (metadata: LiveMetadata) => void;
  gone: (metadata: LiveMetadata) => void;
  /** All events of the kind up to this version have been reported. */
  reached?: (resourceVersion: string) => void;
  /** The connection is lost: the objects are unknown until the next `listed`. */
  lost: (error: unknown) => void;
}

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: { metadata: LiveMetadata; code?: number; message?: string };
}

export interface MetadataList {
  /** Null if there are none: the API server encodes an empty list of metadata like this. */
  items: { metadata: LiveMetadata }[] | null;
  metadata: { resourceVersion: string; continue?: string };
}

/** Requests a list of metadata only (kubernetes.io, API concepts). */
export const METADATA_OF_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
const METADATA_OF_ONE = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const PAGE_SIZE = '500';
/** The API server sends a bookmark about once a minute, so a longer silence is a dead connection. */
const SILENCE_MS = 150_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Watches the metadata (PartialObjectMetadata) of all objects of a kind that match a label selector, until aborted:
 * lists, watches from there, and watches again from the last version when the connection ends. A version that is too
 * old (410) causes a new list.
 */
export async function watchMetadata(
  transport: Transport,
  target: { resource: Resource; labelSelector: string },
  handler: WatchHandler,
  signal: AbortSignal,
): Promise<void> {
  const stopped = (): boolean => signal.aborted;
  let version: string | null = null;
  let pauseMs = FIRST_PAUSE_MS;
  while (!stopped()) {
    try {
      if (version === null) {
        const { items, resourceVersion } = await list(transport, target);
        handler.listed(items);
        version = resourceVersion;
        handler.reached?.(version);
      }
      for await (const event of follow(transport, target, version, signal)) {
        version = event.object.metadata.resourceVersion;
        pauseMs = FIRST_PAUSE_MS;
        if (event.type === 'DELETED') handler.gone(event.object.metadata);
        else if (event.type !== 'BOOKMARK') handler.changed(event.object.metadata);
        handler.reached?.(version);
      }
    } catch (error) {
      if (error instanceof KubeError && error.httpStatus === 410) {
        version = null;
        continue;
      }
      version = null;
      if (!stopped()) handler.lost(error);
      await pause(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}

async function list(
  transport: Transport,
  { resource, labelSelector }: { resource: Resource; labelSelector: string },
): Promise<{ items: LiveMetadata[]; resourceVersion: string }> {
  const items: LiveMetadata[] = [];
  let proceed = '';
  for (;;) {
    const query = { labelSelector, limit: PAGE_SIZE, ...(proceed === '' ? {} : { continue: proceed }) };
    const page = (await transport.send({
      method: 'GET',
      path: pathOf({ apiVersion: resource.apiVersion, kind: resource.kind }),
      query,
      headers: { accept: METADATA_OF_LIST },
    })) as MetadataList;
    items.push(...(page.items ?? []).map(({ metadata }) => metadata));
    proceed = page.metadata.continue ?? '';
    if (proceed === '') return { items, resourceVersion: page.metadata.resourceVersion };
  }
}

async function* follow(
  transport: Transport,
  { resource, labelSelector }: { resource: Resource; labelSelector: string },
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  const query = { watch: '1', labelSelector, resourceVersion, allowWatchBookmarks: 'true' };
  const request = {
    method: 'GET' as const,
    path: pathOf({ apiVersion: resource.apiVersion, kind: resource.kind }),
    query,
    headers: { accept: METADATA_OF_ONE },
  };
  for await (const line of transport.lines(request, SILENCE_MS, signal)) {
    if (line === '') continue;
    const event = JSON.parse(line) as WatchEvent;
    if (event.type === 'ERROR') {
      const { code = 500, message = 'the watch ended with an error' } = event.object;
      throw new KubeError(code, { message });
    }
    yield event;
  }
}
