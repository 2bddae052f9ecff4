/** A thread of its own for one answer, so that requests are served while it is computed. */
import { parentPort, workerData } from 'node:worker_threads';

import { reachability, type ReachabilityQuestion } from './answers.js';

parentPort?.postMessage(reachability(workerData as ReachabilityQuestion));
