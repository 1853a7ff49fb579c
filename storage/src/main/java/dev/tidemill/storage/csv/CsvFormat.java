package dev.tidemill.storage.csv;

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
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Schema;

/** CSV files. A position is the byte at which a record starts, in the uncompressed file. */
final class CsvFormat implements FileFormat {
  private static final int SAMPLED_BYTES = 64 << 10;

  private final CsvOptions options;

  CsvFormat(CsvOptions options) {
    this.options = options;
  }

  @Override
  public String name() {
    return "csv";
  }

  @Override
  public Schema inferSchema(List<DataFile> files) {
    return new CsvSchema(options).infer(files);
  }

  /** The rows are a guess from the length of the first ones. */
  @Override
  public TableStatistics statistics(DataFile file, Schema schema) {
    if (file.size() == 0 || ByteSource.isCompressed(file.path())) {
      return new TableStatistics(file.size() == 0 ? 0 : -1, file.size(), Map.of());
    }
    CsvOptions own = options.of(schema);
    CsvLayout layout = CsvLayout.of(file, schema, own);
    long rows = 0;
    long end = layout.dataStart();
    try (CsvScanner scanner =
        new CsvScanner(
            file,
            own,
            layout.dataStart(),
            layout.dataStart() + SAMPLED_BYTES,
            layout.fieldCount() > 1)) {
      while (scanner.next()) {
        rows++;
        end = scanner.nextPosition();
      }
    }
    long sampled = Math.max(1, end - layout.dataStart());
    return new TableStatistics(
        (double) rows * (file.size() - layout.dataStart()) / sampled, file.size(), Map.of());
  }

  @Override
  public FileCut cut(DataFile file, Schema schema, long from, long maxRows) {
    CsvOptions own = options.of(schema);
    CsvLayout layout = CsvLayout.of(file, schema, own);
    long rows = 0;
    long position = from;
    boolean more = true;
    try (CsvScanner scanner =
        new CsvScanner(
            file, own, Math.max(from, layout.dataStart()), END, layout.fieldCount() > 1)) {
      while (rows < maxRows && (more = scanner.next())) {
        rows++;
        position = scanner.nextPosition();
      }
      more = more && (options.growing() || scanner.next());
    }
    return new FileCut(more || options.growing() ? position : END, rows);
  }

  @Override
  public List<FileRange> ranges(DataFile file, long from, long to, FileScan scan) {
    long bytes = Math.min(to, file.size()) - from;
    return bytes <= 0 && !ByteSource.isCompressed(file.path())
        ? List.of()
        : List.of(new FileRange(from, to, bytes > 0 ? bytes / 64 + 1 : -1));
  }

  @Override
  public BatchReader open(DataFile file, FileRange range, FileScan scan, MemoryScope scope) {
    CsvOptions own = options.of(scan.schema());
    CsvLayout layout = CsvLayout.of(file, scan.schema(), own);
    CsvScanner scanner =
        new CsvScanner(
            file,
            own,
            Math.max(range.from(), layout.dataStart()),
            range.to(),
            layout.fieldCount() > 1);
    return new CsvReader(scanner, layout, own, scan, scope);
  }

  @Override
  public BatchReader open(RecordSource records, FileScan scan, MemoryScope scope) {
    return new CsvReader(
        new CsvScanner(records, options), CsvLayout.byPlace(scan.schema()), options, scan, scope);
  }

  @Override
  public RowEncoder encoder(Schema schema) {
    return RowEncoder.of(
        new CsvRowText(schema, options, (char) options.delimiter(""), "the record"));
  }

  @Override
  public FileWriter writer(FileOutput output, Schema schema, MemoryScope scope) {
    return new CsvWriter(output, schema, options);
  }
}
