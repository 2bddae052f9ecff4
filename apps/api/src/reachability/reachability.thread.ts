/** Computes one answer in its own thread, so that the API keeps serving requests. */
import { parentPort, workerData } from 'node:worker_threads';

import { reachability, type ReachabilityQuestion } from './answers.js';

parentPort?.postMessage(reachability(workerData as ReachabilityQuestion));
