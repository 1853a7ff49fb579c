package dev.tidemill.streaming;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.result.StatusTable;
import dev.tidemill.streaming.state.StateSize;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code q$state}: what each operator of standing query q keeps, {@code q$progress}: its last
 * steps, and {@code q$rejected}: rows that it has set aside. To read them waits for no step.
 */
final class StatusTables {
  private static final List<StatusTable.Column> STATE =
      List.of(
          new StatusTable.Column("operator", Type.VARCHAR),
          new StatusTable.Column("kind", Type.VARCHAR),
          new StatusTable.Column("key_count", Type.BIGINT),
          new StatusTable.Column("row_count", Type.BIGINT),
          new StatusTable.Column("memory_bytes", Type.BIGINT),
          new StatusTable.Column("disk_bytes", Type.BIGINT),
          new StatusTable.Column("snapshot_step", Type.BIGINT),
          new StatusTable.Column("snapshot_bytes", Type.BIGINT));

  private static final List<StatusTable.Column> PROGRESS =
      List.of(
          new StatusTable.Column("step", Type.BIGINT),
          new StatusTable.Column("step_time", Type.TIMESTAMP),
          new StatusTable.Column("rows_in", Type.BIGINT),
          new StatusTable.Column("rows_out", Type.BIGINT),
          new StatusTable.Column("late_rows", Type.BIGINT),
          new StatusTable.Column("rejected_rows", Type.BIGINT),
          new StatusTable.Column("watermark", Type.TIMESTAMP),
          new StatusTable.Column("millis", Type.DOUBLE),
          new StatusTable.Column("cpu_millis", Type.DOUBLE),
          new StatusTable.Column("operators", Type.VARCHAR),
          new StatusTable.Column("state_bytes", Type.BIGINT),
          new StatusTable.Column("snapshot_step", Type.BIGINT));

  private static final List<StatusTable.Column> REJECTED =
      List.of(
          new StatusTable.Column("step", Type.BIGINT),
          new StatusTable.Column("step_time", Type.TIMESTAMP),
          new StatusTable.Column("operator", Type.VARCHAR),
          new StatusTable.Column("row", Type.VARCHAR),
          new StatusTable.Column("error", Type.VARCHAR),
          new StatusTable.Column("weight", Type.BIGINT));

  private StatusTables() {}

  /** Puts them beside the standing queries. */
  static void addTo(Catalog catalog, PublishedQueries queries) {
    catalog.addBeside("$state", name -> table(queries.find(name), STATE, StatusTables::state));
    catalog.addBeside(
        "$progress", name -> table(queries.find(name), PROGRESS, StatusTables::progress));
    catalog.addBeside(
        "$rejected", name -> table(queries.find(name), REJECTED, StatusTables::rejected));
  }

  private interface Rows {
    List<List<@Nullable Object>> of(StandingQuery query);
  }

  private static @Nullable Table table(
      @Nullable Standing standing, List<StatusTable.Column> columns, Rows rows) {
    return switch (standing) {
      case null -> null;
      case UnrecoveredQuery lost -> new StatusTable(columns, List::of);
      case StandingQuery query -> new StatusTable(columns, () -> rows.of(query));
    };
  }

  private static List<List<@Nullable Object>> state(StandingQuery query) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    UnsnappedSteps.Snapshot snapshot = query.unsnapped().snapshot();
    for (StateSize size : query.state().sizes()) {
      List<@Nullable Object> row = new ArrayList<>();
      row.add(size.name());
      row.add(size.kind());
      row.add(size.keys());
      row.add(size.rows());
      row.add(size.bytes() - size.bytesOnDisk());
      row.add(size.bytesOnDisk());
      row.add(snapshot.step() < 0 ? null : snapshot.step());
      row.add(snapshot.step() < 0 ? null : snapshot.bytes());
      rows.add(row);
    }
    return rows;
  }

  private static List<List<@Nullable Object>> progress(StandingQuery query) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (StepHistory.Past step : query.history()) {
      long nanos = step.operatorNanos().values().stream().mapToLong(Long::longValue).sum();
      List<@Nullable Object> row = new ArrayList<>();
      row.add(step.step());
      row.add(LocalDateTime.ofInstant(step.time(), ZoneOffset.UTC));
      row.add(step.rowsIn());
      row.add(step.rowsOut());
      row.add(step.lateRows());
      row.add(step.rejectedRows());
      row.add(time(step.watermarkMicros()));
      row.add(step.millis());
      row.add(nanos / 1e6);
      row.add(text(step.operatorNanos()));
      row.add(step.stateBytes());
      row.add(step.snapshotStep() < 0 ? null : step.snapshotStep());
      rows.add(row);
    }
    return rows;
  }

  private static List<List<@Nullable Object>> rejected(StandingQuery query) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (FailedRows.Kept kept : query.failedRows()) {
      rows.add(
          List.of(
              kept.step(),
              LocalDateTime.ofInstant(kept.time(), ZoneOffset.UTC),
              kept.row().operator(),
              kept.row().row(),
              kept.row().error(),
              kept.row().weight()));
    }
    return rows;
  }

  private static String text(Map<String, Long> nanos) {
    return new TreeMap<>(nanos)
        .entrySet().stream()
            .map(operator -> "%s %.3f ms".formatted(operator.getKey(), operator.getValue() / 1e6))
            .collect(Collectors.joining(", "));
  }

  private static @Nullable LocalDateTime time(long micros) {
    return micros == Long.MIN_VALUE || micros == Long.MAX_VALUE
        ? null
        : LocalDateTime.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L),
            (int) Math.floorMod(micros, 1_000_000L) * 1000,
            ZoneOffset.UTC);
  }
}
