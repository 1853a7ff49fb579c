package dev.tidemill.storage.files;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.Changelog;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.OnMissing;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableStatistics;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A table whose files or messages tell how its rows came and went. Read from its start it is the
 * last row of each key; standing queries take its {@link Changelog}.
 */
public final class ChangelogTable implements Table {
  private final Table changes;
  private final ChangelogOptions options;
  private final Changelog changelog = new Changes();

  private record Whole(long estimatedRows) implements Split {}

  /**
   * @param changes what gives the changes, with weights
   */
  public ChangelogTable(Table changes, ChangelogOptions options) {
    this.changes = changes;
    this.options = options;
  }

  @Override
  public Schema schema() {
    return changes.schema();
  }

  @Override
  public InputKind inputKind() {
    return changes.inputKind();
  }

  @Override
  public boolean changing() {
    return true;
  }

  @Override
  public Changelog changelog() {
    return changelog;
  }

  @Override
  public TableStatistics statistics() {
    return changes.statistics();
  }

  @Override
  public Offset start() {
    return changes.start();
  }

  @Override
  public Offset end() {
    return changes.end();
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    return changes.advance(from, maxRows);
  }

  @Override
  public Backlog backlog(Offset from) {
    return changes.backlog(from);
  }

  @Override
  public List<String> partitions(Offset to) {
    return changes.partitions(to);
  }

  @Override
  public void requireWhole(Offset to) {
    changes.requireWhole(to);
  }

  @Override
  public Offset withoutLost(Offset from, Offset to) {
    return changes.withoutLost(from, to);
  }

  /** The rows there are; which they are all of the changes together say. */
  @Override
  public List<Split> splits(ScanRequest request) {
    long rows = 0;
    List<Split> parts = changelog.splits(request);
    for (Split part : parts) {
      rows += Math.max(0, part.estimatedRows());
    }
    return parts.isEmpty() ? List.of() : List.of(new Whole(rows));
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    return new CurrentRowsReader(this, options, request, scope);
  }

  @Override
  public @Nullable Table rejected() {
    return changes.rejected();
  }

  /** The changes as they stand in the files. */
  private final class Changes implements Changelog {
    @Override
    public List<String> key() {
      return options.key();
    }

    @Override
    public boolean keysOnly() {
      return !options.full();
    }

    @Override
    public OnMissing onMissing() {
      return options.onMissing();
    }

    @Override
    public List<Split> splits(ScanRequest request) {
      return changes.splits(unfiltered(request));
    }

    @Override
    public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
      return changes.open(split, unfiltered(request), scope);
    }

    private static ScanRequest unfiltered(ScanRequest request) {
      return new ScanRequest(request.columns(), request.from(), request.to(), List.of(), -1);
    }
  }
}
