package dev.tidemill.storage.database;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.ChecksumLog;
import dev.tidemill.storage.file.FileLock;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.file.FileStatus;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FailingHandler;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.files.MergedStatistics;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.ColumnFilter;
import dev.tidemill.storage.table.FilterSupport;
import dev.tidemill.storage.table.ScanRequest;
import dev.tidemill.storage.table.SkippedReads;
import dev.tidemill.storage.table.StagedReader;
import dev.tidemill.storage.table.TableStatistics;
import dev.tidemill.storage.table.ValueExtremes;
import dev.tidemill.storage.versions.Base;
import dev.tidemill.storage.versions.Commit;
import dev.tidemill.storage.versions.Segment;
import dev.tidemill.storage.versions.SegmentStore;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Segments as files of a directory that belongs to one table. What a crash leaves is a file that no
 * line of the {@link TableLog} names, which the next commit writes anew.
 */
final class FileSegments implements SegmentStore {
  private final FileSystem files;
  private final String directory;
  private final FileFormat format;
  private final Schema schema;
  private final MergedStatistics statistics;
  private final TableLog log;

  /**
   * @param format whose positions are numbers of rows
   */
  FileSegments(FileSystem files, String directory, FileFormat format, Schema schema) {
    this.files = files;
    this.directory = directory;
    this.format = format;
    this.schema = schema;
    this.statistics = new MergedStatistics(format, schema);
    this.log = new TableLog(files, directory);
  }

  private DataFile file(Segment segment) {
    return new DataFile(files, directory + "/" + segment.name(), segment.size(), 0);
  }

  private FileScan scan(ScanRequest request) {
    return new FileScan(
        schema, request.columns(), request.filters(), request.limit(), new FailingHandler());
  }

  @Override
  public @Nullable Kept news() {
    return log.news();
  }

  @Override
  public FilterSupport support(ColumnFilter filter) {
    return format.support(filter, schema);
  }

  @Override
  public TableStatistics statistics(List<Segment> segments) {
    return statistics.of(segments.stream().map(this::file).toList());
  }

  @Override
  public List<Part> parts(Segment segment, long from, long to, ScanRequest request) {
    long end = to == segment.rows() ? FileFormat.END : to;
    return format.ranges(file(segment), from, end, scan(request)).stream()
        .map(range -> new Part(segment, range.from(), range.to()))
        .toList();
  }

  @Override
  public @Nullable List<ValueExtremes> extremes(Part part, ScanRequest request) {
    FileRange range = new FileRange(part.from(), part.to(), part.to() - part.from());
    return format.extremes(file(part.segment()), range, scan(request));
  }

  @Override
  public List<Part> divide(Part part, long rows) {
    FileRange range = new FileRange(part.from(), part.to(), part.to() - part.from());
    return format.divide(range, rows).stream()
        .map(piece -> new Part(part.segment(), piece.from(), piece.to()))
        .toList();
  }

  @Override
  public BatchReader open(Part part, ScanRequest request, MemoryScope scope) {
    FileRange range = new FileRange(part.from(), part.to(), part.to() - part.from());
    return new Numbered(
        format.open(file(part.segment()), range, scan(request), scope), part.from());
  }

  @Override
  public Writing write(String writer) {
    FileLock lock =
        files.lock(TableLog.metadata(directory) + "/lock", "the writer '" + writer + "'");
    try {
      files.deleteTemporaries(directory);
      files.deleteTemporaries(TableLog.metadata(directory));
      return new Taken(lock, log.open());
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /** A reader that knows its rows' numbers. */
  private static final class Numbered implements BatchReader {
    private final BatchReader reader;
    private long first;
    private long behind;

    Numbered(BatchReader reader, long from) {
      this.reader = reader;
      this.behind = from;
    }

    @Override
    public @Nullable Batch next() {
      Batch batch = reader.next();
      first = behind;
      behind += batch == null ? 0 : batch.length();
      return batch;
    }

    @Override
    public @Nullable StagedReader staged() {
      return reader.staged();
    }

    @Override
    public long positionOf(int row) {
      return first + row;
    }

    @Override
    public long bytesRead() {
      return reader.bytesRead();
    }

    @Override
    public SkippedReads skipped() {
      return reader.skipped();
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  /** The directory, taken for writing. */
  private final class Taken implements Writing {
    private final FileLock lock;
    private @Nullable ChecksumLog lines;

    Taken(FileLock lock, ChecksumLog lines) {
      this.lock = lock;
      this.lines = lines;
    }

    @Override
    public SegmentWriter segment(long commit, boolean gone, MemoryScope scope) {
      String name = "%s-%010d.%s".formatted(gone ? "gone" : "part", commit, format.name());
      FileOutput output = files.create(directory + "/" + name);
      return new Writer(name, commit, gone, output, format.writer(output, schema, scope));
    }

    private ChecksumLog lines() {
      if (lines == null) {
        lines = log.open();
      }
      return lines;
    }

    @Override
    public void commit(Commit commit) {
      append(() -> log.append(lines(), commit));
    }

    @Override
    public void end() {
      append(() -> log.appendEnd(lines()));
    }

    @Override
    public void expire(long oldest) {
      append(() -> log.appendOldest(lines(), oldest));
    }

    @Override
    public void remove(List<Segment> segments, long compaction) {
      Set<String> gone = new HashSet<>(segments.stream().map(Segment::name).toList());
      for (FileStatus file : files.list(directory)) {
        long deletes = TableLog.deletesOf(file.name());
        if (gone.contains(file.name()) || (deletes > 0 && deletes <= compaction)) {
          files.delete(file.path());
        }
      }
    }

    @Override
    public void begin(Base base, List<Commit> commits, boolean ended, long oldest) {
      if (lines != null) {
        lines.close();
        lines = null;
      }
      log.begin(base, commits, ended, oldest);
    }

    /** Where appending fails the log is opened anew for the next. */
    private void append(Runnable appending) {
      try {
        appending.run();
      } catch (RuntimeException | Error e) {
        if (lines != null) {
          lines.close();
          lines = null;
        }
        throw e;
      }
    }

    @Override
    public void close() {
      try {
        if (lines != null) {
          lines.close();
          lines = null;
        }
      } finally {
        lock.close();
      }
    }
  }

  private final class Writer implements SegmentWriter {
    private final String name;
    private final long commit;
    private final boolean gone;
    private final FileOutput output;
    private final FileWriter writer;
    private long rows;

    Writer(String name, long commit, boolean gone, FileOutput output, FileWriter writer) {
      this.name = name;
      this.commit = commit;
      this.gone = gone;
      this.output = output;
      this.writer = writer;
    }

    @Override
    public void write(Batch batch) {
      writer.write(batch);
      rows += batch.rowCount();
    }

    @Override
    public Segment finish() {
      writer.finish();
      long size = output.position();
      output.commit();
      return new Segment(commit, gone, name, size, rows);
    }

    @Override
    public void close() {
      writer.close();
      output.close();
    }
  }
}
