package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
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

/** Rows that the engine knows: a snapshot, taken when an instance is first asked for them. */
final class SystemTable implements Table {
  private final List<OutputColumn> columns;
  private final Supplier<List<List<@Nullable Object>>> source;
  private @Nullable List<List<@Nullable Object>> rows;

  private record Part(int from, int to) implements Split {
    @Override
    public long estimatedRows() {
      return to - from;
    }
  }

  SystemTable(List<OutputColumn> columns, Supplier<List<List<@Nullable Object>>> source) {
    this.columns = columns;
    this.source = source;
  }

  private synchronized List<List<@Nullable Object>> rows() {
    List<List<@Nullable Object>> snapshot = rows;
    if (snapshot == null) {
      snapshot = source.get();
      rows = snapshot;
    }
    return snapshot;
  }

  @Override
  public Schema schema() {
    return ResultColumns.schema(columns);
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
    return new Offset("0");
  }

  @Override
  public Offset end() {
    return new Offset(Integer.toString(rows().size()));
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    int start = Integer.parseInt(from.text());
    int to = (int) Math.min(rows().size(), start + maxRows);
    boolean all = to == rows().size();
    return new Advance(new Offset(Integer.toString(to)), to - start, all, all);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    int to = Integer.parseInt(request.to().text());
    List<Split> splits = new ArrayList<>();
    for (int from = Integer.parseInt(request.from().text()); from < to; from += Batch.MAX_ROWS) {
      splits.add(new Part(from, Math.min(to, from + Batch.MAX_ROWS)));
    }
    return splits;
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    Part part = (Part) split;
    int[] wanted = request.columns().stream().mapToInt(this::index).toArray();
    List<Type> types =
        request.columns().stream().map(name -> columns.get(index(name)).type()).toList();
    List<List<@Nullable Object>> chosen = new ArrayList<>();
    for (List<@Nullable Object> row : rows().subList(part.from(), part.to())) {
      List<@Nullable Object> values = new ArrayList<>(wanted.length);
      for (int column : wanted) {
        values.add(row.get(column));
      }
      chosen.add(values);
    }
    return new Reader(types, chosen, scope);
  }

  private int index(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no column " + name);
  }

  /** One batch. */
  private static final class Reader implements BatchReader {
    private final List<Type> types;
    private final MemoryScope scope;
    private @Nullable List<List<@Nullable Object>> rows;

    Reader(List<Type> types, List<List<@Nullable Object>> rows, MemoryScope scope) {
      this.types = types;
      this.rows = rows;
      this.scope = scope;
    }

    @Override
    public @Nullable Batch next() {
      List<List<@Nullable Object>> left = rows;
      rows = null;
      return left == null ? null : Batches.fromRows(types, left, scope);
    }

    @Override
    public void close() {}
  }
}
