package dev.tidemill.engine;

import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.FixedColumn;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ExceptPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ProjectPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.expression.Call;
import dev.tidemill.plan.expression.ColumnReference;
import dev.tidemill.plan.expression.Expression;
import dev.tidemill.plan.expression.Literal;
import dev.tidemill.plan.function.ScalarFunction;
import dev.tidemill.storage.catalog.LateRows;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.QueryReport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/**
 * The rows that came too late for a standing query, which {@code t$late} keeps: what it has taken
 * of a table are the rows of the table without them.
 */
final class LateRowsOfQuery {
  // Places behind the columns of the table.
  private static final int QUERY = 0;
  private static final int STEP = 1;
  private static final int WEIGHT = 5;

  private final Session session;
  private final QueryStatements queries;
  private final QueryReport report;

  LateRowsOfQuery(Session session, QueryStatements queries, QueryReport report) {
    this.session = session;
    this.queries = queries;
    this.report = report;
  }

  /**
   * A plan over the tables without the late rows.
   *
   * @param taken of each table the rows that were read; the tables of late rows are added
   * @throws dev.tidemill.foundation.error.TidemillException CANNOT_VERIFY where not all of them are
   *     kept, or some are removals
   */
  BatchPlan leftOut(BatchPlan plan, Map<TableReference, TableSnapshot> taken) {
    Set<TableReference> tables = new LinkedHashSet<>();
    collect(plan, tables);
    long found = 0;
    for (TableReference table : tables) {
      Table late = table(table);
      if (late != null) {
        taken.put(reference(table), TableSnapshot.of(late));
        found += count(table, late, taken);
      }
    }
    if (found != report.lateRows()) {
      throw EngineErrors.cannotVerify(
          report.definition().name(),
          "of its %d late rows the tables of late rows have %d"
              .formatted(report.lateRows(), found));
    }
    return without(plan);
  }

  private static void collect(BatchPlan plan, Set<TableReference> tables) {
    if (plan instanceof ScanPlan scan) {
      tables.add(scan.table());
    }
    plan.inputs().forEach(input -> collect(input, tables));
  }

  private @Nullable Table table(TableReference of) {
    return session.engine().catalog().late(of.path());
  }

  private static TableReference reference(TableReference of) {
    List<String> path = new ArrayList<>(of.path());
    path.set(path.size() - 1, path.getLast() + LateRows.SUFFIX);
    return new TableReference(path);
  }

  private long count(TableReference of, Table late, Map<TableReference, TableSnapshot> taken) {
    OutputColumn weight = more(late, WEIGHT, Type.BIGINT);
    long count = 0;
    try (QueryResult result =
        queries.start(scan(of, late, List.of(weight), List.of()), taken, null)) {
      for (Batch next = result.next(); next != null; next = result.next()) {
        try (Batch batch = next) {
          FixedColumn weights = (FixedColumn) batch.column(0);
          for (int i = 0; i < batch.rowCount(); i++) {
            if (weights.longAt(batch.row(i)) < 0) {
              throw EngineErrors.cannotVerify(
                  report.definition().name(), "rows of %s were removed too late".formatted(of));
            }
          }
          count += batch.rowCount();
        }
      }
    }
    return count;
  }

  /** A column behind those of the table. */
  private static OutputColumn more(Table late, int place, Type type) {
    List<Field> fields = late.schema().getFields();
    return new OutputColumn(fields.get(fields.size() - 1 - WEIGHT + place).getName(), type, true);
  }

  /** Columns of the late rows of the query. */
  private BatchPlan scan(
      TableReference of, Table late, List<OutputColumn> columns, List<Expression> filters) {
    List<OutputColumn> read = new ArrayList<>(columns);
    read.add(more(late, QUERY, Type.VARCHAR));
    read.add(more(late, STEP, Type.BIGINT));
    List<Expression> conditions = new ArrayList<>(filters);
    conditions.add(
        new Call(
            ScalarFunction.EQUAL,
            List.of(
                new ColumnReference(columns.size(), Type.VARCHAR),
                new Literal(Type.VARCHAR, report.definition().name())),
            Type.BOOLEAN));
    conditions.add(
        new Call(
            ScalarFunction.LESS_OR_EQUAL,
            List.of(
                new ColumnReference(columns.size() + 1, Type.BIGINT),
                new Literal(Type.BIGINT, report.step())),
            Type.BOOLEAN));
    List<Expression> kept =
        IntStream.range(0, columns.size())
            .<Expression>mapToObj(i -> new ColumnReference(i, columns.get(i).type()))
            .toList();
    return new ProjectPlan(new ScanPlan(reference(of), read, conditions, -1, -1), kept, columns);
  }

  private BatchPlan without(BatchPlan plan) {
    if (plan instanceof ScanPlan scan) {
      Table late = table(scan.table());
      return late == null
          ? scan
          : new ExceptPlan(
              new ScanPlan(scan.table(), scan.columns(), scan.filters(), -1, -1),
              scan(scan.table(), late, scan.columns(), scan.filters()),
              /* all= */ true,
              scan.columns());
    }
    return plan.withInputs(plan.inputs().stream().map(this::without).toList());
  }
}
