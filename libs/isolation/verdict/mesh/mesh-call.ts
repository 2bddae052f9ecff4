import { type KubernetesObject } from '../../model/kubernetes-object.js';
import { type MeshFacts, type WorkloadIdentity } from '../../model/tenant-input.js';
import { type Labels } from '../label-selector.js';

/** A connection as the receiving proxy sees it. */
export interface MeshCall {
  /** The identity in the caller's certificate; null: it has none, the connection is plaintext. */
  identity: WorkloadIdentity | null;
  /** The source address, for policies about addresses; absent: one that no policy names. */
  address?: string;
  to: CalledPod;
  /** The port on which the pod listens. */
  port: number;
  /** The called Service, if a waypoint is in front of it; absent: the pod itself. */
  service?: { name: string; port: number };
}

export interface CalledPod {
  namespace: string;
  labels: Labels;
}

/** The verdict of one proxy. */
export interface MeshVerdict {
  allowed: boolean;
  /** The deciding objects, as `Kind/name`; empty: none applies to the pod. */
  because: string[];
}

/** The mesh, as far as verdicts depend on it. */
export type JudgedMesh = Pick<MeshFacts, 'kind' | 'trustDomain' | 'controlPlaneNamespace'>;

export function titleOf({ kind, metadata }: KubernetesObject): string {
  return `${kind}/${metadata.name}`;
}
