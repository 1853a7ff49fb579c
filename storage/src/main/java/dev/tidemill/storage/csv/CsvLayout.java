package dev.tidemill.storage.csv;

import dev.tidemill.storage.files.ColumnNames;
import dev.tidemill.storage.files.DataFile;
import dev.tidemill.storage.files.FileFormat;
import dev.tidemill.storage.files.FilesErrors;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Where a file's rows start and which field belongs to which column.
 *
 * @param dataStart position of the first row
 * @param fieldCount fields of each record
 * @param fields per column of the table the number of its field
 */
record CsvLayout(long dataStart, int fieldCount, int[] fields) {
  /** Schema metadata: whether files have headers, as it was worked out from the first of them. */
  static final String HEADER_KEY = "tidemill:csv.header";

  static CsvLayout of(DataFile file, Schema schema, CsvOptions options) {
    Boolean header = options.header();
    String inferred = schema.getCustomMetadata().get(HEADER_KEY);
    if (header == null && inferred != null) {
      header = Boolean.valueOf(inferred);
    }
    if (Boolean.FALSE.equals(header)) {
      return byPlace(schema);
    }
    try (CsvScanner scanner = new CsvScanner(file, options, 0, FileFormat.END, true)) {
      if (!scanner.next() || !scanner.problem().isEmpty()) {
        return byPlace(schema);
      }
      List<String> names = new ArrayList<>();
      for (int i = 0; i < scanner.fieldCount(); i++) {
        names.add(scanner.text(i));
      }
      return of(file, schema, header, CsvSchema.columnNames(names), scanner.nextPosition());
    }
  }

  private static CsvLayout of(
      DataFile file, Schema schema, @Nullable Boolean header, List<String> names, long dataStart) {
    List<String> columns = ColumnNames.names(schema);
    int[] fields =
        columns.stream().mapToInt(column -> ColumnNames.indexOf(names, column)).toArray();
    int found = 0;
    int missing = -1;
    for (int i = 0; i < fields.length; i++) {
      if (fields[i] >= 0) {
        found++;
      } else {
        missing = missing < 0 ? i : missing;
      }
    }
    if (missing >= 0 && header == null && found == 0) {
      return byPlace(schema);
    }
    if (missing >= 0) {
      throw FilesErrors.missingColumn(file.path(), columns.get(missing), names);
    }
    return new CsvLayout(dataStart, names.size(), fields);
  }

  /** Without a header: the first field belongs to the first column. */
  static CsvLayout byPlace(Schema schema) {
    int[] fields = new int[schema.getFields().size()];
    for (int i = 0; i < fields.length; i++) {
      fields[i] = i;
    }
    return new CsvLayout(0, fields.length, fields);
  }
}
