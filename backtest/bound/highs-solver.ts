import loadHighs, { type Highs } from 'highs';
import type { LinearProgram, Solved, Solver } from './linear-program.ts';

/** As often may HiGHS trap before no program is answered any more. */
const SPARES = 1;

/**
 * HiGHS, compiled to WebAssembly: one thread, no clock, no file. It traps at some programs (`memory access out of bounds`),
 * which are answered null then; its memory may be spoilt by that, so another instance solves those that follow.
 */
export async function highsSolver(): Promise<Solver> {
  // The package's types are of its CommonJS form, the module's default is the loader itself.
  const load = loadHighs as unknown as typeof loadHighs.default;
  const instances = await Promise.all(Array.from({ length: 1 + SPARES }, () => load()));
  return (program, nodes) => {
    const [highs] = instances;
    if (highs === undefined) return null;
    try {
      return solve(highs, program, nodes);
    } catch (error) {
      if (!isTrap(error)) throw error;
      instances.shift();
      return null;
    }
  };
}

const isTrap = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError';

function solve(highs: Highs, program: LinearProgram, nodes: number): Solved | null {
  const { columns, rows } = program;
  const whole = columns.some(({ integer }) => integer);
  const { integer, continuous } = highs.constants.variableType;
  const starts = new Int32Array(rows.length + 1);
  rows.forEach(({ terms }, row) => {
    starts[row + 1] = (starts[row] as number) + terms.length;
  });
  const terms = rows.flatMap((row) => row.terms);
  return highs.withModel(
    {
      numCols: columns.length,
      numRows: rows.length,
      sense: highs.constants.objectiveSense.maximize,
      colCost: Float64Array.from(columns, ({ gain }) => gain),
      colLower: Float64Array.from(columns, ({ lower }) => lower),
      colUpper: Float64Array.from(columns, ({ upper }) => upper),
      rowLower: Float64Array.from(rows, ({ lower }) => lower),
      rowUpper: Float64Array.from(rows, ({ upper }) => upper),
      matrix: {
        format: 'csr',
        numRows: rows.length,
        numCols: columns.length,
        starts,
        indices: Int32Array.from(terms, ([column]) => column),
        values: Float64Array.from(terms, ([, coefficient]) => coefficient),
      },
      ...(whole ? { integrality: columns.map((column) => (column.integer ? integer : continuous)) } : {}),
    },
    (model): Solved | null => {
      model.options.set({ output_flag: false, random_seed: 0 });
      if (whole) {
        model.options.set({
          mip_rel_gap: 0,
          mip_abs_gap: 1e-7,
          mip_feasibility_tolerance: 1e-9,
          mip_max_nodes: nodes,
        });
      }
      try {
        model.run();
      } catch (error) {
        if (error instanceof highs.errors.HighsError) return null;
        throw error;
      }
      const status = model.getModelStatus();
      const { optimal, solutionLimit } = highs.constants.modelStatus;
      if (status !== optimal && !(whole && status === solutionLimit)) return null;
      const { colValue, rowDual } = model.getSolution();
      return {
        optimal: status === optimal,
        values: Float64Array.from(colValue),
        multipliers: whole ? null : Float64Array.from(rowDual),
        bound: whole ? Number(model.info.get('mip_dual_bound')) : model.getObjectiveValue(),
      };
    },
  );
}
