import { Global, Module } from '@nestjs/common';

/** `Sealer` of @ao/sealing */
export const SEALER = Symbol('SEALER');

@Global()
@Module({})
export class SealingModule {}
