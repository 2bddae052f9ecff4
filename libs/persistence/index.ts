export { dataSourceOptions } from './data-source-options.js';
export { type Page, pageOf, type PageRequest } from './page.js';
export { PersistenceModule } from './persistence.module.js';
export { violatedUnique } from './postgres-errors.js';
export { type Row, RowReader } from './row-reader.js';
export { Statements } from './statements.js';
export { cutText, jsonOf, storableText } from './stored-text.js';
export { type Transaction, Transactions } from './transactions.js';
export { idOf, newId, newUuid, typeIdTransformer, uuidOf } from './type-id.js';
