export { type Answer, type AnswerFailure, Answerers } from './answerers.js';
export { Question, type QuestionKind } from './question.entity.js';
export { AnswerersModule, QuestionsModule } from './questions.module.js';
export { type Answered, Questions } from './questions.service.js';
