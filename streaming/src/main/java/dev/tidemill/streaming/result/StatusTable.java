package dev.tidemill.streaming.result;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Few rows that say how a standing query stands, as they are when a scan opens. */
public final class StatusTable implements Table {
  private static final Split WHOLE = () -> 100;
  private static final Offset START = new Offset("0");
  private static final Offset END = new Offset("1");

  private final List<Column> columns;
  private final Supplier<List<List<@Nullable Object>>> rows;

  /** A column, which may be NULL. */
  public record Column(String name, Type type) {}

  /**
   * @param rows whole rows, worked out on any thread
   */
  public StatusTable(List<Column> columns, Supplier<List<List<@Nullable Object>>> rows) {
    this.columns = List.copyOf(columns);
    this.rows = rows;
  }

  @Override
  public Schema schema() {
    return new Schema(
        columns.stream()
            .map(column -> ArrowTypes.field(column.name(), column.type(), true))
            .toList());
  }

  @Override
  public InputKind inputKind() {
    return InputKind.STATIC;
  }

  @Override
  public boolean replayable() {
    return false;
  }

  @Override
  public TableStatistics statistics() {
    return new TableStatistics(100, -1, Map.of());
  }

  @Override
  public Offset start() {
    return START;
  }

  @Override
  public Offset end() {
    return END;
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    return new Advance(END, from.equals(END) ? 0 : 1, true, true);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return request.from().equals(request.to()) ? List.of() : List.of(WHOLE);
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    List<String> names = columns.stream().map(Column::name).toList();
    int[] wanted = request.columns().stream().mapToInt(names::indexOf).toArray();
    List<Type> types = new ArrayList<>();
    for (int column : wanted) {
      types.add(columns.get(column).type());
    }
    List<List<@Nullable Object>> chosen = new ArrayList<>();
    for (List<@Nullable Object> row : rows.get()) {
      List<@Nullable Object> values = new ArrayList<>();
      for (int column : wanted) {
        values.add(row.get(column));
      }
      chosen.add(values);
    }
    return new Reader(types, chosen, scope);
  }

  /** Batch by batch. */
  private static final class Reader implements BatchReader {
    private final List<Type> types;
    private final List<List<@Nullable Object>> rows;
    private final MemoryScope scope;
    private int next;

    Reader(List<Type> types, List<List<@Nullable Object>> rows, MemoryScope scope) {
      this.types = types;
      this.rows = rows;
      this.scope = scope;
    }

    @Override
    public @Nullable Batch next() {
      int from = next;
      if (from == rows.size()) {
        return null;
      }
      next = Math.min(rows.size(), from + Batch.MAX_ROWS);
      return Batches.fromRows(types, rows.subList(from, next), scope);
    }

    @Override
    public void close() {}
  }
}
