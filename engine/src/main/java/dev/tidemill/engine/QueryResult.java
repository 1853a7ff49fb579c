package dev.tidemill.engine;

import dev.tidemill.exec.BatchQuery;
import dev.tidemill.exec.pipeline.OperatorStatistics;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.plan.batch.OutputColumn;
import java.time.ZoneId;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a query at work. The batches handed out are charged to the statement's budget: close them
 * before the result.
 */
final class QueryResult implements Result {
  private final Session session;
  private final Cancellation cancellation;
  private final BatchQuery query;
  private final List<OutputColumn> columns;
  private final List<String> warnings;
  private final MemoryScope memory;
  private final AutoCloseable pins;
  private final ZoneId timeZone;
  private boolean closed;

  /** Takes over query, memory and pins. */
  QueryResult(
      Session session,
      Cancellation cancellation,
      BatchQuery query,
      List<OutputColumn> columns,
      List<String> warnings,
      MemoryScope memory,
      AutoCloseable pins) {
    this.session = session;
    this.cancellation = cancellation;
    this.query = query;
    this.columns = columns;
    this.warnings = List.copyOf(warnings);
    this.memory = memory;
    this.pins = pins;
    this.timeZone = session.settings().get(EngineSettings.TIME_ZONE);
    cancellation.onCancel(query::cancel);
  }

  @Override
  public Schema schema() {
    return ResultColumns.schema(columns);
  }

  @Override
  public boolean hasRows() {
    return true;
  }

  @Override
  public String tag() {
    return "SELECT";
  }

  @Override
  public long updateCount() {
    return -1;
  }

  @Override
  public ZoneId timeZone() {
    return timeZone;
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public @Nullable Batch next() {
    if (closed) {
      throw EngineErrors.resultClosed();
    }
    try {
      return query.next();
    } catch (RuntimeException | Error e) {
      throw EngineErrors.wrap(e);
    }
  }

  /** What each operator has done, the root first, then its inputs, depth first. */
  List<OperatorStatistics> statistics() {
    return query.statistics();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    session.finished(cancellation);
    try (memory) {
      query.close();
    } finally {
      closePins();
    }
  }

  private void closePins() {
    try {
      pins.close();
    } catch (Exception e) {
      throw EngineErrors.wrap(e);
    }
  }
}
