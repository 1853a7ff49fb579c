package dev.tidemill.connectors.iceberg;

import dev.tidemill.storage.table.ColumnFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Evaluator;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.apache.iceberg.expressions.Projections;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Which data files a snapshot has, and which it added, each in an order that is the same every
 * time: snapshots do not change. Any thread.
 */
final class SnapshotFiles {
  private static final int KEPT = 8;

  private final DirectoryTable directory;

  private record Key(long snapshot, boolean added) {}

  private final Map<Key, List<TableFile>> kept =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, List<TableFile>> eldest) {
          return size() > KEPT;
        }
      };

  SnapshotFiles(DirectoryTable directory) {
    this.directory = directory;
  }

  /** All files as of a snapshot. */
  List<TableFile> asOf(long snapshot) {
    return kept(new Key(snapshot, false));
  }

  /** The files that an appending snapshot added. */
  List<TableFile> added(long snapshot) {
    return kept(new Key(snapshot, true));
  }

  private List<TableFile> kept(Key key) {
    synchronized (kept) {
      List<TableFile> known = kept.get(key);
      if (known != null) {
        return known;
      }
    }
    List<TableFile> files = key.added ? readAdded(key.snapshot) : read(scan(key.snapshot));
    synchronized (kept) {
      kept.put(key, files);
    }
    return files;
  }

  /** A snapshot that the metadata still has. */
  Snapshot snapshot(long id) {
    Snapshot snapshot = metadata(id).snapshot(id);
    if (snapshot == null) {
      throw new IllegalStateException("no snapshot " + id);
    }
    return snapshot;
  }

  /** Metadata with a snapshot, the newest if need be. */
  private TableMetadata metadata(long id) {
    TableMetadata known = directory.current();
    if (known != null && known.snapshot(id) != null) {
      return known;
    }
    TableMetadata newest = directory.newest();
    if (newest.snapshot(id) == null) {
      throw IcebergErrors.snapshotNotFound(
          directory.path(), id, newest.snapshots().stream().map(Snapshot::snapshotId).toList());
    }
    return newest;
  }

  /** The columns as a snapshot had them. */
  Schema schema(long id) {
    return SnapshotUtil.schemaFor(table(metadata(id)), id);
  }

  /** The table as it is in some metadata, whatever is committed meanwhile. */
  private BaseTable table(TableMetadata metadata) {
    return new BaseTable(directory.temp(metadata), directory.path(), report -> {});
  }

  /** A scan of a snapshot; its schema has the names that its filter is to have. */
  private TableScan scan(long id) {
    TableMetadata metadata = metadata(id);
    TableScan scan = table(metadata).newScan();
    Snapshot current = metadata.currentSnapshot();
    // The newest snapshot goes by today's names, though it may have been made before they were.
    return current != null && current.snapshotId() == id ? scan : scan.useSnapshot(id);
  }

  /** The files as of a snapshot in which there may be rows that pass. */
  List<TableFile> asOf(long id, List<ColumnFilter> filters, List<IcebergColumn> columns) {
    TableScan scan = scan(id);
    Expression filter = FilterExpressions.of(filters, columns, scan.schema());
    return filter.equals(Expressions.alwaysTrue()) ? asOf(id) : read(scan.filter(filter));
  }

  private List<TableFile> read(TableScan scan) {
    List<TableFile> files = new ArrayList<>(directory.reading(() -> planned(scan)));
    files.sort(
        Comparator.comparingLong((TableFile file) -> sequence(file.file()))
            .thenComparing(file -> file.file().location()));
    return List.copyOf(files);
  }

  private static List<TableFile> planned(TableScan scan) {
    List<TableFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = scan.includeColumnStats().planFiles()) {
      for (FileScanTask task : tasks) {
        files.add(new TableFile(task.file(), task.spec(), task.deletes()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static long sequence(DataFile file) {
    Long number = file.dataSequenceNumber();
    return number == null ? 0 : number;
  }

  private List<TableFile> readAdded(long id) {
    TableMetadata metadata = metadata(id);
    Map<Integer, PartitionSpec> specs = metadata.specsById();
    List<TableFile> files = new ArrayList<>();
    for (DataFile file : directory.reading(() -> changes(metadata, id).addedDataFiles())) {
      PartitionSpec spec = specs.get(file.specId());
      if (spec == null) {
        throw IcebergErrors.refused(
            directory.path(), new IllegalArgumentException("no partition spec " + file.specId()));
      }
      files.add(new TableFile(file, spec, List.of()));
    }
    return List.copyOf(files);
  }

  private SnapshotChanges changes(TableMetadata metadata, long id) {
    return SnapshotChanges.builderFor(table(metadata)).snapshot(metadata.snapshot(id)).build();
  }

  /** What a snapshot did to the rows of its parent. */
  SnapshotHistory.Change change(Snapshot snapshot) {
    String operation = snapshot.operation();
    if (DataOperations.APPEND.equals(operation)) {
      return SnapshotHistory.Change.APPENDED;
    }
    if (DataOperations.REPLACE.equals(operation)) {
      return SnapshotHistory.Change.NONE;
    }
    long id = snapshot.snapshotId();
    SnapshotChanges changes = changes(metadata(id), id);
    boolean removes =
        directory.reading(
            () ->
                changes.removedDataFiles().iterator().hasNext()
                    || changes.addedDeleteFiles().iterator().hasNext()
                    || changes.removedDeleteFiles().iterator().hasNext());
    return removes ? SnapshotHistory.Change.REMOVED : SnapshotHistory.Change.APPENDED;
  }

  /** Whether rows of a file may pass, by its partition and the bounds of its columns. */
  boolean mayMatch(TableFile file, List<ColumnFilter> filters, List<IcebergColumn> columns) {
    Schema schema = file.spec().schema();
    Expression filter = FilterExpressions.of(filters, columns, schema);
    return directory.reading(
        () ->
            new Evaluator(
                        file.spec().partitionType(),
                        Projections.inclusive(file.spec()).project(filter))
                    .eval(file.file().partition())
                && new InclusiveMetricsEvaluator(schema, filter).eval(file.file()));
  }
}
