export { dataSourceOptions } from './data-source-options.js';
export { assertNoTransaction, WatchedDataSource } from './open-transactions.js';
export { type Page, pageOf, type PageRequest } from './page.js';
export { PersistenceModule } from './persistence.module.js';
export { isConnectionFailure, isUnstorableText, violatedUnique } from './postgres-errors.js';
export { type Row, rowReader } from './row-reader.js';
export { Statements } from './statements.js';
export { type Transaction, Transactions } from './transactions.js';
export { idOf, newId, newUuid, typeIdTransformer, uuidOf } from './type-id.js';
