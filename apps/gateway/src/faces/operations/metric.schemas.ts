import { z } from 'zod';
import { createZodDto } from '../../http/zod-dto';
import { METRIC_NAMES, METRICS, type MetricName } from '../../projections/metrics/metric.series';
import { PERIODS, type Period } from '../../projections/metrics/metric.queries';
import { AtLeast } from '../query.schemas';

const NAMES: readonly string[] = METRIC_NAMES;

/** One name, or several with commas between them. */
const MetricList = z
  .string()
  .max(1_000)
  .transform((list, context): MetricName[] => {
    const names = list.split(',').map((name) => name.trim());
    if (names.every((name) => NAMES.includes(name))) return [...new Set(names)] as MetricName[];
    context.addIssue({ code: 'custom', message: `must be of ${METRIC_NAMES.join(', ')}` });
    return z.NEVER;
  })
  .meta({ description: `One name, or several with commas between them: ${METRIC_NAMES.join(', ')}. Default: all` });

export class MetricsQueryDto extends createZodDto(
  z.object({
    period: z.enum(Object.keys(PERIODS) as [Period, ...Period[]]).default('24h'),
    metric: MetricList.optional(),
    at_least: AtLeast,
  }),
) {}

const Point = z.object({ timestamp: z.iso.datetime(), value: z.number() });

const GAPS: Readonly<Record<string, string>> = {
  percent: ', no point where none ended',
  milliseconds: ', no point where there was none',
};

const Series = z.object(
  Object.fromEntries(
    METRIC_NAMES.map((name) => {
      const { unit, what } = METRICS[name];
      const description = `${what} (${unit})${GAPS[unit] ?? ''}`;
      return [
        name,
        z
          .array(Point)
          .optional()
          .meta({ description: description[0]!.toUpperCase() + description.slice(1) }),
      ];
    }),
  ) as Record<MetricName, z.ZodOptional<z.ZodArray<typeof Point>>>,
);

export class MetricsDto extends createZodDto(
  z.object({
    data: z.object({
      period: z.enum(Object.keys(PERIODS) as [Period, ...Period[]]),
      interval_seconds: z.int().meta({
        description:
          'From one point to the next; a point is at the beginning of its interval, and the last is not over',
      }),
      metrics: Series,
    }),
  }),
) {}
