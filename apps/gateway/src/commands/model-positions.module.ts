import type { ModelPosition } from '@ao/contracts';
import { MODEL_POSITIONS_WANTED, type Bus } from '@ao/messaging';
import { BUS, POOL } from '@ao/platform';
import { Module } from '@nestjs/common';
import type { Pool } from 'pg';
import { platform } from '../platform';
import { ModelPositions } from './model-positions';

/** One set of positions per process: the projections tell it, the writes wait on it. */
@Module({
  imports: [platform],
  providers: [
    {
      provide: ModelPositions,
      inject: [POOL, BUS],
      useFactory: (pool: Pool, bus: Bus) =>
        new ModelPositions(() => readModelPositions(pool), {
          tellKeeper: (wanted) => void bus.publish(MODEL_POSITIONS_WANTED, wanted),
        }),
    },
  ],
  exports: [ModelPositions],
})
export class ModelPositionsModule {}

async function readModelPositions(pool: Pool): Promise<ModelPosition[]> {
  const { rows } = await pool.query<ModelPosition>({
    name: 'read_model_positions',
    text: 'select subscription as model, position from read_models.subscription_checkpoints',
  });
  return rows;
}
