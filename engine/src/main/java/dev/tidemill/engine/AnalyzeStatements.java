package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.sql.parser.statement.Name;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.AnalyzedTable;
import dev.tidemill.storage.catalog.CatalogEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** ANALYZE TABLE: one reading of the columns, whose figures the catalog keeps for the planner. */
final class AnalyzeStatements {
  /** Rows whose values are looked at; counts are of all rows. */
  private static final int SAMPLE_ROWS = 30_000;

  /** The same rows give the same figures, and so the same plans. */
  private static final long SEED = 20_260_101;

  private final Session session;
  private final QueryStatements queries;

  AnalyzeStatements(Session session, QueryStatements queries) {
    this.session = session;
    this.queries = queries;
  }

  Result analyze(Statement.AnalyzeTable analyze) {
    CatalogEntry.TableEntry entry = new OwnTables(session).require(analyze.table(), "analyzed");
    List<OutputColumn> stored = ResultColumns.of(entry.table().schema());
    List<OutputColumn> wanted = analyze.columns().isEmpty() ? stored : new ArrayList<>();
    for (Name name : analyze.columns()) {
      wanted.add(
          stored.stream()
              .filter(column -> column.name().equalsIgnoreCase(name.text()))
              .findFirst()
              .orElseThrow(
                  () ->
                      EngineErrors.noSuchColumn(
                          name.text(),
                          stored.stream().map(OutputColumn::name).toList(),
                          name.position())));
    }
    List<OutputColumn> columns = wanted.stream().distinct().toList();
    queries.awaitStandingQueries();
    Looked looked =
        look(new ScanPlan(new TableReference(entry.path()), columns, List.of(), -1, -1));
    Map<String, AnalyzedTable.Column> found = new HashMap<>();
    String name = entry.definition().name();
    String definition = entry.definition().sql();
    AnalyzedTable before = session.engine().catalog().analyzed(name);
    if (before != null && before.definition().equals(definition)) {
      found.putAll(before.columns());
    }
    for (int i = 0; i < columns.size(); i++) {
      found.put(columns.get(i).name(), looked.samples.get(i).result(looked.rows, looked.sampled));
    }
    session.engine().catalog().analyzed(new AnalyzedTable(name, definition, looked.rows, found));
    return new CountResult("ANALYZE", looked.rows, List.of());
  }

  /** What was seen of some columns. */
  private static final class Looked {
    private final List<ColumnSample> samples = new ArrayList<>();
    private long rows;
    private int sampled;
  }

  /** Reservoir sampling: each row ends up in the sample with the same probability. */
  private Looked look(ScanPlan scan) {
    Looked looked = new Looked();
    scan.columns().forEach(column -> looked.samples.add(new ColumnSample(SAMPLE_ROWS)));
    SplittableRandom random = new SplittableRandom(SEED);
    try (QueryResult result = queries.start(scan)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch current = batch) {
          for (int i = 0; i < looked.samples.size(); i++) {
            looked.samples.get(i).add(current, i);
          }
          for (int i = 0; i < current.rowCount(); i++) {
            long place = looked.rows < SAMPLE_ROWS ? looked.rows : random.nextLong(looked.rows + 1);
            looked.rows++;
            if (place < SAMPLE_ROWS) {
              looked.sampled = (int) Math.max(looked.sampled, place + 1);
              put(looked.samples, (int) place, current, current.row(i));
            }
          }
        }
      }
    }
    return looked;
  }

  private static void put(List<ColumnSample> samples, int place, Batch batch, int row) {
    for (int i = 0; i < samples.size(); i++) {
      Column column = batch.column(i);
      samples.get(i).put(place, column, row);
    }
  }
}
