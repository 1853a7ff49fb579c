package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.streaming.state.StateVersion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A kept result as a table. One split, in the order of the query's ORDER BY. Unpinned, every scan
 * reads the version that is the last when it opens; pinned ({@link #pin}), all read one.
 */
public final class ResultTable implements Table {
  private static final Split WHOLE = () -> -1;
  private static final Offset START = new Offset("");

  private final Schema schema;
  private final List<String> names;
  private final KeptResult result;
  private final Supplier<StateVersion> versions;
  private final @Nullable StateVersion pinned;
  private final boolean changing;

  /**
   * @param mode in which the result is kept
   * @param versions pins the last version each time
   */
  public ResultTable(StandingPlan plan, OutputMode mode, Supplier<StateVersion> versions) {
    this(
        schemaOf(plan),
        new KeptResult(plan),
        versions,
        null,
        mode != OutputMode.APPEND && plan.root().changing());
  }

  private ResultTable(
      Schema schema,
      KeptResult result,
      Supplier<StateVersion> versions,
      @Nullable StateVersion pinned,
      boolean changing) {
    this.changing = changing;
    this.schema = schema;
    this.names = schema.getFields().stream().map(Field::getName).toList();
    this.result = result;
    this.versions = versions;
    this.pinned = pinned;
  }

  /** The rows of a kept result as stored columns. */
  public static Schema schemaOf(StandingPlan plan) {
    List<Field> fields = new ArrayList<>();
    for (OutputColumn column : plan.columns()) {
      fields.add(ArrowTypes.field(column.name(), column.type(), column.nullable()));
    }
    return new Schema(fields);
  }

  /** The same table, reading {@code version} always; the version stays the caller's to close. */
  public ResultTable pin(StateVersion version) {
    return new ResultTable(schema, result, versions, version, changing);
  }

  /**
   * The result as another standing query takes it in steps.
   *
   * @param delivery that keeps it
   * @param memory is charged with what waits for the reader
   */
  public ResultFeed feed(ResultFeed.Source source, KeptDelivery delivery, MemoryScope memory) {
    return new ResultFeed(source, delivery, schema, changing, memory);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return InputKind.GROWING;
  }

  @Override
  public boolean changing() {
    return changing;
  }

  @Override
  public boolean replayable() {
    return false;
  }

  @Override
  public TableStatistics statistics() {
    return TableStatistics.UNKNOWN;
  }

  @Override
  public Offset start() {
    return START;
  }

  @Override
  public Offset end() {
    if (pinned != null) {
      return new Offset(Long.toString(pinned.step()));
    }
    try (StateVersion last = versions.get()) {
      return new Offset(Long.toString(last.step()));
    }
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    throw new IllegalStateException("a kept result is not taken in steps");
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return List.of(WHOLE);
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    int[] columns = request.columns().stream().mapToInt(names::indexOf).toArray();
    if (pinned != null) {
      return new Reader(rows(pinned, scope), columns);
    }
    try (StateVersion version = versions.get()) {
      return new Reader(rows(version, scope), columns);
    }
  }

  private List<Batch> rows(StateVersion version, MemoryScope scope) {
    return version.columns(KeptResult.STATE) instanceof KeptRows.Version rows
        ? result.read(rows::forEach, scope)
        : List.of();
  }

  private static final class Reader implements BatchReader {
    private final Deque<Batch> batches;
    private final int[] columns;

    Reader(List<Batch> batches, int[] columns) {
      this.batches = new ArrayDeque<>(batches);
      this.columns = columns;
    }

    @Override
    public @Nullable Batch next() {
      Batch batch = batches.poll();
      if (batch == null) {
        return null;
      }
      try (batch) {
        List<Column> chosen = new ArrayList<>(columns.length);
        for (int column : columns) {
          chosen.add(batch.column(column).retain());
        }
        return new Batch(batch.length(), chosen);
      }
    }

    @Override
    public void close() {
      batches.forEach(Batch::close);
      batches.clear();
    }
  }
}
