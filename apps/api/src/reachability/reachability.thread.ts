/** Computes one answer in its own thread, so that the API keeps serving requests. */
import { parentPort, workerData } from 'node:worker_threads';

import { reachability, type ReachabilityQuestion } from './answers.js';
import { connectionAnswers, type ConnectionQuestions } from './query-answers.js';

const asked = workerData as ReachabilityQuestion | ConnectionQuestions;
parentPort?.postMessage('connections' in asked ? connectionAnswers(asked) : reachability(asked));
