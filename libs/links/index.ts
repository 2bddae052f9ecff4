export { type NewLink } from './link-proposal.js';
export { linkProblemCodes, type LinkSide, linkSides, linkEnds, linkStates } from './link-status.js';
export { Link } from './link.entity.js';
export { LinksModule } from './links.module.js';
export { type LinkCaller, LinksService, type LinkStatus } from './links.service.js';
