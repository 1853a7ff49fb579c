package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Batches;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.type.Type;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Rows that the engine knows. They come in units, such as the columns of one table; the first
 * values of all rows of a unit are known beforehand, so that units that a filter excludes are never
 * worked out. Which units there are is fixed when an instance is first asked.
 */
final class SystemTable implements Table {
  private final List<OutputColumn> columns;
  private final Supplier<List<Unit>> source;
  private @Nullable List<Unit> units;

  /**
   * Rows that belong together.
   *
   * @param known the values of the first columns, the same in all rows
   */
  record Unit(List<String> known, Rows rows) {}

  /** Works rows out. */
  @FunctionalInterface
  interface Rows {
    /** Whole rows; of columns that are not {@code wanted} the value does not matter. */
    List<List<@Nullable Object>> of(Set<String> wanted);
  }

  private record Part(List<Unit> units) implements Split {
    @Override
    public long estimatedRows() {
      return 10L * units.size();
    }
  }

  SystemTable(List<OutputColumn> columns, Supplier<List<Unit>> source) {
    this.columns = columns;
    this.source = source;
  }

  private synchronized List<Unit> units() {
    List<Unit> snapshot = units;
    if (snapshot == null) {
      snapshot = source.get();
      units = snapshot;
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
  public FilterSupport support(ColumnFilter filter) {
    return switch (filter) {
      case ColumnFilter.Comparison comparison ->
          comparison.operator() == ColumnFilter.Operator.EQUAL
              ? FilterSupport.PRUNING
              : FilterSupport.NO;
      case ColumnFilter.In in -> FilterSupport.PRUNING;
      case ColumnFilter.Range range -> FilterSupport.NO;
      case ColumnFilter.NullTest test -> FilterSupport.NO;
      case ColumnFilter.Prefix prefix -> FilterSupport.NO;
      case ColumnFilter.Opaque opaque -> FilterSupport.NO;
    };
  }

  private boolean mayPass(Unit unit, ColumnFilter filter) {
    int column = index(filter.column());
    if (column >= unit.known().size()) {
      return true;
    }
    String value = unit.known().get(column);
    return switch (filter) {
      case ColumnFilter.Comparison comparison ->
          comparison.operator() != ColumnFilter.Operator.EQUAL || value.equals(comparison.value());
      case ColumnFilter.In in -> in.values().contains(value);
      case ColumnFilter.Range range -> true;
      case ColumnFilter.NullTest test -> true;
      case ColumnFilter.Prefix prefix -> true;
      case ColumnFilter.Opaque opaque -> true;
    };
  }

  @Override
  public Offset start() {
    return new Offset("0");
  }

  @Override
  public Offset end() {
    return new Offset(Integer.toString(units().size()));
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    int start = Integer.parseInt(from.text());
    int to = (int) Math.min(units().size(), start + maxRows);
    boolean all = to == units().size();
    return new Advance(new Offset(Integer.toString(to)), to - start, all, all);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    int from = Integer.parseInt(request.from().text());
    int to = Integer.parseInt(request.to().text());
    List<Unit> wanted =
        units().subList(from, to).stream()
            .filter(unit -> request.filters().stream().allMatch(filter -> mayPass(unit, filter)))
            .toList();
    return List.of(new Part(wanted));
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    int[] wanted = request.columns().stream().mapToInt(this::index).toArray();
    List<Type> types =
        request.columns().stream().map(name -> columns.get(index(name)).type()).toList();
    List<List<@Nullable Object>> chosen = new ArrayList<>();
    for (Unit unit : ((Part) split).units()) {
      for (List<@Nullable Object> row : unit.rows().of(Set.copyOf(request.columns()))) {
        List<@Nullable Object> values = new ArrayList<>(wanted.length);
        for (int column : wanted) {
          values.add(row.get(column));
        }
        chosen.add(values);
      }
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

  /** Batch by batch. */
  private static final class Reader implements BatchReader {
    private final List<Type> types;
    private final MemoryScope scope;
    private final List<List<@Nullable Object>> rows;
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
