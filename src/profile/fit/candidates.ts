import { UsageError } from '../../core/errors.ts';
import { type Basis, polynomialBasis, tableBasis } from './basis.ts';
import type { FitChoice } from './parameter.ts';

const MOST_ORDER = 4;
/** The most states that are levels of their own. */
const MOST_LEVELS = 16;
const CELLS_A_COEFFICIENT = 10;
const CELLS_A_LEVEL = 40;
/** Knots of a table over targets that are no levels. */
const KNOTS = 9;

/**
 * Families that a law by state may have: polynomials that states and cells can carry, then a table through the levels. Where
 * there is a table no polynomial has as many coefficients as there are levels.
 */
export function candidatesOf(
  states: readonly number[],
  cells: number,
  choice: FitChoice,
  name: string,
): readonly Basis[] {
  const levels = [...new Set(states)].sort((a, b) => a - b);
  const [low, high] = [levels[0]!, levels.at(-1)!];
  const most = Math.min(
    MOST_ORDER,
    levels.length - 1,
    Math.max(0, Math.floor(cells / CELLS_A_COEFFICIENT) - 1),
  );
  if (choice.order !== null && choice.form !== 'table') {
    if (choice.order > most) {
      const why = `${levels.length} targets and ${cells} cells`;
      throw new UsageError(
        '--order',
        `must be at most ${most} for ${name} (${why}), got ${choice.order}; measure more states or cells`,
      );
    }
    return [polynomialBasis(choice.order, low, high)];
  }
  const isTable =
    levels.length >= 2 && levels.length <= MOST_LEVELS && cells >= CELLS_A_LEVEL * levels.length;
  const hasTable = choice.form === 'auto' && isTable && levels.length > 2;
  // A polynomial through every level fits as a table does, and swings between levels, where nothing holds it.
  const below = hasTable ? levels.length - 2 : most;
  const polynomials = Array.from({ length: Math.min(most, below) + 1 }, (_, order) =>
    polynomialBasis(order, low, high),
  );
  if (choice.form === 'polynomial' || low === high) return polynomials;
  if (choice.form === 'auto') return hasTable ? [...polynomials, tableBasis(levels)] : polynomials;
  if (isTable) return [tableBasis(levels)];
  const spaced = Array.from({ length: KNOTS }, (_, i) => low + ((high - low) * i) / (KNOTS - 1));
  if (cells >= CELLS_A_LEVEL * KNOTS && levels.length >= KNOTS) return [tableBasis(spaced)];
  throw new UsageError(
    '--form',
    `must be polynomial or auto for ${name} of ${cells} cells at ${levels.length} targets, got table; measure at least ${CELLS_A_LEVEL} cells a level`,
  );
}
