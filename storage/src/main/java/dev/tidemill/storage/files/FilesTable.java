package dev.tidemill.storage.files;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileStatus;
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
import dev.tidemill.storage.table.ValueExtremes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The rows of files, file by file in the order they are found ({@link FileSet}); offsets are {@link
 * FilesOffset}s.
 *
 * <ul>
 *   <li>A file that comes later is read later, even if it looks older than what was read.
 *   <li>A file that was read and has changed is an error. One that is gone is none, once a query
 *       has passed it; it is one if a query still needs its rows, but for queries that begin after
 *       it had gone.
 *   <li>A directory with a manifest is read through it.
 * </ul>
 */
public final class FilesTable implements Table {
  private final FilesTableOptions options;
  private final Schema schema;
  private final FileSet files;
  private final RejectHandler rejects;
  private final @Nullable RejectedTable rejected;
  private final MergedStatistics statistics;
  private final RowSizes rowSizes = new RowSizes();
  private final RowPositions positions;

  /** Each part of a row group decodes the dictionaries anew, which fewer rows do not pay. */
  private static final long MIN_PART_ROWS = 1 << 16;

  /**
   * Rows of a file.
   *
   * @param piece what they are where they may come to stand in another file, or null
   */
  private record FileSplit(DataFile file, FileRange range, WrittenRows.@Nullable Piece piece)
      implements Split {
    @Override
    public long estimatedRows() {
      return range.estimatedRows();
    }

    @Override
    public String source() {
      return file.path();
    }
  }

  FilesTable(
      FilesTableOptions options, Schema schema, FileSet files, @Nullable RejectLog rejectLog) {
    this.options = options;
    this.schema = schema;
    this.files = files;
    this.rejects = rejectLog == null ? new FailingHandler() : rejectLog;
    this.rejected = rejectLog == null ? null : new RejectedTable(rejectLog);
    this.statistics = new MergedStatistics(options.format(), schema);
    this.positions = new RowPositions(options.format(), schema);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  /** A growing table whose writer has ended is bounded. */
  @Override
  public InputKind inputKind() {
    return options.kind() == InputKind.GROWING && files.look().ended()
        ? InputKind.BOUNDED
        : options.kind();
  }

  @Override
  public TableStatistics statistics() {
    FileSet.Look look = files.look();
    List<DataFile> there = new ArrayList<>();
    BitSet lost = look.lost();
    for (int i = 0; i < look.files().size(); i++) {
      if (!lost.get(i)) {
        there.add(look.files().get(i));
      }
    }
    return statistics.of(there);
  }

  @Override
  public FilterSupport support(ColumnFilter filter) {
    return options.format().support(filter, schema);
  }

  @Override
  public Offset start() {
    FileSet.Look look = files.look();
    return options.growing()
        ? FilesOffset.growing(List.of()).toOffset()
        : FilesOffset.of(look.epoch(), 0, 0, look.lost()).toOffset();
  }

  @Override
  public Offset end() {
    FileSet.Look look = checkedLook();
    if (options.growing()) {
      return endOfGrowing(look);
    }
    if (look.written() != null) {
      return look.written().end().toOffset();
    }
    if (options.kind() == InputKind.STATIC) {
      files.persist(look.files().size());
    }
    return FilesOffset.of(look.epoch(), look.files().size(), 0, look.lost()).toOffset();
  }

  private Offset endOfGrowing(FileSet.Look look) {
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < look.files().size(); i++) {
      positions.add(
          look.gone().get(i)
              ? 0
              : options.format().cut(look.files().get(i), schema, 0, Long.MAX_VALUE).position());
    }
    return FilesOffset.growing(positions).toOffset();
  }

  /** Looks, and checks that what is there can be this table. */
  private FileSet.Look checkedLook() {
    FileSet.Look look = files.look();
    if (look.missing() && options.isFile() && look.files().isEmpty()) {
      throw FilesErrors.notFound(options.pattern().path());
    }
    if (look.mode() == SinkMode.UPDATE
        && !options.changes()
        && ColumnNames.indexOf(ColumnNames.names(schema), FilesSink.OPERATION) < 0) {
      throw FilesErrors.changelogWithoutOperation(options.pattern().path());
    }
    return look;
  }

  @Override
  public Advance advance(Offset from, long maxRows) {
    FileSet.Look look = checkedLook();
    if (look.mode() == SinkMode.COMPLETE && !look.ended()) {
      throw FilesErrors.notAppendOnly(options.pattern().path());
    }
    FilesOffset start = FilesOffset.parse(from);
    if (options.growing()) {
      return advanceGrowing(look, start, maxRows);
    }
    if (look.written() != null) {
      Advance advance = look.written().advance(start, maxRows);
      return options.kind() == InputKind.GROWING || !advance.caughtUp()
          ? advance
          : new Advance(advance.to(), advance.rows(), true, true);
    }
    if (!start.rows().isEmpty() && !start.isStart()) {
      throw FilesErrors.replaced(options.pattern().path());
    }
    checkTaken(look, start);
    return advance(look, start, maxRows);
  }

  /** Checks that no file of which rows were taken has changed, or is gone in the middle. */
  private static void checkTaken(FileSet.Look look, FilesOffset start) {
    for (int i = look.changed().nextSetBit(0); i >= 0; i = look.changed().nextSetBit(i + 1)) {
      boolean taken = i < start.files() || (i == start.files() && start.position() > 0);
      if (taken && !start.without().get(i)) {
        throw FilesErrors.changed(look.files().get(i).path());
      }
    }
    if (start.files() > look.files().size()) {
      throw FilesErrors.badOffset(start.toOffset().text());
    }
  }

  private Advance advance(FileSet.Look look, FilesOffset start, long maxRows) {
    BitSet without = (BitSet) start.without().clone();
    int count = look.files().size();
    int file = start.files();
    long position = start.position();
    long rows = 0;
    while (file < count) {
      if (without.get(file) || look.changed().get(file)) {
        without.set(file++);
        position = 0;
        continue;
      }
      if (rows == maxRows) {
        break;
      }
      DataFile next = look.files().get(file);
      if (look.gone().get(file)) {
        throw FilesErrors.gone(next.path());
      }
      FileCut cut = options.format().cut(next, schema, position, maxRows - rows);
      if (position == 0 && cut.position() == FileFormat.END) {
        rowSizes.add(cut.rows(), next.size());
      }
      rows += cut.rows();
      position = cut.position();
      if (position == FileFormat.END) {
        position = 0;
        file++;
      }
    }
    files.persist(Math.max(position > 0 ? file + 1 : file, without.length()));
    boolean caughtUp = file == count;
    boolean ended = caughtUp && (look.ended() || options.kind() != InputKind.GROWING);
    return new Advance(
        FilesOffset.of(look.epoch(), file, position, without).toOffset(), rows, caughtUp, ended);
  }

  /** Files and bytes as they are; rows by the bytes that rows of these files have had so far. */
  @Override
  public Backlog backlog(Offset from) {
    FileSet.Look look = files.look();
    FilesOffset start = FilesOffset.parse(from);
    if (look.written() != null) {
      return look.written().backlog(start);
    }
    long bytes = 0;
    long count = 0;
    for (int i = 0; i < look.files().size(); i++) {
      boolean taken = !options.growing() && (i < start.files() || start.without().get(i));
      if (!taken && !look.gone().get(i)) {
        DataFile file = look.files().get(i);
        long left = options.growing() ? file.size() - start.positionOf(i) : file.size();
        bytes += Math.max(0, left);
        count += left > 0 ? 1 : 0;
      }
    }
    return new Backlog(rowSizes.rows(bytes), bytes, count);
  }

  private Advance advanceGrowing(FileSet.Look look, FilesOffset start, long maxRows) {
    List<Long> positions = new ArrayList<>();
    long rows = 0;
    boolean caughtUp = true;
    for (int i = 0; i < look.files().size(); i++) {
      DataFile file = look.files().get(i);
      long position = start.positionOf(i);
      if (!look.gone().get(i)) {
        if (file.size() < position) {
          throw FilesErrors.shrunk(file.path(), position, file.size());
        }
        if (rows < maxRows && file.size() > position) {
          FileCut cut = options.format().cut(file, schema, position, maxRows - rows);
          rowSizes.add(cut.rows(), cut.position() - position);
          rows += cut.rows();
          position = cut.position();
        }
        caughtUp &= rows < maxRows || file.size() == position;
      }
      positions.add(position);
    }
    files.persist(look.files().size());
    return new Advance(
        FilesOffset.growing(positions).toOffset(),
        rows,
        caughtUp,
        caughtUp && options.kind() != InputKind.GROWING);
  }

  @Override
  public Offset withoutLost(Offset from, Offset to) {
    FileSet.Look look = files.look();
    if (options.growing() || files.hasManifest()) {
      return to;
    }
    FilesOffset start = FilesOffset.parse(from);
    FilesOffset end = FilesOffset.parse(to);
    int first = start.position() > 0 ? start.files() + 1 : start.files();
    int behind = end.position() > 0 ? end.files() + 1 : end.files();
    BitSet lost = look.lost().get(0, behind);
    lost.clear(0, Math.min(first, behind));
    lost.andNot(end.without());
    if (lost.isEmpty()) {
      return to;
    }
    boolean endsInLost = end.position() > 0 && lost.get(end.files());
    lost.or(end.without());
    return FilesOffset.of(
            end.epoch(), endsInLost ? behind : end.files(), endsInLost ? 0 : end.position(), lost)
        .toOffset();
  }

  @Override
  public List<Split> splits(ScanRequest request) {
    FilesOffset from = FilesOffset.parse(request.from());
    FilesOffset to = FilesOffset.parse(request.to());
    FileScan scan = scan(request, rejects);
    List<Split> splits = new ArrayList<>();
    WrittenRows written = options.growing() ? null : files.written(to.epoch());
    if (written != null) {
      for (WrittenRows.Piece piece : written.pieces(from, to)) {
        addSplits(splits, piece, scan);
      }
      return splits;
    }
    List<DataFile> numbered = files.files();
    if (options.growing()) {
      for (int i = 0; i < to.positions().size(); i++) {
        if (to.positionOf(i) > from.positionOf(i)) {
          addSplits(splits, readable(numbered, i, to), from.positionOf(i), to.positionOf(i), scan);
        }
      }
      return splits;
    }
    int end = to.position() > 0 ? to.files() + 1 : to.files();
    for (int i = from.files(); i < end; i++) {
      if (!to.without().get(i)) {
        long first = i == from.files() ? from.position() : 0;
        long last = i == to.files() ? to.position() : FileFormat.END;
        addSplits(splits, readable(numbered, i, to), first, last, scan);
      }
    }
    return splits;
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
      FileSplit part = (FileSplit) split;
      for (FileRange range : options.format().divide(part.range(), step)) {
        divided.add(
            new FileSplit(part.file(), range, range.equals(part.range()) ? part.piece() : null));
      }
    }
    return divided;
  }

  private void addSplits(List<Split> splits, DataFile file, long from, long to, FileScan scan) {
    for (FileRange range : options.format().ranges(file, from, to, scan)) {
      splits.add(new FileSplit(file, range, null));
    }
  }

  private void addSplits(List<Split> splits, WrittenRows.Piece piece, FileScan scan) {
    DataFile file = piece.file();
    FileStatus status = options.fileSystem().stat(file.path());
    if (status == null) {
      throw FilesErrors.gone(file.path());
    }
    if (status.size() != file.size()) {
      throw FilesErrors.changed(file.path());
    }
    long from = positions.of(file, piece.from());
    long to = piece.isToEnd() ? FileFormat.END : positions.of(file, piece.to());
    List<FileRange> ranges = options.format().ranges(file, from, to, scan);
    for (FileRange range : ranges) {
      splits.add(new FileSplit(file, range, ranges.size() == 1 ? piece : null));
    }
  }

  /** A file by its number, after a look whether it still is as it was. */
  private DataFile readable(List<DataFile> numbered, int number, FilesOffset to) {
    if (number >= numbered.size()) {
      throw FilesErrors.badOffset(to.toOffset().text());
    }
    DataFile file = numbered.get(number);
    FileStatus status = options.fileSystem().stat(file.path());
    if (status == null) {
      throw FilesErrors.gone(file.path());
    }
    if (options.growing()) {
      if (status.size() < to.positionOf(number)) {
        throw FilesErrors.shrunk(file.path(), to.positionOf(number), status.size());
      }
      return DataFile.of(options.fileSystem(), status);
    }
    if (!FileSet.isSame(file, status)) {
      throw FilesErrors.changed(file.path());
    }
    return file;
  }

  private FileScan scan(ScanRequest request, RejectHandler handler) {
    return new FileScan(schema, request.columns(), request.filters(), request.limit(), handler);
  }

  @Override
  public @Nullable List<ValueExtremes> extremes(ScanRequest request) {
    FileScan scan = scan(request, rejects);
    ValueExtremes[] all = new ValueExtremes[request.columns().size()];
    Arrays.fill(all, ValueExtremes.NONE);
    for (Split split : splits(request)) {
      FileSplit part = (FileSplit) split;
      List<ValueExtremes> own = options.format().extremes(part.file(), part.range(), scan);
      if (own == null) {
        return null;
      }
      for (int i = 0; i < all.length; i++) {
        all[i] = all[i].and(own.get(i));
      }
    }
    return List.of(all);
  }

  @Override
  public BatchReader open(Split split, ScanRequest request, MemoryScope scope) {
    FileSplit part = (FileSplit) split;
    if (rejected == null) {
      return open(part, scan(request, rejects), scope);
    }
    CountingRejects counting = new CountingRejects(rejects);
    return counting.counted(open(part, scan(request, counting), scope));
  }

  private BatchReader open(FileSplit part, FileScan scan, MemoryScope scope) {
    WrittenRows.Piece piece = part.piece();
    if (piece == null || options.fileSystem().stat(part.file().path()) != null) {
      return options.format().open(part.file(), part.range(), scan, scope);
    }
    // its rows were merged with others since
    WrittenRows written = files.look().written();
    if (written == null) {
      throw FilesErrors.gone(part.file().path());
    }
    List<Split> splits = new ArrayList<>();
    for (WrittenRows.Piece now : written.again(piece)) {
      addSplits(splits, now, scan);
    }
    return new ChainedReader<>(
        splits.stream().map(FileSplit.class::cast).iterator(),
        next -> options.format().open(next.file(), next.range(), scan, scope));
  }

  @Override
  public @Nullable Table rejected() {
    return rejected;
  }

  @Override
  public Set<SinkMode> sinkModes() {
    return options.sinkModes();
  }

  @Override
  public TableSink sink(String writer) {
    if (options.sinkModes().isEmpty()) {
      throw FilesErrors.notASink(options.pattern().path());
    }
    return new FilesSink(options, schema, writer);
  }
}
