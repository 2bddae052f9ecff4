import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

import { type AnswerFailure, Answerers } from './answerers.js';
import { Question } from './question.entity.js';
import { Questions } from './questions.service.js';

/** Questions as the API asks them. */
@Module({})
export class QuestionsModule {
  /** @param imports modules that provide the queue. */
  static forRoot(imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    return {
      module: QuestionsModule,
      imports: [TypeOrmModule.forFeature([Question]), ...imports],
      providers: [Questions],
      exports: [Questions],
    };
  }
}

/** Questions as workers answer them. Answerers register themselves with `Answerers`. */
@Module({})
export class AnswerersModule {
  /** @param explain says why an answerer rejected. */
  static forRoot(explain: (error: unknown) => AnswerFailure): DynamicModule {
    return {
      module: AnswerersModule,
      providers: [
        {
          provide: Answerers,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new Answerers(dataSource, explain),
        },
      ],
      exports: [Answerers],
    };
  }
}
