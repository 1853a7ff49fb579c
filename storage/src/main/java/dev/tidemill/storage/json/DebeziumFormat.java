package dev.tidemill.storage.json;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.storage.file.FileOutput;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileCut;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FileRange;
import dev.tidemill.storage.files.FileScan;
import dev.tidemill.storage.files.FileWriter;
import dev.tidemill.storage.files.FilesErrors;
import dev.tidemill.storage.files.RecordSource;
import dev.tidemill.storage.files.RowEncoder;
import dev.tidemill.storage.table.BatchReader;
import dev.tidemill.storage.table.TableStatistics;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;

/** Lines as those of {@link JsonFormat}, read as changes; a line counts as a row. */
final class DebeziumFormat implements FileFormat {
  private final JsonFormat lines;
  private final boolean growing;
  private final boolean full;

  /**
   * @param full whether a row that goes stands there as it was
   */
  DebeziumFormat(JsonFormat lines, boolean growing, boolean full) {
    this.lines = lines;
    this.growing = growing;
    this.full = full;
  }

  @Override
  public String name() {
    return "debezium-json";
  }

  @Override
  public Schema inferSchema(List<DataFile> files) {
    throw FilesErrors.cannotInfer(files.getFirst().path(), "it holds changes of a table");
  }

  @Override
  public TableStatistics statistics(DataFile file, Schema schema) {
    TableStatistics all = lines.statistics(file, schema);
    return new TableStatistics(all.rows(), all.bytes(), Map.of());
  }

  @Override
  public FileCut cut(DataFile file, Schema schema, long from, long maxRows) {
    return lines.cut(file, schema, from, maxRows);
  }

  @Override
  public List<FileRange> ranges(DataFile file, long from, long to, FileScan scan) {
    return lines.ranges(file, from, to, scan);
  }

  @Override
  public BatchReader open(DataFile file, FileRange range, FileScan scan, MemoryScope scope) {
    return new DebeziumReader(
        new JsonLines(file, range.from(), range.to(), growing), full, scan, scope);
  }

  @Override
  public BatchReader open(RecordSource records, FileScan scan, MemoryScope scope) {
    return new DebeziumReader(records, full, scan, scope);
  }

  @Override
  public RowEncoder encoder(Schema schema) {
    throw FilesErrors.unsupportedFormatOfSink(name());
  }

  @Override
  public FileWriter writer(FileOutput output, Schema schema, MemoryScope scope) {
    throw FilesErrors.unsupportedFormatOfSink(name());
  }
}
