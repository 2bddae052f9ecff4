export { TrafficModule } from './traffic.module.js';
export { type Traffic, TrafficService } from './traffic.service.js';
