import { TaskExplanation } from '@ao/contracts';
import { createZodDto } from 'nestjs-zod';

export class TaskExplanationDto extends createZodDto(TaskExplanation) {}
