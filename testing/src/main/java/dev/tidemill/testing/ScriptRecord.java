package dev.tidemill.testing;

import java.util.List;
import java.util.Set;

/**
 * A record of a script: a statement, and what is expected of it.
 *
 * <pre>
 *   statement ok                    statement count 3          query IT rowsort
 *   CREATE TABLE t (a INTEGER)      INSERT INTO t …            SELECT a, b FROM t
 *                                                              ----
 *   statement error                 skipif standing            1	x
 *   SELECT b FROM t                 onlyif batch               2	NULL
 *   ----
 *   text of the error
 * </pre>
 *
 * {@code step a b} lets the standing queries a and b take a step. Records are separated by empty
 * lines; {@code #} begins a comment. Of a query's rows each is a line, its values separated by
 * tabs; NULL is {@code NULL}, an empty text {@code (empty)}. The letters behind {@code query} are
 * one per column: I and T compare as text, R as numbers to a relative 1e-9.
 *
 * @param line where it begins, from 1
 * @param skipped modes it is left out in
 * @param only modes it is run in alone, or none for all
 */
public record ScriptRecord(int line, Kind kind, String sql, Set<String> skipped, Set<String> only) {
  public ScriptRecord {
    skipped = Set.copyOf(skipped);
    only = Set.copyOf(only);
  }

  /** What is expected. */
  public sealed interface Kind {}

  /** It runs. */
  public record Succeeds() implements Kind {}

  /** It runs and writes that many rows. */
  public record Writes(long rows) implements Kind {}

  /** Standing queries take a step together; there is no SQL. */
  public record Steps(List<String> queries) implements Kind {
    public Steps {
      queries = List.copyOf(queries);
    }
  }

  /** It fails with an error of which every line of {@code text} is a part. */
  public record Fails(List<String> text) implements Kind {
    public Fails {
      text = List.copyOf(text);
    }
  }

  /**
   * It gives rows.
   *
   * @param columns a letter per column
   * @param sorted whether the order of rows does not count
   * @param rows a line each
   */
  public record Gives(String columns, boolean sorted, List<String> rows) implements Kind {
    public Gives {
      rows = List.copyOf(rows);
    }
  }

  /** Whether it is run in the mode of this name. */
  public boolean runsIn(String mode) {
    return !skipped.contains(mode) && (only.isEmpty() || only.contains(mode));
  }
}
