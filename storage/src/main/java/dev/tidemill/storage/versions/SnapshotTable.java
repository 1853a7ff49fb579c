package dev.tidemill.storage.versions;

import dev.tidemill.foundation.memory.MemoryScope;
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
import dev.tidemill.storage.table.ValueExtremes;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table as a snapshot has it, which never changes, or, without one, as it is now with its row
 * numbers.
 */
final class SnapshotTable implements Table {
  private final VersionedTable table;
  private final Schema schema;
  private final @Nullable Offset snapshot;

  SnapshotTable(VersionedTable table, Schema schema, @Nullable Offset snapshot) {
    this.table = table;
    this.schema = schema;
    this.snapshot = snapshot;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return InputKind.STATIC;
  }

  @Override
  public TableStatistics statistics() {
    return table.statistics();
  }

  @Override
  public FilterSupport support(ColumnFilter filter) {
    return table.support(filter);
  }

  @Override
  public Offset start() {
    return table.start();
  }

  @Override
  public Offset end() {
    return snapshot == null ? table.end() : snapshot;
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    return new Advance(end(), 0, true, true);
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    return table.splits(request);
  }

  @Override
  public List<Split> splits(ScanRequest request, int parts) {
    return table.splits(request, parts);
  }

  @Override
  public @Nullable List<ValueExtremes> extremes(ScanRequest request) {
    return table.extremes(request);
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    return table.open(split, request, scope);
  }
}
