// The writer of rules for the appliance's vocabulary: what every file of this folder starts from.
import { rulesFor } from '../engine/index.ts';
import type { Vocabulary } from '../vocabulary/index.ts';

export const { rule, on } = rulesFor<Vocabulary>();
