package dev.tidemill.engine;

import dev.tidemill.exec.context.TableSnapshot;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.SourcePosition;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.RecomputePlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.TimeFilterPlan;
import dev.tidemill.planner.PlannedQuery;
import dev.tidemill.planner.delta.StandingPlanner;
import dev.tidemill.sql.parser.StatementParser;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.QueryReport;
import dev.tidemill.streaming.StepProgress;
import dev.tidemill.streaming.pipeline.FinalRows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * VERIFY q: the batch query over exactly the rows that a standing query has taken, those that came
 * too late left out, compared with its kept result as a multiset ({@link RowDifference}).
 *
 * <p>In APPEND rows that only the batch query has may not be final yet: those that the watermark of
 * the query's last step has passed should be there.
 */
final class VerifyStatements {
  /** How often a query may step away while its result and its offsets are looked at. */
  private static final int LOOKS = 100;

  private static final List<OutputColumn> COLUMNS =
      List.of(
          ResultColumns.text("query"),
          ResultColumns.number("step"),
          ResultColumns.number("rows_compared"),
          ResultColumns.number("rows_not_final"),
          ResultColumns.number("differences"));

  private final Session session;
  private final QueryStatements queries;
  private final StandingQueryRoom standing;

  VerifyStatements(Session session, QueryStatements queries) {
    this.session = session;
    this.queries = queries;
    this.standing = session.engine().standing();
  }

  /**
   * One row that says how many rows were compared.
   *
   * @throws TidemillException VERIFY_DIFFERENT; UNSUPPORTED_VERIFY where what the query has taken
   *     cannot be told or read any more
   */
  Result verify(Statement.Verify verify) {
    SourcePosition position = verify.query().position();
    queries.awaitStandingQueries();
    try {
      return verify(OwnNames.require(verify.query(), session.namespace()));
    } catch (TidemillException e) {
      throw e.at(position);
    }
  }

  private Result verify(String name) {
    StandingPlan plan = standing.plan(name);
    if (!standing.keepsResult(name)) {
      throw EngineErrors.cannotVerify(name, "it delivers its result and keeps none");
    }
    PlannedQuery planned = planned(name, plan);
    for (int looks = 0; looks <= LOOKS; looks++) {
      try (StandingQueryRoom.Pinned pinned = standing.pin(planned.plan(), name)) {
        QueryReport report = standing.report(name);
        if (pinned.step(name) == report.step() || report.step() < 0) {
          if (report.definition().skipsFailing() && report.rejectedRows() > 0) {
            throw EngineErrors.cannotVerify(
                name, "it has set rows aside ('on_error'='skip'), which a batch query does not");
          }
          return compared(report, plan, planned, pinned);
        }
      }
    }
    throw EngineErrors.cannotVerify(name, "it steps too fast: PAUSE it first");
  }

  private PlannedQuery planned(String name, StandingPlan plan) {
    String zone = plan.definitions().get(StandingPlan.TIME_ZONE);
    if (zone != null && !zone.equals(new Planning(session).keptTimeZone())) {
      throw EngineErrors.cannotVerify(
          name, "it was made in another time zone: SET time_zone = '" + zone + "' first");
    }
    PlannedQuery planned =
        new Planning(session)
            .standing(
                StatementParser.parseQuery(Objects.requireNonNull(plan.definitions().get(""))));
    if (StandingPlanner.hasStepTimes(planned.plan())) {
      throw EngineErrors.cannotVerify(name, "it goes by the times of its steps (PROCTIME)");
    }
    for (CatalogEntry.TableEntry table : planned.tables()) {
      if (!plan.definitions().containsKey(StandingQueryRoom.definitionKey(table.path()))) {
        throw EngineErrors.cannotVerify(
            name, "its tables have other names here: USE the schema that it was made in");
      }
    }
    return planned;
  }

  private Result compared(
      QueryReport report,
      StandingPlan plan,
      PlannedQuery planned,
      StandingQueryRoom.Pinned pinned) {
    String name = report.definition().name();
    List<OutputColumn> columns = plan.columns();
    RowDifference difference = new RowDifference(columns.stream().map(OutputColumn::type).toList());
    List<String> notes = new ArrayList<>();
    MemoryScope memory = session.statementMemory("verify");
    try {
      Table kept = Objects.requireNonNull(pinned.table(name));
      ScanRequest all =
          new ScanRequest(
              columns.stream().map(OutputColumn::name).toList(),
              kept.start(),
              kept.end(),
              List.of(),
              -1);
      for (Split split : kept.splits(all)) {
        try (BatchReader reader = kept.open(split, all, memory)) {
          for (Batch next = reader.next(); next != null; next = reader.next()) {
            try (Batch batch = next) {
              difference.add(batch, 1, new boolean[batch.length()]);
            }
          }
        }
      }
      if (report.step() >= 0) {
        addBatchQuery(report, plan, planned, pinned, notes, difference, memory);
      }
    } finally {
      memory.close();
    }
    boolean mayBeOpen = report.definition().mode() == OutputMode.APPEND && plan.root().changing();
    RowDifference.Found found = difference.find();
    long open = mayBeOpen ? found.missing() - found.lost() : 0;
    long differences = found.unexpected() + found.missing() - open;
    if (differences > 0) {
      throw EngineErrors.different(
          name, report.step(), differences, difference.rows(), String.valueOf(found.example()));
    }
    List<List<@Nullable Object>> rows =
        List.of(Arrays.asList(name, report.step(), difference.rows(), open, differences));
    return new RowsResult("VERIFY", COLUMNS, rows, session.memory(), notes);
  }

  /** Adds what the batch query gives over the rows taken. */
  private void addBatchQuery(
      QueryReport report,
      StandingPlan plan,
      PlannedQuery planned,
      StandingQueryRoom.Pinned pinned,
      List<String> notes,
      RowDifference difference,
      MemoryScope memory) {
    FinalRows isFinal = new FinalRows(plan, report.watermarkMicros());
    Map<TableReference, TableSnapshot> taken = taken(report, planned, pinned, notes);
    BatchPlan batch =
        report.lateRows() == 0
            ? planned.plan()
            : new LateRowsOfQuery(session, queries, report).leftOut(planned.plan(), taken);
    try (QueryResult result = queries.start(batch, taken, time(report, plan))) {
      for (Batch next = result.next(); next != null; next = result.next()) {
        try (Batch rows = next) {
          difference.add(rows, -1, isFinal.of(rows, memory));
        }
      }
    }
  }

  /** What CURRENT_TIMESTAMP was at the query's last step; null where it does not matter. */
  private static @Nullable Instant time(QueryReport report, StandingPlan plan) {
    if (!goesByClock(plan.root())) {
      return null;
    }
    StepProgress last = report.last();
    if (last == null || last.step() != report.step()) {
      throw EngineErrors.cannotVerify(
          report.definition().name(),
          "it goes by the time of its last step (CURRENT_TIMESTAMP), which was before the database was opened: verify it after its next step");
    }
    return last.time();
  }

  private static boolean goesByClock(DeltaPlan plan) {
    return plan instanceof TimeFilterPlan
        || plan instanceof RecomputePlan recompute && recompute.byClock()
        || plan.inputs().stream().anyMatch(VerifyStatements::goesByClock);
  }

  /** Of each table the rows that the query has taken. */
  private Map<TableReference, TableSnapshot> taken(
      QueryReport report,
      PlannedQuery planned,
      StandingQueryRoom.Pinned pinned,
      List<String> notes) {
    Map<TableReference, TableSnapshot> taken = new HashMap<>();
    for (CatalogEntry.TableEntry entry : planned.tables()) {
      TableReference reference = new TableReference(entry.path());
      String offset = report.offsets().get(reference.toString());
      Table result = pinned.table(reference);
      if (result != null) {
        String source = reference.path().getLast();
        if (offset != null && !offset.isEmpty() && pinned.step(source) != Long.parseLong(offset)) {
          throw EngineErrors.cannotVerify(
              report.definition().name(), source + ", which it reads, has gone on since its step");
        }
        taken.put(reference, TableSnapshot.of(result));
        continue;
      }
      Table table = entry.table();
      if (offset == null) {
        if (table.inputKind() == InputKind.STATIC) {
          notes.add("static table " + reference + " was read as it is now");
        }
        taken.put(reference, TableSnapshot.of(table));
      } else {
        Offset to = offset.isEmpty() ? table.start() : new Offset(offset);
        table.requireWhole(to);
        String start = report.starts().get(reference.toString());
        Offset from = start == null ? table.start() : table.startAgain(new Offset(start));
        taken.put(reference, new TableSnapshot(table, from, to));
      }
    }
    return taken;
  }
}
