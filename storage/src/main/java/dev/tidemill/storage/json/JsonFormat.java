package dev.tidemill.storage.json;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.files.ByteSource;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileCut;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RowEncoder;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.TableStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * JSON lines, or a file that is one array or has objects over several lines ({@link JsonRecords}).
 * A position is the byte at which a line starts, or between two objects, in the uncompressed file.
 */
final class JsonFormat implements FileFormat {
  private static final int SAMPLED_BYTES = 64 << 10;
  private static final long RANGE_BYTES = 32L << 20;

  private final boolean growing;

  JsonFormat(boolean growing) {
    this.growing = growing;
  }

  @Override
  public String name() {
    return "json";
  }

  @Override
  public Schema inferSchema(List<DataFile> files) {
    return new JsonSchema().infer(files, growing);
  }

  /** The rows are a guess from the length of the first ones. */
  @Override
  public TableStatistics statistics(DataFile file, Schema schema) {
    if (file.size() == 0 || ByteSource.isCompressed(file.path())) {
      return new TableStatistics(file.size() == 0 ? 0 : -1, file.size(), Map.of());
    }
    long rows = 0;
    long end = 1;
    try (JsonRecords lines = JsonRecords.open(file, 0, SAMPLED_BYTES, growing)) {
      while (lines.next()) {
        rows++;
        end = lines.nextPosition();
      }
    }
    return new TableStatistics((double) rows * file.size() / end, file.size(), Map.of());
  }

  @Override
  public FileCut cut(DataFile file, Schema schema, long from, long maxRows) {
    long rows = 0;
    long position = from;
    boolean more = true;
    try (JsonRecords lines = JsonRecords.open(file, from, END, growing)) {
      while (rows < maxRows && (more = lines.next())) {
        rows++;
        position = lines.nextPosition();
      }
      more = more && (growing || lines.next());
    }
    return new FileCut(more || growing ? position : END, rows);
  }

  /** Ranges begin at line starts, about every 32 MiB. */
  @Override
  public List<FileRange> ranges(DataFile file, long from, long to, FileScan scan) {
    if (ByteSource.isCompressed(file.path())) {
      return List.of(new FileRange(from, to, -1));
    }
    if (!growing && JsonRecords.layout(file) != JsonRecords.Layout.LINES) {
      return List.of(new FileRange(from, to, (Math.min(to, file.size()) - from) / 128 + 1));
    }
    List<FileRange> ranges = new ArrayList<>();
    long end = Math.min(to, file.size());
    long start = from;
    while (end - start > RANGE_BYTES * 3 / 2) {
      long boundary = lineStart(file, start + RANGE_BYTES, end);
      if (boundary >= end) {
        break;
      }
      ranges.add(new FileRange(start, boundary, (boundary - start) / 128 + 1));
      start = boundary;
    }
    if (start < end) {
      ranges.add(new FileRange(start, to, (end - start) / 128 + 1));
    }
    return ranges;
  }

  /** The first line start behind {@code position}, or {@code end}. */
  private static long lineStart(DataFile file, long position, long end) {
    byte[] bytes = new byte[64 << 10];
    long at = position;
    try (ByteSource source = new ByteSource(file, position)) {
      while (at < end) {
        int got = source.read(bytes, 0, bytes.length);
        for (int i = 0; i < got; i++) {
          if (bytes[i] == '\n') {
            return at + i + 1;
          }
        }
        at = got < 0 ? end : at + got;
      }
    }
    return end;
  }

  @Override
  public BatchReader open(DataFile file, FileRange range, FileScan scan, MemoryScope scope) {
    return new JsonReader(JsonRecords.open(file, range.from(), range.to(), growing), scan, scope);
  }

  @Override
  public BatchReader open(RecordSource records, FileScan scan, MemoryScope scope) {
    return new JsonReader(records, scan, scope);
  }

  @Override
  public RowEncoder encoder(Schema schema) {
    return RowEncoder.of(new JsonRowText(schema));
  }

  @Override
  public FileWriter writer(FileOutput output, Schema schema, MemoryScope scope) {
    return new JsonWriter(output, schema);
  }
}
