import { type LiveMetadata } from './fingerprint.js';
import { KubeError } from './kube-error.js';
import { pauseUnlessAborted } from './pause.js';
import { pathOf, type Resource } from './resources.js';
import { type Transport } from './transport.js';
import { type Turns } from './turns.js';

/** Receives the events of a watch. */
export interface WatchHandler {
  /** The first page of a list follows: at the start, and after every gap. */
  listing?: () => void;
  /** One page of the objects that exist. */
  page: (objects: readonly LiveMetadata[]) => void;
  /** The last page was handed over: objects that were on none of them do not exist. */
  listed: () => void;
  /** The API server has accepted the watch: every change since the list is reported. */
  opened?: () => void;
  /** Reports whether the object of an event is known as it was at this version: the event is then not even parsed. */
  isKnown?: (resourceVersion: string) => boolean;
  changed: (metadata: LiveMetadata) => void;
  gone: (metadata: LiveMetadata) => void;
  /** All events of the kind up to this version have been reported. */
  reached?: (resourceVersion: string) => void;
  /**
   * The objects are unknown until the next list.
   * @param during what failed: a list, or a watch that followed one
   */
  lost: (error: unknown, during: 'list' | 'watch') => void;
}

/** What to watch. */
export interface WatchTarget {
  resource: Resource;
  labelSelector: string;
  /** Bounds how many kinds are listed at a time. */
  lists?: Turns;
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
 * The longest pause while a kind must not be listed or watched: until an operator grants the right, each attempt lists
 * the kind in the whole cluster.
 */
const LONGEST_PAUSE_WHILE_FORBIDDEN_MS = 60_000;

/**
 * Watches the metadata (PartialObjectMetadata) of all objects of a kind that match a label selector, until aborted:
 * lists, watches from there, and watches again from the last version when the connection ends. A version that is too
 * old (410) causes a new list. Between two attempts there is a pause, which grows while there are no events, so that
 * an API server that ends each watch at once is not asked without end.
 */
export async function watchMetadata(
  transport: Transport,
  target: WatchTarget,
  handler: WatchHandler,
  signal: AbortSignal,
): Promise<void> {
  const state: { version: string | null; pauseMs: number } = { version: null, pauseMs: FIRST_PAUSE_MS };
  const isStopped = (): boolean => signal.aborted;
  const advance = (version: string): void => {
    Object.assign(state, { version, pauseMs: FIRST_PAUSE_MS });
  };
  while (!isStopped()) {
    let longestMs = LONGEST_PAUSE_MS;
    let during: 'list' | 'watch' = 'list';
    try {
      state.version ??= await list(transport, target, handler);
      during = 'watch';
      await follow(transport, target, { from: state.version, handler, advance, signal });
    } catch (error) {
      state.version = null;
      const isTooOld = error instanceof KubeError && error.httpStatus === 410;
      if (isForbidden(error)) longestMs = LONGEST_PAUSE_WHILE_FORBIDDEN_MS;
      if (!isTooOld && !isStopped()) handler.lost(error, during);
    }
    await pauseUnlessAborted(state.pauseMs * (0.5 + Math.random()), signal);
    state.pauseMs = Math.min(state.pauseMs * 2, longestMs);
  }
}

/** Reports whether the worker lacks the right to list or watch a kind. */
export function isForbidden(error: unknown): boolean {
  return error instanceof KubeError && error.httpStatus === 403;
}

/** Hands the objects over page by page, since all pages together can exceed the memory. Returns the list's version. */
function list(transport: Transport, target: WatchTarget, handler: WatchHandler): Promise<string> {
  const { resource, labelSelector, lists } = target;
  const work = async (): Promise<string> => {
    handler.listing?.();
    let proceed = '';
    for (;;) {
      const query = { labelSelector, limit: PAGE_SIZE, ...(proceed === '' ? {} : { continue: proceed }) };
      const { items, metadata } = (await transport.send({
        method: 'GET',
        path: pathOf({ apiVersion: resource.apiVersion, kind: resource.kind }),
        query,
        headers: { accept: METADATA_OF_LIST },
      })) as MetadataList;
      handler.page((items ?? []).map((item) => item.metadata));
      proceed = metadata.continue ?? '';
      if (proceed !== '') continue;
      handler.listed();
      handler.reached?.(metadata.resourceVersion);
      return metadata.resourceVersion;
    }
  };
  return lists === undefined ? work() : lists.run(work);
}

/**
 * Reports events until the API server ends the watch.
 * @param options `advance`: called with the version of each event
 * @throws KubeError, KubeUnreachable
 */
async function follow(
  transport: Transport,
  { resource, labelSelector }: WatchTarget,
  options: { from: string; handler: WatchHandler; advance: (version: string) => void; signal: AbortSignal },
): Promise<void> {
  const { from, handler, advance, signal } = options;
  const request = {
    method: 'GET' as const,
    path: pathOf({ apiVersion: resource.apiVersion, kind: resource.kind }),
    query: { watch: '1', labelSelector, resourceVersion: from, allowWatchBookmarks: 'true' },
    headers: { accept: METADATA_OF_ONE },
  };
  await transport.lines(request, {
    silenceMs: SILENCE_MS,
    signal,
    onOpen: () => handler.opened?.(),
    onLine: (line) => {
      const version = versionIn(line);
      if (version !== null && handler.isKnown?.(version) === true) {
        advance(version);
        handler.reached?.(version);
        return;
      }
      const { type, object } = JSON.parse(line) as WatchEvent;
      if (type === 'ERROR') {
        throw new KubeError(object.code ?? 500, { message: object.message ?? 'the watch ended with an error' });
      }
      if (type === 'DELETED') handler.gone(object.metadata);
      else if (type !== 'BOOKMARK') handler.changed(object.metadata);
      advance(object.metadata.resourceVersion);
      handler.reached?.(object.metadata.resourceVersion);
    },
  });
}

/**
 * Returns the resource version of an event that is not a deletion; null if it is not obvious. The API server writes it
 * right after the uid (the order of ObjectMeta in k8s.io/apimachinery/pkg/apis/meta/v1/types.go), and before anything
 * that others can choose except the object's name: no text inside of a JSON string contains an unescaped quote.
 */
function versionIn(line: string): string | null {
  if (line.startsWith('{"type":"DELETED"')) return null;
  return /"uid":"[^"]*","resourceVersion":"(\d+)"/.exec(line)?.[1] ?? null;
}
