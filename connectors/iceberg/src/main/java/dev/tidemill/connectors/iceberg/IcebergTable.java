package dev.tidemill.connectors.iceberg;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.parquet.ParquetFormat;
import dev.tidemill.storage.parquet.ParquetWriteOptions;
import dev.tidemill.storage.table.Advance;
import dev.tidemill.storage.table.Backlog;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.Split;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.TableSink;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.Versions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.types.Types;
import org.jspecify.annotations.Nullable;

/**
 * A table of snapshots. To a batch query it is the newest snapshot; to a standing query a new
 * snapshot is new rows: it takes the rows as of the snapshot that it begins with, then what each
 * later one appended. Offsets are {@link IcebergOffset}s.
 *
 * <p>Files are ruled out by Iceberg's partitions and bounds, then row groups and pages by the
 * Parquet reader.
 */
final class IcebergTable implements Table {
  private static final int NEWEST_FORMAT = 3;

  /** Each part of a row group decodes the dictionaries anew, which fewer rows do not pay. */
  private static final long MIN_PART_ROWS = 1 << 16;

  private static final String ENCRYPTION_KEY = "encryption.key-id";

  private final DirectoryTable directory;
  private final IcebergOptions options;
  private final ConnectorContext context;
  private final List<IcebergColumn> columns;
  private final List<String> key;
  private final Schema schema;
  private final SnapshotFiles files;
  private final ParquetFormat format = new ParquetFormat(ParquetWriteOptions.DEFAULT);
  private @Nullable Statistics statistics;

  private record Statistics(long snapshot, TableStatistics statistics) {}

  private IcebergTable(
      DirectoryTable directory,
      IcebergOptions options,
      ConnectorContext context,
      List<IcebergColumn> columns,
      List<String> key) {
    this.directory = directory;
    this.options = options;
    this.context = context;
    this.columns = columns;
    this.key = key;
    this.schema = IcebergColumn.schema(columns);
    this.files = new SnapshotFiles(directory);
  }

  /**
   * Opens a table, and makes it where that is asked for.
   *
   * @param path absolute
   */
  static IcebergTable open(
      TableDefinition definition, IcebergOptions options, ConnectorContext context, String path) {
    DirectoryTable directory = new DirectoryTable(context.files(), path);
    TableMetadata metadata = directory.refresh();
    if (metadata == null) {
      if (!options.createTable()) {
        throw IcebergErrors.tableNotFound(path);
      }
      NewTable.create(definition, options, directory);
      metadata = directory.newest();
    }
    if (metadata.formatVersion() > NEWEST_FORMAT) {
      throw IcebergErrors.formatVersion(path, metadata.formatVersion(), NEWEST_FORMAT);
    }
    if (metadata.properties().containsKey(ENCRYPTION_KEY)) {
      throw IcebergErrors.encrypted(path);
    }
    Long pinned = options.snapshot();
    List<IcebergColumn> columns =
        IcebergColumn.of(
            definition,
            pinned == null ? metadata.schema() : new SnapshotFiles(directory).schema(pinned),
            path);
    return new IcebergTable(directory, options, context, columns, definition.primaryKey());
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public InputKind inputKind() {
    return options.kind();
  }

  @Override
  public FilterSupport support(ColumnFilter filter) {
    return format.support(filter, schema);
  }

  @Override
  public synchronized TableStatistics statistics() {
    Snapshot current = current();
    if (current == null) {
      return new TableStatistics(0, 0, Map.of());
    }
    Statistics known = statistics;
    if (known == null || known.snapshot != current.snapshotId()) {
      known =
          new Statistics(
              current.snapshotId(),
              directory.reading(
                  () -> FileStatistics.of(files.asOf(current.snapshotId()), columns)));
      statistics = known;
    }
    return known.statistics;
  }

  /** The snapshot that is read now, or null where there is none yet. */
  private @Nullable Snapshot current() {
    Long pinned = options.snapshot();
    return pinned == null ? directory.newest().currentSnapshot() : files.snapshot(pinned);
  }

  @Override
  public Offset start() {
    return IcebergOffset.START.toOffset();
  }

  @Override
  public Offset end() {
    Snapshot current = current();
    return current == null ? start() : IcebergOffset.at(current.snapshotId()).toOffset();
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    TableMetadata metadata = directory.newest();
    Snapshot current = current();
    IcebergOffset at = IcebergOffset.parse(from, directory.path());
    Iterator<Snapshot> behind = null;
    long rows = 0;
    while (true) {
      switch (at.kind()) {
        case START -> {
          if (current == null) {
            return advanced(at, rows, true);
          }
          at = IcebergOffset.within(IcebergOffset.Kind.IN, current.snapshotId(), 0, 0);
        }
        case IN, OF -> {
          List<TableFile> within = filesOf(at);
          while (at.files() < within.size() && rows < maxRows) {
            Cut cut = cut(within.get(at.files()), at.row(), maxRows - rows);
            rows += cut.rows;
            at =
                cut.position == FileFormat.END
                    ? IcebergOffset.within(at.kind(), at.snapshot(), at.files() + 1, 0)
                    : IcebergOffset.within(at.kind(), at.snapshot(), at.files(), cut.position);
          }
          if (at.files() < within.size()) {
            return advanced(at, rows, false);
          }
          at = IcebergOffset.at(at.snapshot());
        }
        case AT -> {
          if (behind == null) {
            if (current == null) {
              throw IcebergErrors.rolledBack(directory.path(), at.snapshot());
            }
            behind =
                SnapshotHistory.between(metadata, directory.path(), at.snapshot(), current)
                    .iterator();
          }
          if (!behind.hasNext()) {
            return advanced(at, rows, true);
          }
          if (rows == maxRows) {
            return advanced(at, rows, false);
          }
          Snapshot next = behind.next();
          SnapshotHistory.Change change = files.change(next);
          if (change == SnapshotHistory.Change.REMOVED && !options.skipsOverwrites()) {
            if (rows > 0) {
              return advanced(at, rows, false);
            }
            throw IcebergErrors.notAppendOnly(
                directory.path(), next.snapshotId(), next.operation());
          }
          if (change == SnapshotHistory.Change.APPENDED) {
            at = IcebergOffset.within(IcebergOffset.Kind.OF, next.snapshotId(), 0, 0);
          } else {
            at = IcebergOffset.at(next.snapshotId());
          }
        }
      }
    }
  }

  private Advance advanced(IcebergOffset to, long rows, boolean caughtUp) {
    boolean ended = caughtUp && options.kind() != InputKind.GROWING;
    return new Advance(to.toOffset(), rows, caughtUp, ended);
  }

  private List<TableFile> filesOf(IcebergOffset at) {
    return at.kind() == IcebergOffset.Kind.IN
        ? files.asOf(at.snapshot())
        : files.added(at.snapshot());
  }

  /** Rows of a file up to a position. */
  private record Cut(long position, long rows) {}

  /** How far some rows reach; rows that are gone do not count, so such files are looked into. */
  private Cut cut(TableFile file, long from, long maxRows) {
    if (file.deletes().isEmpty()) {
      long left = file.file().recordCount() - from;
      return left <= maxRows ? new Cut(FileFormat.END, left) : new Cut(from + maxRows, maxRows);
    }
    ScanRequest nothing = new ScanRequest(List.of(), start(), start(), List.of(), -1);
    TableReading reading = reading(nothing);
    TableReading.Opened opened = reading.prepare(file);
    if (opened == null) {
      return new Cut(FileFormat.END, 0);
    }
    long rows = 0;
    try (MemoryScope scope = context.memory().child("iceberg")) {
      for (FileRange range : reading.ranges(opened, from, FileFormat.END)) {
        try (BatchReader reader = reading.open(opened, range, scope)) {
          for (var read = reader.next(); read != null; read = reader.next()) {
            try (var batch = read) {
              if (rows + batch.rowCount() > maxRows) {
                int last = batch.row((int) (maxRows - rows));
                return new Cut(reader.positionOf(last), maxRows);
              }
              rows += batch.rowCount();
            }
          }
        }
      }
    }
    return new Cut(FileFormat.END, rows);
  }

  @Override
  public Backlog backlog(Offset from) {
    IcebergOffset at = IcebergOffset.parse(from, directory.path());
    Snapshot current = current();
    if (current == null || at.equals(IcebergOffset.at(current.snapshotId()))) {
      return Backlog.NONE;
    }
    if (at.kind() == IcebergOffset.Kind.START) {
      return summed(current, "total-records", "total-files-size", "total-data-files");
    }
    Backlog behind = Backlog.NONE;
    if (at.isPart()) {
      List<TableFile> within = filesOf(at);
      for (int i = at.files(); i < within.size(); i++) {
        DataFile file = within.get(i).file();
        long taken = i == at.files() ? at.row() : 0;
        behind = behind.plus(new Backlog(file.recordCount() - taken, file.fileSizeInBytes(), 1));
      }
    }
    for (Snapshot next :
        SnapshotHistory.between(directory.newest(), directory.path(), at.snapshot(), current)) {
      if (files.change(next) == SnapshotHistory.Change.APPENDED) {
        behind = behind.plus(summed(next, "added-records", "added-files-size", "added-data-files"));
      }
    }
    return behind;
  }

  /** What a snapshot's summary says. */
  private static Backlog summed(Snapshot snapshot, String rows, String bytes, String files) {
    return new Backlog(number(snapshot, rows), number(snapshot, bytes), number(snapshot, files));
  }

  private static long number(Snapshot snapshot, String property) {
    String value = snapshot.summary().getOrDefault(property, "");
    return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : Backlog.UNKNOWN_COUNT;
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    TableReading reading = reading(request);
    List<Split> splits = new ArrayList<>();
    for (Piece piece : pieces(request)) {
      TableReading.Opened opened = reading.prepare(piece.file);
      if (opened != null) {
        for (FileRange range : reading.ranges(opened, piece.from, piece.to)) {
          splits.add(new IcebergSplit(reading, opened, range));
        }
      }
    }
    return splits;
  }

  private TableReading reading(ScanRequest request) {
    return new TableReading(directory, format, columns, request, directory.newest());
  }

  /** Rows of a file. */
  private record Piece(TableFile file, long from, long to) {}

  /** The rows between two offsets, without files in which nothing passes the filters. */
  private List<Piece> pieces(ScanRequest request) {
    IcebergOffset from = IcebergOffset.parse(request.from(), directory.path());
    IcebergOffset to = IcebergOffset.parse(request.to(), directory.path());
    List<Piece> pieces = new ArrayList<>();
    if (from.equals(to) || to.kind() == IcebergOffset.Kind.START) {
      return pieces;
    }
    Snapshot last = files.snapshot(to.snapshot());
    if (from.kind() == IcebergOffset.Kind.START && to.kind() != IcebergOffset.Kind.OF) {
      IcebergOffset begin = IcebergOffset.within(IcebergOffset.Kind.IN, to.snapshot(), 0, 0);
      add(pieces, begin, to, request);
      return pieces;
    }
    long taken = from.snapshot();
    if (from.kind() == IcebergOffset.Kind.START) {
      Long parent = last.parentId();
      if (parent != null) {
        add(
            pieces,
            IcebergOffset.within(IcebergOffset.Kind.IN, parent, 0, 0),
            IcebergOffset.at(parent),
            request);
      }
      add(pieces, IcebergOffset.within(IcebergOffset.Kind.OF, to.snapshot(), 0, 0), to, request);
      return pieces;
    }
    if (from.isPart()) {
      add(pieces, from, to, request);
      if (to.isPart() && to.snapshot() == from.snapshot()) {
        return pieces;
      }
    }
    for (Snapshot next :
        SnapshotHistory.between(directory.newest(), directory.path(), taken, last)) {
      if (files.change(next) == SnapshotHistory.Change.APPENDED) {
        add(
            pieces,
            IcebergOffset.within(IcebergOffset.Kind.OF, next.snapshotId(), 0, 0),
            to,
            request);
      }
    }
    return pieces;
  }

  /**
   * Adds what a snapshot has from {@code from} on, up to {@code to} where that is within the same,
   * else all.
   */
  private void add(List<Piece> pieces, IcebergOffset from, IcebergOffset to, ScanRequest request) {
    boolean ends = to.isPart() && to.snapshot() == from.snapshot();
    boolean isWhole = !ends && from.files() == 0 && from.row() == 0;
    List<TableFile> within =
        isWhole && from.kind() == IcebergOffset.Kind.IN
            ? files.asOf(from.snapshot(), request.filters(), columns)
            : filesOf(from);
    int end = ends ? to.row() > 0 ? to.files() + 1 : to.files() : within.size();
    if (end > within.size()) {
      throw IcebergErrors.badOffset(directory.path(), to.toOffset().text());
    }
    for (int i = from.files(); i < end; i++) {
      TableFile file = within.get(i);
      if (files.mayMatch(file, request.filters(), columns)) {
        pieces.add(
            new Piece(
                file,
                i == from.files() ? from.row() : 0,
                ends && i == to.files() ? to.row() : FileFormat.END));
      }
    }
  }

  @Override
  public List<Split> splits(ScanRequest request, int parts) {
    List<Split> splits = splits(request);
    long rows = 0;
    for (Split split : splits) {
      rows += Math.max(0, split.estimatedRows());
    }
    if (splits.size() >= parts || rows == 0) {
      return splits;
    }
    long step = Math.max(rows / parts, MIN_PART_ROWS);
    List<Split> divided = new ArrayList<>();
    for (Split split : splits) {
      IcebergSplit part = (IcebergSplit) split;
      for (FileRange range : format.divide(part.range(), step)) {
        divided.add(new IcebergSplit(part.reading(), part.opened(), range));
      }
    }
    return divided;
  }

  /** Some rows of a file, and how they are read. */
  private record IcebergSplit(TableReading reading, TableReading.Opened opened, FileRange range)
      implements Split {
    @Override
    public long estimatedRows() {
      return range.estimatedRows();
    }

    @Override
    public String source() {
      return opened.data().path();
    }
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    IcebergSplit part = (IcebergSplit) split;
    return part.reading.open(part.opened, part.range, scope);
  }

  @Override
  public Versions versions() {
    return new Versions() {
      @Override
      public Table at(long number) {
        files.snapshot(number);
        return new IcebergTable(directory, options.pinned(number), context, columns, List.of());
      }

      @Override
      public Table at(Instant time) {
        long last = 0;
        for (HistoryEntry entry : directory.newest().snapshotLog()) {
          last = entry.timestampMillis() <= time.toEpochMilli() ? entry.snapshotId() : last;
        }
        if (last == 0) {
          throw IcebergErrors.noSnapshotAt(directory.path(), time);
        }
        return at(last);
      }

      @Override
      public Table snapshots() {
        return new SnapshotList(directory);
      }
    };
  }

  /** Where snapshots that removed rows are passed over, the rows as of one are not those taken. */
  @Override
  public void requireWhole(Offset to) {
    IcebergOffset end = IcebergOffset.parse(to, directory.path());
    if (!options.skipsOverwrites() || end.kind() == IcebergOffset.Kind.START) {
      return;
    }
    TableMetadata metadata = directory.newest();
    for (Snapshot at = metadata.snapshot(end.snapshot());
        at != null;
        at = at.parentId() == null ? null : metadata.snapshot(at.parentId())) {
      if (files.change(at) == SnapshotHistory.Change.REMOVED) {
        throw IcebergErrors.notAppendOnly(directory.path(), at.snapshotId(), at.operation());
      }
    }
  }

  @Override
  public Set<SinkMode> sinkModes() {
    if (directory.isReadOnly() || options.snapshot() != null) {
      return Set.of();
    }
    return key.isEmpty()
        ? EnumSet.of(SinkMode.APPEND, SinkMode.COMPLETE)
        : EnumSet.allOf(SinkMode.class);
  }

  @Override
  public List<String> upsertKey() {
    return key;
  }

  @Override
  public void requireReadable() {
    Snapshot current = current();
    if (current != null) {
      for (TableFile file : files.asOf(current.snapshotId())) {
        TableFile.requireFormat(file.file());
      }
    }
  }

  @Override
  public void requireWritable(SinkMode mode) {
    requireNotReadOnly();
    new Writability(directory.path(), columns, keyColumns()).require(directory.newest(), mode);
  }

  private void requireNotReadOnly() {
    if (directory.isReadOnly() || options.snapshot() != null) {
      throw IcebergErrors.readOnly(directory.path());
    }
  }

  @Override
  public TableSink sink(String writer) {
    requireNotReadOnly();
    // Of its own, since it remembers what it commits on.
    return new IcebergSink(
        new DirectoryTable(directory.files(), directory.path()), columns, keyColumns(), writer);
  }

  /** The columns of the key. */
  private List<IcebergColumn> keyColumns() {
    List<IcebergColumn> found = new ArrayList<>();
    for (String name : key) {
      for (IcebergColumn column : columns) {
        if (column.name().equalsIgnoreCase(name)) {
          if (column.field().type().isNestedType()
              || column.field().type().typeId() == Types.DoubleType.get().typeId()
              || column.field().type().typeId() == Types.FloatType.get().typeId()) {
            throw IcebergErrors.keyColumn(
                name, "which is " + column.type() + ": Iceberg has no such keys");
          }
          found.add(column);
        }
      }
    }
    if (found.size() != key.size()) {
      throw IcebergErrors.keyColumn(String.join(", ", key), "of which some are no columns");
    }
    return found;
  }
}
